//! Entries: payloads go round, seals open for their key only, erasure leaves nothing to open.

use avow_ledger::{
    AccountKey, ChainHead, Digest, EntryFault, EntryKind, Hour, Leaf, Payload, Pending, Salt, Seed,
    append, commitment, sequence, sequence_orphan,
};

use crate::samples::{at, id, key, payloads};

fn pending(n: i64, commitment: Digest) -> Pending {
    Pending {
        id: id(n),
        kind: EntryKind::Choice,
        hour: Hour::of(at(0)),
        policy: Digest::of(b"v1"),
        commitment,
    }
}

#[test]
fn every_payload_survives_its_canonical_text() {
    for payload in payloads() {
        let text = payload.encode().unwrap();
        assert_eq!(
            Payload::parse(payload.kind(), &text).unwrap(),
            payload,
            "{text}"
        );
    }
    for kind in EntryKind::ALL {
        assert!(
            payloads().iter().any(|p| p.kind() == kind),
            "{kind} has no sample"
        );
    }
}

#[test]
fn codes_and_words_of_kinds_go_round_and_never_change() {
    let codes: Vec<u8> = EntryKind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(codes, (1..=16).collect::<Vec<_>>());
    for kind in EntryKind::ALL {
        assert_eq!(EntryKind::from_code(kind.code()), Some(kind));
        assert_eq!(EntryKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(EntryKind::Choice.code(), 7);
    assert_eq!(EntryKind::Decision.code(), 9);
    assert_eq!([0, 17, 255].map(EntryKind::from_code), [None; 3]);
}

#[test]
fn a_sealed_entry_opens_for_its_key_and_for_no_other() {
    for (n, payload) in (1..).zip(payloads()) {
        let entry = append(id(n), &payload, &key(1)).unwrap();
        let opening = entry.open(&key(1)).unwrap();
        assert_eq!(opening.read().unwrap(), payload);
        assert_eq!(opening.commitment(), entry.commitment);
        assert_eq!(entry.open(&key(2)), Err(EntryFault::Sealed));
    }
}

#[test]
fn an_erased_seed_leaves_nothing_that_opens() {
    let account = AccountKey::from_bytes([7; 32]);
    let entry = append(
        id(1),
        &payloads()[0],
        &account.subject(&Seed::from_bytes([1; 32])),
    )
    .unwrap();
    // The seed was destroyed: a new one, and the account's key alone, are all that is left.
    let left = account.subject(&Seed::from_bytes([9; 32]));
    assert_eq!(entry.open(&left), Err(EntryFault::Sealed));
    let text = payloads()[0].encode().unwrap();
    assert_ne!(
        commitment(entry.kind, &left.salt(entry.id), &text),
        entry.commitment
    );
    assert_ne!(
        commitment(entry.kind, &Salt::from_bytes([0; 32]), &text),
        entry.commitment
    );
}

#[test]
fn a_seal_moved_to_another_entry_does_not_open() {
    let one = append(id(1), &payloads()[0], &key(1)).unwrap();
    let mut other = append(id(2), &payloads()[0], &key(1)).unwrap();
    other.sealed = one.sealed.clone();
    assert_eq!(other.open(&key(1)), Err(EntryFault::Sealed));
    let mut changed = one.clone();
    changed.commitment = Digest::of(b"other");
    assert_eq!(changed.open(&key(1)), Err(EntryFault::Commitment));
}

#[test]
fn equal_payloads_look_unlike_in_every_entry_and_for_every_person() {
    let payload = &payloads()[0];
    let one = append(id(1), payload, &key(1)).unwrap();
    assert_eq!(one, append(id(1), payload, &key(1)).unwrap());
    for other in [
        append(id(2), payload, &key(1)),
        append(id(1), payload, &key(2)),
    ] {
        let other = other.unwrap();
        assert_ne!(one.commitment, other.commitment);
        assert_ne!(one.sealed, other.sealed);
    }
}

#[test]
fn a_chain_commits_to_all_links_in_their_order() {
    let commitments = [b"a", b"b", b"c"].map(|c| Digest::of(c));
    let walk = |order: [usize; 3]| {
        let mut head = ChainHead::START;
        for (n, at) in (1..).zip(order) {
            let (leaf, next) = sequence(head, &pending(n, commitments[at]), &key(1));
            assert_eq!(leaf.chain, next.commitment(&key(1).link_salt(id(n))));
            head = next;
        }
        assert_eq!(head.n, 3);
        head.head
    };
    assert_ne!(walk([0, 1, 2]), walk([0, 2, 1]));
    assert_eq!(walk([0, 1, 2]), walk([0, 1, 2]));
}

#[test]
fn an_entry_whose_subject_is_gone_still_gets_a_leaf() {
    let entry = pending(5, Digest::of(b"x"));
    let leaf = sequence_orphan(&entry, &AccountKey::from_bytes([7; 32]));
    assert_eq!(leaf.commitment, entry.commitment);
    assert!(!leaf.chain.is_zero());
}

#[test]
fn a_leaf_survives_its_bytes() {
    let leaf = Leaf {
        kind: EntryKind::Decision,
        hour: Hour::of(at(3_599)),
        policy: Digest::of(b"p"),
        commitment: Digest::of(b"c"),
        chain: Digest::of(b"h"),
    };
    assert_eq!(Leaf::parse(&leaf.encode()), Ok(leaf));
    assert!(leaf.hour.holds(at(0)) && !leaf.hour.holds(at(3_600)));
}
