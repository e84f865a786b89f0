//! One published policy version, as plain typed data.

use avow_model::{Category, Purpose, RecipientClass, Slug, Timestamp, Verb};
use jiff::SignedDuration;

/// What sort of purpose it is: decides which rules of the gate apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Mail that a running relationship needs.
    Service,
    Marketing,
    /// Measuring opens, clicks or visits of a person.
    Tracking,
    Profiling,
    /// Giving data to others.
    Sharing,
    /// Mail to somebody whose address a friend gave.
    Referral,
    /// One mail that the person asked for, as a demonstration.
    Demo,
}

impl Kind {
    /// Word in policy files.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("service", Self::Service),
        ("marketing", Self::Marketing),
        ("tracking", Self::Tracking),
        ("profiling", Self::Profiling),
        ("sharing", Self::Sharing),
        ("referral", Self::Referral),
        ("demo", Self::Demo),
    ];

    /// What a withdrawal of "all marketing" and a complaint stop. A referral is in it because the
    /// friend's no counts more than the referrer's wish.
    pub const fn is_marketing_at_large(self) -> bool {
        !matches!(self, Self::Service | Self::Demo)
    }

    /// The word in policy files.
    pub fn as_str(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(word, _)| word)
    }
}

/// The choice that a purpose needs, from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChoiceRule {
    None,
    OptOut,
    OptIn,
    ConfirmedOptIn,
}

impl ChoiceRule {
    /// Word in policy files.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("none", Self::None),
        ("opt_out", Self::OptOut),
        ("opt_in", Self::OptIn),
        ("confirmed_opt_in", Self::ConfirmedOptIn),
    ];

    /// The word in policy files.
    pub fn as_str(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, rule)| *rule == self)
            .map_or("", |(word, _)| word)
    }
}

/// Who is responsible. Stands in every footer and on the policy page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    pub name: String,
    /// Postal address on one line.
    pub post: String,
    pub email: String,
    pub phone: Option<String>,
}

/// A kind of data that the policy declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryRule {
    pub id: Category,
    pub title: String,
}

/// A class of recipients that the policy declares; `self` needs no declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientRule {
    pub id: RecipientClass,
    pub title: String,
}

/// What the policy declares of one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurposeRule {
    pub id: Purpose,
    pub kind: Kind,
    pub choice: ChoiceRule,
    pub verbs: Vec<Verb>,
    pub reads: Vec<Category>,
    pub recipients: Vec<RecipientClass>,
    /// How pages call it.
    pub title: String,
    /// The question on a form, where the purpose has a choice.
    pub ask: Option<String>,
    /// The sentence "why you get this" of a footer.
    pub why: Option<String>,
    /// The purpose under which opens and clicks of its mail are measured.
    pub measure: Option<Purpose>,
    /// The purpose of an earlier version that this one goes on with.
    pub continues: Option<Purpose>,
    /// How often it may be used for one person; `None` is any number.
    pub uses_max: Option<u32>,
    /// How long after the person's last activity data may be used for it.
    pub retention: Option<SignedDuration>,
}

/// A policy version. Immutable; made only from a checked file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub(crate) n: u32,
    pub(crate) family: String,
    pub(crate) account: Slug,
    pub(crate) published_at: Timestamp,
    pub(crate) effective_at: Timestamp,
    pub(crate) notice_period: SignedDuration,
    pub(crate) min_age: u8,
    pub(crate) permit_life: SignedDuration,
    pub(crate) controller: Controller,
    pub(crate) domains: Vec<String>,
    pub(crate) brands: Vec<Slug>,
    pub(crate) packs: Vec<Slug>,
    pub(crate) categories: Vec<CategoryRule>,
    pub(crate) recipients: Vec<RecipientRule>,
    pub(crate) purposes: Vec<PurposeRule>,
    pub(crate) text: String,
}

impl Version {
    /// Its number in the account.
    pub const fn n(&self) -> u32 {
        self.n
    }

    /// `account/name` as the file says.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The account part of the family.
    pub const fn account(&self) -> &Slug {
        &self.account
    }

    /// The first brand in scope, or the account where the file names none.
    pub fn brand(&self) -> &Slug {
        self.brands.first().unwrap_or(&self.account)
    }

    pub const fn published_at(&self) -> Timestamp {
        self.published_at
    }

    /// From this instant on it governs.
    pub const fn effective_at(&self) -> Timestamp {
        self.effective_at
    }

    /// Least time between publication and effect of the version after it.
    pub const fn notice_period(&self) -> SignedDuration {
        self.notice_period
    }

    /// Nobody under this age, in years.
    pub const fn min_age(&self) -> u8 {
        self.min_age
    }

    /// How long a permit may wait for its handoff.
    pub const fn permit_life(&self) -> SignedDuration {
        self.permit_life
    }

    pub const fn controller(&self) -> &Controller {
        &self.controller
    }

    /// The domains that the policy speaks for.
    pub fn domains(&self) -> &[String] {
        &self.domains
    }

    /// In the order of the file.
    pub fn purposes(&self) -> &[PurposeRule] {
        &self.purposes
    }

    /// The purpose of exactly this name.
    pub fn purpose(&self, id: &Purpose) -> Option<&PurposeRule> {
        self.purposes.iter().find(|p| p.id == *id)
    }

    /// In the order of the file.
    pub fn categories(&self) -> &[CategoryRule] {
        &self.categories
    }

    /// In the order of the file, without `self`.
    pub fn recipients(&self) -> &[RecipientRule] {
        &self.recipients
    }

    /// The rule packs that the policy promises to keep.
    pub fn packs(&self) -> &[Slug] {
        &self.packs
    }

    /// The author's text, Markdown.
    pub fn text_markdown(&self) -> &str {
        &self.text
    }

    /// The purpose under which mail is measured: of kind tracking, with `track.open` or `track.click`.
    pub fn measuring_purpose(&self) -> Option<&Purpose> {
        let measures = |p: &&PurposeRule| {
            let hit = |v: &Verb| matches!(v.as_str(), "track.open" | "track.click");
            p.kind == Kind::Tracking && p.verbs.iter().any(hit)
        };
        self.purposes.iter().find(measures).map(|p| &p.id)
    }
}
