//! The life of policy versions: the account's policy chain.

use avow_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// A version was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub effective: Timestamp,
    /// The least time between publication and effect, by the version being left; 0 for the first.
    pub notice_seconds: u32,
    /// SHA-256 of the canonical bytes of each rule pack that it names, in the order of their names.
    pub packs: Vec<Digest>,
    /// SHA-256 of the canonical bytes of the policy.
    pub policy: Digest,
    pub published: Timestamp,
    pub version: u32,
}

/// A version was taken back before its effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retracted {
    pub at: Timestamp,
    pub version: u32,
}

/// A notice was posted where everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticePosting {
    pub at: Timestamp,
    /// `homepage`, `changelog`: the policy's words.
    pub places: Vec<String>,
    /// SHA-256 of the text posted.
    pub text: Digest,
    pub version: u32,
}
