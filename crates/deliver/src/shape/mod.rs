//! Shaping: how fast mail may go to a site, decided by its rules and by what it answers.
//!
//! Promises: pure, with virtual time: no clock, no task, no lock. Observed rates and connections stay within the
//! limits whatever the order of calls, also when rules are loaded anew or the clock is set back; a site that asks for
//! less gets half at once and more again step by step; a reply that is about our own set-up holds the mail and
//! says so, and never counts against a person. Never: decides what becomes of a message (`trouble` does).

mod aimd;
mod complaints;
mod gcra;
pub mod rules;
mod state;
#[cfg(test)]
mod tests;
mod warmup;

pub use aimd::Aimd;
pub use complaints::{Complaints, Standing};
pub use gcra::{Gcra, Rate};
pub use rules::{Effect, Limits, Provider, Rules, RulesFault};
pub use state::{Held, Shape, Signal, grant};
pub use warmup::{Day, WarmUp};
