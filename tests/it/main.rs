//! The product's suite: through HTTP, SMTP and the CLI, against the real binary.
//!
//! `AVOW_IT_STORE=postgres` with `AVOW_TEST_DATABASE_URL` runs the scenarios of the binary on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says on standard output when it skips"
)]

mod api;
mod avow;
mod bounce;
mod browser;
mod cli;
mod client;
mod crash;
mod database;
mod insight;
mod job;
mod ledger;
mod policy_life;
mod policy_new;
mod process;
mod public;
mod real;
mod receive;
mod secured;
mod standing;
mod submit;
mod tidy;
mod trouble;
mod users;
