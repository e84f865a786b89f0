//! Addresses that are told of events: which, which events, how far each was told, and how it fares.
//!
//! Promises: a secret is in no row: it is made of the installation's secret, so that a copy of the database signs
//! nothing. Never: what an address answered, beside its status.

use avow_model::{AccountId, Timestamp, WebhookId};

use crate::batch::Batch;
use crate::codes::{Words, read_as_word};
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, Store, StoreError};

/// Addresses of one account: each is a reader of the log of events.
pub const WEBHOOKS_MAX: u64 = 10;

/// Whether it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookState {
    On,
    /// It failed for long, went, or is not declared any more.
    Off,
}

read_as_word!(WebhookState);

impl Words for WebhookState {
    const TABLE: &'static [(Self, &'static str)] = &[(Self::On, "on"), (Self::Off, "off")];
}

impl WebhookState {
    /// The word that programs know it by.
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}

/// An address to tell.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    pub url: String,
    /// Words of the types of events; none: all.
    pub types: Vec<&'static str>,
    /// Where it begins to read.
    pub cursor: String,
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    pub account: AccountId,
    pub id: WebhookId,
    pub url: String,
    pub types: Vec<String>,
    pub generation: u32,
    pub rotated_at: Option<Timestamp>,
    pub state: WebhookState,
    pub off_reason: Option<String>,
    pub cursor: String,
    pub failures: u32,
    pub failing_since: Option<Timestamp>,
    pub next_at: Timestamp,
    pub said: Option<String>,
    pub said_at: Option<Timestamp>,
    pub wants_test: bool,
    pub created_at: Timestamp,
}

/// How telling it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookFared {
    /// How far it was told.
    pub cursor: String,
    pub failures: u32,
    pub failing_since: Option<Timestamp>,
    pub next_at: Timestamp,
    pub said: String,
    /// Why it is told no more.
    pub off_reason: Option<String>,
    pub at: Timestamp,
}

macro_rules! webhook_columns {
    () => {
        "SELECT account, id, url, types, generation, rotated_at, state, off_reason, cursor_at, failures, failing_since,
        next_at, said, said_at, wants_test, created_at FROM webhook "
    };
}

queries! {
    WEBHOOK_ADD = "INSERT INTO webhook (account, id, url, types, generation, rotated_at, state, off_reason, cursor_at,
        failures, failing_since, next_at, said, said_at, wants_test, created_at)
        SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), 1, CAST(NULL AS BIGINT), 'on',
        CAST(NULL AS TEXT), CAST($5 AS TEXT), 0, CAST(NULL AS BIGINT), CAST($6 AS BIGINT), CAST(NULL AS TEXT),
        CAST(NULL AS BIGINT), FALSE, CAST($6 AS BIGINT)
        WHERE (SELECT COUNT(*) FROM webhook w WHERE w.account = $1) < $7";
    WEBHOOKS = concat!(webhook_columns!(), "WHERE account = $1 ORDER BY id");
    WEBHOOK = concat!(webhook_columns!(), "WHERE account = $1 AND id = $2");
    WEBHOOKS_DUE = concat!(webhook_columns!(), "WHERE state = 'on' AND next_at <= $1 ORDER BY account, id");
    WEBHOOK_DROP = "DELETE FROM webhook WHERE account = $1 AND id = $2";
    WEBHOOK_ROTATE = "UPDATE webhook SET generation = generation + 1, rotated_at = $3 WHERE account = $1 AND id = $2";
    WEBHOOK_ON = "UPDATE webhook SET state = 'on', off_reason = NULL, failures = 0, failing_since = NULL, next_at = $3
        WHERE account = $1 AND id = $2";
    WEBHOOK_TEST = "UPDATE webhook SET wants_test = TRUE, next_at = $3 WHERE account = $1 AND id = $2 AND state = 'on'";
    WEBHOOK_TESTED = "UPDATE webhook SET wants_test = FALSE, said = $3, said_at = $4 WHERE account = $1 AND id = $2";
    WEBHOOK_FARED = "UPDATE webhook SET cursor_at = $3, failures = $4, failing_since = $5, next_at = $6, said = $7,
        said_at = $8, off_reason = $9, state = CASE WHEN CAST($9 AS TEXT) IS NULL THEN 'on' ELSE 'off' END
        WHERE account = $1 AND id = $2 AND state = 'on'";
    WEBHOOK_READ = "UPDATE webhook SET cursor_at = $3 WHERE account = $1 AND id = $2 AND state = 'on'";
}

impl Store {
    /// The addresses of all accounts that are told, and are not left alone until later.
    pub async fn webhooks_due(&self, now: Timestamp) -> Result<Vec<WebhookRow>, StoreError> {
        self.db()
            .query_map(&WEBHOOKS_DUE, params![now], webhook)
            .await
    }
}

impl AccountScope {
    /// Keeps an address; a `Conflict` where the account has as many as it may.
    pub async fn webhook_add(&self, new: NewWebhook) -> Result<WebhookId, StoreError> {
        let id = WebhookId::from_i64(self.next_id());
        let (types, now) = (new.types.join(" "), self.now());
        let most = WEBHOOKS_MAX as i64;
        let row = params![self.id(), id, new.url, types, new.cursor, now, most];
        let mut batch = Batch::new();
        batch.run(&WEBHOOK_ADD, row);
        batch.expect(1, "the account has ten webhooks: remove one first");
        self.db().write(batch).await?;
        Ok(id)
    }

    /// All addresses of the account, the oldest first.
    pub async fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        self.db()
            .query_map(&WEBHOOKS, params![self.id()], webhook)
            .await
    }

    /// One of them.
    pub async fn webhook(&self, id: WebhookId) -> Result<Option<WebhookRow>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&WEBHOOK, key, webhook).await
    }

    /// The secret that an address has in a generation.
    pub fn webhook_secret(&self, id: WebhookId, generation: u32) -> [u8; 32] {
        self.store.keyring().webhook(self.id(), id, generation)
    }

    /// Forgets it.
    pub async fn webhook_remove(&self, id: WebhookId) -> Result<(), StoreError> {
        self.webhook_do(&WEBHOOK_DROP, params![self.id(), id]).await
    }

    /// Gives it a new secret; the one before signs too for a while.
    pub async fn webhook_rotate(&self, id: WebhookId) -> Result<(), StoreError> {
        let now = self.now();
        self.webhook_do(&WEBHOOK_ROTATE, params![self.id(), id, now])
            .await
    }

    /// Tells it again, from where it stopped.
    pub async fn webhook_on(&self, id: WebhookId) -> Result<(), StoreError> {
        let now = self.now();
        self.webhook_do(&WEBHOOK_ON, params![self.id(), id, now])
            .await
    }

    /// Has a test sent to it; a `Conflict` while it is off.
    pub async fn webhook_test(&self, id: WebhookId) -> Result<(), StoreError> {
        let now = self.now();
        self.webhook_do(&WEBHOOK_TEST, params![self.id(), id, now])
            .await
    }

    /// What became of the test.
    pub async fn webhook_tested(&self, id: WebhookId, said: &str) -> Result<(), StoreError> {
        let row = params![self.id(), id, said, self.now()];
        self.webhook_do(&WEBHOOK_TESTED, row).await
    }

    /// How far it was told, and how that went. One that was removed or switched off meanwhile stays so.
    pub async fn webhook_fared(
        &self,
        id: WebhookId,
        fared: WebhookFared,
    ) -> Result<(), StoreError> {
        let row = params![
            self.id(),
            id,
            fared.cursor,
            fared.failures,
            fared.failing_since,
            fared.next_at,
            fared.said,
            fared.at,
            fared.off_reason
        ];
        let mut batch = Batch::new();
        batch.run(&WEBHOOK_FARED, row);
        self.db().write(batch).await.map(drop)
    }

    /// How far it was read where nothing was to be told.
    pub async fn webhook_read(&self, id: WebhookId, cursor: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&WEBHOOK_READ, params![self.id(), id, cursor]);
        self.db().write(batch).await.map(drop)
    }

    async fn webhook_do(
        &self,
        sql: &'static crate::sql::Sql,
        row: Vec<Value>,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(sql, row);
        batch.expect(1, "there is no such webhook, or it is switched off");
        self.db().write(batch).await.map(drop)
    }
}

fn webhook(row: &Row<'_>) -> Result<WebhookRow, StoreError> {
    let types: String = row.get(3)?;
    Ok(WebhookRow {
        account: row.get(0)?,
        id: row.get(1)?,
        url: row.get(2)?,
        types: types.split_whitespace().map(str::to_owned).collect(),
        generation: row.get(4)?,
        rotated_at: row.get(5)?,
        state: row.get(6)?,
        off_reason: row.get(7)?,
        cursor: row.get(8)?,
        failures: row.get(9)?,
        failing_since: row.get(10)?,
        next_at: row.get(11)?,
        said: row.get(12)?,
        said_at: row.get(13)?,
        wants_test: row.get(14)?,
        created_at: row.get(15)?,
    })
}
