//! Bundles of entries as they are published (C2SP tlog-tiles): each leaf with its length before it.

use super::{TILE_HASHES, TreeFault};
use crate::leaf::{LEAF_BYTES, Leaf};

/// A leaf with its length as two bytes, big-endian.
const FRAMED_BYTES: usize = 2 + LEAF_BYTES;

/// The bytes of a bundle: the leaves of one tile of level 0.
pub fn entry_bundle(leaves: &[Leaf]) -> Vec<u8> {
    let mut out = Vec::with_capacity(leaves.len() * FRAMED_BYTES);
    for leaf in leaves {
        out.extend_from_slice(&(LEAF_BYTES as u16).to_be_bytes());
        out.extend_from_slice(&leaf.encode());
    }
    out
}

/// Reads a bundle of 1 to 256 leaves; anything else is refused.
pub fn parse_entry_bundle(bytes: &[u8]) -> Result<Vec<Leaf>, TreeFault> {
    let count = bytes.len() / FRAMED_BYTES;
    if count == 0 || count > TILE_HASHES || !bytes.len().is_multiple_of(FRAMED_BYTES) {
        return Err(TreeFault::Bundle);
    }
    bytes.chunks_exact(FRAMED_BYTES).map(framed).collect()
}

fn framed(bytes: &[u8]) -> Result<Leaf, TreeFault> {
    let (length, leaf) = bytes.split_at(2);
    if length != (LEAF_BYTES as u16).to_be_bytes() {
        return Err(TreeFault::Bundle);
    }
    Leaf::parse(leaf).map_err(|_| TreeFault::Bundle)
}
