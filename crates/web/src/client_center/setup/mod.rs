//! The first run: from an empty data folder to a first campaign, one step an address.
//!
//! Promises: whoever has no token takes no installation; how far an account's set-up is stands in the store, so that it
//! goes on at any step, in any browser; a step that is done can be looked at again, and a set-up that has ended cannot
//! be entered. Further accounts of an installation take the same steps.

mod campaign;
mod claim;
mod domain;
mod found;
mod live;
mod people;
mod policy;
mod rail;
pub(crate) mod records;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
pub(crate) mod view;

use std::sync::Arc;

use avow_model::Action::SetUp;
use avow_store::SetupProgress;
use axum::extract::State;
use axum::response::Redirect;

pub(crate) use claim::Claim;
pub use claim::ClaimLink;
pub(super) use claim::{get as claim_get, post as claim_post};
pub(super) use found::{get as found_get, may_found, post as found_post};

use super::guard::Member;
use super::route::Route;
use crate::{App, PageFault};

/// Paths and their pages.
pub(super) fn pages() -> Vec<Route> {
    let at = |rest: &str| format!("/a/{{account}}/setup{rest}");
    vec![
        Route::get(at(""), SetUp, start),
        Route::get(at("/policy"), SetUp, policy::get).and_post(SetUp, policy::post),
        Route::get(at("/policy/review"), SetUp, policy::review).and_post(SetUp, policy::publish),
        Route::get(at("/domain"), SetUp, domain::get).and_post(SetUp, domain::post),
        Route::get(at("/people"), SetUp, people::get).and_post(SetUp, people::post),
        Route::get(at("/campaign"), SetUp, campaign::get).and_post(SetUp, campaign::post),
        Route::get(at("/live"), SetUp, live::get).and_post(SetUp, live::post),
    ]
}

/// How far the set-up is. An account that commands made, or whose set-up has ended, has none to enter.
async fn under_way(member: &Member) -> Result<SetupProgress, PageFault> {
    match member.account.setup().await? {
        Some(row) if !row.is_finished => Ok(row.progress),
        _ => Err(PageFault::Conflict(
            "this account is set up; what it is made of stands in its settings and on its policy page",
        )),
    }
}

/// To the first step that is not done.
async fn start(State(app): State<Arc<App>>, member: Member) -> Result<Redirect, PageFault> {
    let progress = under_way(&member).await?;
    let next = rail::Done::of(&app, &member, &progress).await?.next();
    Ok(Redirect::to(&format!(
        "{}/setup/{}",
        member.base(),
        next.word()
    )))
}
