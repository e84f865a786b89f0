//! Bundles and receipts: what holds is proved, and each way to cheat is found by its step.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cheating;
mod honest;
mod receipts;
mod tampering;
mod trust;
mod world;
