//! The leaf: the 102 bytes of an entry that enter the tree and may be published.
//!
//! Layout: version 1 (1 byte), kind (1), hours since 1970 at which it was recorded (4, big-endian), hash of
//! the policy in force (32, zero for none), commitment (32), chain commitment (32). It holds nothing that
//! names, counts or links people: both commitments are salted with keys that an erasure destroys.

use avow_model::Timestamp;

use crate::digest::{DIGEST_BYTES, Digest};
use crate::kind::EntryKind;

/// Length of a leaf in bytes.
pub const LEAF_BYTES: usize = 6 + 3 * DIGEST_BYTES;
/// The layout that this file describes.
const VERSION: u8 = 1;
const HOUR_SECONDS: i64 = 3_600;

/// One entry, as everybody may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    pub kind: EntryKind,
    pub hour: Hour,
    /// The hash of the policy version that the entry was made under; zero for none.
    pub policy: Digest,
    pub commitment: Digest,
    pub chain: Digest,
}

/// Hours since 1970-01-01T00:00Z: coarse on purpose, so that a leaf's time finds nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(u32);

impl Hour {
    /// The hour that holds an instant; instants before 1970 count as hour 0.
    pub fn of(instant: Timestamp) -> Self {
        let hours = instant.as_second().div_euclid(HOUR_SECONDS).max(0);
        Self(u32::try_from(hours).unwrap_or(u32::MAX))
    }

    /// From the number in a leaf.
    pub const fn from_u32(hours: u32) -> Self {
        Self(hours)
    }

    /// The number in a leaf.
    pub const fn as_u32(self) -> u32 {
        self.0
    }

    /// True when `instant` lies in this hour.
    pub fn holds(self, instant: Timestamp) -> bool {
        Self::of(instant) == self
    }

    /// Its first second, in seconds since 1970.
    pub fn starts_at_second(self) -> i64 {
        i64::from(self.0) * HOUR_SECONDS
    }
}

/// Why bytes are no leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeafFault {
    #[error("a leaf has {LEAF_BYTES} bytes, not {0}")]
    Length(usize),
    #[error("the leaf's version {0} is not known here")]
    Version(u8),
    #[error("the leaf's kind {0} is not known here")]
    Kind(u8),
}

impl Leaf {
    /// The bytes of the tree.
    pub fn encode(&self) -> [u8; LEAF_BYTES] {
        let mut out = [0; LEAF_BYTES];
        out[0] = VERSION;
        out[1] = self.kind.code();
        out[2..6].copy_from_slice(&self.hour.0.to_be_bytes());
        for (at, digest) in [self.policy, self.commitment, self.chain]
            .iter()
            .enumerate()
        {
            let from = 6 + at * DIGEST_BYTES;
            out[from..from + DIGEST_BYTES].copy_from_slice(digest.as_bytes());
        }
        out
    }

    /// Reads a leaf; refuses every other length, version and kind.
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafFault> {
        let leaf: &[u8; LEAF_BYTES] = bytes
            .try_into()
            .map_err(|_| LeafFault::Length(bytes.len()))?;
        if leaf[0] != VERSION {
            return Err(LeafFault::Version(leaf[0]));
        }
        let digest = |at: usize| {
            let mut out = [0; DIGEST_BYTES];
            out.copy_from_slice(&leaf[6 + at * DIGEST_BYTES..][..DIGEST_BYTES]);
            Digest::from_bytes(out)
        };
        Ok(Self {
            kind: EntryKind::from_code(leaf[1]).ok_or(LeafFault::Kind(leaf[1]))?,
            hour: Hour(u32::from_be_bytes([leaf[2], leaf[3], leaf[4], leaf[5]])),
            policy: digest(0),
            commitment: digest(1),
            chain: digest(2),
        })
    }
}
