//! `cargo xtask test`: format, lints, every test; the store's and the product's suites on both databases.

use std::process::Command;

use anyhow::Result;

use crate::postgres::{self, Database};
use crate::shell::{self, cargo};
use crate::{lint, needs};

/// Where the product's suite finds a Python with dkimpy.
const PYTHON_VARIABLE: &str = "AVOW_TEST_PYTHON";
/// Where it finds axe-core's script.
pub(crate) const AXE_VARIABLE: &str = "AVOW_TEST_AXE";
const DATABASE_VARIABLE: &str = "AVOW_TEST_DATABASE_URL";
/// Which database the product's suite runs the binary on.
const STORE_VARIABLE: &str = "AVOW_IT_STORE";

/// The fifty kills and the browsers want the two cores to themselves: each runs after the rest.
const QUIET_ASIDE: [&str; 4] = ["--skip", "crash::", "--skip", "browser::"];

pub(crate) fn run() -> Result<()> {
    needs::install_all()?;
    lint::run()?;
    let database = postgres::database()?;
    // The product's suite drives the real binary.
    shell::run(&mut cargo(&["build", "--quiet", "--package", "avow"]))?;
    let rooms = ["test", "--quiet", "--workspace", "--exclude", "it"];
    shell::run(&mut with_tools(&rooms, &database))?;
    for rest in [&QUIET_ASIDE[..], &["crash::"], &["browser::"]] {
        product(&database, "sqlite", rest)?;
    }
    if database.url().is_some() {
        // What never meets the store is not done twice: the tidy tests, and the browser, whose demo makes
        // its own SQLite database.
        let again = [&QUIET_ASIDE[..], &["--skip", "tidy::"]].concat();
        product(&database, "postgres", &again)?;
        product(&database, "postgres", &["crash::"])?;
    }
    Ok(())
}

/// One part of the product's suite on one database.
fn product(database: &Database, store: &str, filter: &[&str]) -> Result<()> {
    let words = [&["test", "--quiet", "--package", "it", "--"], filter].concat();
    shell::run(with_tools(&words, database).env(STORE_VARIABLE, store))
}

/// A cargo command that knows the test database and the Python environment, where there are any.
fn with_tools(words: &[&str], database: &Database) -> Command {
    let mut command = cargo(words);
    if let Some(url) = database.url() {
        command.env(DATABASE_VARIABLE, url);
    }
    if let Ok(python) = needs::python() {
        command.env(PYTHON_VARIABLE, python);
    }
    if let Ok(axe) = needs::axe() {
        command.env(AXE_VARIABLE, axe);
    }
    command
}
