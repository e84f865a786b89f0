//! Whose hour has come, where each person of a campaign has their own: rows are read span by span.
//!
//! Promises: pure; every row is in exactly one span between two restarts, whatever the clock does meanwhile. A
//! campaign without such hours has one span with everybody in it.

use avow_model::Timestamp;
use avow_store::{DueSpan, ZoneGroup};

/// The hours of a campaign, and how far they have come.
#[derive(Debug)]
pub(crate) struct Hours {
    /// Sorted.
    dues: Vec<Timestamp>,
    span: DueSpan,
}

impl Hours {
    /// From the zones of a campaign, the earliest first.
    pub(crate) fn of(zones: &[ZoneGroup], now: Timestamp) -> Self {
        Self {
            dues: zones.iter().map(|zone| zone.due_at).collect(),
            span: from_the_beginning(now),
        }
    }

    /// The rows to read now.
    pub(crate) const fn span(&self) -> DueSpan {
        self.span
    }

    /// The next hour that has not begun in this span.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        let after = self.dues.iter().find(|due| **due > self.span.through);
        after.copied()
    }

    /// The last hour of all.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.dues.last().copied()
    }

    /// Goes on to the rows whose hour has come since; false where there are none.
    pub(crate) fn advance(&mut self, now: Timestamp) -> bool {
        let has_come = self.next().is_some_and(|due| due <= now);
        if has_come {
            self.span = DueSpan {
                after: Some(self.span.through),
                through: now,
            };
        }
        has_come
    }

    /// Begins anew with everybody whose hour has come: only while none of them is in hand.
    pub(crate) fn restart(&mut self, now: Timestamp) {
        self.span = from_the_beginning(now);
    }
}

const fn from_the_beginning(now: Timestamp) -> DueSpan {
    DueSpan {
        after: None,
        through: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn zones(dues: &[i64]) -> Vec<ZoneGroup> {
        let zone = |due: &i64| ZoneGroup {
            zone: format!("Z{due}"),
            due_at: at(*due),
            people: 1,
        };
        dues.iter().map(zone).collect()
    }

    #[test]
    fn spans_follow_each_other_without_a_gap_or_a_repeat() {
        let mut hours = Hours::of(&zones(&[10, 20, 20, 30]), at(12));
        let first = hours.span();
        assert_eq!((first.after, first.through), (None, at(12)));
        assert_eq!((hours.next(), hours.last()), (Some(at(20)), Some(at(30))));
        assert!(!hours.advance(at(19)), "nobody's hour has come");
        assert_eq!(hours.span(), first);
        assert!(hours.advance(at(25)));
        let second = hours.span();
        assert_eq!((second.after, second.through), (Some(at(12)), at(25)));
        assert!(!hours.advance(at(24)), "the clock went back");
        assert!(hours.advance(at(30)));
        assert_eq!(hours.span().after, Some(at(25)));
        assert_eq!(hours.next(), None);
        hours.restart(at(31));
        assert_eq!((hours.span().after, hours.next()), (None, None));
    }

    #[test]
    fn without_hours_of_their_own_everybody_is_in_the_first_span() {
        let mut hours = Hours::of(&[], at(5));
        assert_eq!(hours.span().after, None);
        assert!(!hours.advance(at(50)));
        assert_eq!((hours.next(), hours.last()), (None, None));
    }
}
