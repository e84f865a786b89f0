//! The vocabulary of Avow: typed ids, addresses, purposes, facts, campaigns, outcomes.
//!
//! Promises: plain values that cannot hold a wrong state, and their text forms.
//! Never: a clock, the network, a file, SQL, randomness or async. `now` and random bytes are arguments.

mod address;
mod campaign;
mod clock;
mod dealings;
mod facts;
mod hit;
mod ids;
mod jurisdiction;
mod language;
mod names;
mod outcome;
mod plan;
mod published;
mod staff;
mod zone;

pub use address::{AddressFault, EmailAddress};
pub use campaign::{
    BodyKind, CampaignContent, CampaignState, EditionOffer, MessageClass, SourceMode,
};
pub use clock::{Clock, Entropy, SharedClock, SharedEntropy};
pub use dealings::PURCHASE_SERVED_FOR;
pub use facts::{
    Act, Datum, Fact, FactKind, Facts, Grantor, How, Interest, MailFormat, Marked, Method,
    OwnRequest, PurposeSelector, Scope, Sent, StoreHealth, Suppression, SuppressionClass,
    SuppressionScope,
};
pub use hit::{HitKind, Verdict};
pub use ids::{
    AccountId, ApiKeyId, CampaignId, ContactId, EntryId, EvidenceId, FactId, FormId, HitId,
    IdFault, IdGenerator, ImportId, JobId, ListId, MessageId, OutgoingId, SegmentId, UserId,
    WebhookId,
};
pub use jiff::Timestamp;
pub use jurisdiction::Jurisdiction;
pub use language::Language;
pub use names::{Category, NameFault, Purpose, RecipientClass, Slug, Verb};
pub use outcome::{Outcome, RecipientState};
pub use plan::{FollowGroup, FollowUp, Hour, PLAN_AHEAD_MAX, PlanFault, SendPlan};
pub use published::{PublishedPolicies, PublishedVersion};
pub use staff::{Action, Role};
pub use zone::{DayFault, Reading, WallTime, Zone, ZoneFault};
