//! The Merkle tree (RFC 6962 2.1) in tiles (C2SP tlog-tiles, height 8), through `tlog_tiles`.
//!
//! A tile holds up to 256 hashes of one level; all hashes between the levels follow from them. The store
//! keeps tiles and nothing else of the tree. `Edge` is its right edge, at most seven partial tiles: enough
//! to append and to know the root without reading a leaf again.

mod bundle;
mod edge;
mod prove;
mod tiles;

pub use bundle::{entry_bundle, parse_entry_bundle};
pub use edge::Edge;
pub use prove::{
    Path, consistency_tiles, inclusion_tiles, prove_consistency, prove_inclusion,
    verify_consistency, verify_inclusion,
};
pub use tiles::{TILE_HASHES, Tile, TileId, TileSet, tree_tiles};

use tlog_tiles::Hash;

use crate::digest::Digest;
use crate::leaf::Leaf;

/// Largest tree that is read or written: 2^48 entries, so that no arithmetic on sizes can overflow.
pub(crate) const SIZE_MAX: u64 = 1 << 48;

/// What can be wrong with a tree, its tiles or a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeFault {
    #[error("a tile has 1 to {TILE_HASHES} hashes of 32 bytes, not {0} bytes")]
    TileLength(usize),
    #[error("the tile of level {} with index {} is missing or too narrow", .0.level, .0.index)]
    TileMissing(TileId),
    #[error("the tree of {size} entries has no entry {index}")]
    NoEntry { size: u64, index: u64 },
    #[error("the tree of {new} entries cannot go on from one of {old}")]
    Sizes { old: u64, new: u64 },
    #[error("a tree has at most 2^48 entries")]
    TooLarge,
    #[error("the proof does not hold")]
    Proof,
    #[error("the bundle of entries is not well formed")]
    Bundle,
}

/// The hash of a leaf in the tree: SHA-256(0x00 || leaf).
pub fn leaf_hash(leaf: &Leaf) -> Digest {
    record_hash(&leaf.encode())
}

/// The hash of any record in a tree (RFC 6962 2.1).
pub fn record_hash(record: &[u8]) -> Digest {
    digest(tlog_tiles::record_hash(record))
}

pub(crate) const fn digest(hash: Hash) -> Digest {
    Digest::from_bytes(hash.0)
}

pub(crate) const fn hash(digest: &Digest) -> Hash {
    Hash(*digest.as_bytes())
}
