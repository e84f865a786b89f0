//! The SMTP client: a connection to one server, and messages over it.
//!
//! `open` connects, secures and authenticates; `session` moves messages; `text` keeps a message from ending
//! early; `phase` has the times and the troubles. What servers say is read by `avow_bounce`. RFC 5321, 2920, 1870,
//! 3207, 4954, 6531. Tests against a scripted server are in `tests`.

mod auth;
mod envelope;
mod extensions;
mod open;
mod phase;
mod session;
mod text;
mod wire;

pub use avow_bounce::{
    Enhanced, Found, Phase, REPLY_BYTES_MAX, Reply, ReplyFault, Span, TEXT_BYTES_MAX, find,
};
pub use envelope::{Begun, Envelope, Refusal};
pub use extensions::Extensions;
pub use open::{Auth, ClientOptions, Route, TlsMode};
pub use phase::{BLOCK_BYTES, Timeouts, Trouble, What};
pub use session::{Finished, Sent, Session};
pub use text::{LINE_BYTES_MAX, TextFault, check};
pub use wire::Io;

#[cfg(test)]
mod tests;
