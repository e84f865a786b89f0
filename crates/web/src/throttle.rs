//! Slows the guessing of passwords: after a few failures an address waits.

use std::collections::HashMap;
use std::time::Duration;

use avow_model::Timestamp;

/// Failures before an address has to wait: people mistype, programs try thousands.
const FAILURES_MAX: u32 = 8;
/// How long it waits, counted from its last failure.
const WAIT: Duration = Duration::from_mins(5);
/// Addresses that are remembered; the oldest are forgotten first, so that memory stays bounded.
const REMEMBERED_MAX: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Failures {
    n: u32,
    last: Timestamp,
}

/// Failed log-ins by address. In memory: a restart forgives.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    failures: HashMap<[u8; 32], Failures>,
}

fn is_over(failures: Failures, now: Timestamp) -> bool {
    now.as_second() - failures.last.as_second() >= WAIT.as_secs() as i64
}

impl Throttle {
    /// True when this address may try now.
    pub(crate) fn may_try(&self, key: [u8; 32], now: Timestamp) -> bool {
        let held = |f: &Failures| f.n >= FAILURES_MAX && !is_over(*f, now);
        !self.failures.get(&key).is_some_and(held)
    }

    /// Notes a failure.
    pub(crate) fn failed(&mut self, key: [u8; 32], now: Timestamp) {
        if self.failures.len() >= REMEMBERED_MAX && !self.failures.contains_key(&key) {
            self.forget(now);
        }
        let entry = self
            .failures
            .entry(key)
            .or_insert(Failures { n: 0, last: now });
        if is_over(*entry, now) {
            entry.n = 0;
        }
        entry.n += 1;
        entry.last = now;
    }

    /// Notes that the right password came.
    pub(crate) fn succeeded(&mut self, key: [u8; 32]) {
        self.failures.remove(&key);
    }

    fn forget(&mut self, now: Timestamp) {
        self.failures.retain(|_, f| !is_over(*f, now));
        if self.failures.len() >= REMEMBERED_MAX {
            let oldest = self.failures.iter().min_by_key(|(_, f)| f.last);
            if let Some(key) = oldest.map(|(key, _)| *key) {
                self.failures.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn an_address_waits_after_eight_failures_and_only_it() {
        let mut throttle = Throttle::default();
        for _ in 0..FAILURES_MAX {
            assert!(throttle.may_try([1; 32], at(0)));
            throttle.failed([1; 32], at(0));
        }
        assert!(!throttle.may_try([1; 32], at(299)));
        assert!(throttle.may_try([1; 32], at(300)));
        assert!(throttle.may_try([2; 32], at(0)));
        throttle.succeeded([1; 32]);
        assert!(throttle.may_try([1; 32], at(1)));
    }

    #[test]
    fn memory_stays_bounded_whatever_is_tried() {
        let mut throttle = Throttle::default();
        for n in 0..(REMEMBERED_MAX as u32 + 50) {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_be_bytes());
            throttle.failed(key, at(0));
        }
        assert!(throttle.failures.len() <= REMEMBERED_MAX);
    }
}
