//! The pages that people meet who have no log-in, through HTTP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod choices;
mod demonstration;
mod forms;
mod hits;
pub(crate) mod languages;
mod notices;
mod pages;
mod points;
mod policy;
mod preferences;
mod receipts;
mod signal;
mod tongues;
pub(crate) mod world;
