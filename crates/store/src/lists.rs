//! Lists and who is on them.

use avow_model::{ContactId, ListId, Slug, Timestamp};

use crate::batch::Batch;
use crate::codes::{Words, read_as_word};
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubscriptionState {
    /// Asked for, and not yet confirmed by the person.
    Pending,
    /// On the list.
    Confirmed,
    /// Was on the list.
    Ended,
}

read_as_word!(SubscriptionState);

impl Words for SubscriptionState {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Pending, "pending"),
        (Self::Confirmed, "confirmed"),
        (Self::Ended, "ended"),
    ];
}

impl SubscriptionState {
    /// The word that pages, JSON and the store use.
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}

/// One list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    pub id: ListId,
    pub slug: Slug,
    pub name: String,
    /// What it is for; may be empty.
    pub about: String,
    pub created_at: Timestamp,
}

/// One contact's place on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    pub list: ListId,
    pub slug: Slug,
    pub name: String,
    pub state: SubscriptionState,
    pub at: Timestamp,
}

queries! {
    LIST_ADD = "INSERT INTO list (account, id, slug, name, created_at) VALUES ($1, $2, $3, $4, $5)";
    LIST_BY_SLUG = "SELECT id, slug, name, about, created_at FROM list WHERE account = $1 AND slug = $2";
    LIST_BY_ID = "SELECT id, slug, name, about, created_at FROM list WHERE account = $1 AND id = $2";
    LISTS = "SELECT id, slug, name, about, created_at FROM list WHERE account = $1 ORDER BY slug";
    LIST_CHANGE = "UPDATE list SET name = $3, about = $4 WHERE account = $1 AND id = $2";
    LIST_SIZE = "SELECT COUNT(*) FROM subscription
        WHERE account = $1 AND list = $2 AND state = 'confirmed'";
    SUBSCRIBE = "INSERT INTO subscription (account, list, contact, state, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account, list, contact) DO UPDATE SET state = excluded.state, at = excluded.at";
    SUBSCRIPTIONS = "SELECT l.id, l.slug, l.name, s.state, s.at FROM list l
        JOIN subscription s ON s.account = l.account AND s.list = l.id AND s.contact = $2
        WHERE l.account = $1 ORDER BY l.slug";
}

impl AccountScope {
    /// Makes a list. A slug that is taken is a `Duplicate`.
    pub async fn list_create(&self, slug: &Slug, name: &str) -> Result<ListId, StoreError> {
        let id = ListId::from_i64(self.next_id());
        let mut batch = Batch::new();
        batch.run(&LIST_ADD, params![self.id(), id, slug, name, self.now()]);
        self.db().write(batch).await?;
        Ok(id)
    }

    /// Renames a list and says what it is for. Its slug stays: forms and files name it so.
    pub async fn list_change(&self, id: ListId, name: &str, about: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&LIST_CHANGE, params![self.id(), id, name, about]);
        batch.expect(1, "there is no such list in this account");
        self.db().write(batch).await.map(drop)
    }

    /// The list with this slug.
    pub async fn list_by_slug(&self, slug: &Slug) -> Result<Option<ListRow>, StoreError> {
        let key = params![self.id(), slug];
        self.db().query_opt(&LIST_BY_SLUG, key, list).await
    }

    /// The list with this id.
    pub async fn list(&self, id: ListId) -> Result<Option<ListRow>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&LIST_BY_ID, key, list).await
    }

    /// All lists in the order of their slugs.
    pub async fn lists(&self) -> Result<Vec<ListRow>, StoreError> {
        self.db().query_map(&LISTS, params![self.id()], list).await
    }

    /// How many are confirmed on a list.
    pub async fn list_size(&self, list: ListId) -> Result<u64, StoreError> {
        let key = params![self.id(), list];
        self.db().query_one(&LIST_SIZE, key, |row| row.get(0)).await
    }

    /// Puts a contact on a list in this state, or moves it there. For the person's own acts.
    pub async fn subscribe(
        &self,
        list: ListId,
        contact: ContactId,
        state: SubscriptionState,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let row = params![self.id(), list, contact, state, self.now()];
        batch.run(&SUBSCRIBE, row);
        self.db().write(batch).await.map(drop)
    }

    /// The lists a contact is or was on.
    pub async fn subscriptions(
        &self,
        contact: ContactId,
    ) -> Result<Vec<SubscriptionRow>, StoreError> {
        let key = params![self.id(), contact];
        self.db().query_map(&SUBSCRIPTIONS, key, place).await
    }
}

fn list(row: &Row<'_>) -> Result<ListRow, StoreError> {
    Ok(ListRow {
        id: row.get(0)?,
        slug: row.get(1)?,
        name: row.get(2)?,
        about: row.get(3)?,
        created_at: row.get(4)?,
    })
}

fn place(row: &Row<'_>) -> Result<SubscriptionRow, StoreError> {
    Ok(SubscriptionRow {
        list: row.get(0)?,
        slug: row.get(1)?,
        name: row.get(2)?,
        state: row.get(3)?,
        at: row.get(4)?,
    })
}
