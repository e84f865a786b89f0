//! Segments as people write them.

use std::sync::OnceLock;

use avow_deliver::category_of;
use avow_policy::segment::{Segment, Subject, Vocabulary};
use avow_policy::{PolicySet, Readability, SourceFile};
use jiff::Timestamp;

/// What is read is written in one way that reads back as the same, and that way is a fixed point; asked about somebody
/// of whom nothing is known it answers; what is not read has a fault with words.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match parse(text) {
        Err(faults) => {
            assert!(!faults.is_empty());
            assert!(faults.iter().all(|fault| !fault.message.is_empty()));
        }
        Ok(segment) => {
            let written = segment.expr().to_string();
            let again = parse(&written);
            assert_eq!(again.as_ref().ok(), Some(&segment), "{written}");
            let unknown = vec![Readability::NotHeld; segment.reads().len()];
            let subject = Subject::default();
            let _answer = segment.judge(&subject, &unknown, Timestamp::UNIX_EPOCH);
        }
    }
}

fn parse(text: &str) -> Result<Segment, Vec<avow_policy::Diagnostic>> {
    let version = policies().version(1).expect("the policy has a version 1");
    let known = Vocabulary {
        version,
        category_of,
    };
    Segment::parse(text, known)
}

fn policies() -> &'static PolicySet {
    static POLICIES: OnceLock<PolicySet> = OnceLock::new();
    POLICIES.get_or_init(|| {
        let file = |(name, text): (&str, &str)| SourceFile {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        let files = [
            ("v1.toml", include_str!("../../policies/imark/v1.toml")),
            ("ca.toml", include_str!("../../policies/packs/ca.toml")),
            ("de.toml", include_str!("../../policies/packs/de.toml")),
            ("eu.toml", include_str!("../../policies/packs/eu.toml")),
            ("uk.toml", include_str!("../../policies/packs/uk.toml")),
            ("us.toml", include_str!("../../policies/packs/us.toml")),
        ];
        let files: Vec<SourceFile> = files.into_iter().map(file).collect();
        PolicySet::compile(&files).expect("the policy of the repository is in order")
    })
}
