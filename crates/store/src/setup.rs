//! The first run: who takes the installation, whether mail may leave it, and how far an account's set-up is.
//!
//! Promises: of all who try to take an installation, one gets it, once; an account that is founded in the browser has
//! its owner and its set-up, or is not there at all.

use avow_model::{AccountId, CampaignId, Role, UserId};
use serde::{Deserialize, Serialize};

use crate::accounts::ACCOUNT_ADD;
use crate::batch::Batch;
use crate::codes::{Words, json_text, read_as_word};
use crate::row::Row;
use crate::sql::queries;
use crate::users::{MEMBER_ADD, USER_ADD};
use crate::value::params;
use crate::{AccountScope, NewAccount, NewUser, Store, StoreError};

/// Said when somebody was faster.
pub const CLAIMED: &str = "this installation has its owner already; log in";

/// Whether mail may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstanceMode {
    /// The built-in mail server takes it all.
    Rehearsal,
    /// It is delivered.
    World,
}

read_as_word!(InstanceMode);

impl Words for InstanceMode {
    const TABLE: &'static [(Self, &'static str)] =
        &[(Self::Rehearsal, "rehearsal"), (Self::World, "world")];
}

/// What was answered to the five questions, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyWords {
    pub name: String,
    pub post: String,
    pub email: String,
    pub kind: String,
    pub places: Vec<String>,
    pub measure: String,
    pub sharing: String,
}

/// What is known of the records of the sending domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DomainStep {
    /// Nobody decided.
    #[default]
    Open,
    /// They come later: a rehearsal does not need them.
    PutOff,
    /// The name servers gave them.
    Stands,
}

/// How far a set-up is, as far as the account itself does not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetupProgress {
    pub policy: PolicyWords,
    /// The records of the sending domain.
    pub domain: DomainStep,
    /// The draft that the set-up began.
    pub campaign: Option<i64>,
}

impl SetupProgress {
    /// The draft that the set-up began.
    pub fn campaign(&self) -> Option<CampaignId> {
        self.campaign.map(CampaignId::from_i64)
    }
}

/// An account's set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupRow {
    pub progress: SetupProgress,
    pub is_finished: bool,
}

queries! {
    /// Nobody who logs in, no account, and nobody faster.
    INSTANCE_CLAIM = "INSERT INTO instance (one, claimed_at, mode) SELECT 1, CAST($1 AS BIGINT), 'rehearsal'
        WHERE NOT EXISTS (SELECT 1 FROM user_login) AND NOT EXISTS (SELECT 1 FROM account)
        ON CONFLICT (one) DO NOTHING";
    INSTANCE_FREE = "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM user_login LIMIT 1) u)
        + (SELECT COUNT(*) FROM (SELECT 1 FROM account LIMIT 1) a) + (SELECT COUNT(*) FROM instance)";
    INSTANCE_MODE = "SELECT mode FROM instance WHERE one = 1";
    INSTANCE_LIVE = "UPDATE instance SET mode = 'world' WHERE one = 1";
    /// Accounts where the user is no owner.
    NOT_OWNED = "SELECT COUNT(*) FROM account a WHERE NOT EXISTS (SELECT 1 FROM membership m
        WHERE m.account = a.id AND m.user_id = $1 AND m.role = 'owner')";
    SETUP_ADD = "INSERT INTO setup (account, progress) VALUES ($1, $2)";
    SETUP = "SELECT progress, CASE WHEN finished_at IS NULL THEN 0 ELSE 1 END FROM setup WHERE account = $1";
    SETUP_SAVE = "UPDATE setup SET progress = $2 WHERE account = $1";
    SETUP_FINISH = "UPDATE setup SET finished_at = $2 WHERE account = $1 AND finished_at IS NULL";
}

impl Store {
    /// True while nobody has this installation: no log-in, no account, never taken.
    pub async fn is_unclaimed(&self) -> Result<bool, StoreError> {
        let read = |row: &Row<'_>| row.get::<i64>(0);
        Ok(self.db().query_one(&INSTANCE_FREE, params![], read).await? == 0)
    }

    /// Takes the installation for its first user. A `Conflict` for whoever comes second.
    pub async fn claim(&self, new: NewUser) -> Result<UserId, StoreError> {
        let id = UserId::from_i64(self.next_id());
        let address = new.address.expose_canonical();
        let mut batch = Batch::new();
        batch.run(&INSTANCE_CLAIM, params![self.now()]);
        batch.expect(1, CLAIMED);
        let row = params![id, address, new.name, new.password_hash, self.now()];
        batch.run(&USER_ADD, row);
        self.db().write(batch).await?;
        Ok(id)
    }

    /// Whether mail may leave; `None` where the installation was set up by commands.
    pub async fn instance_mode(&self) -> Result<Option<InstanceMode>, StoreError> {
        let read = |row: &Row<'_>| row.get(0);
        self.db().query_opt(&INSTANCE_MODE, params![], read).await
    }

    /// Lets mail out from the next start of the engine on.
    pub async fn instance_go_live(&self) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&INSTANCE_LIVE, params![]);
        self.db().write(batch).await.map(drop)
    }

    /// True for whoever owns every account of the installation, also where there is none yet.
    pub async fn owns_all(&self, user: UserId) -> Result<bool, StoreError> {
        let read = |row: &Row<'_>| row.get::<i64>(0);
        Ok(self.db().query_one(&NOT_OWNED, params![user], read).await? == 0)
    }

    /// Makes an account with its ledger, its owner and its set-up. A slug that is taken is a `Duplicate`.
    pub async fn found_account(
        &self,
        new: NewAccount,
        owner: UserId,
        progress: &SetupProgress,
    ) -> Result<AccountId, StoreError> {
        let id = AccountId::from_i64(self.next_id());
        let settings = json_text(&new.settings);
        let mut batch = Batch::new();
        let row = params![id, &new.slug, new.name, settings, self.now()];
        batch.run(&ACCOUNT_ADD, row);
        self.account(id).ledger_made(&mut batch);
        batch.run(&MEMBER_ADD, params![id, owner, Role::Owner]);
        batch.run(&SETUP_ADD, params![id, json_text(progress)]);
        self.db().write(batch).await?;
        Ok(id)
    }
}

impl AccountScope {
    /// How far the set-up is; `None` where the account was made by a command.
    pub async fn setup(&self) -> Result<Option<SetupRow>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(SetupRow {
                progress: row.json(0)?,
                is_finished: row.get::<i64>(1)? == 1,
            })
        };
        self.db().query_opt(&SETUP, params![self.id()], read).await
    }

    /// Keeps how far it is.
    pub async fn setup_save(&self, progress: &SetupProgress) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SETUP_SAVE, params![self.id(), json_text(progress)]);
        batch.expect(1, "this account is not being set up");
        self.db().write(batch).await.map(drop)
    }

    /// Ends it; done before changes nothing.
    pub async fn setup_finish(&self) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SETUP_FINISH, params![self.id(), self.now()]);
        self.db().write(batch).await.map(drop)
    }
}
