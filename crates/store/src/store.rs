//! The open store, and the scope of one account.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use avow_model::{AccountId, IdGenerator, SharedClock, SharedEntropy, Slug, Timestamp};

use crate::accounts::AccountRow;
use crate::db::Db;
use crate::erasures::ErasureLog;
use crate::error::StoreError;
use crate::markers::Markers;
use crate::postgres::Postgres;
use crate::shared::{AccountShared, SharedAccounts};
use crate::sql::queries;
use crate::sqlite::Sqlite;
use crate::tlog::Keyring;
use crate::value::params;

queries! {
    SCHEMA_VERSION = "SELECT coalesce(max(version), 0) FROM schema_migrations";
}

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A file; made when absent.
    Sqlite(PathBuf),
    /// A connection URL or key-value text, as libpq takes it.
    Postgres(String),
}

impl std::fmt::Debug for Target {
    /// Never shows the URL: it may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(..)"),
        }
    }
}

/// What a store is opened with.
#[derive(Clone)]
pub struct StoreOptions {
    pub target: Target,
    pub clock: SharedClock,
    pub entropy: SharedEntropy,
    /// Key of the address markers, and root of the ledger's keys. Another key finds no address again and
    /// opens no entry: never change it.
    pub marker_key: [u8; 32],
}

/// An open store. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: SharedClock,
    pub(crate) entropy: SharedEntropy,
    pub(crate) ids: IdGenerator,
    pub(crate) markers: Markers,
    pub(crate) shared: SharedAccounts,
    pub(crate) keyring: Keyring,
    /// Set once: see `Store::keep_erasures`.
    pub(crate) erasures: OnceLock<ErasureLog>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(..)")
    }
}

impl Store {
    /// Opens the database, makes or brings forward its schema.
    ///
    /// Refuses a schema that is newer than this program or was changed. Several processes may start
    /// at once on one database: one migrates, the others wait.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let now = options.clock.now();
        let db = match &options.target {
            Target::Sqlite(path) => Db::Lite(Sqlite::open(path.clone(), now).await?),
            Target::Postgres(url) => Db::Postgres(Postgres::open(url, now).await?),
        };
        let mut seed = [0; 2];
        options.entropy.fill(&mut seed);
        let inner = Inner {
            db,
            clock: options.clock,
            ids: IdGenerator::new(u16::from_le_bytes(seed)),
            markers: Markers::new(&options.marker_key),
            shared: SharedAccounts::default(),
            keyring: Keyring::new(&options.marker_key),
            erasures: OnceLock::new(),
            entropy: options.entropy,
        };
        let store = Self {
            inner: Arc::new(inner),
        };
        store.backfill_seeds().await?;
        Ok(store)
    }

    /// The scope in which everything personal is read and written. Does not look whether the account exists.
    pub fn account(&self, account: AccountId) -> AccountScope {
        AccountScope {
            store: self.clone(),
            account,
            shared: self.inner.shared.of(account),
        }
    }

    /// The version of the schema in place; also the cheapest way to see that the database answers.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        let read = self
            .db()
            .query_one(&SCHEMA_VERSION, params![], |row| row.get(0));
        read.await
    }

    pub(crate) fn db(&self) -> &Db {
        &self.inner.db
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// A new id of any kind.
    pub(crate) fn next_id(&self) -> i64 {
        self.inner.ids.next(self.now())
    }
}

/// One account's part of the store.
#[derive(Clone)]
pub struct AccountScope {
    pub(crate) store: Store,
    pub(crate) account: AccountId,
    shared: Arc<AccountShared>,
}

impl std::fmt::Debug for AccountScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("AccountScope").field(&self.account).finish()
    }
}

impl AccountScope {
    /// Whose scope it is.
    pub fn id(&self) -> AccountId {
        self.account
    }

    /// Who it is. An account that does not exist is `Missing`.
    pub async fn row(&self) -> Result<AccountRow, StoreError> {
        let row = self.store.account_row(self.account).await?;
        row.ok_or(StoreError::Missing("there is no such account"))
    }

    /// The account's slug; read once.
    pub async fn slug(&self) -> Result<Slug, StoreError> {
        if let Some(slug) = self.shared.slug.get() {
            return Ok(slug.clone());
        }
        let slug = self.row().await?.slug;
        Ok(self.shared.slug.get_or_init(|| slug).clone())
    }

    pub(crate) fn db(&self) -> &Db {
        self.store.db()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.store.now()
    }

    pub(crate) fn next_id(&self) -> i64 {
        self.store.next_id()
    }

    pub(crate) fn markers(&self) -> &Markers {
        &self.store.inner.markers
    }

    pub(crate) fn shared(&self) -> &AccountShared {
        &self.shared
    }
}
