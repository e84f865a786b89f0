//! When the other side cannot be reached: who may knock, and when again.
//!
//! One worker knocks while a lane is down, the others wait; nothing is taken from the ring meanwhile,
//! so that no recipient pays for a relay that is being restarted.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use avow_model::Timestamp;

use crate::route::OpenFault;

/// First pause after a failed connection; doubled each time.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
/// Longest pause: a relay that is back is found within half a minute.
const PAUSE_RELAY: Duration = Duration::from_secs(30);
/// Longest pause of a site: RFC 5321 4.5.4.1 asks for half an hour between tries; half of it finds it sooner.
const PAUSE_SITE: Duration = Duration::from_mins(15);
/// A knock that has not reported for this long is forgotten (its worker was dropped).
const KNOCK_LOST: Duration = Duration::from_mins(5);

/// How long the longest pause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Everything waits for it.
    Relay,
    /// One of many.
    Site,
}

#[derive(Debug)]
pub(crate) struct Breaker {
    patience: Patience,
    state: Mutex<State>,
}

#[derive(Debug, Default, Clone)]
struct State {
    failures: u32,
    not_before: Option<Timestamp>,
    why: Option<OpenFault>,
}

/// Whether to knock.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Knock {
    Now,
    NotBefore(Timestamp),
}

impl Breaker {
    pub(crate) fn new(patience: Patience) -> Self {
        Self {
            patience,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for leave to connect. While the lane is down one caller at a time gets it.
    pub(crate) fn ask(&self, now: Timestamp) -> Knock {
        let mut state = self.lock();
        match state.not_before {
            None => Knock::Now,
            Some(at) if at > now => Knock::NotBefore(at),
            Some(_) => {
                state.not_before = Some(after(now, KNOCK_LOST));
                Knock::Now
            }
        }
    }

    /// The other side answered; true when it had not before.
    pub(crate) fn reached(&self) -> bool {
        std::mem::take(&mut *self.lock()).not_before.is_some()
    }

    /// It did not. `jitter` is any random number: it moves the pause by up to a quarter.
    pub(crate) fn missed(&self, now: Timestamp, why: OpenFault, jitter: u32) -> Timestamp {
        let mut state = self.lock();
        let pause = pause(state.failures, self.patience, jitter);
        state.failures = state.failures.saturating_add(1);
        state.why = Some(why);
        let at = after(now, pause);
        state.not_before = Some(at);
        at
    }

    /// True while nobody knocks.
    pub(crate) fn rests(&self, now: Timestamp) -> bool {
        self.lock().not_before.is_some_and(|at| at > now)
    }

    /// Knocks in a row that nobody answered.
    pub(crate) fn failures(&self) -> u32 {
        self.lock().failures
    }

    /// Until when nobody knocks and why, if the lane is down.
    pub(crate) fn rest(&self) -> Option<(Timestamp, OpenFault)> {
        let state = self.lock();
        Some((state.not_before?, state.why.clone()?))
    }

    /// Why the lane is down, if it is.
    pub(crate) fn why(&self) -> Option<OpenFault> {
        self.lock().why.clone()
    }
}

fn pause(failures: u32, patience: Patience, jitter: u32) -> Duration {
    let most = match patience {
        Patience::Relay => PAUSE_RELAY,
        Patience::Site => PAUSE_SITE,
    };
    let whole = PAUSE_FIRST.saturating_mul(1 << failures.min(16)).min(most);
    whole * 3 / 4 + whole * (jitter % 1000) / 2000
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault() -> OpenFault {
        OpenFault::Route(crate::route::RouteFault::NoAnswer)
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    #[test]
    fn while_a_lane_is_down_one_worker_knocks_and_the_pause_grows_to_its_limit() {
        let breaker = Breaker::new(Patience::Relay);
        assert_eq!(breaker.ask(at(0)), Knock::Now);
        assert_eq!(breaker.ask(at(0)), Knock::Now);
        let next = breaker.missed(at(0), fault(), 500);
        assert_eq!(next, at(500));
        assert_eq!(breaker.ask(at(499)), Knock::NotBefore(next));
        assert_eq!(breaker.ask(next), Knock::Now);
        assert_ne!(breaker.ask(next), Knock::Now, "one at a time");
        for _ in 0..20 {
            breaker.missed(at(0), fault(), 500);
        }
        assert_eq!(breaker.missed(at(0), fault(), 500), at(30_000));
        breaker.reached();
        assert_eq!(breaker.ask(at(0)), Knock::Now);
        assert_eq!(breaker.why(), None);
    }

    #[test]
    fn jitter_stays_within_a_quarter() {
        for jitter in [0, 1, 499, 999, u32::MAX] {
            let pause = pause(4, Patience::Relay, jitter).as_millis();
            assert!((6_000..=10_000).contains(&pause), "{pause}");
        }
    }
}
