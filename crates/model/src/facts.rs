//! Everything the gate may know about one person: data with their bindings, and what happened.
//!
//! Facts are append-only; what stands now is a fold over them that `policy` makes.
//! A version number here is the number `n` of the account's published policy version.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::jurisdiction::Jurisdiction;
use crate::names::{Category, Purpose, Slug};

/// One value of one category from one collection, and what it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum {
    pub category: Category,
    /// The version whose notice was served with the collection; `None` where nobody attests one.
    pub version: Option<u32>,
    pub how: How,
    /// The account that holds it, by its slug.
    pub account: Slug,
}

/// How a datum came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// From the person.
    Direct,
    /// From a file, with date, source and wording attested.
    ImportAttested,
    /// From a file of unknown origin: bound to nothing.
    ImportUnattested,
    /// Given by a friend.
    Referral,
}

/// Which purposes a choice is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PurposeSelector {
    /// This purpose, those below it and the one that continues it.
    One(Purpose),
    /// `*marketing`: marketing, tracking, profiling and sharing together.
    AllMarketing,
    /// `*any`: e-mail of any sort.
    Any,
}

/// Narrows a choice or a suppression; `None` = any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    pub account: Option<Slug>,
    pub brand: Option<Slug>,
    pub list: Option<Slug>,
}

/// By which act a grant was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Click,
    ContinuedUse,
}

/// Who made a grant. Only the person, or a parent, gives a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantor {
    Person,
    Parent,
    Import,
    Staff,
    Other,
}

/// How the question was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// An unticked, separate question.
    Fair,
    PreTicked,
    Bundled,
}

/// What happened. `Refuse`, `Withdraw` and `Object` are the three nos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactKind {
    Grant {
        purpose: PurposeSelector,
        /// The version whose wording the person saw.
        saw: Option<u32>,
        method: Method,
        by: Grantor,
        asked: Act,
        /// A double opt-in request: good only once confirmed.
        double_opt_in: bool,
        /// Confirmed already when recorded.
        confirmed: bool,
        /// Valid until, this instant excluded.
        expires: Option<Timestamp>,
    },
    /// A double opt-in was confirmed.
    Confirm {
        purpose: Option<PurposeSelector>,
    },
    Refuse {
        purpose: PurposeSelector,
    },
    Withdraw {
        purpose: PurposeSelector,
    },
    Object {
        purpose: PurposeSelector,
    },
    Complaint,
    /// Notice of `version` was delivered to the person.
    Notice {
        version: u32,
    },
    /// A hard bounce.
    Bounce,
    /// The person confirmed the address.
    ConfirmAddress,
    Erase,
    /// Signed up again after an erasure.
    Recollect,
    Restrict,
    Unrestrict,
    /// The one permitted use of a single-use purpose was made.
    Used {
        purpose: Option<Purpose>,
    },
    /// The person opened an account with the controller: a running relationship.
    AccountOpened,
    /// The account was closed: nothing is owed to the person from then on.
    AccountClosed,
    Purchase,
    /// The person asked about something that the controller sells.
    Inquiry,
}

/// One append-only fact. It counts from `recorded_at` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub kind: FactKind,
    /// When it happened.
    pub at: Timestamp,
    /// When it was recorded; never before `at`.
    pub recorded_at: Timestamp,
    pub scope: Scope,
}

/// A suppression-list entry. It hangs on no contact and outlives every one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub class: SuppressionClass,
    pub reach: SuppressionScope,
    pub at: Timestamp,
    /// Narrowing; `None` = any.
    pub scope: Scope,
    pub purpose: Option<Purpose>,
}

/// Why an address is suppressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionClass {
    /// The person's no.
    Choice,
    /// Minor, abuse, court order, spam trap.
    Protection,
}

/// Whom a suppression binds: one account, or the whole installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionScope {
    Account,
    Global,
}

/// Whether the facts could be read. Unreadable is a Hold, never an Allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StoreHealth {
    #[default]
    Up,
    Down,
}

/// A mail that went to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub purpose: Purpose,
    pub at: Timestamp,
}

/// Something the person asked for by themselves: a demonstration, a sample, an invitation by a friend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRequest {
    /// What the answer must name.
    pub id: Slug,
    pub purpose: Purpose,
    pub at: Timestamp,
    /// When it was answered: it is answered once.
    pub answered: Option<Timestamp>,
}

/// A topic that the person said to be interested in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// The category whose value it is.
    pub category: Category,
    pub topic: Slug,
}

/// A keyed marker says that a single-use purpose was used for this address before, by whomever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    pub purpose: Purpose,
    pub at: Timestamp,
}

/// How the person wants mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MailFormat {
    #[default]
    Any,
    /// Plain text: no HTML, no picture, no link that tells who followed it.
    TextOnly,
}

/// All that the gate may know about one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    pub data: Vec<Datum>,
    /// In no particular order.
    pub events: Vec<Fact>,
    pub jurisdiction: Jurisdiction,
    /// Years at collection, where known; otherwise an adult.
    pub age: Option<u8>,
    /// Attested: address got in a sale, similar products, opt-out offered then and in each mail.
    pub soft_opt_in: bool,
    pub purchases: Vec<Timestamp>,
    pub inquiries: Vec<Timestamp>,
    /// An account or contract of the person is running.
    pub account_active: bool,
    pub suppressions: Vec<Suppression>,
    pub last_activity: Option<Timestamp>,
    /// Mails that went to the person: those of the longest time that a frequency counts, in no particular order.
    pub sends: Vec<Sent>,
    /// When confirmation mails went to the address, those of the last 30 days.
    pub confirmations: Vec<Timestamp>,
    pub requests: Vec<OwnRequest>,
    pub interests: Vec<Interest>,
    pub marks: Vec<Marked>,
    /// When the address was given up, as its provider or another account's mail showed.
    pub retired: Option<Timestamp>,
    pub format: MailFormat,
    pub store: StoreHealth,
}
