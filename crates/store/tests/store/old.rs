//! Databases as earlier versions of the program left them: their schema, with rows of today's put into it by plain SQL.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use avow_store::Target;
use aws_lc_rs::digest;
use rusqlite::Connection;
use tokio_postgres::Client;

use crate::world::World;

/// One file of `migrations/`.
pub(crate) struct Step {
    pub(crate) version: i64,
    name: String,
    text: String,
}

/// All of them, oldest first.
pub(crate) fn steps() -> Vec<Step> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut steps: Vec<Step> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let (version, name) = stem.split_once('_').unwrap();
            Step {
                version: version.parse().unwrap(),
                name: name.to_owned(),
                text: std::fs::read_to_string(&path).unwrap(),
            }
        })
        .collect();
    steps.sort_by_key(|step| step.version);
    steps
}

impl Step {
    fn hash(&self) -> String {
        let hash = digest::digest(&digest::SHA256, self.text.as_bytes());
        let mut hex = String::new();
        for byte in hash.as_ref() {
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    fn render(&self, words: [&str; 3]) -> String {
        let [blob, clustered, c] = words;
        self.text
            .replace("{{blob}}", blob)
            .replace("{{clustered}}", clustered)
            .replace("{{c}}", c)
    }
}

/// A connection to an old database that sees today's as `today`.
enum Old {
    Lite(Connection),
    Postgres {
        client: Client,
        today: String,
        old: String,
        _running: tokio::task::JoinSet<Result<(), tokio_postgres::Error>>,
    },
}

/// Columns by name: whether one must have a value.
type Columns = BTreeMap<String, bool>;

impl Old {
    async fn run(&self, sql: &str) {
        match self {
            Self::Lite(lite) => lite.execute_batch(sql).unwrap(),
            Self::Postgres { client, .. } => client.batch_execute(sql).await.unwrap(),
        }
    }

    /// Texts of the first column, and of the second whether it begins with a yes.
    async fn pairs(&self, sql: &str) -> Columns {
        match self {
            Self::Lite(lite) => {
                let mut statement = lite.prepare(sql).unwrap();
                let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
                rows.unwrap().map(Result::unwrap).collect()
            }
            Self::Postgres { client, .. } => {
                let rows = client.query(sql, &[]).await.unwrap();
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
        }
    }

    async fn tables(&self) -> Vec<String> {
        let sql = match self {
            Self::Lite(_) => {
                "SELECT name, TRUE FROM main.sqlite_master WHERE type = 'table'".to_owned()
            }
            Self::Postgres { old, .. } => format!(
                "SELECT table_name::text, TRUE FROM information_schema.tables WHERE table_schema = '{old}'"
            ),
        };
        let all = self.pairs(&sql).await.into_keys();
        all.filter(|name| name != "schema_migrations" && !name.starts_with("sqlite_"))
            .collect()
    }

    async fn columns(&self, table: &str, of_today: bool) -> Columns {
        let sql = match self {
            Self::Lite(_) => {
                let schema = if of_today { "today" } else { "main" };
                format!("SELECT name, \"notnull\" FROM pragma_table_info('{table}', '{schema}')")
            }
            Self::Postgres { today, old, .. } => {
                let schema = if of_today { today } else { old };
                format!(
                    "SELECT column_name::text, is_nullable = 'NO' FROM information_schema.columns \
                     WHERE table_schema = '{schema}' AND table_name = '{table}'"
                )
            }
        };
        self.pairs(&sql).await
    }

    const fn words(&self) -> [&'static str; 3] {
        match self {
            Self::Lite(_) => ["BLOB", "WITHOUT ROWID", ""],
            Self::Postgres { .. } => ["BYTEA", "", "COLLATE \"C\""],
        }
    }

    fn today(&self) -> &str {
        match self {
            Self::Lite(_) => "today",
            Self::Postgres { today, .. } => today,
        }
    }

    /// Puts today's rows of a table into the columns that it had then. What had to have a value, and is no more, is false.
    async fn fill(&self, table: &str) {
        let (then, now) = (
            self.columns(table, false).await,
            self.columns(table, true).await,
        );
        if now.is_empty() {
            return;
        }
        let (mut into, mut from) = (Vec::new(), Vec::new());
        for (name, needed) in &then {
            match (now.contains_key(name), needed) {
                (true, _) => from.push(name.as_str()),
                (false, true) => from.push("FALSE"),
                (false, false) => continue,
            }
            into.push(name.as_str());
        }
        // What the migration itself put there gives way to what there was.
        let (into, from, today) = (into.join(", "), from.join(", "), self.today());
        self.run(&format!(
            "DELETE FROM {table}; INSERT INTO {table} ({into}) SELECT {from} FROM {today}.{table};"
        ))
        .await;
    }
}

fn lite(today: &Path, level: usize) -> (Old, Target) {
    let path = today.with_file_name(format!("old{level}.db"));
    let lite = Connection::open(&path).unwrap();
    lite.execute_batch(&format!("ATTACH '{}' AS today", today.display()))
        .unwrap();
    (Old::Lite(lite), Target::Sqlite(path))
}

async fn postgres(url: &str, level: usize) -> (Old, Target) {
    let (head, today) = url.rsplit_once("search_path").unwrap();
    let today = today
        .trim_start_matches("%3D")
        .trim_start_matches('=')
        .trim_end_matches('\'');
    let old = format!("{today}_old{level}");
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let mut running = tokio::task::JoinSet::new();
    running.spawn(connection);
    let fresh = format!(
        "DROP SCHEMA IF EXISTS {old} CASCADE; CREATE SCHEMA {old}; SET search_path TO {old}"
    );
    client.batch_execute(&fresh).await.unwrap();
    let url = format!(
        "{head}search_path{}",
        url.rsplit_once("search_path")
            .unwrap()
            .1
            .replace(today, &old)
    );
    let opened = Old::Postgres {
        client,
        today: today.to_owned(),
        old,
        _running: running,
    };
    (opened, Target::Postgres(url))
}

/// A database of the first `level` steps with today's rows in it, and `more` after them where its tables are there.
pub(crate) async fn at_level(world: &World, level: usize, more: &[(&str, String)]) -> Target {
    let (old, target) = match world.target() {
        Target::Sqlite(path) => lite(path, level),
        Target::Postgres(url) => postgres(url, level).await,
    };
    old.run(
        "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL,
         applied_at BIGINT NOT NULL)",
    )
    .await;
    for step in steps().iter().take(level) {
        old.run(&step.render(old.words())).await;
        let (version, name, hash) = (step.version, &step.name, step.hash());
        old.run(&format!(
            "INSERT INTO schema_migrations VALUES ({version}, '{name}', '{hash}', 0)"
        ))
        .await;
    }
    let tables = old.tables().await;
    for table in &tables {
        old.fill(table).await;
    }
    for (_, sql) in more
        .iter()
        .filter(|(table, _)| tables.iter().any(|t| t == table))
    {
        old.run(sql).await;
    }
    target
}
