//! The rehearsal sink: an SMTP server that keeps, counts and shows mail, and misbehaves on demand.
//!
//! Promises: what it answered 250 to is on its way to the disk (a finished `write`, so it outlives a kill of
//! the process) and counted; no mail leaves it; every limit has a name (`limits`). It is at least as strict as
//! the strictest receivers: bare CR or LF is refused, so is a line over 998 bytes. Never: delivers, relays or
//! bounces anything. It runs on one thread of its own, so that a slow disk stalls no one else.
//!
//! `crate::server` speaks the protocol, `house` says what the sink makes of it, `faults` decides what goes wrong,
//! `segment` and `mailroom` keep, `serve` listens.

mod counts;
mod faults;
mod house;
mod limits;
mod mailroom;
mod segment;
mod serve;

pub use counts::{DomainCounts, SinkCounts};
pub use faults::Faults;
pub use limits::SinkLimits;
pub use mailroom::{SinkFault, SinkMail};
pub use serve::{Keeping, Sink, SinkHandle, SinkOptions};

#[cfg(test)]
mod tests;
