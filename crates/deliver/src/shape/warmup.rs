//! Warm-up: how much may go to a provider on each day of an address's first weeks.
//!
//! Promises: pure; each day's cap grows by the same factor from the first; a day with bad signals does not count, so
//! that the next one has the same cap; after the last day there is none. Receivers know an address by its history:
//! one that sends a million on its first day is taken for a stolen one.

use std::time::Duration;

use avow_model::Timestamp;

/// A day of the calendar that is counted in, in UTC.
const DAY: Duration = Duration::from_hours(24);
/// Of the messages of a day, so many refusals for pace or reputation make it a bad one.
const BAD_SHARE: f64 = 0.05;
/// With fewer messages than this a share says nothing.
const BAD_LEAST: u64 = 20;

/// The plan of one address.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarmUp {
    /// The start of its first day.
    pub start: Timestamp,
    /// Messages to each provider on the first day.
    pub first: u64,
    /// From one day to the next.
    pub growth: f64,
    /// Good days until it is warm.
    pub days: u32,
}

/// What went on one day to one provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Day {
    /// Days since the epoch, in UTC.
    pub number: i64,
    pub sent: u64,
    /// Refusals for our pace or reputation.
    pub bad: u64,
}

impl Day {
    /// Which day it is.
    pub fn number(now: Timestamp) -> i64 {
        now.as_second().div_euclid(DAY.as_secs() as i64)
    }

    fn is_bad(&self) -> bool {
        self.bad >= BAD_LEAST && self.bad as f64 > BAD_SHARE * self.sent as f64
    }
}

impl WarmUp {
    /// How many may go today in all; `None` when the address is warm. `days` are those before today and today.
    pub fn cap(&self, days: &[Day], now: Timestamp) -> Option<u64> {
        let (start, today) = (Day::number(self.start), Day::number(now));
        let Ok(passed) = u32::try_from(today - start) else {
            // It begins later: until then it is as on its first day.
            return Some(self.first);
        };
        let before = |day: &&Day| day.number >= start && day.number < today;
        let bad = days
            .iter()
            .filter(before)
            .filter(|day| day.is_bad())
            .count();
        let good = passed.saturating_sub(u32::try_from(bad).unwrap_or(u32::MAX));
        if good >= self.days {
            return None;
        }
        let grown = self.first as f64 * self.growth.powi(good.min(i32::MAX as u32) as i32);
        Some(grown as u64)
    }

    /// True when today's refusals say that nothing more should go until tomorrow.
    pub fn holds(days: &[Day], now: Timestamp) -> bool {
        let today = Day::number(now);
        days.iter().any(|day| day.number == today && day.is_bad())
    }
}
