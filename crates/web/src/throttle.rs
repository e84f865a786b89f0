//! Slows the guessing of passwords and codes: after a few failures an address or a user waits.

use std::collections::HashMap;
use std::time::Duration;

use avow_model::Timestamp;

/// How much is borne.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Failures before one has to wait.
    failures_max: u32,
    /// How long one waits, counted from the last failure.
    wait: Duration,
}

/// Passwords: people mistype, programs try thousands.
pub(crate) const PASSWORDS: Patience = Patience {
    failures_max: 8,
    wait: Duration::from_mins(5),
};
/// Codes: three of a million are right at a time, so that 480 tries a day find one in two years.
pub(crate) const CODES: Patience = Patience {
    failures_max: 5,
    wait: Duration::from_mins(15),
};
/// Addresses that are remembered; the oldest are forgotten first, so that memory stays bounded.
const REMEMBERED_MAX: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Failures {
    n: u32,
    last: Timestamp,
}

/// Failures by address, or by user. In memory: a restart forgives.
#[derive(Debug)]
pub(crate) struct Throttle {
    patience: Patience,
    failures: HashMap<[u8; 32], Failures>,
}

impl Patience {
    fn is_over(self, failures: Failures, now: Timestamp) -> bool {
        now.as_second() - failures.last.as_second() >= self.wait.as_secs() as i64
    }
}

impl Throttle {
    pub(crate) fn new(patience: Patience) -> Self {
        Self {
            patience,
            failures: HashMap::new(),
        }
    }

    /// True when this address may try now; the try counts as a failure until it succeeds. Many at once that each look
    /// first and count later would all get in.
    pub(crate) fn take(&mut self, key: [u8; 32], now: Timestamp) -> bool {
        let may = self.may_try(key, now);
        if may {
            self.failed(key, now);
        }
        may
    }

    fn may_try(&self, key: [u8; 32], now: Timestamp) -> bool {
        let patience = self.patience;
        let held = |f: &Failures| f.n >= patience.failures_max && !patience.is_over(*f, now);
        !self.failures.get(&key).is_some_and(held)
    }

    fn failed(&mut self, key: [u8; 32], now: Timestamp) {
        if self.failures.len() >= REMEMBERED_MAX && !self.failures.contains_key(&key) {
            self.forget(now);
        }
        let entry = self
            .failures
            .entry(key)
            .or_insert(Failures { n: 0, last: now });
        if self.patience.is_over(*entry, now) {
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
        let patience = self.patience;
        self.failures.retain(|_, f| !patience.is_over(*f, now));
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
        let mut throttle = Throttle::new(PASSWORDS);
        for _ in 0..PASSWORDS.failures_max {
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
    fn of_many_tries_at_once_no_more_are_let_in_than_may_fail() {
        let mut throttle = Throttle::new(CODES);
        let in_time = (0..50).filter(|_| throttle.take([1; 32], at(0))).count();
        assert_eq!(in_time, CODES.failures_max as usize);
        throttle.succeeded([1; 32]);
        assert!(throttle.take([1; 32], at(1)));
    }

    #[test]
    fn memory_stays_bounded_whatever_is_tried() {
        let mut throttle = Throttle::new(PASSWORDS);
        for n in 0..(REMEMBERED_MAX as u32 + 50) {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_be_bytes());
            throttle.failed(key, at(0));
        }
        assert!(throttle.failures.len() <= REMEMBERED_MAX);
    }
}
