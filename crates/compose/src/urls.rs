//! The public addresses that mails carry. One place for their shapes: web routes answer exactly these.

use avow_model::{AccountId, ContactId, MessageId};

use crate::token::{MessageRef, Token, TokenKey};
use crate::verp::{self, Addressed, Way};

/// Where this installation answers, as the world sees it: `https://mail.example.com`, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    base_url: String,
    mail: Mailing,
}

/// Whether and where mail to this installation arrives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Mailing {
    /// Nothing receives: a mail names no address of ours to write to.
    #[default]
    Deaf,
    /// At the domain that the message is from.
    OwnDomain,
    /// At this one.
    At(String),
}

impl Mailing {
    /// Where mail about a message of this domain is received, if it is.
    fn domain<'a>(&'a self, sender_domain: &'a str) -> Option<&'a str> {
        match self {
            Self::Deaf => None,
            Self::OwnDomain => Some(sender_domain),
            Self::At(domain) => Some(domain),
        }
    }
}

impl Urls {
    /// From the configured base address; slashes at its end are dropped.
    pub fn new(base_url: &str) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            mail: Mailing::Deaf,
        }
    }

    /// The same, and mail to it is received there.
    #[must_use]
    pub fn receiving(self, mail: Mailing) -> Self {
        Self { mail, ..self }
    }

    /// The envelope's sender of a message: where it comes back to.
    pub fn return_path(
        &self,
        key: &TokenKey,
        account: AccountId,
        message: MessageId,
        sender_domain: &str,
    ) -> String {
        let domain = self.mail.domain(sender_domain).unwrap_or(sender_domain);
        verp::return_path(key, account, message, domain)
    }

    /// The address to which a mail ends these messages; `None` where nothing receives it.
    pub(crate) fn way_out(
        &self,
        key: &TokenKey,
        message: MessageRef,
        sender_domain: &str,
    ) -> Option<String> {
        let domain = self.mail.domain(sender_domain)?;
        let addressed = Addressed {
            way: Way::Out,
            account: message.account,
            message: message.message(),
        };
        Some(verp::address(key, &addressed, domain))
    }

    /// The base address without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base_url
    }

    /// Below it lie the pictures of all accounts: `/i/ac_.../<hash>.png`.
    pub fn images(&self) -> String {
        format!("{}/i", self.base_url)
    }

    /// The address for a token: `/o/{token}.gif`, `/c/`, `/u/`, `/v/`, `/why/`, `/p/`, `/confirm/`.
    pub fn of(&self, key: &TokenKey, token: &Token) -> String {
        let mut out = Vec::with_capacity(self.base_url.len() + 80);
        self.append(key, token, &mut out);
        String::from_utf8(out).expect("invariant: a base address and base64 are UTF-8")
    }

    /// One-click unsubscribe of a message.
    pub fn unsubscribe(&self, key: &TokenKey, message: MessageRef) -> String {
        self.of(key, &Token::Unsubscribe(message))
    }

    /// A person's own choices.
    pub fn preferences(&self, key: &TokenKey, account: AccountId, contact: ContactId) -> String {
        self.of(key, &Token::Preferences { account, contact })
    }

    /// Appends `of` to bytes; allocates nothing when they have room.
    pub(crate) fn append(&self, key: &TokenKey, token: &Token, out: &mut Vec<u8>) {
        let (path, end) = shape(token);
        out.extend_from_slice(self.base_url.as_bytes());
        out.extend_from_slice(path.as_bytes());
        key.seal_into(token, out);
        out.extend_from_slice(end.as_bytes());
    }
}

const fn shape(token: &Token) -> (&'static str, &'static str) {
    match token {
        Token::Open(_) => ("/o/", ".gif"),
        Token::Click { .. } => ("/c/", ""),
        Token::Unsubscribe(_) => ("/u/", ""),
        Token::View(_) => ("/v/", ""),
        Token::Why(_) => ("/why/", ""),
        Token::Preferences { .. } => ("/p/", ""),
        Token::Confirm { .. } => ("/confirm/", ""),
        // Travels as a hidden field of a form, never as an address of its own.
        Token::FormNotice { .. } => ("/f/", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use avow_model::CampaignId;

    #[test]
    fn every_address_has_its_shape_and_opens_again() {
        let key = TokenKey::new([3; 32]);
        let urls = Urls::new("https://mail.example.com//");
        let message = MessageRef {
            account: AccountId::from_i64(1),
            campaign: CampaignId::from_i64(2),
            seq: 3,
            contact: ContactId::from_i64(4),
        };
        let open = urls.of(&key, &Token::Open(message));
        let token = open
            .strip_prefix("https://mail.example.com/o/")
            .and_then(|rest| rest.strip_suffix(".gif"));
        assert_eq!(token.map(|t| key.open(t)), Some(Ok(Token::Open(message))));
        let leave = urls.unsubscribe(&key, message);
        assert!(leave.starts_with("https://mail.example.com/u/"));
        let own = urls.preferences(&key, message.account, message.contact);
        assert!(own.starts_with("https://mail.example.com/p/"));
    }
}
