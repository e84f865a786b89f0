//! The ledger's tests: known answers, an independent tree, properties, foreign bytes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod entries;
mod go;
mod known;
mod notes;
mod parsers;
mod samples;
mod trees;
