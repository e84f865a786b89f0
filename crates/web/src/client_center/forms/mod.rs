//! Forms: designed from what the policy in force declares; hosted and embedded; what became of them.

mod edit;
mod list;
mod people;
#[cfg(test)]
pub(crate) mod samples;
mod show;
mod view;

use std::sync::Arc;

use avow_model::Action::{Look, Write};
use avow_model::FormId;
use avow_store::{FormRow, FormStanding};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::Deserialize;

use super::guard::Member;
use super::route::Route;
use super::words::{Badge, Tone};
use crate::{App, PageFault};

/// Paths and their pages.
pub(crate) fn pages() -> Vec<Route> {
    let at = |rest: &str| format!("/a/{{account}}/forms{rest}");
    vec![
        Route::get(at(""), Look, list::get),
        Route::get(at("/new"), Write, edit::new).and_post(Write, edit::create),
        Route::get(at("/{form}"), Look, show::get),
        Route::get(at("/{form}/people"), Look, people::get),
        Route::get(at("/{form}/edit"), Write, edit::get).and_post(Write, edit::post),
        Route::post(at("/{form}/standing"), Write, show::standing),
    ]
}

/// What was just done, from the word in the address.
pub(super) fn said(word: &str) -> Option<&'static str> {
    Some(match word {
        "form-saved" => "The form is saved.",
        "form-open" => "The form is open: whoever has its address can sign up.",
        "form-closed" => "The form is closed. It takes nothing any more, and says so.",
        _ => return None,
    })
}

fn badge(standing: FormStanding) -> Badge {
    let (tone, label) = match standing {
        FormStanding::Open => (Tone::Good, told!("segments-form-open")),
        FormStanding::Draft => (Tone::Neutral, told!("segments-form-draft")),
        FormStanding::Closed => (Tone::Bad, told!("segments-form-closed")),
    };
    Badge { tone, label }
}

#[derive(Deserialize)]
struct Address {
    form: String,
}

/// A form of the member's account.
struct Loaded {
    member: Member,
    form: FormRow,
}

impl FromRequestParts<Arc<App>> for Loaded {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PageFault> {
        let member = Member::from_request_parts(parts, app).await?;
        let path = Path::<Address>::from_request_parts(parts, app).await;
        let Path(address) = path.map_err(|_| PageFault::NotFound)?;
        let id: FormId = address.form.parse().map_err(|_| PageFault::NotFound)?;
        let form = member.account.form(id).await?;
        let form = form.ok_or(PageFault::NotFound)?;
        Ok(Self { member, form })
    }
}

impl Loaded {
    /// `/a/<account>/forms/<id>`.
    fn base(&self) -> String {
        format!("{}/forms/{}", self.member.base(), self.form.id)
    }

    /// Where people find it.
    fn public(&self, app: &App) -> String {
        let slug = &self.member.membership.slug;
        format!("{}/f/{slug}/{}", app.settings.base_url, self.form.slug)
    }
}

#[cfg(test)]
mod tests;
