//! Whose session it is: what is taken, and what becomes of it.

use std::future::Future;
use std::time::Duration;

/// Whether a recipient is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admit {
    Yes,
    /// The reply that refuses it, CRLF included.
    No(&'static [u8]),
    /// Taken, and the connection cut in the content: a rehearsed fault.
    DropInData,
    /// Taken, and the final dot never answered: a rehearsed fault.
    Silent,
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
    /// How it greets.
    fn name(&self) -> &str;

    /// What stands behind the name in the greeting.
    fn title(&self) -> &'static str;

    /// The answer to HELP.
    fn help(&self) -> &'static [u8];

    fn limits(&self) -> SessionLimits;

    /// Whether mail to this address is taken.
    fn admit(&self, to: &str) -> Admit;

    /// Takes a message; the answer to its final dot. A 250 promises what the house promises.
    fn take(&self, mail: Mail<'_>) -> impl Future<Output = &'static [u8]> + Send;

    /// How long each answer is held back: a rehearsed fault.
    fn latency(&self) -> Duration {
        Duration::ZERO
    }

    /// Told of each rehearsed fault that came to pass.
    fn misbehaved(&self) {}
}
