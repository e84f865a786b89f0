//! The product's suite: through HTTP, SMTP and the CLI only, against the real binary.
//!
//! `AVOW_IT_STORE=postgres` with `AVOW_TEST_DATABASE_URL` runs every scenario on PostgreSQL.

mod avow;
mod cli;
mod public;
mod tidy;
