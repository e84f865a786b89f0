//! Opens and clicks of delivered mail: who made them, whether they may be kept, and keeping them.
//!
//! Promises: the permission gate is asked at the instant of each hit, with facts that are at most one
//! second old; what may not be kept leaves no trace and gets the same answer; what is kept is in the
//! store before the answer leaves.
//! Never: an address, an IP or a user agent in the store or a log.

mod agents;
mod campaigns;
mod hits;
mod intake;
mod people;
mod sweeps;
mod verdict;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use agents::{AgentClass, AgentMemory, classify_agent};
pub use hits::{Arrival, GlobalPrivacy, Kept, Tracker, WhyNot};
pub use verdict::{
    Cause, Judgement, Load, Method, SWEEP_LINKS, SWEEP_WINDOW_S, Sight, TOO_SOON_S, judge,
};

/// How old facts and policies may be: what another process recorded counts after this at the latest.
const FRESH_MS: i128 = 1_000;

/// A cache that a panic left behind is still a cache: each entry is whole or absent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
