//! `cargo xtask test|bench|lint|browser|crash|fuzz|schemathesis`: installs what a task needs, then runs it.
//!
//! Promises: one command does everything on a fresh machine with Rust; what is missing and cannot
//! be installed is named in a clear line. Never: touches a database or a mail server it did not start.

mod bench;
mod browser;
mod fuzz;
mod lint;
mod needs;
mod postgres;
mod shell;
mod suite;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <task>
  test               format, lints, every test on SQLite and on PostgreSQL
  lint               format, clippy with denied warnings
  bench [NAME ...]   campaign, deliver, import, hit, pages, decide; JSON on standard output, a table on standard error
  browser [--shots FOLDER]  Chromium through every page; pictures in light and dark, phone to wide
  crash [--kills N]  kills the program N times in a campaign (200), on SQLite and on PostgreSQL
  fuzz [TARGET ...] [--minutes N]  libFuzzer on what parses foreign bytes (fuzz/src/lib.rs)
  schemathesis [--examples N]  calls made of the API's description, N for each operation (100), against a running server
  needs              installs what the tasks use (Debian packages, a Python environment)";

#[expect(clippy::print_stderr, reason = "a task tells its user what it does")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rest = words.get(1..).unwrap_or_default();
    let done = match words.first().map(String::as_str) {
        Some("test") => suite::run(),
        Some("lint") => lint::run(),
        Some("bench") => bench::run(rest),
        Some("browser") => browser::run(rest),
        Some("crash") => suite::crash(rest),
        Some("fuzz") => fuzz::run(rest),
        Some("schemathesis") => suite::schemathesis(rest),
        Some("needs") => needs::install_all(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why:#}");
            ExitCode::FAILURE
        }
    }
}
