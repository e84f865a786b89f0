//! Bounces: what a mail server's reply means, in our session ([`session`]) or in a mail that came back ([`read`]).
//!
//! Promises: pure, total, no panic on any bytes; unknown is soft. The one error not forgiven is a hard verdict
//! on a living mailbox. Never: reads a file or a clock, remembers anything.

mod class;
mod codes;
mod judge;
mod mail;
mod normal;
mod outcome;
mod phase;
mod reply;
mod rules;
pub mod session;
mod status;

pub use class::Class;
pub use mail::{MAIL_BYTES_MAX, MailFault, is_too_nested, read};
pub use outcome::{Action, Feedback, Outcome, Report, Returned};
pub use phase::Phase;
pub use reply::{
    Enhanced, Found, REPLY_BYTES_MAX, Reply, ReplyFault, Span, TEXT_BYTES_MAX, find, lines,
    positive,
};
