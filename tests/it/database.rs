//! Which database a test runs on: SQLite in its own folder, or one of its own on the PostgreSQL server.

use std::process::Command;

use crate::avow::variable;

/// A database on the test server, gone with this value.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// A new one, when the suite runs on PostgreSQL (`AVOW_IT_STORE=postgres`).
    pub(crate) fn fresh() -> Option<Self> {
        if variable("AVOW_IT_STORE").as_deref() != Some("postgres") {
            return None;
        }
        let server =
            variable("AVOW_TEST_DATABASE_URL").expect("AVOW_IT_STORE=postgres needs a server");
        let name = format!("it_{}_{}", std::process::id(), next());
        let database = Self { server, name };
        let made = database.tell(&format!("CREATE DATABASE {}", database.name));
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{said}");
        Some(database)
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        let (head, _) = self
            .server
            .rsplit_once('/')
            .expect("the server's URL ends in a database");
        format!("{head}/{}", self.name)
    }

    fn tell(&self, sql: &str) -> std::process::Output {
        Command::new("psql")
            .args(["--quiet", "--no-psqlrc", "--command", sql])
            .arg(&self.server)
            .output()
            .expect("psql starts")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Left behind when it fails: it hurts no other test.
        self.tell(&format!(
            "DROP DATABASE IF EXISTS {} WITH (FORCE)",
            self.name
        ));
    }
}

fn next() -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
