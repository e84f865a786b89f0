//! A first policy from five answers: what `avow policy new` asks, and what the set-up in the browser asks.
//!
//! Promises: every combination of answers makes a policy that compiles without a warning. Never: reads a clock, a
//! file or a terminal; publishes anything.

mod answers;
mod packs;
mod write;

pub use answers::{Answers, Choice, Email, Kind, Line, Measure, PLACES, Places, Sharing};
pub use packs::{OWN_PACKS, own_pack};
pub use write::{FirstPolicy, FoundingFault, first_policy};
