//! What stands behind a session of submission: judges, keeps, answers.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use avow_compose::{TokenKey, Urls};
use avow_model::{ApiKeyId, EmailAddress, Purpose, SharedClock};
use avow_policy::Shelf;

use super::door::{Doorkeeper, Member};
use super::letter;
use super::window::Window;
use super::words;
use crate::engine::{BriefFault, EngineHandle};
use crate::inject::{self, InjectFault};
use crate::server::{
    Admit, Door, House, Login, LongLines, Mail, Reply, SessionLimits, SignIn, said,
};
use crate::tls::TlsServer;

/// As much as the API takes for one message.
const MESSAGE_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// RFC 5321 4.5.3.1.8, and as many as the API takes for one message.
pub(super) const RECIPIENTS_MAX: usize = 100;
/// RFC 5321 4.5.3.2.7.
const IDLE: Duration = Duration::from_mins(5);
/// Mails that one key may hand in within a minute: as many as it may make calls of the API.
const MAILS_MAX: u32 = 600;
const MAILS_WINDOW: Duration = Duration::from_mins(1);
/// The only refusal that a message handed in twice may get for its own sake: it is left to the final dot, where the
/// Message-ID is known.
const TOO_OFTEN: &str = "D_FREQUENCY";

const SIGN_IN_FIRST: &[u8] = b"530 5.7.0 Sign in first\r\n";
const SLOWER: &[u8] =
    b"450 4.7.1 This key has handed in its mails of this minute, wait a moment\r\n";
const ADDRESS: &[u8] = b"553 5.1.3 The address is not as it must be\r\n";
const LATER: &[u8] = b"451 4.3.0 This cannot be kept now, try again later\r\n";
const OURS: &[u8] =
    b"554 5.3.0 A fault on our side: whoever runs this server finds the cause in its log\r\n";

/// Stands behind each session.
pub(super) struct SubmitDesk {
    pub(super) name: String,
    pub(super) tls: TlsServer,
    pub(super) door: Doorkeeper,
    pub(super) shelf: Arc<Shelf>,
    pub(super) urls: Urls,
    pub(super) tokens: Arc<TokenKey>,
    pub(super) clock: SharedClock,
    pub(super) engine: Option<EngineHandle>,
    /// What mail is for that does not say it.
    pub(super) purpose: Option<Purpose>,
    pub(super) mails: Window<ApiKeyId>,
}

/// How often one key may hand mails in.
pub(super) fn mails() -> Window<ApiKeyId> {
    Window::new(MAILS_MAX, MAILS_WINDOW)
}

impl SubmitDesk {
    pub(super) fn writing(&self) -> inject::Desk<'_> {
        inject::Desk {
            store: &self.door.store,
            shelf: &self.shelf,
            urls: &self.urls,
            tokens: &self.tokens,
        }
    }

    /// The refusal of a recipient, as far as it can be told before there is a message.
    async fn refusal(&self, member: &Member, to: &str) -> Result<(), Reply> {
        let to: EmailAddress = to.parse().map_err(|_| said(ADDRESS))?;
        let account = self.door.account(member).await?;
        let Some(purpose) = member.purpose.as_ref().or(self.purpose.as_ref()) else {
            return Ok(());
        };
        let now = self.clock.now();
        let reach = self.writing().reach(account.id, (purpose, &to), now).await;
        match reach.map_err(|fault| fault_reply(&fault))? {
            Some(refused) if refused.codes != TOO_OFTEN => Err(words::refused(&refused)),
            Some(_) | None => Ok(()),
        }
    }
}

impl House for SubmitDesk {
    type Guest = Member;

    fn name(&self) -> &str {
        &self.name
    }

    fn title(&self) -> &'static str {
        "Avow submission"
    }

    fn help(&self) -> &'static [u8] {
        b"214 2.0.0 Programs with a key of an account hand in its mail here\r\n"
    }

    fn limits(&self) -> SessionLimits {
        SessionLimits {
            message_bytes: MESSAGE_BYTES_MAX,
            recipients: RECIPIENTS_MAX,
            idle: IDLE,
            silence: IDLE,
            long_lines: LongLines::Refused,
        }
    }

    fn tls(&self) -> Option<&TlsServer> {
        Some(&self.tls)
    }

    fn door(&self) -> Door {
        Door::Locked
    }

    async fn sign_in(&self, peer: IpAddr, login: Login) -> SignIn<Member> {
        match self.door.admit((peer, &login), self.clock.now()).await {
            Ok(member) => SignIn::Yes(member),
            Err(reply) => SignIn::No(reply),
        }
    }

    fn begin(&self, guest: Option<&Member>, from: &str) -> Result<(), Reply> {
        let member = guest.ok_or(said(SIGN_IN_FIRST))?;
        let now = self.clock.now();
        if self.mails.is_full(&member.key.id, now) {
            return Err(said(SLOWER));
        }
        self.mails.count(member.key.id, now);
        let domain = from
            .parse()
            .ok()
            .map(|a: EmailAddress| a.domain().to_owned());
        if domain.as_ref() != Some(&member.sending_domain) {
            let text = format!(
                "This account sends from addresses at {}",
                member.sending_domain
            );
            return Err(words::reply(553, "5.7.1", &text));
        }
        Ok(())
    }

    async fn admit(&self, guest: Option<&Member>, to: &str) -> Admit {
        let Some(member) = guest else {
            return Admit::No(said(SIGN_IN_FIRST));
        };
        match self.refusal(member, to).await {
            Ok(()) => Admit::Yes,
            Err(reply) => Admit::No(reply),
        }
    }

    /// A 250 only once all of it is in the store.
    async fn take(&self, guest: Option<&Member>, mail: Mail<'_>) -> Reply {
        let Some(member) = guest else {
            return said(SIGN_IN_FIRST);
        };
        let account = match self.door.account(member).await {
            Ok(account) => account,
            Err(reply) => return reply,
        };
        let letter = match letter::read(mail.content, &account.settings) {
            Ok(letter) => letter,
            Err(fault) => return fault.reply(),
        };
        match self.keep(member, letter, mail.to).await {
            Ok(reply) | Err(reply) => reply,
        }
    }
}

/// The reply where nobody could be judged.
pub(super) fn fault_reply(fault: &InjectFault) -> Reply {
    match fault {
        InjectFault::Store(fault) | InjectFault::Brief(BriefFault::Store(fault)) => {
            tracing::error!(%fault, "the store failed under a submission");
            said(LATER)
        }
        InjectFault::Later => said(LATER),
        InjectFault::Brief(BriefFault::NoPurpose(_)) => {
            words::reply(550, "5.7.1", &fault.to_string())
        }
        InjectFault::Brief(fault) => words::reply(554, "5.6.0", &fault.to_string()),
        InjectFault::Record(fault) => {
            tracing::error!(%fault, "a message cannot be recorded");
            said(OURS)
        }
    }
}
