//! Accounts: the unit of isolation and of policy.
//!
//! Promises: a slug names one account for good. Never: deletes one.

use avow_model::{AccountId, Slug, Timestamp};
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::codes::json_text;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{Store, StoreError};

/// What a new account needs.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub slug: Slug,
    pub name: String,
    pub settings: AccountSettings,
}

/// What an account's owner may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    /// The brand under which it writes; permissions may be narrowed to it.
    pub brand: Slug,
    /// The domain of its senders, bounces and DKIM keys.
    pub sending_domain: String,
    /// The sender's name and address that a new campaign starts with.
    pub from_name: String,
    pub from_address: String,
    #[serde(default)]
    pub reply_to: Option<String>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    pub id: AccountId,
    pub slug: Slug,
    pub name: String,
    pub settings: AccountSettings,
    pub created_at: Timestamp,
}

queries! {
    pub(crate) ACCOUNT_ADD = "INSERT INTO account (id, slug, name, settings, created_at) VALUES ($1, $2, $3, $4, $5)";
    ACCOUNT_BY_SLUG = "SELECT id, slug, name, settings, created_at FROM account WHERE slug = $1";
    ACCOUNT_BY_ID = "SELECT id, slug, name, settings, created_at FROM account WHERE id = $1";
    ACCOUNTS = "SELECT id, slug, name, settings, created_at FROM account ORDER BY slug";
    ACCOUNT_SETTINGS = "UPDATE account SET settings = $2 WHERE id = $1";
}

impl Store {
    /// Makes an account with its empty ledger. A slug that is taken is a `Duplicate`.
    pub async fn create_account(&self, new: NewAccount) -> Result<AccountId, StoreError> {
        let id = AccountId::from_i64(self.next_id());
        let settings = json_text(&new.settings);
        let mut batch = Batch::new();
        let row = params![id, &new.slug, new.name, settings, self.now()];
        batch.run(&ACCOUNT_ADD, row);
        self.account(id).ledger_made(&mut batch);
        self.db().write(batch).await?;
        Ok(id)
    }

    /// The account with this slug.
    pub async fn account_by_slug(&self, slug: &Slug) -> Result<Option<AccountRow>, StoreError> {
        self.db()
            .query_opt(&ACCOUNT_BY_SLUG, params![slug], account)
            .await
    }

    /// The account with this id.
    pub async fn account_row(&self, id: AccountId) -> Result<Option<AccountRow>, StoreError> {
        self.db()
            .query_opt(&ACCOUNT_BY_ID, params![id], account)
            .await
    }

    /// All accounts in the order of their slugs.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        self.db().query_map(&ACCOUNTS, params![], account).await
    }

    /// Replaces an account's settings.
    pub async fn account_settings_set(
        &self,
        id: AccountId,
        settings: &AccountSettings,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&ACCOUNT_SETTINGS, params![id, json_text(settings)]);
        batch.expect(1, "the account does not exist");
        self.db().write(batch).await.map(drop)
    }
}

fn account(row: &Row<'_>) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        id: row.get(0)?,
        slug: row.get(1)?,
        name: row.get(2)?,
        settings: row.json(3)?,
        created_at: row.get(4)?,
    })
}
