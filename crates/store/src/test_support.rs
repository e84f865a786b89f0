//! Opens databases for the tests of this crate: a file of its own, or a schema of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use avow_model::Timestamp;

use crate::db::Db;
use crate::postgres::Postgres;
use crate::sqlite::{Limits, Sqlite};

/// A database of one test. The SQLite file goes away with it.
pub(crate) struct Scratch {
    pub(crate) db: Db,
    pub(crate) folder: Option<tempfile::TempDir>,
}

pub(crate) fn now() -> Timestamp {
    "2026-05-03T14:02:00Z".parse().unwrap()
}

/// A fresh SQLite file.
pub(crate) async fn sqlite(limits: Limits) -> Scratch {
    let folder = tempfile::tempdir().unwrap();
    let lite = Sqlite::open_limited(file(&folder), now(), limits).await;
    Scratch {
        db: Db::Lite(lite.unwrap()),
        folder: Some(folder),
    }
}

pub(crate) fn file(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("avow.db")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one setting of the test suite comes from the environment"
)]
fn server() -> Option<String> {
    std::env::var("AVOW_TEST_DATABASE_URL").ok()
}

/// The test server's URL with a fresh schema chosen; `None`, with a line that says so, without a server.
pub(crate) async fn postgres_url() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Some(url) = server() else {
        println!("skipped on PostgreSQL: AVOW_TEST_DATABASE_URL is not set");
        return None;
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("unit_{}_{number}", std::process::id());
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(connection);
    let fresh = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
    client.batch_execute(&fresh).await.unwrap();
    Some(with_schema(&url, &schema))
}

fn with_schema(url: &str, schema: &str) -> String {
    match (url.contains("://"), url.contains('?')) {
        (true, true) => format!("{url}&options=-csearch_path%3D{schema}"),
        (true, false) => format!("{url}?options=-csearch_path%3D{schema}"),
        (false, _) => format!("{url} options='-csearch_path={schema}'"),
    }
}

/// A fresh PostgreSQL schema.
pub(crate) async fn postgres() -> Option<Scratch> {
    let url = postgres_url().await?;
    let postgres = Postgres::open(&url, now()).await.unwrap();
    Some(Scratch {
        db: Db::Postgres(postgres),
        folder: None,
    })
}

/// Both databases, or the one there is.
pub(crate) async fn both() -> Vec<Scratch> {
    let mut all = vec![sqlite(Limits::default()).await];
    all.extend(postgres().await);
    all
}
