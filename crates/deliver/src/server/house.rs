//! Whose session it is: what is taken, from whom, and what becomes of it.

use std::borrow::Cow;
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use super::login::Login;
use crate::tls::TlsServer;

/// What is said to a client: whole lines, CRLF included.
pub(crate) type Reply = Cow<'static, [u8]>;

/// A reply that is always the same.
pub(crate) const fn said(reply: &'static [u8]) -> Reply {
    Cow::Borrowed(reply)
}

/// Whether a recipient is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admit {
    Yes,
    /// The reply that refuses it.
    No(Reply),
    /// Taken, and the connection cut in the content: a rehearsed fault.
    DropInData,
    /// Taken, and the final dot never answered: a rehearsed fault.
    Silent,
}

/// Who may hand mail in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Anybody: the house takes mail for its own addresses only.
    Open,
    /// Nobody who has not signed in, and nobody signs in without TLS (RFC 6409, RFC 8314).
    Locked,
}

/// What signing in came to.
pub(crate) enum SignIn<G> {
    Yes(G),
    No(Reply),
}

/// What is done with a line of more than 998 bytes (RFC 5321 4.5.3.1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LongLines {
    /// As the strictest receivers do.
    Refused,
    /// Programs that write reports know no limit.
    Taken,
}

/// The limits of one session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionLimits {
    pub(crate) message_bytes: u64,
    pub(crate) recipients: usize,
    /// How long nothing may come.
    pub(crate) idle: Duration,
    /// How long a session that fell silent on demand is kept.
    pub(crate) silence: Duration,
    pub(crate) long_lines: LongLines,
}

/// One whole message as it came, doubled dots undone.
#[derive(Clone, Copy)]
pub(crate) struct Mail<'a> {
    pub(crate) from: &'a str,
    /// At least one.
    pub(crate) to: &'a [String],
    pub(crate) content: &'a [u8],
}

/// What stands behind a session.
pub(crate) trait House: Send + Sync + 'static {
    /// Who has signed in. An open house knows nobody.
    type Guest: Send + Sync;

    /// How it greets.
    fn name(&self) -> &str;

    /// What stands behind the name in the greeting.
    fn title(&self) -> &'static str;

    /// The answer to HELP.
    fn help(&self) -> &'static [u8];

    fn limits(&self) -> SessionLimits;

    /// What STARTTLS is spoken with; `None`: it is not offered.
    fn tls(&self) -> Option<&TlsServer> {
        None
    }

    fn door(&self) -> Door {
        Door::Open
    }

    /// Looks at a name and a password. Asked only behind a locked door, and only under TLS.
    fn sign_in(
        &self,
        _peer: IpAddr,
        _login: Login,
    ) -> impl Future<Output = SignIn<Self::Guest>> + Send {
        async { SignIn::No(said(b"535 5.7.8 Nobody signs in here\r\n")) }
    }

    /// Whether mail from this address may begin. The error is the reply.
    fn begin(&self, _guest: Option<&Self::Guest>, _from: &str) -> Result<(), Reply> {
        Ok(())
    }

    /// Whether mail to this address is taken.
    fn admit(&self, guest: Option<&Self::Guest>, to: &str) -> impl Future<Output = Admit> + Send;

    /// Takes a message; the answer to its final dot. A 250 promises what the house promises.
    fn take(
        &self,
        guest: Option<&Self::Guest>,
        mail: Mail<'_>,
    ) -> impl Future<Output = Reply> + Send;

    /// How long each answer is held back: a rehearsed fault.
    fn latency(&self) -> Duration {
        Duration::ZERO
    }

    /// Told of each rehearsed fault that came to pass.
    fn misbehaved(&self) {}
}
