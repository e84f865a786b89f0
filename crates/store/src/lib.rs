//! The store: everything that must last, on SQLite or PostgreSQL behind one facade.
//!
//! Promises: one SQL text for both databases; a write that was acknowledged is on the disk; a batch
//! is applied whole or not at all; each error says what to do. The only crate that contains SQL.
//! Never: decides anything (that is `policy`), reads the clock, the environment or randomness.

mod batch;
mod db;
mod error;
#[cfg(test)]
mod facade_test;
pub mod journal;
mod migrate;
mod postgres;
#[cfg(test)]
mod prepare_test;
mod row;
mod sql;
mod sqlite;
mod store;
#[cfg(test)]
mod test_support;
mod value;

pub use error::StoreError;
pub use store::{AccountScope, Store, StoreOptions, Target};
