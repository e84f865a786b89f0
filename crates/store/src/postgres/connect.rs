//! Connects to PostgreSQL and brings its schema forward.

use std::time::Duration;

use avow_model::Timestamp;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, GenericClient, NoTls};

use super::fault::{pool_fault, postgres_fault};
use crate::error::StoreError;
use crate::migrate::{self, Applied, MIGRATIONS, Migration};

/// Connections of one process: more only wait for the server's cores.
const CONNECTIONS_MAX: usize = 16;
/// How long a caller waits for a free connection, and for a new one to open.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// Server settings of each session: a lock is waited for as long as on SQLite, and a transaction
/// whose program was frozen does not hold its locks for ever.
const SESSION: &str = "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000";
/// First key of the advisory lock that lets one process migrate a schema: "avow" in ASCII.
const MIGRATION_LOCK: i32 = 0x6176_6f77;

/// A pool; nothing is connected yet.
pub(super) fn pool(url: &str) -> Result<Pool, StoreError> {
    let mut config: Config = url.parse().map_err(|_| StoreError::Denied {
        // The parser's text may quote the URL, and with it the password.
        detail: "the database URL cannot be read; it looks like postgres://user:password@host/name"
            .to_owned(),
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(StoreError::Denied {
            detail:
                "avow speaks to PostgreSQL without TLS and the URL asks for it (sslmode=require); \
                use a Unix socket, the loopback or a private network, and leave sslmode away"
                    .to_owned(),
        });
    }
    let options = match config.get_options() {
        Some(given) => format!("{SESSION} {given}"),
        None => SESSION.to_owned(),
    };
    config.options(options).application_name("avow");
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(WAIT_MAX);
    }
    let recycle = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    Pool::builder(Manager::from_config(config, NoTls, recycle))
        .max_size(CONNECTIONS_MAX)
        .runtime(Runtime::Tokio1)
        .timeouts(Timeouts {
            wait: Some(WAIT_MAX),
            create: Some(WAIT_MAX),
            recycle: Some(WAIT_MAX),
        })
        .build()
        .map_err(|fault| StoreError::Unavailable {
            detail: fault.to_string(),
        })
}

/// Brings the schema forward in one transaction that other starts wait for.
pub(super) async fn migrate(pool: &Pool, now: Timestamp) -> Result<(), StoreError> {
    let map = |fault| postgres_fault(&fault, "MIGRATE");
    let mut client = pool.get().await.map_err(pool_fault)?;
    let transaction = client.transaction().await.map_err(map)?;
    // Another start may be migrating for long; it is waited for longer than for a row.
    let patience = "SET LOCAL lock_timeout = '300s'";
    transaction.batch_execute(patience).await.map_err(map)?;
    let lock = "SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))";
    let key: &(dyn ToSql + Sync) = &MIGRATION_LOCK;
    transaction.execute(lock, &[key]).await.map_err(map)?;
    transaction
        .batch_execute(migrate::RECORD_TABLE)
        .await
        .map_err(map)?;
    let applied = applied(&*transaction).await.map_err(map)?;
    for migration in migrate::pending(MIGRATIONS, &applied)? {
        apply(&*transaction, migration, now).await.map_err(map)?;
    }
    transaction.commit().await.map_err(map)
}

async fn applied(client: &impl GenericClient) -> Result<Vec<Applied>, tokio_postgres::Error> {
    let rows = client.query(migrate::RECORD_READ, &[]).await?;
    let line = |row: &tokio_postgres::Row| {
        Ok(Applied {
            version: row.try_get(0)?,
            name: row.try_get(1)?,
            hash: row.try_get(2)?,
        })
    };
    rows.iter().map(line).collect()
}

async fn apply(
    client: &impl GenericClient,
    migration: &Migration,
    now: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    let text = migration.render(migrate::POSTGRES);
    client.batch_execute(&text).await?;
    let record =
        "INSERT INTO schema_migrations (version, name, hash, applied_at) VALUES ($1, $2, $3, $4)";
    let at = now.as_microsecond();
    client
        .execute(
            record,
            &[&migration.version, &migration.name, &migration.hash(), &at],
        )
        .await?;
    Ok(())
}
