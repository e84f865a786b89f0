//! Additive increase, multiplicative decrease: how much of its limits a site is given after what it answered.
//!
//! Promises: a storm of refusals halves the share once a minute, not once a refusal; it comes back by an eighth
//! every five minutes in which mail went through and none was held back; never below one sixty-fourth, so that the
//! way back is always tried; never above one.

use std::time::Duration;

use avow_model::Timestamp;

/// Refusals of connections that were open together are one answer.
const ONE_STORM: Duration = Duration::from_mins(1);
/// Receivers judge senders over minutes; growing faster meets the same limit again.
const STEP_EVERY: Duration = Duration::from_mins(5);
const STEP: f64 = 0.125;
const LEAST: f64 = 1.0 / 64.0;

/// The share and when it changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aimd {
    share: f64,
    /// The last change, or the last refusal.
    since: Option<Timestamp>,
    halved_at: Option<Timestamp>,
    /// Something went through since.
    proved: bool,
}

impl Default for Aimd {
    fn default() -> Self {
        Self {
            share: 1.0,
            since: None,
            halved_at: None,
            proved: false,
        }
    }
}

impl Aimd {
    /// Of the limits, how much is given now: more than 0, at most 1.
    pub const fn share(&self) -> f64 {
        self.share
    }

    /// The site asks for less. True when the share was halved for it.
    pub fn refused(&mut self, now: Timestamp) -> bool {
        self.since = Some(now);
        self.proved = false;
        let same = |at: Timestamp| at <= now && passed(at, now) < ONE_STORM;
        if self.halved_at.is_some_and(same) {
            return false;
        }
        self.halved_at = Some(now);
        self.share = (self.share / 2.0).max(LEAST);
        true
    }

    /// A message went through.
    pub fn accepted(&mut self, now: Timestamp) {
        if self.share >= 1.0 {
            return;
        }
        // A clock that went back begins the wait anew.
        let since = self.since.filter(|since| *since <= now).unwrap_or(now);
        self.since = Some(since);
        if self.proved && passed(since, now) >= STEP_EVERY {
            self.share = (self.share + STEP).min(1.0);
            self.since = Some(now);
        }
        self.proved = true;
    }
}

fn passed(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
