//! The product's suite: through HTTP, SMTP and the CLI, against the real binary.
//!
//! `AVOW_IT_STORE=postgres` with `AVOW_TEST_DATABASE_URL` runs the scenarios of the binary on PostgreSQL.

mod avow;
mod browser;
mod cli;
mod job;
mod process;
mod crash;
mod public;
mod real;
mod tidy;
