//! Foreign bytes: every parser refuses what it would not write itself, and none panics.

use avow_ledger::{
    Digest, EntryKind, LEAF_BYTES, Leaf, LogKey, LogVerifier, Origin, Payload, Tile, TileId,
    TileSet, TlogProof, entry_bundle, parse_entry_bundle,
};
use proptest::prelude::*;

use crate::samples::payloads;

fn leaf(n: u8) -> Leaf {
    Leaf {
        kind: EntryKind::ALL[usize::from(n) % 16],
        hour: avow_ledger::Hour::from_u32(u32::from(n)),
        policy: Digest::ZERO,
        commitment: Digest::of(&[n]),
        chain: Digest::of(&[n, n]),
    }
}

fn proof() -> TlogProof {
    let log = LogKey::from_seed(Origin::new("mail.example.com", "acme").unwrap(), &[1; 32]);
    let head = avow_ledger::Head {
        size: 9,
        root: Digest::of(b"r"),
    };
    TlogProof {
        extra: Some(b"salt".to_vec()),
        index: 8,
        path: vec![Digest::of(b"1"), Digest::of(b"2")],
        checkpoint: log.sign(&head),
    }
}

#[test]
fn a_proof_and_a_bundle_survive_their_text() {
    let mut proof = proof();
    assert_eq!(TlogProof::parse(&proof.encode()), Ok(proof.clone()));
    proof.extra = None;
    proof.path.clear();
    assert_eq!(TlogProof::parse(&proof.encode()), Ok(proof));
    let leaves: Vec<Leaf> = (0..=255).map(leaf).collect();
    assert_eq!(parse_entry_bundle(&entry_bundle(&leaves)), Ok(leaves));
}

#[test]
fn leaves_and_bundles_of_another_form_are_refused() {
    let good = leaf(3).encode();
    for (at, byte) in [(0, 0), (0, 2), (1, 0), (1, 17), (1, 255)] {
        let mut bad = good;
        bad[at] = byte;
        assert!(Leaf::parse(&bad).is_err(), "{at} {byte}");
    }
    for length in [0, 1, LEAF_BYTES - 1, LEAF_BYTES + 1] {
        assert!(Leaf::parse(&vec![1; length]).is_err());
    }
    let leaves = vec![leaf(1); 257];
    assert!(parse_entry_bundle(&entry_bundle(&leaves)).is_err());
    assert!(parse_entry_bundle(&[]).is_err());
}

#[test]
fn a_tile_is_whole_hashes_one_to_256() {
    let id = TileId { level: 0, index: 0 };
    for bytes in [0, 1, 31, 33, 257 * 32] {
        let tile = Tile {
            id,
            hashes: vec![0; bytes],
        };
        assert!(TileSet::default().insert(tile).is_err(), "{bytes}");
    }
}

#[test]
fn digests_are_lower_case_hexadecimal_of_one_length() {
    let text = Digest::of(b"x").to_string();
    assert_eq!(text.parse(), Ok(Digest::of(b"x")));
    for bad in [
        text.to_uppercase(),
        text[1..].to_owned(),
        format!("{text}0"),
        text.replace('a', "g"),
    ] {
        assert!(bad.parse::<Digest>().is_err() || bad == text, "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_parser_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for kind in EntryKind::ALL {
            let _ = Payload::parse(kind, &text);
        }
        let _ = Leaf::parse(&bytes);
        let _ = parse_entry_bundle(&bytes);
        let _ = TlogProof::parse(&text);
        let _ = LogVerifier::parse(&text);
        let _ = proof_key().open(&text);
        let _ = text.parse::<Digest>();
    }

    #[test]
    fn a_payload_with_any_byte_changed_is_refused_or_says_so_itself(
        which in any::<usize>(), at in any::<usize>(), byte in any::<u8>(),
    ) {
        let all = payloads();
        let payload = &all[which % all.len()];
        let mut bytes = payload.encode().unwrap().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes)
            && let Ok(read) = Payload::parse(payload.kind(), &text)
        {
            prop_assert_eq!(read.encode().unwrap(), text, "what is read writes the same bytes");
        }
    }

    #[test]
    fn a_proof_with_any_byte_changed_is_refused_or_says_so_itself(at in any::<usize>(), byte in any::<u8>()) {
        let mut bytes = proof().encode().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes)
            && let Ok(read) = TlogProof::parse(&text)
        {
            prop_assert_eq!(read.encode(), text);
        }
    }
}

fn proof_key() -> LogVerifier {
    LogKey::from_seed(Origin::new("mail.example.com", "acme").unwrap(), &[1; 32]).verifier()
}
