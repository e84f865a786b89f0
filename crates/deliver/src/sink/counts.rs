//! How much mail came, how much of it for the first time.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

/// The sink's counters. A message is unique by its Message-ID.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinkCounts {
    pub total: u64,
    pub unique_messages: u64,
    /// Came again with the same Message-ID and other bytes. A sender that resends exactly has none.
    pub differing: u64,
    /// True when more ids came than are remembered: `unique_messages` is then too high by the unnoticed repeats.
    pub unique_is_estimate: bool,
    /// Refused by a fault on demand.
    pub faults: u64,
    /// By the domain of the envelope sender, lower case; empty for the null sender.
    pub by_domain: BTreeMap<String, DomainCounts>,
}

/// The counters of one sending domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainCounts {
    pub total: u64,
    pub unique_messages: u64,
}

impl SinkCounts {
    /// Counts one message without asking whether it came before.
    pub(super) fn move_in(&mut self, sender: &str, first: bool) {
        self.total += 1;
        self.unique_messages += u64::from(first);
        let entry = self.of_domain(&domain(sender));
        entry.total += 1;
        entry.unique_messages += u64::from(first);
    }

    /// The counters of a domain; those of all others once there are too many to count apart.
    fn of_domain(&mut self, domain: &str) -> &mut DomainCounts {
        let by_domain = &mut self.by_domain;
        let known = by_domain.contains_key(domain);
        let name = if known || by_domain.len() < DOMAINS_MAX {
            domain
        } else {
            OTHERS
        };
        if !by_domain.contains_key(name) {
            by_domain.insert(name.to_owned(), DomainCounts::default());
        }
        by_domain.get_mut(name).expect("invariant: inserted above")
    }
}

/// Counters with the memory that "unique" needs.
#[derive(Debug, Default)]
pub(super) struct Counter {
    pub(super) counts: SinkCounts,
    /// Hash of the Message-ID to the checksum of the bytes that came first.
    seen: HashMap<u64, u32>,
    remembered_max: usize,
}

/// What one message looks like to the counter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    pub(super) sender: &'a str,
    pub(super) id_hash: u64,
    pub(super) checksum: u32,
}

impl Counter {
    pub(super) fn new(forgotten: SinkCounts, remembered_max: usize) -> Self {
        Self {
            counts: forgotten,
            seen: HashMap::new(),
            remembered_max,
        }
    }

    /// Counts one message; true when it is the first with its Message-ID.
    pub(super) fn add(&mut self, mark: &Mark<'_>) -> bool {
        let first = self.is_first(mark);
        self.counts.move_in(mark.sender, first);
        first
    }

    fn is_first(&mut self, mark: &Mark<'_>) -> bool {
        if let Some(checksum) = self.seen.get(&mark.id_hash) {
            self.counts.differing += u64::from(*checksum != mark.checksum);
            return false;
        }
        if self.seen.len() < self.remembered_max {
            self.seen.insert(mark.id_hash, mark.checksum);
        } else {
            self.counts.unique_is_estimate = true;
        }
        true
    }
}

/// Sending domains counted apart; what comes after them is counted together.
const DOMAINS_MAX: usize = 10_000;
const OTHERS: &str = "(others)";

/// The domain of an envelope sender, borrowed when it is in lower case already.
fn domain(sender: &str) -> Cow<'_, str> {
    let domain = sender.rsplit_once('@').map_or("", |(_, domain)| domain);
    if domain.bytes().any(|b| b.is_ascii_uppercase()) {
        domain.to_ascii_lowercase().into()
    } else {
        domain.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(sender: &str, id_hash: u64, checksum: u32) -> Mark<'_> {
        Mark {
            sender,
            id_hash,
            checksum,
        }
    }

    #[test]
    fn repeats_count_once_as_unique_and_tell_when_their_bytes_differ() {
        let mut counter = Counter::new(SinkCounts::default(), 10);
        assert!(counter.add(&mark("b@Example.com", 1, 7)));
        assert!(!counter.add(&mark("b@example.com", 1, 7)));
        assert!(!counter.add(&mark("b@example.com", 1, 8)));
        assert!(counter.add(&mark("", 2, 7)));
        let counts = counter.counts;
        assert_eq!(
            (counts.total, counts.unique_messages, counts.differing),
            (4, 2, 1)
        );
        assert_eq!(counts.by_domain["example.com"].total, 3);
        assert_eq!(counts.by_domain["example.com"].unique_messages, 1);
        assert!(!counts.unique_is_estimate);
    }

    #[test]
    fn memory_for_ids_is_bounded_and_the_count_says_so() {
        let mut counter = Counter::new(SinkCounts::default(), 2);
        for id in [1, 2, 3, 3] {
            counter.add(&mark("b@example.com", id, 0));
        }
        assert_eq!(counter.counts.unique_messages, 4);
        assert!(counter.counts.unique_is_estimate);
    }
}
