//! A byte changed anywhere makes the verification fail; foreign bytes never make it panic.

use avow_proof::{Bundle, StepName, Trust, verify, verify_receipt};
use proptest::prelude::*;

use crate::world::story;

/// Offsets and lengths of the parts' contents in the container, with their names.
fn parts(bytes: &[u8]) -> Vec<(String, usize, usize)> {
    let (mut out, mut at) = (Vec::new(), 0);
    while bytes[at] != 0 {
        let name: Vec<u8> = bytes[at..at + 100]
            .iter()
            .copied()
            .take_while(|b| *b != 0)
            .collect();
        let length = std::str::from_utf8(&bytes[at + 124..at + 135]).unwrap();
        let length = usize::from_str_radix(length, 8).unwrap();
        out.push((String::from_utf8(name).unwrap(), at + 512, length));
        at += 512 + length.next_multiple_of(512);
    }
    out
}

#[test]
fn the_first_middle_and_last_byte_of_every_part_count() {
    let story = story();
    let (bytes, trust) = (story.bundle().encode().unwrap(), story.world.trust());
    let parts = parts(&bytes);
    assert!(parts.len() > 20);
    for (name, from, length) in parts {
        for at in [0, length / 2, length - 1] {
            for flip in [0x01, 0x20] {
                let mut changed = bytes.clone();
                changed[from + at] ^= flip;
                let proof = verify(&changed, Some(&trust));
                assert!(
                    !proof.report.is_proved(),
                    "{name} byte {at} flipped by {flip}"
                );
                assert!(
                    proof.report.first_failure().is_some(),
                    "{name}: no step says why"
                );
            }
        }
    }
}

#[test]
fn what_is_changed_within_its_form_is_found_by_the_step_that_looks_at_it() {
    let story = story();
    let trust = story.world.trust();
    let changed = |change: &dyn Fn(&mut Bundle)| {
        let mut bundle = story.bundle();
        change(&mut bundle);
        let proof = verify(&bundle.encode().unwrap(), Some(&trust));
        proof.report.first_failure().map(|(step, _)| step)
    };
    let other = || avow_ledger::Digest::of(b"other");
    assert_eq!(
        changed(&|b| b.person[1].path[0] = other()),
        Some(StepName::Inclusion)
    );
    assert_eq!(
        changed(&|b| b.person[1].index += 1),
        Some(StepName::Inclusion)
    );
    assert_eq!(
        changed(&|b| b.person[1].leaf.commitment = other()),
        Some(StepName::Inclusion)
    );
    assert_eq!(
        changed(&|b| b.consistency[0] = other()),
        Some(StepName::Consistency)
    );
    let payload = |b: &mut Bundle| {
        let opening = b.person[1].opening.as_mut().unwrap();
        opening.payload = opening.payload.replace("newsletter", "newsletters");
    };
    assert_eq!(changed(&payload), Some(StepName::Openings));
    assert_eq!(
        changed(&|b| b.person[1].salt = avow_ledger::Salt::default()),
        Some(StepName::Chain)
    );
    assert_eq!(
        changed(&|b| b.policies[0].push(b' ')),
        Some(StepName::Policies)
    );
    assert_eq!(
        changed(&|b| b.policies.truncate(1)),
        Some(StepName::Policies)
    );
    assert_eq!(changed(&|b| b.packs.swap(0, 1)), Some(StepName::Policies));
    assert_eq!(
        changed(&|b| b.trust = b.trust.replace("none", "nobody")),
        Some(StepName::Trust)
    );
    assert_eq!(
        changed(&|b| b.statement.origin.push('x')),
        Some(StepName::Signatures)
    );
    assert_eq!(
        changed(&|b| b.checkpoint = b.checkpoint.replacen("37", "38", 1)),
        Some(StepName::Signatures)
    );
}

thread_local! {
    /// An honest bundle and whom to trust for it, made once.
    static HONEST: (Vec<u8>, Trust) = {
        let story = story();
        (story.bundle().encode().unwrap(), story.world.trust())
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_byte_changed_to_any_other_makes_the_verification_fail(at in any::<usize>(), byte in any::<u8>()) {
        HONEST.with(|(bytes, trust)| {
            let mut changed = bytes.clone();
            let at = at % changed.len();
            let same = changed[at] == byte;
            changed[at] = byte;
            prop_assert_eq!(verify(&changed, Some(trust)).report.is_proved(), same, "byte {}", at);
            Ok(())
        })?;
    }

    #[test]
    fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        prop_assert!(!verify(&bytes, None).report.is_proved());
        let text = String::from_utf8_lossy(&bytes);
        let _ = Trust::parse(&text);
        let refused = HONEST.with(|(_, trust)| verify_receipt(&text, trust).is_err());
        prop_assert!(refused);
    }
}

#[test]
fn a_bundle_that_is_cut_off_anywhere_is_refused() {
    let bytes = story().bundle().encode().unwrap();
    for length in (0..bytes.len()).step_by(509) {
        assert!(!verify(&bytes[..length], None).report.is_proved());
    }
}
