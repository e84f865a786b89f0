//! SMTP servers: the session that the rehearsal sink, the receiver of returned mail and submission share.
//!
//! Promises: strict line ends (a bare CR or LF is refused, in commands and in content); only CRLF.CRLF ends a
//! message; every limit has a name; no password is asked for in clear. Never: decides what is taken, from whom, or what
//! becomes of it: a [`House`] does.
//!
//! `command`, `login` and `content` read the protocol, `connection` speaks it, `listen` lets clients in.
//! RFC 5321, 1870, 2034, 2920, 3207, 4954, 6152, 6531.

mod command;
mod connection;
mod content;
mod house;
mod limits;
mod listen;
mod login;

pub(crate) use connection::Connection;
pub use connection::{Heard, Taken, TrialDoor, converse};
pub(crate) use content::{HEADING_BYTES_MAX, headings};
pub(crate) use house::{Admit, Door, House, LongLines, Mail, Reply, SessionLimits, SignIn, said};
pub(crate) use listen::{Listener, network};
pub(crate) use login::Login;
