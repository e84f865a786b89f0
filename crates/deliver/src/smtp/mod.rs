//! The SMTP client: a connection to one server, and messages over it.
//!
//! `open` connects, secures and authenticates; `session` moves messages; `reply` reads what servers say;
//! `text` keeps a message from ending early; `phase` has the times and the troubles. RFC 5321, 2920, 1870,
//! 3207, 4954, 6531. Tests against a scripted server are in `tests`.

mod auth;
mod envelope;
mod extensions;
mod open;
mod phase;
mod reply;
mod session;
mod text;
mod wire;

pub use envelope::{Begun, Envelope, Refusal};
pub use extensions::Extensions;
pub use open::{Auth, ClientOptions, Route, TlsMode};
pub use phase::{BLOCK_BYTES, Phase, Timeouts, Trouble, What};
pub use reply::{Enhanced, Found, REPLY_BYTES_MAX, Reply, ReplyFault, Span, TEXT_BYTES_MAX, find};
pub use session::{Finished, Sent, Session};
pub use text::{LINE_BYTES_MAX, TextFault, check};
pub use wire::Io;

#[cfg(test)]
mod tests;
