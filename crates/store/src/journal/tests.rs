//! The journal against crashes: torn tails, flips, garbage, rotation, two owners.

use std::path::PathBuf;

use avow_model::Outcome;
use proptest::prelude::*;

use super::*;

fn dot(seq: u32) -> JournalDot {
    JournalDot {
        account: AccountId::from_i64(1),
        campaign: CampaignId::from_i64(2),
        seq,
        attempt: 1,
    }
}

fn delivered(seq: u32) -> Entry<'static> {
    Entry::Result {
        dot: dot(seq),
        state: RecipientState::At(Outcome::Delivered),
        reply_code: Some(250),
        reply: "2.0.0 Ok: queued",
        at: Timestamp::UNIX_EPOCH,
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let listed = segment::list(folder).unwrap();
    let name = |s: Segment| folder.join(format!("{:012}.journal", s.number));
    listed.into_iter().map(name).collect()
}

/// What a start after a crash finds.
fn reopen(folder: &Path) -> Recovered {
    Journal::open(folder).unwrap().1
}

#[test]
fn a_dot_without_an_answer_is_in_doubt_and_one_with_an_answer_is_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, recovered) = Journal::open(folder.path()).unwrap();
    assert_eq!(recovered, Recovered::default());
    journal
        .append(&[Entry::Dot(dot(1)), Entry::Dot(dot(2))])
        .unwrap();
    journal.append(&[delivered(1)]).unwrap();
    drop(journal);
    let recovered = reopen(folder.path());
    assert_eq!(recovered.in_doubt, [dot(2)]);
    assert_eq!(recovered.results.len(), 1);
    let result = &recovered.results[0];
    assert_eq!((result.dot, result.reply_code), (dot(1), Some(250)));
    assert_eq!(result.state, RecipientState::At(Outcome::Delivered));
    assert_eq!(result.reply, "2.0.0 Ok: queued");
}

#[test]
fn what_is_settled_is_not_given_back_and_what_is_not_stays_through_many_starts() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(folder.path()).unwrap();
    for seq in 0..10 {
        journal
            .append(&[Entry::Dot(dot(seq)), delivered(seq)])
            .unwrap();
    }
    let settled: Vec<_> = (0..9).map(dot).collect();
    journal.settle(&settled).unwrap();
    assert_eq!(journal.unsettled(), 1);
    drop(journal);
    for _ in 0..3 {
        let recovered = reopen(folder.path());
        assert_eq!(recovered.results.len(), 1);
        assert_eq!(recovered.results[0].dot, dot(9));
    }
    let (journal, _) = Journal::open(folder.path()).unwrap();
    journal.settle(&[dot(9)]).unwrap();
    drop(journal);
    assert_eq!(reopen(folder.path()), Recovered::default());
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn full_segments_are_closed_and_removed_from_the_oldest_when_settled() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open_sized(folder.path(), 256).unwrap();
    for seq in 0..100 {
        journal
            .append(&[Entry::Dot(dot(seq)), delivered(seq)])
            .unwrap();
    }
    assert!(files(folder.path()).len() > 20);
    let all_but_the_first: Vec<_> = (1..100).map(dot).collect();
    journal.settle(&all_but_the_first).unwrap();
    assert!(
        files(folder.path()).len() > 20,
        "the oldest is still needed"
    );
    journal.settle(&[dot(0)]).unwrap();
    assert!(files(folder.path()).len() <= 2);
}

#[test]
fn a_second_owner_is_refused_by_the_folders_name() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Journal::open(folder.path()).unwrap();
    let fault = Journal::open(folder.path()).unwrap_err();
    assert!(matches!(fault, JournalError::InUse { .. }));
    assert!(fault.to_string().contains("in use by another avow"));
}

#[test]
fn a_long_reply_is_cut_at_a_whole_character() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(folder.path()).unwrap();
    let reply = "ü".repeat(600);
    let entry = Entry::Result {
        dot: dot(1),
        state: RecipientState::At(Outcome::Bounced),
        reply_code: None,
        reply: &reply,
        at: Timestamp::UNIX_EPOCH,
    };
    journal.append(&[entry]).unwrap();
    drop(journal);
    let recovered = reopen(folder.path());
    assert_eq!(recovered.results[0].reply, "ü".repeat(256));
    assert_eq!(recovered.results[0].reply_code, None);
}

#[test]
fn a_segment_that_vanished_does_not_stop_settling() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open_sized(folder.path(), 40).unwrap();
    journal.append(&[Entry::Dot(dot(1)), delivered(1)]).unwrap();
    journal.append(&[Entry::Dot(dot(2))]).unwrap();
    std::fs::remove_file(&files(folder.path())[0]).unwrap();
    journal.settle(&[dot(1), dot(2)]).unwrap();
    assert_eq!(journal.unsettled(), 0);
}

/// A journal of `count` answered messages, and the bytes of its only segment.
fn written(count: u32) -> (tempfile::TempDir, PathBuf, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(folder.path()).unwrap();
    for seq in 0..count {
        journal.append(&[Entry::Dot(dot(seq))]).unwrap();
        journal.append(&[delivered(seq)]).unwrap();
    }
    drop(journal);
    let file = files(folder.path()).remove(0);
    let bytes = std::fs::read(&file).unwrap();
    (folder, file, bytes)
}

/// Nothing is invented: each message is known as far as its records reach, in order, without gaps.
fn assert_prefix(recovered: &Recovered, count: u32) -> Result<(), TestCaseError> {
    let results = recovered.results.len() as u32;
    let expected: Vec<_> = (0..results).map(dot).collect();
    let found: Vec<_> = recovered.results.iter().map(|r| r.dot).collect();
    prop_assert_eq!(found, expected);
    prop_assert!(recovered.in_doubt.len() <= 1);
    prop_assert!(recovered.in_doubt.iter().all(|d| *d == dot(results)));
    prop_assert!(results <= count);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_torn_tail_loses_only_what_was_torn(cut in 0usize..100_000) {
        let (folder, file, bytes) = written(20);
        let cut = cut % (bytes.len() + 1);
        std::fs::write(&file, &bytes[..cut]).unwrap();
        let recovered = reopen(folder.path());
        assert_prefix(&recovered, 20)?;
        let pair = bytes.len() / 20;
        prop_assert_eq!(recovered.results.len(), cut / pair);
        prop_assert_eq!(recovered.in_doubt.len(), usize::from(cut % pair >= 33));
    }

    #[test]
    fn a_flipped_bit_ends_its_segment_and_invents_nothing(at in 0usize..100_000, bit in 0u8..8) {
        let (folder, file, mut bytes) = written(20);
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        std::fs::write(&file, &bytes).unwrap();
        let recovered = reopen(folder.path());
        assert_prefix(&recovered, 19)?;
        prop_assert!(recovered.unreadable_bytes > 0);
    }

    #[test]
    fn a_tail_of_garbage_is_ignored_and_counted(garbage in prop::collection::vec(any::<u8>(), 1..400)) {
        let (folder, file, mut bytes) = written(5);
        bytes.extend_from_slice(&garbage);
        std::fs::write(&file, &bytes).unwrap();
        let recovered = reopen(folder.path());
        prop_assert_eq!(recovered.results.len(), 5);
        prop_assert!(recovered.in_doubt.is_empty());
        prop_assert_eq!(recovered.unreadable_bytes, garbage.len() as u64);
    }

    #[test]
    fn any_mix_of_appends_settlements_and_restarts_gives_back_exactly_what_is_open(
        steps in prop::collection::vec((0u8..4, 0u32..30), 1..120)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open_sized(folder.path(), 300).unwrap().0;
        let mut open = std::collections::BTreeMap::new();
        for (step, seq) in steps {
            match step {
                0 => { journal.append(&[Entry::Dot(dot(seq))]).unwrap(); open.entry(seq).or_insert(false); }
                1 => { journal.append(&[delivered(seq)]).unwrap(); open.insert(seq, true); }
                2 => { journal.settle(&[dot(seq)]).unwrap(); open.remove(&seq); }
                _ => { drop(journal); journal = Journal::open_sized(folder.path(), 300).unwrap().0; }
            }
        }
        drop(journal);
        let recovered = reopen(folder.path());
        let mut found: std::collections::BTreeMap<u32, bool> = recovered.in_doubt.iter().map(|d| (d.seq, false)).collect();
        found.extend(recovered.results.iter().map(|r| (r.dot.seq, true)));
        prop_assert_eq!(found, open);
    }
}
