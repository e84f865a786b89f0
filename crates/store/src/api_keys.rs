//! API keys: which program may do what in which account.
//!
//! Never: holds a key, only its SHA-256. A revoked key stays as a row, so that its name is not given again to another.

use avow_model::{AccountId, ApiKeyId, Timestamp};

use crate::batch::Batch;
use crate::codes::Words;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, ActKind, NewAct, Store, StoreError};

/// What a key lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiScope {
    /// Hand in messages.
    Send,
    /// Ask what became of messages.
    Read,
    /// Say whose account or contract is running.
    Attest,
    /// Read the log of events.
    Events,
    /// Say who is told of events.
    Webhooks,
    /// See people: data, origin, choices, what may be done and why.
    ContactsRead,
    /// Take people in as attested, mend their data, note their no.
    ContactsWrite,
    /// Carry out that a person wants to be erased.
    ContactsErase,
    /// See and make lists, and say who is on them.
    Lists,
    /// See, make, change and count segments.
    Segments,
    /// See and make sign-up forms.
    Forms,
    /// Take files of people in.
    Imports,
    /// Take files of people out.
    Exports,
    /// See campaigns and who is their audience.
    CampaignsRead,
    /// Write and change drafts.
    CampaignsWrite,
    /// Start, pause, resume and cancel campaigns.
    CampaignsSend,
    /// See what became of campaigns.
    ReportsRead,
    /// See the policy and its history.
    PolicyRead,
    /// See users, invitations and how delivery stands.
    SettingsRead,
    /// See what the staff did.
    AuditRead,
}

impl Words for ApiScope {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Send, "send"),
        (Self::Read, "read"),
        (Self::Attest, "attest"),
        (Self::Events, "events"),
        (Self::Webhooks, "webhooks"),
        (Self::ContactsRead, "contacts_read"),
        (Self::ContactsWrite, "contacts_write"),
        (Self::ContactsErase, "contacts_erase"),
        (Self::Lists, "lists"),
        (Self::Segments, "segments"),
        (Self::Forms, "forms"),
        (Self::Imports, "imports"),
        (Self::Exports, "exports"),
        (Self::CampaignsRead, "campaigns_read"),
        (Self::CampaignsWrite, "campaigns_write"),
        (Self::CampaignsSend, "campaigns_send"),
        (Self::ReportsRead, "reports_read"),
        (Self::PolicyRead, "policy_read"),
        (Self::SettingsRead, "settings_read"),
        (Self::AuditRead, "audit_read"),
    ];
}

impl ApiScope {
    /// Every scope, in the order that people read them.
    pub const ALL: [Self; 20] = [
        Self::Send,
        Self::Read,
        Self::Attest,
        Self::Events,
        Self::Webhooks,
        Self::ContactsRead,
        Self::ContactsWrite,
        Self::ContactsErase,
        Self::Lists,
        Self::Segments,
        Self::Forms,
        Self::Imports,
        Self::Exports,
        Self::CampaignsRead,
        Self::CampaignsWrite,
        Self::CampaignsSend,
        Self::ReportsRead,
        Self::PolicyRead,
        Self::SettingsRead,
        Self::AuditRead,
    ];

    /// What a program with it does, after "it": for the settings and the reference.
    pub const fn may(self) -> &'static str {
        match self {
            Self::Send => "hands in messages to people",
            Self::Read => "asks what became of them",
            Self::Attest => "says whose account or contract is running",
            Self::Events => "reads what became of messages and what people did with them",
            Self::Webhooks => "says which addresses are told of events",
            Self::ContactsRead => {
                "sees people: data, where they came from, choices, what may be done and why"
            }
            Self::ContactsWrite => "takes people in as attested, mends their data, notes their no",
            Self::ContactsErase => "erases a person who asked for it",
            Self::Lists => "makes lists and says who is on them",
            Self::Segments => "makes, changes and counts segments",
            Self::Forms => "sees and makes sign-up forms",
            Self::Imports => "takes files of people in and asks what became of their rows",
            Self::Exports => "takes files of people out",
            Self::CampaignsRead => "sees campaigns",
            Self::CampaignsWrite => "writes and changes drafts of campaigns",
            Self::CampaignsSend => "starts, pauses and stops campaigns",
            Self::ReportsRead => "reads reports and the people behind their numbers",
            Self::PolicyRead => "reads the policy, its versions and what changed",
            Self::SettingsRead => "sees users, invitations and how delivery stands",
            Self::AuditRead => "sees what the staff did",
        }
    }

    /// The word that commands and the store use.
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::from_word(word)
    }
}

/// A key to keep.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    pub name: String,
    /// SHA-256 of the key.
    pub token_hash: [u8; 32],
    pub scopes: Vec<ApiScope>,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    pub account: AccountId,
    pub id: ApiKeyId,
    pub name: String,
    pub scopes: Vec<ApiScope>,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

queries! {
    API_KEY_ADD = "INSERT INTO api_key (account, id, name, token_hash, scopes, created_at, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    API_KEY_FIND = "SELECT account, id, name, scopes, created_at, revoked_at FROM api_key
        WHERE token_hash = $1 AND revoked_at IS NULL";
    API_KEYS = "SELECT account, id, name, scopes, created_at, revoked_at FROM api_key WHERE account = $1 ORDER BY id";
    API_KEY_REVOKE = "UPDATE api_key SET revoked_at = $3 WHERE account = $1 AND name = $2 AND revoked_at IS NULL";
}

impl Store {
    /// The key with this hash, unless it was revoked.
    pub async fn api_key_find(
        &self,
        token_hash: [u8; 32],
    ) -> Result<Option<ApiKeyRow>, StoreError> {
        let hash = params![token_hash];
        self.db().query_opt(&API_KEY_FIND, hash, key).await
    }
}

impl AccountScope {
    /// Keeps a key, and that `who` made it. A name that the account has given before is a `Duplicate`.
    pub async fn api_key_add(&self, new: NewApiKey, who: &str) -> Result<ApiKeyId, StoreError> {
        let id = ApiKeyId::from_i64(self.next_id());
        let words: Vec<&str> = new.scopes.iter().map(|s| s.as_str()).collect();
        let hash = new.token_hash;
        let name = new.name.clone();
        let row = params![self.id(), id, new.name, hash, words.join(" "), self.now()];
        let mut batch = Batch::new();
        batch.run(&API_KEY_ADD, row);
        self.note(&mut batch, act(ActKind::KeyMade, name, who));
        self.db().write(batch).await?;
        Ok(id)
    }

    /// The account's keys, the oldest first; revoked ones too.
    pub async fn api_keys(&self) -> Result<Vec<ApiKeyRow>, StoreError> {
        self.db()
            .query_map(&API_KEYS, params![self.id()], key)
            .await
    }

    /// Ends a key at once, and notes that `who` did; a `Conflict` where none of this name is in use.
    pub async fn api_key_revoke(&self, name: &str, who: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&API_KEY_REVOKE, params![self.id(), name, self.now()]);
        batch.expect(1, "no key of this name is in use");
        self.note(&mut batch, act(ActKind::KeyRevoked, name.to_owned(), who));
        self.db().write(batch).await.map(drop)
    }
}

fn act(kind: ActKind, about: String, who: &str) -> NewAct {
    let who = who.to_owned();
    NewAct { who, kind, about }
}

fn key(row: &Row<'_>) -> Result<ApiKeyRow, StoreError> {
    let words: String = row.get(3)?;
    let scope =
        |word: &str| ApiScope::parse(word).ok_or_else(|| row.corrupt(3, "a word that is no scope"));
    let scopes: Result<_, StoreError> = words.split_ascii_whitespace().map(scope).collect();
    Ok(ApiKeyRow {
        account: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        scopes: scopes?,
        created_at: row.get(4)?,
        revoked_at: row.get(5)?,
    })
}
