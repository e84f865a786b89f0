//! One published policy version, as plain typed data.
//!
//! Promises: a version is made only from a checked file or from its canonical bytes, and never changes.
//! Its serde form is its canonical form: a key with its default value is left out, so that a new key of
//! the language changes no hash of what is published. Never: floats, clocks, files.

mod access;
mod claim;
mod data;
mod purpose;
mod staff;
mod surface;
mod times;
mod translations;
mod values;
mod words;

use avow_model::{Slug, Timestamp};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

pub use claim::Claim;
pub use data::{CategoryRule, RecipientRule};
pub use purpose::{Coop, PurposeRule};
pub use staff::{Staff, StaffRole};
pub use surface::{Contact, Cookie, CookieName, Host, Origin, Right, Safeguard};
pub use times::{Lifetime, Purge, Retention};
pub use translations::{Spoken, Translations};
pub use values::{Anchor, BaseRef, Family, Frequency, Locale, PackRef, Said, ValueFault};
pub use words::{
    Acceptance, Basis, ChangeClass, Channel, ChoiceRule, Competitors, ContactRole, ControllerRole,
    CookieContext, CookieMode, IdentifiedBy, Identifies, Kind, Load, Near, NoticeMail, PackStatus,
    Posting, RecipientRole, RightKind, Source, Way,
};

use crate::hash::PolicyHash;
use times::seconds;

/// A policy version. Immutable; made only from a checked file or its canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    #[serde(rename = "policy")]
    pub(crate) family: Family,
    #[serde(rename = "version")]
    pub(crate) n: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) supersedes: Option<PolicyHash>,
    #[serde(rename = "published")]
    pub(crate) published_at: Timestamp,
    #[serde(rename = "effective")]
    pub(crate) effective_at: Timestamp,
    /// What the author raised the class of the change to.
    #[serde(rename = "class", default, skip_serializing_if = "is_default")]
    pub(crate) raised: Option<ChangeClass>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) base: Option<BaseRef>,
    pub(crate) notice: Notice,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) min_age: u8,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) child_directed: Said,
    #[serde(with = "seconds")]
    pub(crate) permit_life: SignedDuration,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) cookies: Option<CookieMode>,
    pub(crate) controller: Controller,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) business: Option<Business>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) contacts: Vec<Contact>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) scope: PolicyScope,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) packs: Vec<PackRef>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) claims: Vec<Claim>,
    pub(crate) categories: Vec<CategoryRule>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) recipients: Vec<RecipientRule>,
    pub(crate) purposes: Vec<PurposeRule>,
    /// The cookies that may be set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) cookie_list: Vec<Cookie>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) hosts: Vec<Host>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) rights: Vec<Right>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) safeguards: Vec<Safeguard>,
    /// What people read, by language; the first is the one to fall back to.
    pub(crate) texts: Vec<LocaleText>,
    /// For which purposes the roles of the staff see people.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) staff: Staff,
    /// What declarations are called in the further languages of the texts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) translations: Translations,
}

/// Who is responsible. Stands in every footer and on the policy page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    pub name: String,
    /// Postal address on one line.
    pub post: String,
    pub email: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub phone: Option<String>,
    /// What it is to the data; `None`: the file does not say.
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: Option<ControllerRole>,
    /// Those responsible together with it (GDPR 26).
    #[serde(default, skip_serializing_if = "is_default")]
    pub joint: Vec<String>,
}

/// What the controller deals in, for joint editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Business {
    /// Dotted, from wide to narrow: `vehicles.cars.used`.
    pub category: Slug,
    /// Dotted, from wide to narrow: country, state, city.
    #[serde(default, skip_serializing_if = "is_default")]
    pub region: Option<Slug>,
    /// The postal code's first three digits, where the country has them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub zip3: Option<Slug>,
}

/// What the policy speaks for. Empty lists bound nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyScope {
    #[serde(default, skip_serializing_if = "is_default")]
    pub domains: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub brands: Vec<Slug>,
    /// Where data are collected: forms, imports, the site.
    #[serde(default, skip_serializing_if = "is_default")]
    pub points: Vec<Slug>,
}

/// How the version after this one is announced, and what that binds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Least time between publication and effect.
    #[serde(with = "seconds")]
    pub period: SignedDuration,
    #[serde(default, skip_serializing_if = "is_default")]
    pub email: NoticeMail,
    #[serde(default, skip_serializing_if = "is_default")]
    pub post: Vec<Posting>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub acceptance: Acceptance,
}

/// The author's text in one language, Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocaleText {
    pub locale: Locale,
    pub markdown: String,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn email_only() -> Vec<Channel> {
    vec![Channel::Email]
}

fn is_email_only(channels: &[Channel]) -> bool {
    channels == [Channel::Email]
}

/// A change that needs people's yes is told to them, whatever the file says.
impl Default for NoticeMail {
    fn default() -> Self {
        Self::Material
    }
}

/// What nobody agreed to binds nothing that was there before.
impl Default for Acceptance {
    fn default() -> Self {
        Self::NewDataOnly
    }
}
