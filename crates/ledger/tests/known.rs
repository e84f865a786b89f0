//! Known answers: RFC 6962 trees, canonical JSON, signed notes.

use std::collections::BTreeMap;

use avow_ledger::{
    CanonicalFault, Digest, Edge, EntryKind, LogKey, Origin, Payload, from_canonical, record_hash,
    to_canonical,
};

use crate::samples::{key, payloads};

/// The eight records of Certificate Transparency's reference tests, as hexadecimal.
const RECORDS: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// The root of the tree of the first 0, 1, ... 8 of them.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn bytes(hex: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(pair).collect()
}

#[test]
fn trees_have_the_roots_of_the_reference_tests() {
    let mut edge = Edge::default();
    assert_eq!(edge.root().to_string(), ROOTS[0]);
    for (record, root) in RECORDS.iter().zip(&ROOTS[1..]) {
        edge.push(&record_hash(&bytes(record))).unwrap();
        assert_eq!(edge.root().to_string(), *root);
    }
}

#[test]
fn strings_and_keys_are_written_as_rfc_8785_shows() {
    // RFC 8785 3.2.3: keys sort by their UTF-16 units, so U+1F600 stands before U+FB33.
    let keys = [
        "\u{20ac}",
        "\r",
        "\u{fb33}",
        "1",
        "\u{1f600}",
        "\u{80}",
        "\u{f6}",
    ];
    let map: BTreeMap<&str, bool> = keys.iter().map(|k| (*k, true)).collect();
    let wanted = "{\"\\r\":true,\"1\":true,\"\u{80}\":true,\"\u{f6}\":true,\"\u{20ac}\":true,\"\u{1f600}\":true,\"\u{fb33}\":true}";
    assert_eq!(to_canonical(&map).unwrap(), wanted);
    // RFC 8785 3.2.2.2.
    let text = "\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{1f}\u{8}";
    let wanted = "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\u001f\\b\"";
    assert_eq!(to_canonical(&text).unwrap(), wanted);
}

#[test]
fn numbers_that_a_double_does_not_hold_and_nulls_are_refused() {
    assert_eq!(
        to_canonical(&((1_i64 << 53) - 1)).unwrap(),
        "9007199254740991"
    );
    for outside in [1_i64 << 53, i64::MIN] {
        assert_eq!(to_canonical(&outside), Err(CanonicalFault::Number));
    }
    assert_eq!(to_canonical(&1.5_f64), Err(CanonicalFault::Number));
    assert_eq!(to_canonical(&None::<u8>), Err(CanonicalFault::Null));
}

#[test]
fn a_text_in_another_form_than_the_canonical_is_refused() {
    let good = "{\"at\":\"2026-03-01T00:00:03Z\",\"version\":2}";
    assert!(Payload::parse(EntryKind::Retraction, good).is_ok());
    for bad in [
        "{\"version\":2,\"at\":\"2026-03-01T00:00:03Z\"}",
        "{\"at\":\"2026-03-01T00:00:03Z\", \"version\":2}",
        "{\"at\":\"2026-03-01T00:00:03Z\",\"version\":2}\n",
        "{\"at\":\"2026-03-01T01:00:03+01:00\",\"version\":2}",
        "{\"at\":\"2026-03-01T00:00:03Z\",\"version\":2.0}",
        "{\"at\":\"2026-03-01T00:00:03Z\",\"at\":\"2026-03-01T00:00:03Z\",\"version\":2}",
        "{\"at\":\"2026-03-01T00:00:03Z\",\"more\":1,\"version\":2}",
        "{\"at\":\"\\u0032026-03-01T00:00:03Z\",\"version\":2}",
        "{\"at\":\"2026-03-01T00:00:03Z\"}",
        "null",
        "",
    ] {
        assert!(Payload::parse(EntryKind::Retraction, bad).is_err(), "{bad}");
    }
    let facts = |text: &str| Payload::parse(EntryKind::Choice, text).is_ok();
    let (begin, end) = (
        "{\"act\":\"complaint\",\"at\":\"2026-03-01T00:00:03Z\"",
        "\"recorded_at\":\"2026-03-01T00:00:03Z\"}",
    );
    assert!(facts(&format!("{begin},{end}")));
    assert!(
        !facts(&format!("{begin},\"purpose\":\"news\",{end}")),
        "a complaint has no purpose"
    );
    assert!(!facts(&format!("{begin},\"extra\":1,{end}")));
    assert!(from_canonical::<Vec<u8>>("[1,2]").is_ok());
}

/// Keys and commitments of version 1, computed once and by hand elsewhere (Python's hmac and hashlib):
/// they may never change, for every stored entry would be lost.
#[test]
fn salts_and_commitments_are_those_of_version_one() {
    let key = key(1);
    assert_eq!(
        Digest::from_bytes(*key.salt(crate::samples::id(5)).as_bytes()).to_string(),
        SALT
    );
    let entry = avow_ledger::append(crate::samples::id(5), &payloads()[6], &key).unwrap();
    assert_eq!(payloads()[6].encode().unwrap(), PAYLOAD);
    assert_eq!(entry.commitment.to_string(), COMMITMENT);
}

const PAYLOAD: &str = "{\"act\":\"complaint\",\"at\":\"2026-03-01T00:00:10Z\",\"brand\":\"acme\",\"recorded_at\":\"2026-03-01T00:00:11Z\"}";
const SALT: &str = "bc5294cf4547e0c8ada217342effebf4b14e0ca2109ed12372cbdb70b98d42b6";
const COMMITMENT: &str = "d90e145bca00f463ac7f79c5e4af202234fa70724e876206bb46323905078cb1";

#[test]
fn a_checkpoint_is_the_note_of_the_specification() {
    let origin = Origin::new("mail.example.com", "acme").unwrap();
    let log = LogKey::from_seed(origin, &[3; 32]);
    let mut edge = Edge::default();
    edge.push(&record_hash(b"")).unwrap();
    let note = log.sign(&edge.head());
    let begin = "mail.example.com/ledger/acme\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n\n\u{2014} mail.example.com/ledger/acme ";
    assert!(note.starts_with(begin), "{note}");
    assert_eq!(log.verifier().open(&note), Ok(edge.head()));
}
