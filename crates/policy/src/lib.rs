//! The policy as a program: compile published versions and rule packs, decide, explain, emit.
//!
//! Promises: `decide` is total, pure and fails closed; only it makes a `Permit`; every fault in a
//! policy file is found before it is published and shown with its place. Never: a clock, the network,
//! a file, SQL, randomness or async.

mod bench;
mod canonical;
mod cases;
mod check;
mod circumstance;
mod clause;
mod code;
mod counted;
mod decide;
mod decision;
mod diagnostic;
mod diff;
mod emit;
mod explain;
mod fold;
pub mod founding;
mod hash;
mod lint;
mod names;
mod obligation;
mod pack;
mod places;
mod policy_file;
mod reach;
mod readable;
mod reader;
mod reason;
pub mod replay;
mod request;
pub mod segment;
mod set;
mod set_check;
mod shelf;
mod source;
mod span_text;
mod table;
mod uses;
mod version;

pub use bench::{BenchFixture, bench_fixture};
pub use canonical::CanonicalFault;
pub use cases::{CaseFault, CaseReport, CaseResult, check_cases};
pub use check::{Checked, canonical_file, check_file, diff_files, hash_file};
pub use circumstance::{Actor, BrowserSignal, Offer, Via};
pub use code::{Code, Weight, explain_code};
pub use counted::{Counted, Wanted};
pub use decide::{CONFIRMATIONS_COUNT_FOR, decide, edition_exclusions};
pub use decision::{Decision, LeftOut, Permit, Redactions, Refusal};
pub use diagnostic::{Aside, Diagnostic, Severity};
pub use diff::{About, Atom, Change, ChangeItem, atoms, diff, earliest_effect};
pub use emit::*;
pub use explain::{Asked, Audience, Sentence, explain};
pub use fold::Fold;
pub use hash::PolicyHash;
pub use lint::{FormFault, FormShape, check_form, lint};
pub use obligation::{Obligation, Obligations};
pub use pack::{Demand, Instead, Pack, Rule, Signal};
pub use policy_file::{texts_named, with_published, with_texts_inside};
pub use readable::{Readability, may_read, readable};
pub use reason::{Reason, Reasons};
pub use request::{Content, PresentedPermit, Promotion, Request};
pub use set::{PolicySet, RetractionFault};
pub use shelf::Shelf;
pub use source::{SOURCE_BYTES_MAX, SourceFile};
pub use span_text::After;
pub use uses::{Undeclared, Use, Used, UsesReport, judge_uses};
pub use version::{
    Acceptance, Anchor, BaseRef, Basis, Business, CategoryRule, ChangeClass, Channel, ChoiceRule,
    Claim, Competitors, Contact, ContactRole, Controller, ControllerRole, Cookie, CookieContext,
    CookieMode, CookieName, Coop, Family, Frequency, Host, IdentifiedBy, Identifies, Kind,
    Lifetime, Load, Locale, LocaleText, Near, Notice, NoticeMail, Origin, PackRef, PackStatus,
    PolicyScope, Posting, Purge, PurposeRule, RecipientRole, RecipientRule, Retention, Right,
    RightKind, Safeguard, Said, Source, Spoken, Staff, StaffRole, Translations, ValueFault,
    Version, Way,
};
