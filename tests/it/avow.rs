//! The binary under test, with a data folder and a database of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::database::Database;

/// One installation: a folder, and a PostgreSQL database when the suite runs on it.
pub(crate) struct Avow {
    folder: TempDir,
    database: Option<Database>,
}

impl Avow {
    /// An empty installation.
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            database: Database::fresh(),
        }
    }

    /// Its data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path beside the data folder, for a test's own files.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file beside the data folder and gives its path as text.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// The command with these words, ready to start.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(words).arg("--data").arg(self.data());
        if let Some(database) = &self.database {
            command.arg("--database").arg(database.url());
        }
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs a command that must succeed with `--json`, and gives its answer.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[words, &["--json"]].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "avow {words:?}: {text}{errors}");
        serde_json::from_str(text.trim()).unwrap_or_else(|e| panic!("avow {words:?}: {e}: {text}"))
    }

    /// Runs a command that must fail with this exit code, and gives all it said.
    pub(crate) fn fails(&self, code: i32, words: &[&str]) -> String {
        let output = self.run(words);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(output.status.code(), Some(code), "avow {words:?}: {said}");
        said
    }

    /// True when its database is one on a PostgreSQL server.
    pub(crate) fn is_on_postgres(&self) -> bool {
        self.database.is_some()
    }

    /// The account `imark` with the policy of that example, mail from `imark.example`.
    pub(crate) fn with_account(self) -> Self {
        self.with_account_by(&|command| {
            let mut same = Command::new(command.get_program());
            same.args(command.get_args());
            same
        })
    }

    /// The same, made by commands that `place` puts somewhere.
    pub(crate) fn with_account_by(self, place: &dyn Fn(&Command) -> Command) -> Self {
        let policy = repository().join("policies/imark/v1.toml");
        let policy = policy.display().to_string();
        let words = [
            "account", "add", "IMark", "--slug", "imark", "--policy", &policy,
        ];
        let owner = ["--domain", "imark.example", "--owner", "owner@example.com"];
        let password = self.file("password", "correct horse battery staple\n");
        let words = [&words[..], &owner, &["--password-file", &password]].concat();
        let output = place(&self.command(&words)).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        self
    }
}

/// The repository's root.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// `target/debug/avow`: beside the folder of this test's own binary.
pub(crate) fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let binary = test.parent().and_then(Path::parent).unwrap().join("avow");
    assert!(
        binary.exists(),
        "build it first: cargo build -p avow (cargo xtask test does)"
    );
    binary
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment which store to use"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
