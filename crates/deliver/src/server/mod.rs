//! SMTP servers: the session that the rehearsal sink and the receiver of returned mail share.
//!
//! Promises: strict line ends (a bare CR or LF is refused, in commands and in content); only CRLF.CRLF ends a
//! message; every limit has a name. Never: decides what is taken, or what becomes of it: a [`House`] does.
//!
//! `command` and `content` read the protocol, `connection` speaks it. RFC 5321, 1870, 2034, 2920, 6152, 6531.

mod command;
mod connection;
mod content;
mod house;
mod limits;

pub(crate) use connection::Connection;
pub(crate) use content::{HEADING_BYTES_MAX, headings};
pub(crate) use house::{Admit, House, LongLines, Mail, SessionLimits};
