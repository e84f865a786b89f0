//! A rate that is never exceeded: the generic cell rate algorithm, as ATM Forum TM 4.0 has it (virtual scheduling).
//!
//! Promises: in any stretch of time of the clock that is asked, no more messages than the burst and one for each
//! interval in it, also when the rate changes in between; a clock that was set back costs one burst at most.

use std::fmt;
use std::time::Duration;

use avow_model::Timestamp;

/// So many messages in so much time. At least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub messages: u32,
    pub per: Duration,
}

/// Messages that may go at once, whatever the rate, counts as a share of one second of it: real traffic comes in
/// handfuls, and receivers count by the minute.
const BURST_SECONDS: u32 = 1;

impl Rate {
    /// From `20/second`, `600/minute`, `5000/hour`, `100000/day`.
    pub fn parse(text: &str) -> Option<Self> {
        let (messages, unit) = text.split_once('/')?;
        let per = match unit.trim() {
            "second" => Duration::from_secs(1),
            "minute" => Duration::from_mins(1),
            "hour" => Duration::from_hours(1),
            "day" => Duration::from_hours(24),
            _ => return None,
        };
        let messages = messages.trim().parse().ok().filter(|n| *n > 0)?;
        Some(Self { messages, per })
    }

    /// The time of one message at this share of the rate, in microseconds.
    fn interval_us(self, share: f64) -> i64 {
        let us = self.per.as_micros() as f64 / f64::from(self.messages) / share;
        // Rounded up: a rate is never exceeded by rounding.
        us.ceil().max(1.0) as i64
    }

    /// How many may go at once.
    pub fn burst(self) -> u32 {
        let per_second =
            self.messages / u32::try_from(self.per.as_secs().max(1)).unwrap_or(u32::MAX);
        (per_second * BURST_SECONDS).max(1)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.per.as_secs() {
            1 => "second",
            60 => "minute",
            3_600 => "hour",
            _ => "day",
        };
        write!(f, "{}/{unit}", self.messages)
    }
}

/// The state: when the next message is due if they all keep their distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gcra {
    due_us: Option<i64>,
}

impl Gcra {
    /// When a message may go at this share (0 < share <= 1) of the rate: `now` or later.
    pub fn free_at(&self, rate: Rate, share: f64, now: Timestamp) -> Timestamp {
        let (now_us, interval) = (now.as_microsecond(), rate.interval_us(share));
        let slack = slack_us(rate);
        let due = self.due_us.unwrap_or(now_us).min(now_us + slack + interval);
        if due - slack <= now_us {
            return now;
        }
        Timestamp::from_microsecond(due - slack).unwrap_or(Timestamp::MAX)
    }

    /// Counts a message that goes now.
    pub fn take(&mut self, rate: Rate, share: f64, now: Timestamp) {
        let (now_us, interval) = (now.as_microsecond(), rate.interval_us(share));
        // Further ahead than the limit allows: the clock was set back, or the rate was lower before.
        let ahead = now_us + slack_us(rate) + interval;
        let due = self.due_us.unwrap_or(now_us).clamp(now_us, ahead);
        self.due_us = Some(due + interval);
    }
}

/// How far ahead of their distance messages may be: of the whole rate, whatever share of it is given now. A slack that
/// grew as the share fell would let a second burst go in answer to a refusal.
fn slack_us(rate: Rate) -> i64 {
    let interval = rate.interval_us(1.0);
    interval.saturating_mul(i64::from(rate.burst()) - 1)
}
