//! Trees against an independent implementation (ct-merkle): roots, proofs, tiles, restarts.

use avow_ledger::{
    Digest, Edge, Head, TileSet, TreeFault, consistency_tiles, inclusion_tiles, prove_consistency,
    prove_inclusion, record_hash, tree_tiles, verify_consistency, verify_inclusion,
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof};
use proptest::prelude::*;
use sha2::Sha256;

type Theirs = MemoryBackedTree<Sha256, Vec<u8>>;

fn record(n: u64) -> Vec<u8> {
    n.to_be_bytes().to_vec()
}

/// Our tree of this size with all its tiles, and theirs.
fn grown(size: u64) -> (Edge, TileSet, Theirs) {
    let (mut edge, mut tiles, mut theirs) = (Edge::default(), TileSet::default(), Theirs::new());
    for n in 0..size {
        edge.push(&record_hash(&record(n))).unwrap();
        theirs.push(record(n));
    }
    for tile in edge.take_tiles() {
        tiles.insert(tile).unwrap();
    }
    (edge, tiles, theirs)
}

fn bytes(path: &[Digest]) -> Vec<u8> {
    path.iter().flat_map(|d| *d.as_bytes()).collect()
}

/// Only the tiles named, so that a plan that names too few fails.
fn only(tiles: &TileSet, ids: Vec<avow_ledger::TileId>) -> TileSet {
    let mut out = TileSet::default();
    for id in ids {
        let hashes = tiles.get(id).unwrap().to_vec();
        out.insert(avow_ledger::Tile { id, hashes }).unwrap();
    }
    out
}

fn cross_check(size: u64, index: u64, old: u64) {
    let (edge, tiles, theirs) = grown(size);
    let root = theirs.root();
    assert_eq!(edge.root().as_bytes()[..], root.as_bytes()[..]);
    let fetched = only(&tiles, inclusion_tiles(size, index).unwrap());
    let path = prove_inclusion(size, index, &fetched).unwrap();
    let their_proof = InclusionProof::<Sha256>::try_from_bytes(bytes(&path)).unwrap();
    root.verify_inclusion(&record(index), index, &their_proof)
        .unwrap();
    assert_eq!(
        theirs.prove_inclusion(index as usize).as_bytes(),
        bytes(&path)
    );
    let leaf = record_hash(&record(index));
    assert_eq!(verify_inclusion(&edge.head(), index, &leaf, &path), Ok(()));

    let (before, _, their_before) = grown(old);
    let fetched = only(&tiles, consistency_tiles(old, size).unwrap());
    let path = prove_consistency(old, size, &fetched).unwrap();
    assert_eq!(
        verify_consistency(&before.head(), &edge.head(), &path),
        Ok(())
    );
    let their_proof = ConsistencyProof::<Sha256>::try_from_bytes(bytes(&path)).unwrap();
    root.verify_consistency(&their_before.root(), &their_proof)
        .unwrap();
}

#[test]
fn sizes_around_full_tiles_agree_with_the_other_implementation() {
    for size in [1, 2, 3, 255, 256, 257, 511, 512, 513, 1_000] {
        for index in [0, size / 2, size - 1] {
            cross_check(size, index, size - index);
        }
    }
}

#[test]
fn a_tree_of_three_levels_of_tiles_agrees_with_the_other_implementation() {
    cross_check(65_536 + 300, 65_535, 65_536);
    cross_check(65_536, 700, 257);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn random_sizes_agree_with_the_other_implementation(
        size in 1_u64..2_000, index in any::<u64>(), old in any::<u64>(),
    ) {
        cross_check(size, index % size, 1 + old % size);
    }

    #[test]
    fn an_edge_restored_from_its_tiles_goes_on_as_if_it_had_never_stopped(
        stop in 0_u64..1_500, more in 0_u64..700,
    ) {
        let (mut through, mut tiles) = (Edge::default(), TileSet::default());
        for n in 0..stop {
            through.push(&record_hash(&record(n))).unwrap();
        }
        for tile in through.take_tiles() {
            tiles.insert(tile).unwrap();
        }
        let mut restored = Edge::restore(stop, &only(&tiles, tree_tiles(stop))).unwrap();
        for n in stop..stop + more {
            through.push(&record_hash(&record(n))).unwrap();
            restored.push(&record_hash(&record(n))).unwrap();
        }
        prop_assert_eq!(through.head(), restored.head());
        prop_assert_eq!(through.take_tiles(), restored.take_tiles());
    }

    #[test]
    fn tiles_taken_in_any_batches_are_those_taken_at_once(cuts in prop::collection::vec(1_u64..400, 1..6)) {
        let (mut edge, mut tiles, mut size) = (Edge::default(), TileSet::default(), 0);
        for cut in cuts {
            for n in size..size + cut {
                edge.push(&record_hash(&record(n))).unwrap();
            }
            size += cut;
            for tile in edge.take_tiles() {
                tiles.insert(tile).unwrap();
            }
            let index = size / 3;
            let path = prove_inclusion(size, index, &tiles).unwrap();
            prop_assert_eq!(verify_inclusion(&edge.head(), index, &record_hash(&record(index)), &path), Ok(()));
        }
    }

    #[test]
    fn a_proof_with_any_bit_flipped_or_another_place_fails(
        size in 2_u64..600, index in any::<u64>(), bit in any::<u64>(), other in any::<u64>(),
    ) {
        let index = index % size;
        let (edge, tiles, _) = grown(size);
        let leaf = record_hash(&record(index));
        let mut path = prove_inclusion(size, index, &tiles).unwrap();
        let head = edge.head();
        let elsewhere = (index + 1 + other % (size - 1)) % size;
        prop_assert!(verify_inclusion(&head, elsewhere, &leaf, &path).is_err());
        let (at, flip) = ((bit / 256) as usize % path.len(), bit % 256);
        let mut hash = *path[at].as_bytes();
        hash[flip as usize / 8] ^= 1 << (flip % 8);
        path[at] = Digest::from_bytes(hash);
        prop_assert_eq!(verify_inclusion(&head, index, &leaf, &path), Err(TreeFault::Proof));
        path.pop();
        prop_assert!(verify_inclusion(&head, index, &leaf, &path).is_err());
    }
}

#[test]
fn what_is_not_in_the_tree_has_no_proof() {
    let (edge, tiles, _) = grown(10);
    let head = edge.head();
    let none = TreeFault::NoEntry {
        size: 10,
        index: 10,
    };
    assert_eq!(prove_inclusion(10, 10, &tiles), Err(none.clone()));
    assert_eq!(
        verify_inclusion(&head, 10, &record_hash(b""), &[]),
        Err(none)
    );
    let empty = Head {
        size: 0,
        root: head.root,
    };
    assert!(verify_inclusion(&empty, 0, &record_hash(b""), &[]).is_err());
    assert!(verify_consistency(&empty, &head, &[]).is_err());
    let huge = Head {
        size: u64::MAX,
        root: head.root,
    };
    assert_eq!(
        verify_inclusion(&huge, 0, &record_hash(b""), &[]),
        Err(TreeFault::TooLarge)
    );
    assert_eq!(
        verify_consistency(&head, &huge, &[]),
        Err(TreeFault::TooLarge)
    );
}

#[test]
fn a_missing_tile_is_named() {
    let (_, tiles, _) = grown(600);
    let mut few = only(&tiles, inclusion_tiles(600, 0).unwrap());
    assert!(prove_inclusion(600, 0, &few).is_ok());
    few = TileSet::default();
    let fault = prove_inclusion(600, 0, &few).unwrap_err();
    assert!(matches!(fault, TreeFault::TileMissing(_)), "{fault}");
    assert!(Edge::restore(600, &few).is_err());
}

#[test]
fn paths_of_tiles_are_those_of_the_specification() {
    let place = |level, index| avow_ledger::TileId { level, index };
    assert_eq!(place(0, 1_234_067).path(256), "tile/0/x001/x234/067");
    assert_eq!(place(1, 0).path(3), "tile/1/000.p/3");
}
