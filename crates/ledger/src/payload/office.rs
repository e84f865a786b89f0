//! What the account did: rights, looks at data, freezes, keys, erasures.

use avow_model::{Category, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// A step of a rights request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightsStep {
    pub at: Timestamp,
    /// The request's number in the account, as text.
    pub request: String,
    pub right: RightsKind,
    pub stage: RightsStage,
}

/// Which right is asked for (GDPR 15 to 21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightsKind {
    Access,
    Rectify,
    Erase,
    Restrict,
    Port,
    Object,
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightsStage {
    Received,
    Verified,
    Extended,
    Done,
    Refused,
}

/// Somebody of the staff was shown a person's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    pub at: Timestamp,
    pub categories: Vec<Category>,
    /// Why, in the user's words.
    pub reason: String,
    pub user: UserId,
}

/// The account's use of data was stopped or begun again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freezing {
    pub at: Timestamp,
    pub reason: String,
    pub state: FrozenState,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrozenState {
    Frozen,
    Thawed,
}

/// A key was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    pub at: Timestamp,
    pub new: Digest,
    /// SHA-256 of the public key, or of an identifier of a secret one; never of a secret.
    pub old: Digest,
    pub purpose: KeyPurpose,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// Signs checkpoints.
    Checkpoint,
    /// Signs mail (DKIM).
    Mail,
    /// Wraps the seeds of people.
    Vault,
}

/// The tombstone of an erasure: how much went, never whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tombstone {
    pub at: Timestamp,
    /// Entries that can never be opened again.
    pub entries: u32,
    /// Rows of other tables that were blanked or deleted.
    pub rows: u32,
    /// Seeds destroyed.
    pub seeds: u32,
}
