//! Users: who logs in, and to which accounts.
//!
//! Promises: an address names one user of the installation. Never: sees a password, only its hash.

use avow_model::{AccountId, EmailAddress, Language, Role, Slug, Timestamp, UserId};

use crate::batch::Batch;
use crate::codes::{Words, read_as_word};
use crate::members::{LAST_OWNER, MEMBERS_HOLD};
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{Store, StoreError};

read_as_word!(Role);
read_as_word!(Language);

impl Words for Language {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::English, Self::English.tag()),
        (Self::German, Self::German.tag()),
        (Self::French, Self::French.tag()),
        (Self::Spanish, Self::Spanish.tag()),
        (Self::Arabic, Self::Arabic.tag()),
    ];
}

impl Words for Role {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Owner, Self::Owner.as_str()),
        (Self::Editor, Self::Editor.as_str()),
        (Self::Analyst, Self::Analyst.as_str()),
        (Self::PrivacyOfficer, Self::PrivacyOfficer.as_str()),
        (Self::Support, Self::Support.as_str()),
    ];
}

/// What a new user needs.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub address: EmailAddress,
    pub name: String,
    /// An argon2id hash in PHC form.
    pub password_hash: String,
}

/// One user.
#[derive(Debug, Clone)]
pub struct UserRow {
    pub id: UserId,
    pub address: EmailAddress,
    pub name: String,
    pub password_hash: String,
    /// What the user chose to read in; `None`: what the browser asks for.
    pub language: Option<Language>,
}

/// One account that a user may enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub account: AccountId,
    pub slug: Slug,
    pub account_name: String,
    pub role: Role,
    /// When the user was last trained in privacy for this account.
    pub trained_at: Option<Timestamp>,
    /// The newest policy version that the user read and confirmed.
    pub acknowledged: Option<u32>,
    /// The account is still being set up in the browser.
    pub setting_up: bool,
}

queries! {
    pub(crate) USER_ADD = "INSERT INTO user_login (id, address, name, password_hash, created_at)
        VALUES ($1, $2, $3, $4, $5)";
    USER_BY_ADDRESS = "SELECT id, address, name, password_hash, language FROM user_login WHERE address = $1";
    USER_BY_ID = "SELECT id, address, name, password_hash, language FROM user_login WHERE id = $1";
    pub(crate) USER_PASSWORD = "UPDATE user_login SET password_hash = $2 WHERE id = $1";
    USER_LANGUAGE = "UPDATE user_login SET language = $2 WHERE id = $1";
    pub(crate) MEMBER_ADD = "INSERT INTO membership (account, user_id, role) VALUES ($1, $2, $3)
        ON CONFLICT (account, user_id) DO UPDATE SET role = excluded.role
        WHERE membership.role <> 'owner' OR excluded.role = 'owner' OR EXISTS (SELECT 1 FROM membership o
            WHERE o.account = $1 AND o.role = 'owner' AND o.user_id <> $2)";
    MEMBER_TRAINED = "UPDATE membership SET trained_at = $3 WHERE account = $1 AND user_id = $2";
    MEMBERSHIPS = "SELECT a.id, a.slug, a.name, m.role, m.trained_at, m.acknowledged,
        (SELECT COUNT(*) FROM setup s WHERE s.account = a.id AND s.finished_at IS NULL) FROM membership m
        JOIN account a ON a.id = m.account WHERE m.user_id = $1 ORDER BY a.slug";
}

impl Store {
    /// Makes a user. An address that is taken is a `Duplicate`.
    pub async fn create_user(&self, new: NewUser) -> Result<UserId, StoreError> {
        let id = UserId::from_i64(self.next_id());
        let address = new.address.expose_canonical();
        let mut batch = Batch::new();
        let row = params![id, address, new.name, new.password_hash, self.now()];
        batch.run(&USER_ADD, row);
        self.db().write(batch).await?;
        Ok(id)
    }

    /// The user with this address.
    pub async fn user_by_address(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<UserRow>, StoreError> {
        let key = params![address.expose_canonical()];
        self.db().query_opt(&USER_BY_ADDRESS, key, user).await
    }

    /// The user with this id.
    pub async fn user(&self, id: UserId) -> Result<Option<UserRow>, StoreError> {
        self.db().query_opt(&USER_BY_ID, params![id], user).await
    }

    /// Replaces a user's password hash.
    pub async fn user_password_set(&self, id: UserId, hash: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&USER_PASSWORD, params![id, hash]);
        batch.expect(1, "the user does not exist");
        self.db().write(batch).await.map(drop)
    }

    /// Sets what a user reads in; `None`: what the browser asks for.
    pub async fn user_language_set(
        &self,
        id: UserId,
        language: Option<Language>,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&USER_LANGUAGE, params![id, language.map(Language::tag)]);
        batch.expect(1, "the user does not exist");
        self.db().write(batch).await.map(drop)
    }

    /// Lets a user into an account, or changes the role there. A `Conflict` where no owner would be left.
    pub async fn add_membership(
        &self,
        account: AccountId,
        user: UserId,
        role: Role,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&MEMBERS_HOLD, params![account]);
        batch.run(&MEMBER_ADD, params![account, user, role]);
        batch.expect(1, LAST_OWNER);
        self.db().write(batch).await.map(drop)
    }

    /// Notes that a member was trained in privacy at `at`.
    pub async fn member_trained(
        &self,
        account: AccountId,
        user: UserId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&MEMBER_TRAINED, params![account, user, at]);
        batch.expect(1, "the user is no member of this account");
        self.db().write(batch).await.map(drop)
    }

    /// The accounts a user may enter, in the order of their slugs.
    pub async fn memberships(&self, user: UserId) -> Result<Vec<Membership>, StoreError> {
        self.db()
            .query_map(&MEMBERSHIPS, params![user], membership)
            .await
    }
}

fn user(row: &Row<'_>) -> Result<UserRow, StoreError> {
    Ok(UserRow {
        id: row.get(0)?,
        address: row.get(1)?,
        name: row.get(2)?,
        password_hash: row.get(3)?,
        language: row.get(4)?,
    })
}

fn membership(row: &Row<'_>) -> Result<Membership, StoreError> {
    Ok(Membership {
        account: row.get(0)?,
        slug: row.get(1)?,
        account_name: row.get(2)?,
        role: row.get(3)?,
        trained_at: row.get(4)?,
        acknowledged: row.get(5)?,
        setting_up: row.get::<i64>(6)? > 0,
    })
}
