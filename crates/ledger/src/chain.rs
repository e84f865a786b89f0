//! The chain of one subject: every entry about a person hangs on all earlier ones.
//!
//! head_n = SHA-256("avow-chain-v1" || n || head_(n-1) || commitment). The leaf holds only a salted hash of
//! (n, head_n): outsiders cannot tell which leaves are one person's, and whoever is shown the chain can
//! tell that no link is missing. Links are made when entries get their index, by one sequencer an account.

use avow_model::EntryId;

use crate::digest::Digest;
use crate::keys::{AccountKey, Salt, SubjectKey};
use crate::kind::EntryKind;
use crate::leaf::{Hour, Leaf};

/// Where a subject's chain stands: how many links, and the hash over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ChainHead {
    pub n: u64,
    pub head: Digest,
}

/// What an entry needs to become a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    pub id: EntryId,
    pub kind: EntryKind,
    pub hour: Hour,
    /// Hash of the policy in force; zero for none.
    pub policy: Digest,
    pub commitment: Digest,
}

impl ChainHead {
    /// No link yet.
    pub const START: Self = Self {
        n: 0,
        head: Digest::ZERO,
    };

    /// The head after one more entry.
    #[must_use]
    pub fn extend(&self, commitment: &Digest) -> Self {
        let n = self.n + 1;
        let parts: [&[u8]; 4] = [
            b"avow-chain-v1",
            &n.to_be_bytes(),
            self.head.as_bytes(),
            commitment.as_bytes(),
        ];
        Self {
            n,
            head: Digest::of_parts(&parts),
        }
    }

    /// What the leaf holds of this head.
    pub fn commitment(&self, salt: &Salt) -> Digest {
        let parts: [&[u8]; 4] = [
            b"avow-link-v1",
            salt.as_bytes(),
            &self.n.to_be_bytes(),
            self.head.as_bytes(),
        ];
        Digest::of_parts(&parts)
    }
}

/// Gives an entry its place in its subject's chain: the leaf, and the chain's new head.
pub fn sequence(before: ChainHead, entry: &Pending, key: &SubjectKey) -> (Leaf, ChainHead) {
    let head = before.extend(&entry.commitment);
    let chain = head.commitment(&key.link_salt(entry.id));
    (leaf(entry, chain), head)
}

/// As `sequence`, for an entry whose subject was erased in the meantime: its chain is gone for good.
pub fn sequence_orphan(entry: &Pending, key: &AccountKey) -> Leaf {
    leaf(entry, key.orphan(entry.id))
}

fn leaf(entry: &Pending, chain: Digest) -> Leaf {
    Leaf {
        kind: entry.kind,
        hour: entry.hour,
        policy: entry.policy,
        commitment: entry.commitment,
        chain,
    }
}
