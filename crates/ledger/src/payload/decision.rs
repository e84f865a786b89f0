//! An answer of the gate with all that is needed to ask again, and the use of its permit.

use avow_model::{EntryId, Facts, Jurisdiction, Timestamp};
use serde::{Deserialize, Serialize};

use super::words::jurisdiction;
use crate::digest::Digest;

/// What the gate read of the contact that is no event: it may change later, so the decision keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attributes {
    pub account_active: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub age: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub inquiries: Vec<Timestamp>,
    #[serde(with = "jurisdiction")]
    pub jurisdiction: Jurisdiction,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_activity: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub purchases: Vec<Timestamp>,
    pub soft_opt_in: bool,
}

impl Attributes {
    /// Those of a contact.
    pub fn of(facts: &Facts) -> Self {
        Self {
            jurisdiction: facts.jurisdiction,
            age: facts.age,
            soft_opt_in: facts.soft_opt_in,
            account_active: facts.account_active,
            last_activity: facts.last_activity,
            purchases: facts.purchases.clone(),
            inquiries: facts.inquiries.clone(),
        }
    }
}

/// The gate was asked and answered. `request` and `answer` are canonical texts of the policy room:
/// this room carries them and does not read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub answer: String,
    /// The instant that the gate was given as `now`.
    pub at: Timestamp,
    pub contact: Attributes,
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
