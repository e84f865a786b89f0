//! What goes wrong on demand: a share of transactions is refused, dropped or left without an answer.
//!
//! Promises: pure; the n-th transaction of a run with a given seed always meets the same fate.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::mix::{mix, share};

/// Faults, changeable at any time. Shares are of all transactions, 0.0 to 1.0, and add up.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Added before each flight of answers, as a far-away server would.
    pub latency_ms: u64,
    /// RCPT answered 451.
    pub share_4xx: f64,
    /// RCPT answered 554: refused for good, no word about the mailbox.
    pub share_5xx: f64,
    /// RCPT answered 550 5.1.1: no such user.
    pub share_user_unknown: f64,
    /// The connection is closed when the content arrives.
    pub share_drop_in_data: f64,
    /// The content is taken and never answered.
    pub share_silent: f64,
    /// From the moment this is set: refuse connections and close the open ones for so long.
    pub down_seconds: u64,
}

/// What meets one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Accept,
    PutOff,
    Refuse,
    UserUnknown,
    DropInData,
    Silent,
}

impl Faults {
    pub(super) fn fate(&self, seed: u64, transaction: u64) -> Fate {
        let draw = share(mix(seed) ^ transaction);
        let mut edge = 0.0;
        for (part, fate) in [
            (self.share_4xx, Fate::PutOff),
            (self.share_5xx, Fate::Refuse),
            (self.share_user_unknown, Fate::UserUnknown),
            (self.share_drop_in_data, Fate::DropInData),
            (self.share_silent, Fate::Silent),
        ] {
            edge += part;
            if draw < edge {
                return fate;
            }
        }
        Fate::Accept
    }

    pub(super) const fn latency(&self) -> Duration {
        Duration::from_millis(self.latency_ms)
    }

    pub(super) const fn down(&self) -> Duration {
        Duration::from_secs(self.down_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fates_come_in_their_shares_and_repeat() {
        let faults = Faults {
            share_4xx: 0.2,
            share_user_unknown: 0.1,
            ..Faults::default()
        };
        let fates: Vec<Fate> = (0..10_000).map(|n| faults.fate(9, n)).collect();
        let count = |fate| fates.iter().filter(|f| **f == fate).count();
        assert!((1_800..2_200).contains(&count(Fate::PutOff)));
        assert!((850..1_150).contains(&count(Fate::UserUnknown)));
        assert_eq!(count(Fate::Refuse), 0);
        assert_eq!(faults.fate(9, 77), fates[77]);
    }

    #[test]
    fn without_faults_everything_is_accepted_and_a_share_of_one_takes_all() {
        assert!((0..1000).all(|n| Faults::default().fate(1, n) == Fate::Accept));
        let all = Faults {
            share_silent: 1.0,
            ..Faults::default()
        };
        assert!((0..1000).all(|n| all.fate(1, n) == Fate::Silent));
    }
}
