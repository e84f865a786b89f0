//! The whole job from the shell: account, import, campaign, send, report, explain.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod bad_input;
mod dealings;
mod disclosures;
mod imports;
mod notices;
mod offers;
mod proofs;
mod segments;
mod sends;
pub(crate) mod stage;
