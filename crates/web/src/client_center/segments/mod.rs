//! Segments: who is meant, built of rows or written; how many that are; the people.

mod build;
mod draft;
mod known;
mod list;
mod ops;
#[cfg(test)]
pub(crate) mod samples;
mod show;
#[cfg(test)]
mod tests;
mod told;
mod view;

use std::sync::Arc;

use avow_model::Action::{Look, Write};
use avow_model::SegmentId;
use avow_store::SegmentRow;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::Deserialize;

use super::guard::Member;
use super::route::Route;
use crate::{App, PageFault};

/// Paths and their pages.
pub(crate) fn pages() -> Vec<Route> {
    let at = |rest: &str| format!("/a/{{account}}/segments{rest}");
    vec![
        Route::get(at(""), Look, list::get),
        Route::get(at("/new"), Write, build::new).and_post(Write, build::create),
        Route::get(at("/{segment}"), Look, show::get),
        Route::get(at("/{segment}/people"), Look, show::people),
        Route::get(at("/{segment}/edit"), Write, build::get).and_post(Write, build::post),
        Route::post(at("/{segment}/remove"), Write, show::remove),
    ]
}

/// What was just done, from the word in the address.
pub(super) fn said(word: &str) -> Option<&'static str> {
    Some(match word {
        "segment-saved" => {
            "The segment is saved. Drafts that are sent to it follow; what has started does not."
        }
        "segment-removed" => "The segment is removed.",
        _ => return None,
    })
}

#[derive(Deserialize)]
struct Address {
    segment: String,
}

/// A segment of the member's account.
struct Loaded {
    member: Member,
    segment: SegmentRow,
}

impl FromRequestParts<Arc<App>> for Loaded {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PageFault> {
        let member = Member::from_request_parts(parts, app).await?;
        let path = Path::<Address>::from_request_parts(parts, app).await;
        let Path(address) = path.map_err(|_| PageFault::NotFound)?;
        let id: SegmentId = address.segment.parse().map_err(|_| PageFault::NotFound)?;
        let segment = member.account.segment(id).await?;
        let segment = segment.ok_or(PageFault::NotFound)?;
        Ok(Self { member, segment })
    }
}

impl Loaded {
    /// `/a/<account>/segments/<id>`.
    fn base(&self) -> String {
        format!("{}/segments/{}", self.member.base(), self.segment.id)
    }
}
