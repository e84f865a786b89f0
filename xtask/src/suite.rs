//! `cargo xtask test`: format, lints, every test; the store's and the product's suites on both databases. `crash`: the kills alone.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::postgres::{self, Database};
use crate::shell::{self, cargo};
use crate::{lint, needs};

/// Where the product's suite finds a Python with dkimpy.
const PYTHON_VARIABLE: &str = "AVOW_TEST_PYTHON";
/// Where it finds axe-core's script.
pub(crate) const AXE_VARIABLE: &str = "AVOW_TEST_AXE";
/// Where it finds the program that makes calls of the API's description.
const SCHEMATHESIS_VARIABLE: &str = "AVOW_TEST_SCHEMATHESIS";
/// Calls that `cargo xtask schemathesis` has made up for each operation when none are asked for.
const EXAMPLES: u32 = 100;
/// How many calls are made up for each operation.
const EXAMPLES_VARIABLE: &str = "AVOW_IT_EXAMPLES";
/// Kills of `cargo xtask crash` when none are asked for; `test` makes do with fifty.
const KILLS: u32 = 200;
const DATABASE_VARIABLE: &str = "AVOW_TEST_DATABASE_URL";
/// How often the crash test kills the binary.
const KILLS_VARIABLE: &str = "AVOW_IT_KILLS";
/// Which database the product's suite runs the binary on.
const STORE_VARIABLE: &str = "AVOW_IT_STORE";

/// The kills and the browsers want the two cores to themselves: each runs after the rest.
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

/// The kills alone, on both databases; so many of them.
pub(crate) fn crash(words: &[String]) -> Result<()> {
    let kills: u32 = match words {
        [] => KILLS,
        [flag, number] if flag == "--kills" => {
            number.parse().context("--kills needs a whole number")?
        }
        _ => bail!("crash takes --kills N and nothing else"),
    };
    let database = postgres::database()?;
    shell::run(&mut cargo(&["build", "--quiet", "--package", "avow"]))?;
    let words = [
        "test",
        "--quiet",
        "--package",
        "it",
        "--",
        "crash::",
        "--nocapture",
    ];
    let stores: &[&str] = match database.url() {
        Some(_) => &["sqlite", "postgres"],
        None => &["sqlite"],
    };
    for store in stores {
        shell::say(&format!("{kills} kills on {store}"));
        let mut command = with_tools(&words, &database);
        command.env(KILLS_VARIABLE, kills.to_string());
        shell::run(command.env(STORE_VARIABLE, store))?;
    }
    Ok(())
}

/// The API against its description, alone; so many calls for each operation.
pub(crate) fn schemathesis(words: &[String]) -> Result<()> {
    let examples: u32 = match words {
        [] => EXAMPLES,
        [flag, number] if flag == "--examples" => {
            number.parse().context("--examples needs a whole number")?
        }
        _ => bail!("schemathesis takes --examples N and nothing else"),
    };
    let program = needs::schemathesis()?;
    shell::run(&mut cargo(&["build", "--quiet", "--package", "avow"]))?;
    let mut suite = cargo(&["test", "--package", "it", "api::described"]);
    suite.env(SCHEMATHESIS_VARIABLE, program);
    shell::run(suite.env(EXAMPLES_VARIABLE, examples.to_string()))
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
    if let Ok(program) = needs::schemathesis() {
        command.env(SCHEMATHESIS_VARIABLE, program);
    }
    if let Ok(axe) = needs::axe() {
        command.env(AXE_VARIABLE, axe);
    }
    command
}
