//! Opens connections: the settings that make SQLite durable and bounded, and its migrations.

use std::path::Path;
use std::time::Duration;

use avow_model::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::fault::lite_fault;
use crate::error::StoreError;
use crate::migrate::{self, Applied, MIGRATIONS};

/// How long a statement waits for another process' lock before it answers `Locked`.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Statements kept prepared on each connection: more than all queries of the crate.
const STATEMENTS_KEPT_MAX: usize = 512;

/// Pages of the write-ahead log before they go into the file: 128 MiB.
const LOG_PAGES: i64 = 32_768;

/// Bounds of a database; the defaults are for use, tests narrow them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Page cache of the writer: holds the inner pages and the hot leaves of the address index.
    pub(crate) writer_cache_kib: u32,
    /// Page cache of each reader.
    pub(crate) reader_cache_kib: u32,
    /// Pages the file may have; `None` = as many as the disk takes.
    pub(crate) pages_max: Option<u32>,
    pub(crate) busy_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            writer_cache_kib: 32 * 1024,
            reader_cache_kib: 4 * 1024,
            pages_max: None,
            busy_wait: BUSY_WAIT,
        }
    }
}

/// Starts a named thread.
pub(super) fn thread(
    name: &'static str,
    work: impl FnOnce() + Send + 'static,
) -> Result<(), StoreError> {
    let spawned = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work);
    spawned.map(drop).map_err(|fault| StoreError::Unavailable {
        detail: format!("no thread could be started ({fault})"),
    })
}

fn open(path: &Path, flags: OpenFlags, limits: Limits) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(limits.busy_wait)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT_MAX);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // Without it SQLite plans a statement anew whenever a bound value changes that its statistics know something
    // about: four percent of the time of a campaign went into plans that came out the same.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    rusqlite::vtab::array::load_module(&connection)?;
    Ok(connection)
}

/// The one connection that writes. The file is made readable by its owner only.
pub(super) fn writer(path: &Path, limits: Limits) -> Result<Connection, StoreError> {
    make_private(path)?;
    writer_connection(path, limits).map_err(|fault| lite_fault(fault, "OPEN"))
}

fn writer_connection(path: &Path, limits: Limits) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = open(path, flags, limits)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // FULL: each commit is on the disk before it is acknowledged.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "cache_size", -i64::from(limits.writer_cache_kib))?;
    // A longer log folds many rewrites of one index page into one.
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_PAGES * 4_096)?;
    if let Some(pages) = limits.pages_max {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(connection)
}

/// A connection that reads only.
pub(super) fn reader(path: &Path, limits: Limits) -> Result<Connection, StoreError> {
    let connect = || {
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, limits)?;
        connection.pragma_update(None, "cache_size", -i64::from(limits.reader_cache_kib))?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    };
    connect().map_err(|fault| lite_fault(fault, "OPEN"))
}

fn make_private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(fault) if fault.kind() == std::io::ErrorKind::StorageFull => Err(StoreError::DiskFull),
        Err(fault) => Err(StoreError::Denied {
            detail: format!("{}: {fault}", path.display()),
        }),
    }
}

/// Brings the schema forward in one transaction that other starts wait for.
pub(super) fn migrate(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    let map = |fault| lite_fault(fault, "MIGRATE");
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(map)?;
    transaction
        .execute_batch(migrate::RECORD_TABLE)
        .map_err(map)?;
    let applied = applied(&transaction).map_err(map)?;
    for migration in migrate::pending(MIGRATIONS, &applied)? {
        transaction
            .execute_batch(&migration.render(migrate::LITE))
            .map_err(map)?;
        transaction
            .execute(
                "INSERT INTO schema_migrations (version, name, hash, applied_at) VALUES (?1, ?2, ?3, ?4)",
                (
                    migration.version,
                    migration.name,
                    migration.hash(),
                    now.as_microsecond(),
                ),
            )
            .map_err(map)?;
    }
    transaction.commit().map_err(map)
}

fn applied(connection: &Connection) -> rusqlite::Result<Vec<Applied>> {
    let mut statement = connection.prepare(migrate::RECORD_READ)?;
    let rows = statement.query_map((), |row| {
        Ok(Applied {
            version: row.get(0)?,
            name: row.get(1)?,
            hash: row.get(2)?,
        })
    })?;
    rows.collect()
}
