//! The privacy policy with its history: `/policy/{account}` and `/policy/{account}/{version}`.

use std::sync::Arc;

use avow_model::{Slug, Timestamp};
use avow_policy::{Version, policy_page_html};
use axum::extract::{Path, State};
use axum::response::{Html, Response};
use serde::Serialize;

use super::letter::{Fault, Room, day};
use crate::App;

#[derive(Debug, Serialize)]
struct PolicyPage {
    standing: String,
    text: String,
    versions: Vec<VersionView>,
}

#[derive(Debug, Serialize)]
struct VersionView {
    n: u32,
    url: String,
    shown: bool,
    effective: String,
    effective_text: String,
    mark: Option<&'static str>,
}

/// The version in force.
pub(super) async fn current(State(app): State<Arc<App>>, Path(account): Path<String>) -> Response {
    app.answer(show(&app, &account, None).await)
}

/// One version, whenever it was or will be in force.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path((account, n)): Path<(String, String)>,
) -> Response {
    app.answer(show(&app, &account, Some(&n)).await)
}

async fn show(app: &App, account: &str, n: Option<&str>) -> Result<Html<String>, Fault> {
    let slug: Slug = account.parse().map_err(|_| Fault::Gone)?;
    let row = app.store.account_by_slug(&slug).await?.ok_or(Fault::Gone)?;
    let room = app.room_of(row).await?;
    let now = app.now();
    let version = match n {
        None => room.version(now).ok_or(Fault::NoPolicy)?,
        Some(n) => {
            let n = n.parse().map_err(|_| Fault::Gone)?;
            room.policies.version(n).ok_or(Fault::Gone)?
        }
    };
    let context = PolicyPage {
        standing: standing(&room, version, now),
        text: policy_page_html(version),
        versions: history(&room, version, now),
    };
    let letter = app.letter(&room, "Privacy policy");
    app.sheet("policy", (&letter, "Privacy policy"), &context)
}

fn is_in_force(room: &Room, version: &Version, now: Timestamp) -> bool {
    room.version(now).is_some_and(|v| v.n() == version.n())
}

fn standing(room: &Room, version: &Version, now: Timestamp) -> String {
    let (n, from) = (version.n(), day(version.effective_at()));
    if is_in_force(room, version, now) {
        format!(
            "Version {n}, in force since {from}. What it does not name, this server refuses to do."
        )
    } else if version.effective_at() > now {
        format!("Version {n} takes effect on {from}. Until then the version before it holds.")
    } else {
        format!(
            "Version {n} was in force from {from} until the version after it. Data collected under it is still bound to it."
        )
    }
}

fn history(room: &Room, shown: &Version, now: Timestamp) -> Vec<VersionView> {
    let view = |v: &Version| VersionView {
        n: v.n(),
        url: format!("/policy/{}/{}", room.row.slug, v.n()),
        shown: v.n() == shown.n(),
        effective: v.effective_at().to_string(),
        effective_text: day(v.effective_at()),
        mark: if is_in_force(room, v, now) {
            Some("in force")
        } else {
            (v.effective_at() > now).then_some("announced")
        },
    };
    let mut views: Vec<VersionView> = room.policies.versions().map(view).collect();
    views.reverse();
    views
}
