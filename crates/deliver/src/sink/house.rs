//! What the sink makes of a session: everybody is taken, unless a fault is asked for; mail goes to the mailroom.

use std::time::Duration;

use super::faults::Fate;
use super::mailroom::Received;
use super::serve::{Keeping, Shared};
use crate::server::{Admit, House, LongLines, Mail, Reply, SessionLimits, said};

impl Shared {
    fn refuse(&self, reply: &'static [u8]) -> Admit {
        self.count_fault();
        Admit::No(said(reply))
    }
}

impl House for Shared {
    type Guest = ();

    fn name(&self) -> &str {
        self.name
    }

    fn title(&self) -> &'static str {
        "Avow rehearsal sink"
    }

    fn help(&self) -> &'static [u8] {
        b"214 2.0.0 This is a rehearsal: mail is kept here and goes nowhere\r\n"
    }

    fn limits(&self) -> SessionLimits {
        SessionLimits {
            message_bytes: self.limits.message_bytes,
            recipients: self.limits.recipients,
            idle: self.limits.idle,
            silence: self.limits.silence,
            long_lines: LongLines::Refused,
        }
    }

    async fn admit(&self, _guest: Option<&()>, _to: &str) -> Admit {
        match self.fate() {
            Fate::PutOff => self.refuse(b"451 4.3.2 Rehearsal: put off, try again later\r\n"),
            Fate::Refuse => self.refuse(b"554 5.3.0 Rehearsal: refused for good\r\n"),
            Fate::UserUnknown => self.refuse(b"550 5.1.1 Rehearsal: no such user\r\n"),
            Fate::DropInData => Admit::DropInData,
            Fate::Silent => Admit::Silent,
            Fate::Accept => Admit::Yes,
        }
    }

    /// Keeping blocks this thread for as long as a write to the page cache takes.
    async fn take(&self, _guest: Option<&()>, mail: Mail<'_>) -> Reply {
        let received = Received {
            from: mail.from,
            to: mail.to,
            content: mail.content,
            at: self.clock.now(),
        };
        match Self::take(self, &received) {
            Ok(()) if self.keeping == Keeping::CountsOnly => said(b"250 2.0.0 Ok: counted\r\n"),
            Ok(()) => said(b"250 2.0.0 Ok: kept\r\n"),
            Err(error) => {
                tracing::error!(%error, "the rehearsal sink cannot keep mail: free space on its disk");
                said(b"452 4.3.1 The disk does not take it\r\n")
            }
        }
    }

    fn latency(&self) -> Duration {
        self.faults.borrow().latency()
    }

    fn misbehaved(&self) {
        self.count_fault();
    }
}
