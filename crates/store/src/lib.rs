//! The store: everything that must last, on SQLite or PostgreSQL behind one facade.
//!
//! Promises: one SQL text for both databases; a write that was acknowledged is on the disk; a batch
//! is applied whole or not at all; each error says what to do. The only crate that contains SQL.
//! Never: decides anything (that is `policy`), reads the clock, the environment or randomness.

mod accounts;
mod api_calls;
mod api_keys;
mod archive;
mod audience;
mod batch;
mod campaign_lists;
mod campaigns;
mod codes;
mod conduct;
mod contacts;
mod db;
mod erasures;
mod error;
mod evidence;
#[cfg(test)]
mod facade_test;
mod fact_rows;
mod facts;
mod form_results;
mod forms;
mod hits;
mod images;
mod imports;
mod injected;
mod intake;
mod jobs;
pub mod journal;
mod leases;
mod ledger;
mod lists;
mod markers;
mod members;
mod migrate;
mod notices;
mod outcomes;
mod outgoing;
mod people;
mod plan;
mod plan_file;
mod policies;
mod postgres;
#[cfg(test)]
mod prepare_test;
mod quotas;
mod recipients;
mod retention;
mod returned;
mod row;
mod schedule;
mod second_factors;
mod segments;
mod sent;
mod sessions;
mod setup;
mod shared;
mod singles;
mod sources;
mod sql;
mod sqlite;
mod staff_acts;
mod staff_doors;
mod store;
mod suppressions;
#[cfg(test)]
mod test_support;
mod tlog;
mod tls_reports;
mod users;
mod value;
mod webhooks;
mod wishes;

pub use accounts::{AccountRow, AccountSettings, NewAccount};
pub use api_keys::{ApiKeyRow, ApiScope, NewApiKey};
pub use archive::{Archived, NOT_FOR_THE_ARCHIVE};
pub use audience::{AudienceChunk, NewRecipient, PassedOver, ZoneGroup};
pub use avow_model::Role;
pub use campaign_lists::{CampaignFilter, CampaignLine};
pub use campaigns::{Campaign, CampaignSegment, NewCampaign, REASON_CANCELLED, REASON_RETRACTED};
pub use conduct::{BoundHit, Got, Measured};
pub use contacts::{
    Contact, ContactFilter, ContactFlags, ContactSummary, ContactsFound, SEARCHED_MAX,
};
pub use error::StoreError;
pub use evidence::{Evidence, EvidenceKind};
pub use fact_rows::NewFact;
pub use form_results::{FormCount, FormEvent, FormPerson, FormTally};
pub use forms::{FormFace, FormFont, FormRow, FormSettings, FormStanding, FormTheme};
pub use hits::{HitBinding, HitLine, HitTally, LinkCount, LoggedHit, NewHit};
pub use images::{ImageRow, NewImage};
pub use imports::{ImportCounts, ImportRun, ImportState};
pub use injected::{CallRow, Injected, MessageRow, NewCall, Standing};
pub use intake::{
    BatchAhead, BatchRows, ImportBatchResult, ImportContact, ImportStep, Marked, NewCollection,
    NewContact, Saved,
};
pub use jobs::{JobEnding, JobHold, JobKind, JobOrder, JobProgress, JobRow, JobState, NewJob};
pub use leases::{LeaseRow, LeaseWish};
pub use ledger::{LedgerEntry, LedgerLine};
pub use lists::{ListRow, SubscriptionRow, SubscriptionState};
pub use members::{LAST_OWNER, MemberRow};
pub use notices::{NewNotice, NoticeStanding};
pub use outcomes::{DuePerson, DueRecipient, DueSpan, OutcomeRow};
pub use outgoing::{
    NewOutgoing, OUTGOING_COUNTED_MAX, OutgoingHead, OutgoingKind, OutgoingOpen, OutgoingOutcome,
    OutgoingRow, OutgoingState,
};
pub use people::{CameOrder, LOOKED_MAX, Mark, PeopleFilter, PeoplePage};
pub use policies::{NewPolicyVersion, Stated};
pub use quotas::{QuotaKey, QuotaRow};
pub use recipients::{
    AttemptLine, ContactMessage, MessageStanding, ReasonCount, RecipientFilter, RecipientLine,
    Tally,
};
pub use retention::{KeptAfter, Past, Retired};
pub use returned::{ReturnedCount, ReturnedKind, ReturnedMail};
pub use schedule::StartDue;
pub use second_factors::{CODE_USED, CodeTaken, SecondFactor};
pub use segments::{SegmentRow, SegmentText, SegmentUse};
pub use sessions::{NewSession, SessionRow};
pub use setup::{CLAIMED, DomainStep, InstanceMode, PolicyWords, SetupProgress, SetupRow};
pub use singles::SingleLine;
pub use sources::{CampaignSource, STALE_SOURCE};
pub use staff_acts::{ActKind, ActPlace, ActRow, NewAct};
pub use staff_doors::{DOOR_SHUT, Door, InvitationRow, Invited, Joining, NewDoor};
pub use store::{AccountScope, Store, StoreOptions, Target};
pub use suppressions::NewSuppression;
pub use tlog::{
    ChainEntry, ChainOf, KeptCheckpoint, LedgerChecked, LedgerStanding, LogEntry, LogPage,
    NewEntry, Sequenced,
};
pub use tls_reports::{TlsReportRow, TlsReportState, TlsSessionKey, TlsSessionRow};
pub use users::{Membership, NewUser, UserRow};
pub use webhooks::{NewWebhook, WEBHOOKS_MAX, WebhookFared, WebhookRow, WebhookState};
