//! Proofs that an entry is in a tree, and that a tree goes on from an earlier one (RFC 6962 2.1.1, 2.1.2).

use tlog_tiles::{Hash, check_record, check_tree, prove_record, prove_tree};

use super::tiles::{Asking, Reading, TileId, TileSet};
use super::{SIZE_MAX, TreeFault, digest, hash};
use crate::checkpoint::Head;
use crate::digest::Digest;

/// The hashes of a proof, from the leaf's sibling up.
pub type Path = Vec<Digest>;

fn check_index(size: u64, index: u64) -> Result<(), TreeFault> {
    match (size, index) {
        _ if size > SIZE_MAX => Err(TreeFault::TooLarge),
        _ if index >= size => Err(TreeFault::NoEntry { size, index }),
        _ => Ok(()),
    }
}

fn check_sizes(old: u64, new: u64) -> Result<(), TreeFault> {
    match (old, new) {
        _ if new > SIZE_MAX => Err(TreeFault::TooLarge),
        _ if old == 0 || old > new => Err(TreeFault::Sizes { old, new }),
        _ => Ok(()),
    }
}

fn path(hashes: Vec<Hash>) -> Path {
    hashes.into_iter().map(digest).collect()
}

fn hashes(path: &[Digest]) -> Vec<Hash> {
    path.iter().map(hash).collect()
}

/// The tiles that `prove_inclusion` reads: at most nine.
pub fn inclusion_tiles(size: u64, index: u64) -> Result<Vec<TileId>, TreeFault> {
    check_index(size, index)?;
    let asking = Asking::default();
    prove_record(size, index, &asking).map_err(|_| TreeFault::Proof)?;
    Ok(asking.tiles())
}

/// The proof that entry `index` is in the tree of `size` entries.
pub fn prove_inclusion(size: u64, index: u64, tiles: &TileSet) -> Result<Path, TreeFault> {
    check_index(size, index)?;
    let reading = Reading::new(|id| tiles.get(id));
    let proof = prove_record(size, index, &reading);
    proof.map(path).map_err(|_| reading.fault())
}

/// Checks that the leaf with this hash is entry `index` of the tree.
pub fn verify_inclusion(
    head: &Head,
    index: u64,
    leaf: &Digest,
    proof: &[Digest],
) -> Result<(), TreeFault> {
    check_index(head.size, index)?;
    let root = hash(&head.root);
    check_record(&hashes(proof), head.size, root, index, hash(leaf)).map_err(|_| TreeFault::Proof)
}

/// The tiles that `prove_consistency` reads.
pub fn consistency_tiles(old: u64, new: u64) -> Result<Vec<TileId>, TreeFault> {
    check_sizes(old, new)?;
    let asking = Asking::default();
    prove_tree(new, old, &asking).map_err(|_| TreeFault::Proof)?;
    Ok(asking.tiles())
}

/// The proof that the tree of `new` entries begins with the tree of `old` ones (at least one).
pub fn prove_consistency(old: u64, new: u64, tiles: &TileSet) -> Result<Path, TreeFault> {
    check_sizes(old, new)?;
    let reading = Reading::new(|id| tiles.get(id));
    let proof = prove_tree(new, old, &reading);
    proof.map(path).map_err(|_| reading.fault())
}

/// Checks that the tree of `new` begins with the tree of `old`.
pub fn verify_consistency(old: &Head, new: &Head, proof: &[Digest]) -> Result<(), TreeFault> {
    check_sizes(old.size, new.size)?;
    let (before, after) = (hash(&old.root), hash(&new.root));
    check_tree(&hashes(proof), new.size, after, old.size, before).map_err(|_| TreeFault::Proof)
}
