//! What a policy declares of the outside: cookies, hosts, contacts, rights, safeguards.

use std::fmt;
use std::str::FromStr;

use avow_model::{Purpose, RecipientClass, Slug, Timestamp};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::is_default;
use super::times::{Lifetime, seconds, seconds_if_any};
use super::values::{Said, ValueFault, as_text};
use super::words::{ContactRole, CookieContext, Load, RightKind, Way};

as_text!(CookieName, Origin);

/// Longest name of a cookie, and longest origin: a host name and its scheme.
const NAME_BYTES_MAX: usize = 64;
const ORIGIN_BYTES_MAX: usize = 270;

/// The name of a cookie (RFC 6265: a token; here without its rarer signs).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CookieName(String);

impl CookieName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CookieName {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let fine = (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(plain);
        fine.then(|| Self(text.to_owned()))
            .ok_or(ValueFault::Cookie)
    }
}

impl fmt::Display for CookieName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Scheme, host and perhaps port (RFC 6454), as content security policies write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let rest = text.strip_prefix("https://").ok_or(ValueFault::Origin)?;
        let (host, port) = match rest.split_once(':') {
            None => (rest, None),
            Some((host, port)) => (host, Some(port)),
        };
        let port_fine = port.is_none_or(|p| p.parse::<u16>().is_ok_and(|n| n.to_string() == p));
        if text.len() <= ORIGIN_BYTES_MAX && host.split('.').all(is_label) && port_fine {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueFault::Origin)
        }
    }
}

/// One label of a host name, in the lower-case form that browsers compare.
fn is_label(label: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(plain)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A cookie that may be set. What is not declared is stripped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cookie {
    pub name: CookieName,
    pub title: String,
    pub lifetime: Lifetime,
    /// The purpose it serves; `None` only for a necessary one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub purpose: Option<Purpose>,
    /// The site cannot work without it: set before any choice (ePrivacy Directive, Article 5(3)).
    #[serde(default, skip_serializing_if = "is_default")]
    pub necessary: Said,
    /// Where it is set; never empty.
    pub context: Vec<CookieContext>,
}

/// A host outside the policy's domains that pages or mails load from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    pub id: Slug,
    pub title: String,
    pub origin: Origin,
    /// What is loaded from there; never empty.
    pub loads: Vec<Load>,
    /// The purpose that a page needs a choice for before it loads; `None`: no data reach the host's owner.
    #[serde(default, skip_serializing_if = "is_default")]
    pub purpose: Option<Purpose>,
    /// Who the host's owner is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub recipient: Option<RecipientClass>,
}

/// Somebody to turn to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub role: ContactRole,
    /// A person or an office.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub post: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub fax: Option<String>,
}

/// How a person uses a right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    pub right: RightKind,
    /// How pages call it; `None`: as the program calls every right of the kind.
    #[serde(default, skip_serializing_if = "is_default")]
    pub title: Option<String>,
    /// The ways to ask; never empty.
    pub how: Vec<Way>,
    /// The page, from the root of the site, where one of the ways is a page.
    #[serde(default, skip_serializing_if = "is_default")]
    pub path: Option<String>,
    /// Longest time until the answer.
    #[serde(default, with = "seconds_if_any", skip_serializing_if = "is_default")]
    pub answer_within: Option<SignedDuration>,
}

/// A claim about security with somebody who stands for it, good until the next review is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Safeguard {
    pub id: Slug,
    pub claim: String,
    pub owner: String,
    /// Where the evidence lies: a document's name or link.
    #[serde(default, skip_serializing_if = "is_default")]
    pub evidence: Option<String>,
    pub reviewed: Timestamp,
    #[serde(with = "seconds")]
    pub review_every: SignedDuration,
}

impl Safeguard {
    /// From this instant on the claim is no longer backed and leaves the page.
    pub fn expires_at(&self) -> Timestamp {
        let due = self.reviewed.checked_add(self.review_every);
        due.unwrap_or(Timestamp::MAX)
    }
}
