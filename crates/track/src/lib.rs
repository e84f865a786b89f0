//! Opens and clicks of delivered mail: who made them, whether they may be kept, and keeping them.
//!
//! Promises: the permission gate is asked at the instant of each hit, with facts that are at most one
//! second old; what may not be kept leaves no trace and gets the same answer; what is kept is in the
//! store before the answer leaves.
//! Never: an address, an IP or a user agent in the store or a log.

mod agents;
mod verdict;

pub use agents::{AgentClass, AgentMemory, classify_agent};
pub use verdict::{Cause, Judgement, SWEEP_LINKS, SWEEP_WINDOW_S, Sight, TOO_SOON_S, judge};
