//! Hands mail to people over the next server, while its sender waits.
//!
//! Promises: `Ok` means that the next server has it, so nothing of ours has to keep it; whatever else happens, the
//! sender keeps it and comes again. Never: keeps a mail, or sends to anybody but the people of the configuration.

use std::path::PathBuf;
use std::time::Duration;

use avow_model::{EmailAddress, SharedClock};
use tokio::time::timeout;

use super::forward::{People, Role, letter};
use crate::dkim::{KeyFault, Signer};
use crate::engine::Signing;
use crate::post::{Demanding, Letter, PostFault, Way, post, signer_in};
use crate::route::Transport;
use crate::smtp::ClientOptions;

/// How long the next server may take. Who hands the mail to us waits ten minutes (RFC 5321 4.5.3.2.6); an answer that
/// comes later than its patience would make two of one mail.
const HAND: Duration = Duration::from_mins(3);

/// What forwarding stands on.
pub struct ForwardParts {
    pub people: People,
    /// The addresses of ours that recipients answer to.
    pub replies_to: Vec<String>,
    pub transport: Transport,
    pub client: ClientOptions,
    /// The folder of the signing keys.
    pub keys: PathBuf,
    pub signing: Signing,
}

/// Why mail cannot be handed to people.
#[derive(Debug, thiserror::Error)]
pub enum ForwardFault {
    #[error(
        "receive.forward hands mail to somebody at {0}, a domain whose mail comes here: name a mailbox elsewhere"
    )]
    Circle(String),
    #[error(
        "{0}, the domain of receive.forward.from, has no DKIM keys; take the sending domain of an account"
    )]
    NoKeys(String),
    #[error(transparent)]
    Keys(#[from] KeyFault),
}

/// Why a mail was not handed on.
#[derive(Debug, thiserror::Error)]
pub(super) enum HandFault {
    #[error(transparent)]
    Post(#[from] PostFault),
    #[error(transparent)]
    Keys(#[from] ForwardFault),
    #[error("the next server did not answer in time")]
    Late,
}

/// One mail for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Errand<'a> {
    pub(super) role: Role,
    pub(super) to: &'a EmailAddress,
}

/// Who hands mail on.
pub(super) struct Hands {
    parts: ForwardParts,
    clock: SharedClock,
}

impl Hands {
    /// Fails when no forward could ever arrive.
    pub(super) fn new(
        parts: ForwardParts,
        domains: &[String],
        clock: SharedClock,
    ) -> Result<Self, ForwardFault> {
        let ours = |to: &&EmailAddress| domains.iter().any(|d| d.eq_ignore_ascii_case(to.domain()));
        if let Some(to) = parts.people.all().find(ours) {
            return Err(ForwardFault::Circle(to.domain().to_owned()));
        }
        let hands = Self { parts, clock };
        hands.signer()?;
        Ok(hands)
    }

    /// True for an address that recipients answer to, when somebody reads answers.
    pub(super) fn is_reply(&self, to: &str) -> bool {
        let own = |own: &String| own.eq_ignore_ascii_case(to);
        self.parts.people.replies.is_some() && self.parts.replies_to.iter().any(own)
    }

    /// `None` when nobody is named.
    pub(super) fn errand(&self, role: Role) -> Option<Errand<'_>> {
        let to = self.parts.people.of(role)?;
        Some(Errand { role, to })
    }

    /// Hands it to the next server. The null sender: nobody is told of a forward that comes to nothing later, so that
    /// no bounce of ours can come back to be handed on.
    pub(super) async fn carry(&self, errand: Errand<'_>, content: &[u8]) -> Result<(), HandFault> {
        let (parts, now) = (&self.parts, self.clock.now());
        let signer = self.signer()?;
        let (headers, body) = letter(&parts.people, (errand.role, errand.to), content, now);
        let way = Way {
            transport: &parts.transport,
            client: &parts.client,
            demanding: Demanding::AsPublished,
        };
        let letter = Letter {
            sender: parts.people.from.domain(),
            mail_from: "",
            to: errand.to,
            headers: &headers,
            body: &body,
            at: now,
        };
        match timeout(HAND, post(way, signer.as_ref(), letter)).await {
            Ok(handed) => Ok(handed?),
            Err(_) => Err(HandFault::Late),
        }
    }

    /// Read anew for each mail: keys change while we run.
    fn signer(&self) -> Result<Option<Signer>, ForwardFault> {
        if self.parts.signing == Signing::Off {
            return Ok(None);
        }
        let domain = self.parts.people.from.domain();
        match signer_in(&self.parts.keys, domain, self.clock.now())? {
            Some(signer) => Ok(Some(signer)),
            None => Err(ForwardFault::NoKeys(domain.to_owned())),
        }
    }
}
