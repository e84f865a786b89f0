//! What members did in an account, for its audit log.
//!
//! Promises: an act is written in the transaction of what it tells of; it stays for two years. Never: a person who
//! gets mail, a password, a key, a code.

use std::time::Duration;

use avow_model::Timestamp;

use crate::batch::Batch;
use crate::codes::{Words, read_as_word};
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// Long enough for a yearly look back, and for the one before.
const KEPT_FOR: Duration = Duration::from_hours(2 * 365 * 24);

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActKind {
    LoggedIn,
    Invited,
    InvitationWithdrawn,
    Joined,
    RoleChanged,
    Removed,
    PasswordChanged,
    PasswordReset,
    CodesOn,
    CodesOff,
    RecoveryCodesMade,
    SignedOut,
    KeyMade,
    KeyRevoked,
    CampaignStarted,
    CampaignPaused,
    CampaignResumed,
    CampaignCancelled,
    CampaignScheduled,
    CampaignUnscheduled,
    PolicyRead,
    ContactAdded,
    ContactChanged,
    ListMade,
    ListChanged,
    ListPut,
    ListTaken,
    ImportStarted,
    ExportStarted,
    PolicyPublished,
    WentLive,
    DomainChanged,
    KeysMade,
    KeysSwitched,
}

read_as_word!(ActKind);

impl Words for ActKind {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::LoggedIn, "logged_in"),
        (Self::Invited, "invited"),
        (Self::InvitationWithdrawn, "invitation_withdrawn"),
        (Self::Joined, "joined"),
        (Self::RoleChanged, "role_changed"),
        (Self::Removed, "removed"),
        (Self::PasswordChanged, "password_changed"),
        (Self::PasswordReset, "password_reset"),
        (Self::CodesOn, "codes_on"),
        (Self::CodesOff, "codes_off"),
        (Self::RecoveryCodesMade, "recovery_codes_made"),
        (Self::SignedOut, "signed_out"),
        (Self::KeyMade, "key_made"),
        (Self::KeyRevoked, "key_revoked"),
        (Self::CampaignStarted, "campaign_started"),
        (Self::CampaignPaused, "campaign_paused"),
        (Self::CampaignResumed, "campaign_resumed"),
        (Self::CampaignCancelled, "campaign_cancelled"),
        (Self::CampaignScheduled, "campaign_scheduled"),
        (Self::CampaignUnscheduled, "campaign_unscheduled"),
        (Self::PolicyRead, "policy_read"),
        (Self::ContactAdded, "contact_added"),
        (Self::ContactChanged, "contact_changed"),
        (Self::ListMade, "list_made"),
        (Self::ListChanged, "list_changed"),
        (Self::ListPut, "list_put"),
        (Self::ListTaken, "list_taken"),
        (Self::ImportStarted, "import_started"),
        (Self::ExportStarted, "export_started"),
        (Self::PolicyPublished, "policy_published"),
        (Self::WentLive, "went_live"),
        (Self::DomainChanged, "domain_changed"),
        (Self::KeysMade, "keys_made"),
        (Self::KeysSwitched, "keys_switched"),
    ];
}

impl ActKind {
    /// The word that the store and programs use.
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().map(|(kind, _)| *kind)
    }
}

/// An act to keep.
#[derive(Debug, Clone)]
pub struct NewAct {
    /// The address of who did it.
    pub who: String,
    pub kind: ActKind,
    /// What it was done to; empty where the kind says it all.
    pub about: String,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRow {
    pub place: ActPlace,
    pub who: String,
    pub kind: ActKind,
    pub about: String,
}

/// Where an act stands in the log: pages go on from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActPlace {
    pub at: Timestamp,
    pub id: i64,
}

queries! {
    ACT_ADD = "INSERT INTO staff_act (account, at, id, who, kind, about) VALUES ($1, $2, $3, $4, $5, $6)";
    ACTS_DROP = "DELETE FROM staff_act WHERE account = $1 AND at <= $2";
    ACTS = "SELECT at, id, who, kind, about FROM staff_act WHERE account = $1 AND (at, id) < ($2, $3)
        ORDER BY at DESC, id DESC LIMIT $4";
}

impl AccountScope {
    /// Notes an act that changes nothing else in the store.
    pub async fn note_act(&self, act: NewAct) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        self.note(&mut batch, act);
        self.db().write(batch).await.map(drop)
    }

    /// Adds an act to a batch, and lets go of those past their time.
    pub(crate) fn note(&self, batch: &mut Batch, act: NewAct) {
        let now = self.now();
        let id = self.next_id();
        batch.run(&ACTS_DROP, params![self.id(), now - KEPT_FOR]);
        let row = params![self.id(), now, id, act.who, act.kind, act.about];
        batch.run(&ACT_ADD, row);
    }

    /// Acts, the newest first, from before a place on.
    pub async fn acts(
        &self,
        before: Option<ActPlace>,
        limit: u32,
    ) -> Result<Vec<ActRow>, StoreError> {
        let end = ActPlace {
            at: Timestamp::MAX,
            id: i64::MAX,
        };
        let before = before.unwrap_or(end);
        let key = params![self.id(), before.at, before.id, limit];
        self.db().query_map(&ACTS, key, act).await
    }
}

fn act(row: &Row<'_>) -> Result<ActRow, StoreError> {
    Ok(ActRow {
        place: ActPlace {
            at: row.get(0)?,
            id: row.get(1)?,
        },
        who: row.get(2)?,
        kind: row.get(3)?,
        about: row.get(4)?,
    })
}
