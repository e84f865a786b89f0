//! What an account has published of its policy, as text: the store keeps it, `policy` compiles it.

use jiff::Timestamp;

/// All versions of an account's policy and its rule packs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishedPolicies {
    /// Differs whenever any text, number or date in here differs: the key of caches.
    pub stamp: u64,
    /// In the order of their numbers.
    pub versions: Vec<PublishedVersion>,
    /// Name and source of each rule pack, in the order of their names.
    pub packs: Vec<(String, String)>,
    /// Numbers of versions that were taken back before they took effect.
    pub retracted: Vec<u32>,
}

/// One published version. Never changed afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedVersion {
    /// Counts from 1 in each account.
    pub n: u32,
    /// The policy file as it was published.
    pub source: String,
    pub published_at: Timestamp,
    /// Never before `published_at`.
    pub effective_at: Timestamp,
}
