//! Counts of a campaign's rows, kept for a moment: a page never counts a million rows at every request.
//!
//! Promises: what a page shows was exact at most `10 x` its own cost ago; an ended campaign is counted again
//! every ten minutes. Never: estimates.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use avow_model::{CampaignId, CampaignState, RecipientState, Timestamp};
use avow_store::{AccountScope, Campaign, HitTally, LinkCount, ReasonCount, StoreError, Tally};

use crate::App;
use crate::client_center::words;

/// A count that was cheap is good for half a second: a page that renews itself asks once a second.
const FRESH_MS_MIN: i64 = 500;
/// A dear count is good for ten times its cost, so that counting takes a tenth of one reader at most.
const FRESH_COSTS: i64 = 10;
/// Rows of an ended campaign stand still, but for a late correction.
const FRESH_ENDED_MS: i64 = 10 * 60_000;
/// Campaigns that are remembered: far more than anybody looks at in ten minutes.
const REMEMBERED_MAX: usize = 2_000;

/// What is counted of one campaign.
#[derive(Debug)]
pub(crate) struct Counted {
    pub tally: Tally,
    pub reasons: Vec<ReasonCount>,
    pub at: Timestamp,
    cost_ms: i64,
    is_ended: bool,
    /// Rows with an attempt behind them and the time, one count earlier: gives the rate.
    before: Option<(i64, Timestamp)>,
}

/// What was seen of opens and clicks.
#[derive(Debug)]
pub(crate) struct Seen {
    pub hits: HitTally,
    pub links: Vec<LinkCount>,
    at: Timestamp,
    cost_ms: i64,
}

/// The counts of the campaigns that people look at.
#[derive(Debug, Default)]
pub(crate) struct CountBook {
    rows: Mutex<HashMap<CampaignId, Arc<Counted>>>,
    hits: Mutex<HashMap<CampaignId, Arc<Seen>>>,
}

fn is_ended(campaign: &Campaign) -> bool {
    campaign.finished_at.is_some() || campaign.state == CampaignState::Finished
}

fn age_ms(at: Timestamp, now: Timestamp) -> i64 {
    now.as_millisecond() - at.as_millisecond()
}

fn fresh_ms(cost_ms: i64) -> i64 {
    (cost_ms * FRESH_COSTS).max(FRESH_MS_MIN)
}

impl Counted {
    fn is_fresh(&self, ended: bool, now: Timestamp) -> bool {
        let limit = if ended {
            FRESH_ENDED_MS
        } else {
            fresh_ms(self.cost_ms)
        };
        self.is_ended == ended && age_ms(self.at, now) < limit
    }

    /// The rows by state, for bars.
    pub(crate) fn counts(&self) -> words::Counts {
        counts(&self.tally)
    }

    /// Rows with an attempt behind them.
    fn tried(&self) -> i64 {
        let t = &self.tally;
        (t.delivered + t.deferred + t.bounced + t.expired + t.unknown) as i64
    }

    /// Rows a second, between this count and the one before; `None` when there is nothing to compare.
    pub(crate) fn rate(&self) -> Option<i64> {
        let (tried, at) = self.before?;
        let ms = age_ms(at, self.at);
        (ms > 0).then(|| (self.tried() - tried).max(0) * 1000 / ms)
    }
}

/// The store's tally by code of the state.
pub(crate) fn counts(tally: &Tally) -> words::Counts {
    let mut by_code = [0; 7];
    for (code, slot) in (0..).zip(by_code.iter_mut()) {
        let state = RecipientState::from_code(code);
        *slot = state.map_or(0, |s| tally.of(s) as i64);
    }
    words::Counts { by_code }
}

fn keep<T>(book: &Mutex<HashMap<CampaignId, Arc<T>>>, id: CampaignId, value: T) -> Arc<T> {
    let value = Arc::new(value);
    let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
    if book.len() >= REMEMBERED_MAX {
        book.clear();
    }
    book.insert(id, value.clone());
    value
}

fn find<T>(book: &Mutex<HashMap<CampaignId, Arc<T>>>, id: CampaignId) -> Option<Arc<T>> {
    let book = book.lock().unwrap_or_else(PoisonError::into_inner);
    book.get(&id).cloned()
}

impl CountBook {
    /// The rows of a campaign by state and reason.
    pub(crate) async fn rows(
        &self,
        app: &App,
        account: &AccountScope,
        campaign: &Campaign,
    ) -> Result<Arc<Counted>, StoreError> {
        self.rows_of(app, account, (campaign.id, is_ended(campaign)))
            .await
    }

    /// The same of a campaign of which is known whether it has ended.
    pub(crate) async fn rows_of(
        &self,
        app: &App,
        account: &AccountScope,
        (campaign, is_ended): (CampaignId, bool),
    ) -> Result<Arc<Counted>, StoreError> {
        let before = find(&self.rows, campaign);
        let started = app.now();
        if let Some(known) = before.as_ref().filter(|k| k.is_fresh(is_ended, started)) {
            return Ok(known.clone());
        }
        let reasons = account.reasons_tally(campaign).await?;
        let at = app.now();
        let counted = Counted {
            tally: tally_of(&reasons),
            reasons,
            at,
            cost_ms: age_ms(started, at),
            is_ended,
            before: before.map(|b| (b.tried(), b.at)),
        };
        Ok(keep(&self.rows, campaign, counted))
    }

    /// Opens and clicks of a campaign.
    pub(crate) async fn hits(
        &self,
        app: &App,
        account: &AccountScope,
        campaign: CampaignId,
    ) -> Result<Arc<Seen>, StoreError> {
        let started = app.now();
        let known = find(&self.hits, campaign);
        let fresh = |k: &Arc<Seen>| age_ms(k.at, started) < fresh_ms(k.cost_ms);
        if let Some(known) = known.filter(fresh) {
            return Ok(known);
        }
        let hits = account.hit_tally(campaign).await?;
        let links = account.link_tally(campaign).await?;
        let at = app.now();
        let cost_ms = age_ms(started, at);
        Ok(keep(
            &self.hits,
            campaign,
            Seen {
                hits,
                links,
                at,
                cost_ms,
            },
        ))
    }
}

/// One pass over the rows gives both: the tally is the sum of the reasons.
fn tally_of(reasons: &[ReasonCount]) -> Tally {
    use avow_model::Outcome as O;
    let mut tally = Tally::default();
    for r in reasons {
        let slot = match r.state {
            RecipientState::Waiting => &mut tally.waiting,
            RecipientState::At(O::Delivered) => &mut tally.delivered,
            RecipientState::At(O::Deferred) => &mut tally.deferred,
            RecipientState::At(O::Bounced) => &mut tally.bounced,
            RecipientState::At(O::Expired) => &mut tally.expired,
            RecipientState::At(O::Refused) => &mut tally.refused,
            RecipientState::At(O::Unknown) => &mut tally.unknown,
        };
        *slot += r.n;
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tally_is_the_sum_of_the_reasons_to_the_unit() {
        let row = |code: i64, n| ReasonCount {
            state: RecipientState::from_code(code).unwrap(),
            reasons: String::new(),
            reply_code: None,
            n,
        };
        let rows: Vec<_> = (0..7)
            .flat_map(|code| [row(code, 3), row(code, code as u64)])
            .collect();
        let tally = tally_of(&rows);
        assert_eq!(tally.audience(), rows.iter().map(|r| r.n).sum::<u64>());
        assert_eq!(counts(&tally).by_code, [3, 4, 5, 6, 7, 8, 9]);
    }
}
