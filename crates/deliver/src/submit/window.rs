//! How often something happened of late, by whom: fixed windows in memory. A restart forgives.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use avow_model::Timestamp;

/// Of so many it is remembered at once; then the windows that are over are forgotten, then all.
const REMEMBERED_MAX: usize = 10_000;

/// So many times within a window; what is above has to wait for the next one.
#[derive(Debug)]
pub(super) struct Window<K> {
    length: Duration,
    max: u32,
    /// When the window of each began, and how often it was since.
    seen: Mutex<HashMap<K, (Timestamp, u32)>>,
}

impl<K: Eq + Hash> Window<K> {
    pub(super) fn new(max: u32, length: Duration) -> Self {
        Self {
            length,
            max,
            seen: Mutex::default(),
        }
    }

    /// True when it has happened as often as it may.
    pub(super) fn is_full(&self, key: &K, now: Timestamp) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |(began, n): &(Timestamp, u32)| *n >= self.max && !self.is_over(*began, now);
        seen.get(key).is_some_and(full)
    }

    /// It happened once more.
    pub(super) fn count(&self, key: K, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED_MAX {
            seen.retain(|_, (began, _)| !self.is_over(*began, now));
        }
        if seen.len() >= REMEMBERED_MAX {
            seen.clear();
        }
        let entry = seen.entry(key).or_insert((now, 0));
        if self.is_over(entry.0, now) {
            *entry = (now, 0);
        }
        entry.1 += 1;
    }

    fn is_over(&self, began: Timestamp, now: Timestamp) -> bool {
        now.as_second().saturating_sub(began.as_second()) >= self.length.as_secs() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_full_waits_for_the_next_window_and_nobody_else_does() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let window = Window::new(2, Duration::from_mins(1));
        window.count("a", at(0));
        assert!(!window.is_full(&"a", at(1)));
        window.count("a", at(59));
        assert!(window.is_full(&"a", at(59)));
        assert!(!window.is_full(&"b", at(59)));
        assert!(!window.is_full(&"a", at(60)));
        window.count("a", at(60));
        assert!(!window.is_full(&"a", at(60)), "a new window counts anew");
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let window = Window::new(1, Duration::from_mins(1));
        for n in 0..REMEMBERED_MAX + 10 {
            window.count(n, at(0));
        }
        assert!(window.seen.lock().unwrap().len() <= REMEMBERED_MAX);
    }
}
