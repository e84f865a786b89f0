//! `/api/v1/campaigns`: campaigns from the draft to the end, and what became of them.
//!
//! Promises: what the pages refuse is refused here, by the same check; a campaign starts only when nothing stops it.

mod check;
mod moves;
mod people;
mod read;
mod report;
mod schedule;
mod write;

use avow_model::CampaignId;
use avow_store::{AccountScope, Campaign};

use super::Call;
use super::input::gone;
use super::problem::Problem;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let mut calls = read::calls();
    calls.extend(write::calls());
    calls.extend(check::calls());
    calls.extend(schedule::calls());
    calls.extend(moves::calls());
    calls.extend(people::calls());
    calls.extend(report::calls());
    calls
}

/// The campaign of this account.
async fn find(scope: &AccountScope, id: CampaignId) -> Result<Campaign, Problem> {
    scope.campaign(id).await?.ok_or_else(gone)
}
