//! Real parts of other makers: Postfix as relay and as receiver, Exim as receiver, swaks, dkimpy, SpamAssassin.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod exim;
mod mail;
mod postfix;
mod spam;
