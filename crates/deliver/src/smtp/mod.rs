//! The SMTP client: a connection to one server, and messages over it.
//!
//! `open` connects, secures and authenticates; `session` moves messages, `content` their content; `text` keeps a
//! message from ending early; `habits` remembers what servers get wrong; `egress` is the way out; `phase` has the times and the troubles. What servers say is read by `avow_bounce`. RFC 5321, 2920, 1870,
//! 3030, 3207, 4954, 6531. Tests against a scripted server are in `tests`.

mod auth;
mod content;
mod egress;
mod envelope;
mod extensions;
mod habits;
mod open;
mod phase;
mod session;
mod text;
mod wire;

pub use avow_bounce::{
    Enhanced, Found, Phase, REPLY_BYTES_MAX, Reply, ReplyFault, Span, TEXT_BYTES_MAX, find,
};
pub use egress::{Egress, EgressFault, Proxy, Sources};
pub use envelope::{Begun, BodyKind, Envelope, Refusal};
pub use extensions::Extensions;
pub use habits::{Habit, Habits};
pub use open::{Auth, ClientOptions, Route, Seen, TlsMode};
pub use phase::{BLOCK_BYTES, Timeouts, TlsWhy, Trouble, What};
pub use session::{Finished, Sent, Session};
pub use text::{LINE_BYTES_MAX, TextFault, check};
pub use wire::Io;

#[cfg(test)]
mod tests;
