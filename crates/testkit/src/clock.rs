//! A clock that stands still until a test moves it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use avow_model::{Clock, Timestamp};

/// Starts at a fixed instant and moves only by `advance`. Shared by `Arc`; thread safe.
#[derive(Debug)]
pub struct VirtualClock(AtomicI64);

/// 2026-06-01T09:00:00Z in microseconds: a Monday morning, far from any change of the year.
const START_US: i64 = 1_780_304_400_000_000;

impl VirtualClock {
    /// At 2026-06-01T09:00:00Z.
    pub fn new() -> Self {
        Self(AtomicI64::new(START_US))
    }

    /// At `start`, to the microsecond.
    pub fn starting(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.as_microsecond()))
    }

    /// Moves time on. Whoever waits for an instant must be woken by the test.
    pub fn advance(&self, by: Duration) {
        let us = i64::try_from(by.as_micros()).expect("a test stays inside 292,000 years");
        self.0.fetch_add(us, Ordering::SeqCst);
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst))
            .expect("a test stays inside 292,000 years")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stands_still_until_it_is_moved() {
        let clock = VirtualClock::new();
        assert_eq!(clock.now().to_string(), "2026-06-01T09:00:00Z");
        clock.advance(Duration::from_hours(1));
        assert_eq!(clock.now().to_string(), "2026-06-01T10:00:00Z");
    }
}
