//! Checkpoints: signed, read, refused; which may be signed.

use avow_ledger::{
    CheckpointFault, Digest, Edge, Head, LogKey, LogVerifier, Origin, SignRefusal, TileSet,
    may_sign, prove_consistency, record_hash,
};
use proptest::prelude::*;

fn log(account: &str, seed: u8) -> LogKey {
    LogKey::from_seed(
        Origin::new("mail.example.com", account).unwrap(),
        &[seed; 32],
    )
}

/// Heads of trees that share their first `common` records; `salt` makes the rest differ.
fn head(size: u64, common: u64, salt: u8) -> (Head, TileSet) {
    let (mut edge, mut tiles) = (Edge::default(), TileSet::default());
    for n in 0..size {
        let mut record = n.to_be_bytes().to_vec();
        record.push(if n < common { 0 } else { salt });
        edge.push(&record_hash(&record)).unwrap();
    }
    for tile in edge.take_tiles() {
        tiles.insert(tile).unwrap();
    }
    (edge.head(), tiles)
}

#[test]
fn a_checkpoint_opens_for_its_log_only() {
    let (head, _) = head(5, 5, 0);
    let note = log("acme", 1).sign(&head);
    assert_eq!(log("acme", 1).verifier().open(&note), Ok(head));
    let other_key = log("acme", 2).verifier().open(&note);
    assert_eq!(other_key, Err(CheckpointFault::Signature));
    let other_log = log("other", 1).verifier().open(&note);
    assert_eq!(other_log, Err(CheckpointFault::OtherLog));
    assert_eq!(
        note,
        log("acme", 1).sign(&head),
        "the same head, the same bytes"
    );
}

#[test]
fn a_public_key_survives_its_text_and_a_changed_one_is_refused() {
    let verifier = log("acme", 1).verifier();
    let text = verifier.as_str().to_owned();
    assert_eq!(LogVerifier::parse(&text).unwrap().as_str(), text);
    assert_eq!(verifier.origin(), "mail.example.com/ledger/acme");
    let changed = text.replace("acme", "acne");
    assert_eq!(
        LogVerifier::parse(&changed).unwrap_err(),
        CheckpointFault::Key
    );
    for bad in ["", "+", "a+b+c", "x+00000000+AQ=="] {
        assert!(LogVerifier::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn an_origin_is_one_word_without_plus() {
    for bad in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\0"] {
        assert_eq!(Origin::parse(bad), Err(CheckpointFault::Origin), "{bad:?}");
    }
    assert!(Origin::parse(&"a".repeat(256)).is_err());
    assert!(Origin::new("mail.example.com", "acme").is_ok());
}

#[test]
fn nothing_signed_yet_lets_everything_be_signed() {
    assert_eq!(may_sign(None, &head(5, 5, 0).0, &[]), Ok(()));
    assert_eq!(
        may_sign(Some(&head(0, 0, 0).0), &head(5, 5, 0).0, &[]),
        Ok(())
    );
}

#[test]
fn the_same_tree_may_be_signed_again_and_one_that_goes_on_too() {
    let ((old, _), (new, tiles)) = (head(300, 300, 0), head(700, 700, 0));
    assert_eq!(may_sign(Some(&old), &old, &[]), Ok(()));
    let proof = prove_consistency(300, 700, &tiles).unwrap();
    assert_eq!(may_sign(Some(&old), &new, &proof), Ok(()));
    let without = may_sign(Some(&old), &new, &[]);
    assert_eq!(
        without,
        Err(SignRefusal::Inconsistent {
            signed: 300,
            new: 700
        })
    );
}

#[test]
fn a_restored_backup_signs_nothing() {
    let ((signed, _), (restored, _)) = (head(700, 700, 0), head(300, 300, 0));
    let refusal = may_sign(Some(&signed), &restored, &[]);
    assert_eq!(
        refusal,
        Err(SignRefusal::Behind {
            signed: 700,
            new: 300
        })
    );
    // It went on by itself from the backup to the same size, then beyond.
    let fork = head(700, 300, 9).0;
    assert_eq!(
        may_sign(Some(&signed), &fork, &[]),
        Err(SignRefusal::Fork(700))
    );
    let (beyond, tiles) = head(900, 300, 9);
    let proof = prove_consistency(700, 900, &tiles).unwrap();
    let refusal = may_sign(Some(&signed), &beyond, &proof);
    assert_eq!(
        refusal,
        Err(SignRefusal::Inconsistent {
            signed: 700,
            new: 900
        })
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_fork_is_ever_signed(old in 1_u64..300, new in 1_u64..300, common in 0_u64..300) {
        let (signed, _) = head(old, old, 0);
        let (next, tiles) = head(new, common, 7);
        let proof = prove_consistency(old.min(new), new, &tiles).unwrap_or_default();
        let allowed = may_sign(Some(&signed), &next, &proof).is_ok();
        prop_assert_eq!(allowed, new >= old && (common >= old));
    }

    #[test]
    fn a_note_with_any_bit_flipped_is_refused(at in any::<usize>(), bit in 0_u8..8) {
        let head = Head { size: 12_345, root: Digest::of(b"root") };
        let mut note = log("acme", 1).sign(&head).into_bytes();
        let at = at % note.len();
        note[at] ^= 1 << bit;
        let opened = String::from_utf8(note).ok().map(|text| log("acme", 1).verifier().open(&text));
        prop_assert!(opened.is_none_or(|result| result.is_err()));
    }
}
