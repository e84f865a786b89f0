//! One case's store: a file or a schema of its own, a clock that stands, randomness that repeats.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use avow_model::{Clock, Entropy, Timestamp};
use avow_store::{Store, StoreOptions, Target};

/// 2026-05-03T14:02:00Z in microseconds: when every case begins.
const START_US: i64 = 1_777_816_920_000_000;

/// A clock that moves when told.
#[derive(Debug)]
pub(crate) struct StandingClock(AtomicI64);

impl StandingClock {
    pub(crate) fn advance_us(&self, us: i64) {
        self.0.fetch_add(us, Ordering::Relaxed);
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// Bytes from a counter: never the same twice, always the same in a run.
#[derive(Debug)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let n = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            chunk.copy_from_slice(&n.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A case's store and what it stands on.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Arc<StandingClock>,
    options: StoreOptions,
    /// Removed when the case ends.
    folder: Option<tempfile::TempDir>,
}

impl World {
    async fn on(target: Target, folder: Option<tempfile::TempDir>) -> Self {
        let clock = Arc::new(StandingClock(AtomicI64::new(START_US)));
        let options = StoreOptions {
            target,
            clock: clock.clone(),
            entropy: Arc::new(Counting(AtomicU64::new(1))),
            marker_key: [7; 32],
        };
        let store = Store::open(options.clone()).await.unwrap();
        Self {
            store,
            clock,
            options,
            folder,
        }
    }

    /// The folder of a case on SQLite.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.as_ref().unwrap().path()
    }

    /// A store on another file, with the same secret: a restored backup.
    pub(crate) async fn open_file(&self, file: std::path::PathBuf) -> Store {
        self.open_at(Target::Sqlite(file)).await
    }

    /// Where today's data are.
    pub(crate) fn target(&self) -> &Target {
        &self.options.target
    }

    /// A store on other data, with the same secret.
    pub(crate) async fn open_at(&self, target: Target) -> Store {
        let options = StoreOptions {
            target,
            ..self.options.clone()
        };
        Store::open(options).await.unwrap()
    }

    /// A second store on the same data: another process, or the same one after a restart.
    pub(crate) async fn open_again(&self) -> Store {
        Store::open(self.options.clone()).await.unwrap()
    }
}

pub(crate) async fn sqlite() -> World {
    let folder = tempfile::tempdir().unwrap();
    let target = Target::Sqlite(folder.path().join("avow.db"));
    World::on(target, Some(folder)).await
}

pub(crate) async fn postgres() -> Option<World> {
    let url = fresh_schema().await?;
    Some(World::on(Target::Postgres(url), None).await)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one setting of the suite comes from the environment"
)]
fn server() -> Option<String> {
    std::env::var("AVOW_TEST_DATABASE_URL").ok()
}

#[expect(clippy::print_stdout, reason = "a case that did not run must be seen")]
fn skipped() {
    println!("skipped on PostgreSQL: AVOW_TEST_DATABASE_URL is not set");
}

/// The server's URL with a schema of this case's own chosen.
async fn fresh_schema() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Some(url) = server() else {
        skipped();
        return None;
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("case_{}_{number}", std::process::id());
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(connection);
    let fresh = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
    client.batch_execute(&fresh).await.unwrap();
    let choice = format!("options=-csearch_path%3D{schema}");
    Some(match (url.contains("://"), url.contains('?')) {
        (true, true) => format!("{url}&{choice}"),
        (true, false) => format!("{url}?{choice}"),
        (false, _) => format!("{url} options='-csearch_path={schema}'"),
    })
}
