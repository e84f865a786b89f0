//! After a crash: what the journal knows and the store may not.
//!
//! Results are recorded first: they are certain. Then the dots that nobody answered: each of them may
//! have arrived. By plan they are sent again, once, the same bytes, after a wait; or they stay `unknown`.
//! Nothing is sent before all this is in the store, and only then the journal forgets it.

use std::collections::BTreeMap;

use avow_model::{AccountId, CampaignId, Outcome, RecipientState, Timestamp};
use avow_store::journal::{Journal, JournalDot, JournalError, Recovered};
use avow_store::{OutcomeRow, Store, StoreError};

use super::turn;
use crate::trouble::{InDoubt, RetryPlan};

/// Outcomes in one batch: as many as a busy engine writes at once.
const BATCH: usize = 1_000;

/// What a start found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Outcomes that a crash had kept from the store.
    pub results: usize,
    /// Messages that may or may not have arrived.
    pub in_doubt: usize,
}

/// Why recovery failed: nothing may be sent.
#[derive(Debug, thiserror::Error)]
pub enum RecoverFault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

type ByCampaign = BTreeMap<(AccountId, CampaignId), Vec<OutcomeRow>>;

/// Brings the store up to what the journal knows.
pub(crate) async fn recover(
    store: &Store,
    journal: &Journal,
    found: Recovered,
    now: Timestamp,
    plan: &RetryPlan,
) -> Result<Recovery, RecoverFault> {
    let recovery = Recovery {
        results: found.results.len(),
        in_doubt: found.in_doubt.len(),
    };
    let mut rows = ByCampaign::new();
    for result in found
        .results
        .iter()
        .filter(|r| r.state != RecipientState::Waiting)
    {
        let key = (result.dot.account, result.dot.campaign);
        rows.entry(key)
            .or_default()
            .push(turn::replayed(result, now));
    }
    for dot in &found.in_doubt {
        let key = (dot.account, dot.campaign);
        rows.entry(key).or_default().push(doubtful(dot, now, plan));
    }
    for ((account, campaign), rows) in rows {
        let scope = store.account(account);
        let notice = scope.campaign(campaign).await?.and_then(|c| c.notice);
        for batch in rows.chunks(BATCH) {
            let rows = batch.to_vec();
            match notice {
                None => scope.record_outcomes(campaign, rows).await?,
                Some(version) => {
                    let notice = (campaign, version);
                    scope.record_notice_outcomes(notice, rows, &[]).await?;
                }
            }
        }
    }
    let results = found.results.iter().map(|r| r.dot);
    let dots: Vec<JournalDot> = results.chain(found.in_doubt.iter().copied()).collect();
    if !dots.is_empty() {
        journal.settle(&dots)?;
    }
    Ok(recovery)
}

fn doubtful(dot: &JournalDot, now: Timestamp, plan: &RetryPlan) -> OutcomeRow {
    let again = now
        .checked_add(plan.in_doubt_delay)
        .unwrap_or(Timestamp::MAX);
    let (outcome, next_at) = match plan.in_doubt {
        InDoubt::Resend => (Outcome::Deferred, Some(again)),
        InDoubt::Leave => (Outcome::Unknown, None),
    };
    OutcomeRow {
        seq: dot.seq,
        state: RecipientState::At(outcome),
        attempts: dot.attempt,
        next_at,
        reply_code: None,
        reply: Some("in doubt: the program ended before the server answered".to_owned()),
        reasons: None,
        at: now,
    }
}
