//! An answer of the gate with all that is needed to ask again, and the use of its permit.

use avow_model::{EntryId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// The gate was asked and answered. `request`, `contact` and `answer` are canonical texts of the policy
/// room: this room carries them and does not read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub answer: String,
    /// The instant that the gate was given as `now`.
    pub at: Timestamp,
    /// What the gate was told of the person that no entry tells: `replay::encode_attributes`. It may
    /// change later, so the decision keeps it.
    pub contact: String,
    /// The version of the gate that answered.
    pub engine: String,
    /// SHA-256 of the canonical text of all facts that the gate was given.
    pub inputs: Digest,
    /// The message (`msg_…`), or whatever else the permit is for.
    pub message: String,
    pub packs: Vec<Digest>,
    /// Hashes of the policy versions and rule packs that it knew, in their order.
    pub policies: Vec<Digest>,
    pub request: String,
}

/// A permit was used: what left, and what the receiving server said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermitUse {
    /// When the message was handed over, or given up.
    pub at: Timestamp,
    pub attempts: u32,
    /// The last reply; none where the connection broke before one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<u16>,
    /// The decision that gave the permit.
    pub decision: EntryId,
    /// SHA-256 of the message as it went over the wire, signatures included.
    pub digest: Digest,
    /// The message, as the decision names it.
    pub message: String,
    pub reply: String,
}
