//! Bounces: what a mail server's reply means, in our session or in a mail that came back.

mod phase;
mod reply;
pub mod session;

pub use phase::Phase;
pub use reply::{
    Enhanced, Found, REPLY_BYTES_MAX, Reply, ReplyFault, Span, TEXT_BYTES_MAX, find, lines,
    positive,
};
