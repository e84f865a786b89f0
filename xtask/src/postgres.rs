//! A PostgreSQL of the tasks' own: Debian's programs, own data folder, own port, gone at the end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::needs::is_root;
use crate::shell::{output, run, say, variable};

/// The folder with `initdb` and `pg_ctl`, newest version first.
pub(crate) fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop()
}

/// A running server; stopped and removed when dropped.
pub(crate) struct Server {
    bin: PathBuf,
    folder: PathBuf,
    pub(crate) url: String,
}

/// The database the tests use: the one given in `AVOW_TEST_DATABASE_URL`, or a server of our own.
pub(crate) enum Database {
    Given(String),
    Own(Server),
    /// Neither given nor to be had: the PostgreSQL cases say that they skip.
    Absent,
}

impl Database {
    pub(crate) fn url(&self) -> Option<&str> {
        match self {
            Self::Given(url) => Some(url),
            Self::Own(server) => Some(&server.url),
            Self::Absent => None,
        }
    }
}

/// Finds or starts the database for the tests.
pub(crate) fn database() -> Result<Database> {
    if let Some(url) = variable("AVOW_TEST_DATABASE_URL") {
        return Ok(Database::Given(url));
    }
    if let Some(bin) = programs() {
        return start(bin).map(Database::Own);
    }
    say("no PostgreSQL here and none could be installed: its cases will skip");
    Ok(Database::Absent)
}

fn start(bin: PathBuf) -> Result<Server> {
    // Under /tmp: the server's user must be able to enter every folder above its data.
    let folder = PathBuf::from(format!("/tmp/avow-postgres-{}", std::process::id()));
    std::fs::create_dir_all(&folder).context("cannot make the database's folder")?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let url = format!("postgres://avow@127.0.0.1:{port}/postgres");
    let server = Server { bin, folder, url };
    server.initialise()?;
    // No fsync: this data lives for one test run; durability is tested on SQLite and by the journal.
    let options = format!(
        "-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200",
        server.folder.display()
    );
    let log = server.folder.join("log");
    run(server
        .as_server("pg_ctl")
        .args(["-w", "-s", "-o", &options, "-l"])
        .arg(log)
        .arg("-D")
        .arg(server.data())
        .arg("start"))?;
    Ok(server)
}

impl Server {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn initialise(&self) -> Result<()> {
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&self.folder))?;
        }
        let words = [
            "-A",
            "trust",
            "-U",
            "avow",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
        ];
        output(self.as_server("initdb").args(words).arg(self.data())).map(drop)
    }

    /// The program, as the user `postgres` when we are root: the server refuses to run as root.
    fn as_server(&self, program: &str) -> Command {
        let path: &Path = &self.bin.join(program);
        if !is_root() {
            return Command::new(path);
        }
        let mut command = Command::new("runuser");
        command
            .args(["-u", "postgres", "--"])
            .arg(path)
            .current_dir(&self.folder);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stop = run(self
            .as_server("pg_ctl")
            .args(["-s", "-m", "immediate", "-D"])
            .arg(self.data())
            .arg("stop"));
        if let Err(why) = stop.and_then(|()| Ok(std::fs::remove_dir_all(&self.folder)?)) {
            say(&format!("the test database was left behind: {why:#}"));
        }
    }
}
