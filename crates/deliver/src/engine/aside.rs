//! Rows that were read and could not go into a ring: their site had no room, or was not known yet.
//!
//! Promises: a number a row and nothing else, so that a million rows for one slow site are four megabytes; in
//! the order in which they came. Never: decides anything.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::fair::Flow;
use super::feed::Round;
use super::lane::Lane;
use super::shares::Count;
use crate::route::SiteKey;

/// What a row waits for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// What the name servers say of it.
    Domain(String),
    /// Room there.
    Site(SiteKey),
    /// The account's budget.
    Budget,
}

/// Rows by what they wait for.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    places: HashMap<Place, Kept>,
    first: usize,
    len: usize,
}

#[derive(Debug, Default)]
struct Kept {
    first: VecDeque<u32>,
    again: VecDeque<u32>,
    /// Where the site counts what waits for it, over all campaigns.
    told: Option<Arc<Count>>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(told) = &self.told {
            let left = self.first.len() + self.again.len();
            told.aside.fetch_sub(left, Ordering::Relaxed);
        }
    }
}

impl Kept {
    fn of(&mut self, round: Round) -> &mut VecDeque<u32> {
        match round {
            Round::First => &mut self.first,
            Round::Again => &mut self.again,
        }
    }
}

impl Aside {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// True when a row that was never tried is among them.
    pub(crate) const fn has_first(&self) -> bool {
        self.first > 0
    }

    pub(crate) fn put(&mut self, place: Place, seq: u32, round: Round) {
        self.places
            .entry(place)
            .or_default()
            .of(round)
            .push_back(seq);
        self.count(round, 1);
    }

    /// The same for a site, which counts what waits for it.
    pub(crate) fn put_for(&mut self, (lane, flow): (&Lane, Flow), seq: u32, round: Round) {
        let place = Place::Site(lane.key.clone());
        let kept = self.places.entry(place).or_default();
        let told = kept.told.get_or_insert_with(|| lane.shares.of(flow));
        told.aside.fetch_add(1, Ordering::Relaxed);
        kept.of(round).push_back(seq);
        self.count(round, 1);
    }

    fn count(&mut self, round: Round, more: isize) {
        self.len = self.len.saturating_add_signed(more);
        if round == Round::First {
            self.first = self.first.saturating_add_signed(more);
        }
    }

    /// Takes out up to `limit` rows of one round, as many of each place as `room` says there is for.
    pub(crate) fn take(
        &mut self,
        round: Round,
        limit: usize,
        room: impl Fn(&Place, usize) -> usize,
    ) -> Vec<u32> {
        let mut taken = Vec::new();
        for (place, kept) in &mut self.places {
            let waiting = kept.of(round);
            if waiting.is_empty() || taken.len() >= limit {
                continue;
            }
            let count = room(place, waiting.len()).min(limit - taken.len());
            let count = count.min(waiting.len());
            taken.extend(waiting.drain(..count));
            if let Some(told) = &kept.told {
                told.aside.fetch_sub(count, Ordering::Relaxed);
            }
        }
        self.places
            .retain(|_, kept| !(kept.first.is_empty() && kept.again.is_empty()));
        self.count(round, -(taken.len() as isize));
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(name: &str) -> Place {
        Place::Domain(name.to_owned())
    }

    #[test]
    fn rows_come_back_in_order_as_far_as_there_is_room() {
        let mut aside = Aside::default();
        for seq in 0..10 {
            aside.put(domain("slow.example"), seq, Round::First);
        }
        aside.put(domain("other.example"), 10, Round::First);
        aside.put(domain("other.example"), 11, Round::Again);
        let slow = domain("slow.example");
        let three = |place: &Place, _| if *place == slow { 3 } else { 0 };
        assert_eq!(aside.take(Round::First, 500, three), [0, 1, 2]);
        assert_eq!(aside.take(Round::First, 2, three), [3, 4]);
        assert_eq!(aside.len(), 7);
        assert_eq!(aside.take(Round::Again, 500, |_, n| n), [11]);
        assert!(aside.has_first());
        let rest = aside.take(Round::First, 500, |_, n| n);
        assert_eq!((rest.len(), aside.is_empty()), (6, true));
        assert!(!aside.has_first());
    }
}
