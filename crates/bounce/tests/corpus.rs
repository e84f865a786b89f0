//! The labelled corpora beside the repository: floors that may only rise, and no false hard at all.

mod measure;

use std::path::Path;

use avow_bounce::{Action, read};
use measure::{Row, Tally, by, folder, rows};
use proptest::prelude::*;

const SKIPPED: &str = "skipped: the bounce corpus is not here";

fn percent(part: usize, whole: usize) -> usize {
    part * 100 / whole.max(1)
}

#[test]
fn no_living_address_of_the_corpus_is_called_dead() {
    let Some(rows) = rows(&folder()) else {
        println!("{SKIPPED}");
        return;
    };
    let wrong: Vec<&str> = rows
        .iter()
        .filter(|r| r.is_false_hard())
        .map(|r| r.file.as_str())
        .collect();
    assert!(wrong.is_empty(), "false hard: {wrong:?}");
    for (family, tally) in by(&rows, Row::family) {
        println!(
            "{family}: {} of {} dead found",
            tally.hard_found, tally.hard
        );
    }
}

#[test]
fn the_tuning_families_do_not_fall_below_what_was_reached() {
    let Some(rows) = rows(&folder()) else {
        println!("{SKIPPED}");
        return;
    };
    reaches(&Tally::of(rows.iter().filter(|r| r.is_tuning())), 95, 94);
}

/// At least this percentage of classes as labelled, and of dead addresses found.
fn reaches(tally: &Tally, class: usize, hard: usize) {
    assert!(
        percent(tally.class, tally.rows) >= class,
        "class: {} of {}",
        tally.class,
        tally.rows
    );
    assert!(
        percent(tally.hard_found, tally.hard) >= hard,
        "hard: {} of {}",
        tally.hard_found,
        tally.hard
    );
}

#[test]
fn the_held_out_families_do_not_fall_below_what_was_reached() {
    let Some(rows) = rows(&folder()) else {
        println!("{SKIPPED}");
        return;
    };
    let held_out = rows.iter().filter(|r| !r.is_tuning() && !r.is_twin());
    reaches(&Tally::of(held_out), 85, 80);
}

#[test]
fn codes_replies_and_feedback_are_read_as_labelled() {
    let Some(rows) = rows(&folder()) else {
        println!("{SKIPPED}");
        return;
    };
    let tally = Tally::of(rows.iter());
    assert!(
        percent(tally.codes_found, tally.codes) >= 98,
        "status: {} of {}",
        tally.codes_found,
        tally.codes
    );
    assert!(
        percent(tally.replies_found, tally.replies) >= 97,
        "reply: {} of {}",
        tally.replies_found,
        tally.replies
    );
    assert!(
        tally.addressed + 3 >= tally.rows,
        "address: {} of {}",
        tally.addressed,
        tally.rows
    );
    assert!(
        tally.feedback_found + 1 >= tally.feedback,
        "feedback: {} of {}",
        tally.feedback_found,
        tally.feedback
    );
}

#[test]
fn every_field_of_the_labelled_feedback_reports_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/arf");
    let Ok(labels) = std::fs::read_to_string(folder.join("labels.tsv")) else {
        println!("skipped: the feedback corpus is not here");
        return;
    };
    for line in labels.lines().skip(1) {
        let want: Vec<&str> = line.split('\t').collect();
        let report = read(&std::fs::read(folder.join(want[0])).unwrap()).unwrap();
        assert_eq!(report.outcomes[0].action, Action::Feedback, "{}", want[0]);
        let f = report.feedback.expect("a feedback report");
        let got = [
            Some(f.kind),
            f.user_agent,
            f.version,
            f.original_mail_from,
            f.original_rcpt_to.into_iter().next(),
            f.reported_domain.into_iter().next(),
            f.source_ip,
            f.auth_failure,
        ];
        for (got, want_one) in got.into_iter().zip(&want[1..]) {
            assert_eq!(got.unwrap_or_default(), *want_one, "{}", want[0]);
        }
    }
}

/// Every mail of both corpora.
fn mails() -> Vec<Vec<u8>> {
    let data = folder();
    let folders = [data.join("eml"), data.join("../arf")];
    let entries = folders
        .iter()
        .filter_map(|f| std::fs::read_dir(f).ok())
        .flatten();
    let paths = entries.filter_map(|e| Some(e.ok()?.path()));
    let mut paths: Vec<_> = paths
        .filter(|p| p.extension().is_some_and(|e| e == "eml"))
        .collect();
    paths.sort();
    paths.iter().filter_map(|p| std::fs::read(p).ok()).collect()
}

#[test]
fn a_mail_cut_anywhere_is_read_or_refused() {
    for mail in mails().iter().step_by(7) {
        for part in 0..12 {
            let cut = mail.len() * part / 12;
            if let Ok(report) = read(&mail[..cut]) {
                assert!(!report.outcomes.is_empty());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_mail_with_bytes_changed_is_read_or_refused(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let mails = mails();
        prop_assume!(!mails.is_empty());
        let mut mail = which.get(&mails).clone();
        for (place, byte) in changes {
            let at = place.index(mail.len());
            mail[at] = byte;
        }
        mail.truncate(cut.index(mail.len()).max(mail.len() / 2));
        if let Ok(report) = read(&mail) {
            prop_assert!(!report.outcomes.is_empty());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let mut mail = b"From: a@b.test\n".to_vec();
        mail.extend(bytes);
        if let Ok(report) = read(&mail) {
            prop_assert!(!report.outcomes.is_empty());
        }
    }

    #[test]
    fn any_text_is_read(text in "(From: a@b.test\\n|Subject: failure notice\\n|\\n|<a@b.test>:\\n|550 5.1.1 .{0,9}|--B\\n|\\PC{0,9}|Content-Type: multipart/report; boundary=B\\n|Content-Type: message/delivery-status\\n|Final-Recipient: .{0,9}\\n){0,30}") {
        if let Ok(report) = read(text.as_bytes()) {
            prop_assert!(!report.outcomes.is_empty());
        }
    }
}
