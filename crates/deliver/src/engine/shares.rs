//! Whose messages a site has: counts by campaign, for those who may see only their own.
//!
//! Promises: counts only; a campaign that has nothing here any more is forgotten when there are many.
//! Never: a lock on the way of a message that is delivered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use avow_model::{AccountId, CampaignId};

use super::fair::Flow;
use super::figures::Share;

/// Campaigns counted at one site: more are never in hand at a time, but what was put off stays known for a while.
const CAMPAIGNS_MAX: usize = 256;

type Key = (AccountId, CampaignId);

/// The counts of one site.
#[derive(Debug, Default)]
pub(crate) struct Shares(Mutex<HashMap<Key, Arc<Count>>>);

/// What one campaign has at a site, beside what is ready.
#[derive(Debug, Default)]
pub(crate) struct Count {
    /// Rows that wait for room.
    pub(crate) aside: AtomicUsize,
    put_off: AtomicU64,
}

impl Shares {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Arc<Count>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The count of a flow's campaign.
    pub(crate) fn of(&self, flow: Flow) -> Arc<Count> {
        let mut counts = self.lock();
        if counts.len() >= CAMPAIGNS_MAX {
            // Whoever still counts holds the other end.
            counts.retain(|_, count| Arc::strong_count(count) > 1);
        }
        counts
            .entry((flow.account, flow.campaign))
            .or_default()
            .clone()
    }

    /// One more of the flow was put off here.
    pub(crate) fn put_off(&self, flow: Flow) {
        self.of(flow).put_off.fetch_add(1, Ordering::Relaxed);
    }

    /// Every campaign that has something here or was put off here, with what is ready of it.
    pub(crate) fn told(&self, ready: Vec<(AccountId, CampaignId, usize)>) -> Vec<Share> {
        let mut ready: HashMap<Key, usize> =
            ready.into_iter().map(|(a, c, n)| ((a, c), n)).collect();
        let counts = self.lock();
        let known = counts.iter().map(|((account, campaign), count)| Share {
            account: *account,
            campaign: *campaign,
            ready: ready.remove(&(*account, *campaign)).unwrap_or(0),
            aside: count.aside.load(Ordering::Relaxed),
            put_off: count.put_off.load(Ordering::Relaxed),
        });
        let mut told: Vec<Share> = known.collect();
        told.extend(ready.into_iter().map(|((account, campaign), ready)| Share {
            account,
            campaign,
            ready,
            aside: 0,
            put_off: 0,
        }));
        told.retain(|share| share.ready > 0 || share.aside > 0 || share.put_off > 0);
        told.sort_unstable_by_key(|share| (share.account, share.campaign));
        told
    }
}

#[cfg(test)]
mod tests {
    use super::super::fair::Rank;
    use super::*;

    fn flow(account: i64, campaign: i64) -> Flow {
        Flow {
            rank: Rank::Bulk,
            account: AccountId::from_i64(account),
            campaign: CampaignId::from_i64(campaign),
            owed: false,
        }
    }

    #[test]
    fn each_campaign_is_told_its_own_and_one_with_nothing_here_is_not_told() {
        let shares = Shares::default();
        let waits = shares.of(flow(1, 10));
        waits.aside.fetch_add(7, Ordering::Relaxed);
        shares.put_off(flow(2, 20));
        shares.of(flow(3, 30));
        let ready = vec![
            (AccountId::from_i64(1), CampaignId::from_i64(10), 5),
            (AccountId::from_i64(4), CampaignId::from_i64(40), 2),
        ];
        let told = shares.told(ready);
        let told: Vec<_> = told.iter().map(|s| (s.ready, s.aside, s.put_off)).collect();
        assert_eq!(told, [(5, 7, 0), (0, 0, 1), (2, 0, 0)]);
    }

    #[test]
    fn of_many_campaigns_only_those_in_hand_stay_known() {
        let shares = Shares::default();
        let held = shares.of(flow(1, 0));
        for campaign in 1..=CAMPAIGNS_MAX as i64 + 1 {
            shares.put_off(flow(1, campaign));
        }
        assert!(shares.lock().len() < CAMPAIGNS_MAX);
        assert!(Arc::ptr_eq(&held, &shares.of(flow(1, 0))));
    }
}
