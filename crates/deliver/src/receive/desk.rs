//! Whom the listener takes mail for, and the answer that a mail gets.

use std::sync::Arc;
use std::time::Duration;

use avow_bounce::{Report, read};
use avow_compose::TokenKey;
use avow_compose::verp::{self, Addressed, Way};
use avow_store::StoreError;

use super::carry::{Carried, Carrier};
use super::decide::about;
use super::forward::{Nature, Role, nature};
use super::hand::{Errand, HandFault, Hands};
use crate::post::PostFault;
use crate::server::{Admit, House, LongLines, Mail, Reply, SessionLimits, said};
use crate::tls::TlsServer;

/// A report returns a message, and ours are of some ten kilobytes; many cut it off after the headers.
const MESSAGE_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// RFC 5321 4.5.3.1.8 asks for 100; a report goes to one address.
const RECIPIENTS_MAX: usize = 100;
/// RFC 5321 4.5.3.2.7.
const IDLE: Duration = Duration::from_mins(5);

/// Mail to these is taken when it reports on a message of ours (RFC 2142, and what feedback loops are given).
const ROLES: [(&str, Option<Role>); 3] = [
    ("fbl", None),
    ("abuse", Some(Role::Abuse)),
    ("postmaster", Some(Role::Postmaster)),
];

const STRANGER: &[u8] =
    b"550 5.7.1 Only mail that comes back is taken here, at the address it was sent from\r\n";
const NOT_OURS: &[u8] =
    b"550 5.7.1 No message of ours is in this report: attach it with all its headers\r\n";
const TAKEN: &[u8] = b"250 2.0.0 Ok\r\n";
const LATER: &[u8] = b"451 4.3.0 This cannot be kept now, try again later\r\n";
const LOOP: &[u8] = b"554 5.4.6 This mail goes round: it was handed on too often\r\n";
const NOT_FOR_MAIL: &[u8] =
    b"554 5.6.0 This mail has lines that no mail server takes: it cannot be handed on\r\n";
const TOO_EARLY: &[u8] =
    b"451 4.3.0 The message that this is about is still under way, try again later\r\n";

/// Stands behind each session.
pub(super) struct Desk {
    pub(super) name: String,
    /// Lower case: where role addresses are ours.
    pub(super) domains: Vec<String>,
    /// `None`: senders are not offered TLS.
    pub(super) tls: Option<TlsServer>,
    pub(super) tokens: Arc<TokenKey>,
    pub(super) carrier: Arc<Carrier>,
    /// `None`: no mail goes to people.
    pub(super) hands: Option<Hands>,
}

/// What an address is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mailbox {
    Message(Addressed),
    /// With the person's role, if a person may be named for it.
    Role(Option<Role>),
    /// Where answers to campaigns go, with somebody to read them.
    Replies,
}

impl Desk {
    fn mailbox(&self, to: &str) -> Option<Mailbox> {
        if let Ok(addressed) = verp::read(&self.tokens, to) {
            return Some(Mailbox::Message(addressed));
        }
        let (local, domain) = match to.rsplit_once('@') {
            Some((local, domain)) => (local, Some(domain)),
            None => (to, None),
        };
        let role = ROLES.iter().find(|(n, _)| local.eq_ignore_ascii_case(n));
        let ours = |d: &str| self.domains.iter().any(|own| own.eq_ignore_ascii_case(d));
        if !domain.is_none_or(ours) {
            return None;
        }
        let is_reply = || self.hands.as_ref().is_some_and(|hands| hands.is_reply(to));
        match role {
            Some((_, role)) => Some(Mailbox::Role(*role)),
            None => is_reply().then_some(Mailbox::Replies),
        }
    }

    /// The people that a mail goes to: where it is about no message of ours.
    fn errands(&self, to: &[String], about: Option<&Addressed>) -> Vec<Errand<'_>> {
        let mut found: Vec<Errand<'_>> = Vec::new();
        let Some(hands) = &self.hands else {
            return found;
        };
        for mailbox in to.iter().filter_map(|to| self.mailbox(to)) {
            let role = match mailbox {
                Mailbox::Message(_) => None,
                Mailbox::Role(role) => role.filter(|_| about.is_none()),
                Mailbox::Replies => Some(Role::Replies),
            };
            let errand = role.and_then(|role| hands.errand(role));
            found.extend(errand.filter(|e| !found.contains(e)));
        }
        found
    }

    /// `None` when nothing stands in the way of a 250.
    async fn hand_on(&self, mail: Mail<'_>, errands: Vec<Errand<'_>>) -> Option<Reply> {
        let hands = self.hands.as_ref()?;
        let nature = nature(mail.from, mail.content);
        if nature == Nature::Loop && !errands.is_empty() {
            return Some(said(LOOP));
        }
        for errand in errands {
            // Answering machines write to people who read no machines (RFC 3834 2).
            if nature == Nature::Automatic && errand.role == Role::Replies {
                continue;
            }
            match hands.carry(errand, mail.content).await {
                Ok(()) => {}
                Err(HandFault::Post(PostFault::Text(_))) => return Some(said(NOT_FOR_MAIL)),
                Err(fault) => {
                    tracing::warn!(%fault, "a mail for a person could not be handed on; its sender will try again");
                    return Some(said(LATER));
                }
            }
        }
        None
    }

    /// The messages that a mail is about, each once.
    fn messages(&self, to: &[String], report: Option<&Report>) -> Vec<Addressed> {
        let mut found: Vec<Addressed> = Vec::new();
        for mailbox in to.iter().filter_map(|to| self.mailbox(to)) {
            let addressed = match mailbox {
                Mailbox::Message(addressed) => Some(addressed),
                // A token in a report only says which message it is about.
                Mailbox::Replies => None,
                Mailbox::Role(_) => report.and_then(|r| about(&self.tokens, r)).map(back),
            };
            found.extend(addressed.filter(|a| !found.contains(a)));
        }
        found
    }

    /// Too early when it is for one of the messages; for the others it is done then, and doing it again is harmless.
    async fn follow(
        &self,
        messages: &[Addressed],
        report: Option<&Report>,
    ) -> Result<Carried, StoreError> {
        let mut all = Carried::Done;
        for addressed in messages {
            if self.carrier.carry(addressed, report).await? == Carried::TooEarly {
                all = Carried::TooEarly;
            }
        }
        Ok(all)
    }
}

fn back(addressed: Addressed) -> Addressed {
    Addressed {
        way: Way::Back,
        ..addressed
    }
}

impl House for Desk {
    /// Nobody signs in: mail for anybody else is taken from nobody.
    type Guest = ();

    fn name(&self) -> &str {
        &self.name
    }

    fn title(&self) -> &'static str {
        "Avow"
    }

    fn help(&self) -> &'static [u8] {
        b"214 2.0.0 Mail that comes back is taken here, and mail to abuse and postmaster\r\n"
    }

    fn limits(&self) -> SessionLimits {
        SessionLimits {
            message_bytes: MESSAGE_BYTES_MAX,
            recipients: RECIPIENTS_MAX,
            idle: IDLE,
            silence: IDLE,
            long_lines: LongLines::Taken,
        }
    }

    fn tls(&self) -> Option<&TlsServer> {
        self.tls.as_ref()
    }

    async fn admit(&self, _guest: Option<&()>, to: &str) -> Admit {
        match self.mailbox(to) {
            Some(_) => Admit::Yes,
            None => Admit::No(said(STRANGER)),
        }
    }

    /// A 250 only once everything that follows is in the store, and the next server has what is for people. A fault changes what was done already not at
    /// all: the mail comes again, and doing it twice is doing it once.
    async fn take(&self, _guest: Option<&()>, mail: Mail<'_>) -> Reply {
        let content = mail.content.to_vec();
        // Reading a long mail takes longer than other sessions should wait.
        let reading = tokio::task::spawn_blocking(move || read(&content).ok());
        let Ok(report) = reading.await else {
            return said(LATER);
        };
        let messages = self.messages(mail.to, report.as_ref());
        let about = report.as_ref().and_then(|r| about(&self.tokens, r));
        let errands = self.errands(mail.to, about.as_ref());
        if messages.is_empty() && errands.is_empty() {
            return said(NOT_OURS);
        }
        match self.follow(&messages, report.as_ref()).await {
            Ok(Carried::Done) => {
                let refused = self.hand_on(mail, errands).await;
                refused.unwrap_or_else(|| said(TAKEN))
            }
            Ok(Carried::TooEarly) => said(TOO_EARLY),
            Err(fault) => {
                tracing::error!(%fault, "a returned mail could not be recorded; its sender will try again");
                said(LATER)
            }
        }
    }
}
