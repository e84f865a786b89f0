//! What a bundle claims. Nothing in it is believed: each line is held against the entries.

use avow_ledger::{Digest, from_canonical, to_canonical};
use avow_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BundleFault, STATEMENT};

/// The form that this program reads and writes.
pub(crate) const FORMAT: &str = "avow-permproof/1";

/// "This message was permitted, and left at this time." Fields in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The place in the person's chain, from 1, of the decision.
    pub decision: u64,
    /// SHA-256 of the message as it left.
    pub digest: Digest,
    format: String,
    pub handed_at: Timestamp,
    /// The message's name: `msg_…`.
    pub message: String,
    /// The log.
    pub origin: String,
    /// The place in the person's chain of the permit's use.
    pub used: u64,
}

impl Statement {
    /// A claim, in the form of today. `places` are those of decision and use in the person's chain.
    pub fn new(
        origin: String,
        message: String,
        digest: Digest,
        handed_at: Timestamp,
        places: (u64, u64),
    ) -> Self {
        Self {
            decision: places.0,
            digest,
            format: FORMAT.to_owned(),
            handed_at,
            message,
            origin,
            used: places.1,
        }
    }

    pub(super) fn encode(&self) -> Result<String, BundleFault> {
        to_canonical(self).map_err(|why| BundleFault::part(STATEMENT, why))
    }

    pub(super) fn parse(text: &str) -> Result<Self, BundleFault> {
        let read: Self = from_canonical(text).map_err(|why| BundleFault::part(STATEMENT, why))?;
        if read.format == FORMAT {
            return Ok(read);
        }
        let why = format!(
            "is of the form {:?}; this program reads {FORMAT}",
            read.format
        );
        Err(BundleFault::part(STATEMENT, why))
    }
}
