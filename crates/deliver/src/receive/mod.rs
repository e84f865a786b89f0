//! Mail that comes back: bounces, feedback reports, opt-outs by mail. The listener behind an MX record of ours.
//!
//! Promises: a message is taken only for an address that names one of our messages, or for a role address of
//! our domains; a 250 after the content means that what follows from it is in the store; the same mail twice
//! changes nothing. Mail to a role or a reply address that is about no message goes to the person named for it, and gets
//! its 250 once the next server has it. Never: relays for others, answers with a mail of its own, keeps a mail, believes an address in a report
//! without a token of ours, or moves an outcome.
//!
//! `desk` stands behind the SMTP session, `forward` writes what people get and `hand` sends it, `decide` says purely what a mail means for its message, `carry`
//! writes it, `serve` listens. RFC 3464, 5321, 5965, 2369. See docs/receive.md.

mod carry;
mod decide;
mod desk;
mod forward;
mod hand;
mod serve;

pub use forward::People;
pub use hand::ForwardParts;
pub use serve::{ReceiveFault, Receiver, ReceiverParts};

#[cfg(test)]
mod tests;
