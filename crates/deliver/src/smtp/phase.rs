//! How long each phase of a session may last, and what can go wrong in it.

use std::io;
use std::time::Duration;

use avow_bounce::{Phase, Reply, ReplyFault};

/// How long each phase may last, for the whole answer and not for each byte of it: a server that
/// drips runs out of time like a silent one. Defaults are those of RFC 5321 4.5.3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    pub connect: Duration,
    pub tls: Duration,
    pub greeting: Duration,
    /// EHLO, STARTTLS, AUTH, RSET, MAIL and RCPT.
    pub command: Duration,
    pub data: Duration,
    /// For each started [`BLOCK_BYTES`] of content.
    pub block: Duration,
    pub dot: Duration,
    pub quit: Duration,
}

/// The content's time is counted in blocks of this size, so that a large message has longer.
pub const BLOCK_BYTES: usize = 64 * 1024;

/// A host that does not answer a SYN for half a minute is down; Postfix waits as long.
const CONNECT: Duration = Duration::from_secs(30);
/// Two round trips and a signature: a minute is plenty.
const TLS: Duration = Duration::from_mins(1);
/// RFC 5321 4.5.3.2.1.
const GREETING: Duration = Duration::from_mins(5);
/// RFC 5321 4.5.3.2.2 and 4.5.3.2.3.
const COMMAND: Duration = Duration::from_mins(5);
/// RFC 5321 4.5.3.2.4.
const DATA: Duration = Duration::from_mins(2);
/// RFC 5321 4.5.3.2.5.
const BLOCK: Duration = Duration::from_mins(3);
/// RFC 5321 4.5.3.2.6. Shorter means duplicates: the server may still be scanning.
const DOT: Duration = Duration::from_mins(10);
/// Nothing hangs on the answer to QUIT.
const QUIT: Duration = Duration::from_secs(5);

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: CONNECT,
            tls: TLS,
            greeting: GREETING,
            command: COMMAND,
            data: DATA,
            block: BLOCK,
            dot: DOT,
            quit: QUIT,
        }
    }
}

impl Timeouts {
    /// The time for the answer in a phase.
    pub(super) const fn answer(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Connect => self.connect,
            Phase::Tls => self.tls,
            Phase::Greeting => self.greeting,
            Phase::Data => self.data,
            Phase::Body => self.block,
            Phase::Dot => self.dot,
            Phase::Quit => self.quit,
            Phase::Hello
            | Phase::StartTls
            | Phase::Auth
            | Phase::Reset
            | Phase::Mail
            | Phase::Rcpt
            | Phase::Here => self.command,
        }
    }
}

/// Something went wrong with the connection: says nothing about the message or its recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} during {}", phase.as_str())]
pub struct Trouble {
    pub phase: Phase,
    pub what: What,
}

/// Why a handshake failed, as far as the owner of the server can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TlsWhy {
    /// The certificate is for other names.
    HostMismatch,
    /// The certificate is over, or not valid yet.
    Expired,
    /// Nobody whom we trust signed the certificate.
    NotTrusted,
    /// Anything else.
    Other,
}

impl TlsWhy {
    /// From what the TLS library says.
    pub fn of(fault: &rustls::Error) -> Self {
        use rustls::CertificateError as Bad;
        let rustls::Error::InvalidCertificate(bad) = fault else {
            return Self::Other;
        };
        match bad {
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => Self::HostMismatch,
            Bad::Expired
            | Bad::ExpiredContext { .. }
            | Bad::NotValidYet
            | Bad::NotValidYetContext { .. } => Self::Expired,
            _ => Self::NotTrusted,
        }
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum What {
    #[error("no answer in time")]
    Timeout,
    #[error("the server closed the connection")]
    Closed,
    #[error("the connection failed ({0})")]
    Io(io::ErrorKind),
    #[error("the host name has no address that may be used")]
    NoAddress,
    #[error("TLS failed: {text}")]
    Tls { why: TlsWhy, text: String },
    #[error("the server does not offer STARTTLS, and this route requires it")]
    NoStartTls,
    #[error("{0}")]
    Reply(#[from] ReplyFault),
    #[error("the server sent data before the TLS handshake, which may be an attack")]
    Injected,
    #[error("the server answered {0:?}")]
    Refused(Reply),
    #[error("the server offers CHUNKING and answered BDAT with {0:?}")]
    NoChunks(Reply),
    #[error("the server offers neither AUTH PLAIN nor AUTH LOGIN")]
    NoMechanism,
    #[error(
        "a password is only sent over TLS: set the relay's tls to starttls or implicit, or use a relay on this machine"
    )]
    PasswordInClear,
    #[error("the session was used out of order")]
    OutOfOrder,
}

impl Trouble {
    pub(super) const fn new(phase: Phase, what: What) -> Self {
        Self { phase, what }
    }

    /// From an I/O error; an end of stream counts as closed.
    pub(super) fn io(phase: Phase, error: &io::Error) -> Self {
        let what = match error.kind() {
            io::ErrorKind::UnexpectedEof => What::Closed,
            kind => What::Io(kind),
        };
        Self { phase, what }
    }

    /// Why the handshake failed, where that is what happened.
    pub const fn tls_why(&self) -> Option<TlsWhy> {
        match &self.what {
            What::Tls { why, .. } => Some(*why),
            _ => None,
        }
    }

    /// The reply with which the server ended the session, when there was one.
    pub const fn reply(&self) -> Option<&Reply> {
        match &self.what {
            What::Refused(reply) => Some(reply),
            _ => None,
        }
    }
}
