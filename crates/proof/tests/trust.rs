//! Trust files: read as C2SP tlog-policy says; witnesses count.

use avow_ledger::{Digest, Head, LogKey, Origin};
use avow_proof::{Trust, TrustFault};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signer as _, SigningKey};

fn log() -> LogKey {
    LogKey::from_seed(Origin::new("mail.example.com", "acme").unwrap(), &[1; 32])
}

fn head() -> Head {
    Head {
        size: 9,
        root: Digest::of(b"root"),
    }
}

/// A witness as the specification describes it, made here by hand.
struct Witness {
    name: &'static str,
    key: SigningKey,
}

impl Witness {
    fn new(name: &'static str, seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        Self { name, key }
    }

    fn public(&self) -> Vec<u8> {
        [&[4], self.key.verifying_key().as_bytes().as_slice()].concat()
    }

    fn id(&self) -> [u8; 4] {
        let whole = Digest::of(&[self.name.as_bytes(), b"\n", &self.public()].concat());
        whole.as_bytes()[..4].try_into().unwrap()
    }

    fn vkey(&self) -> String {
        let id = u32::from_be_bytes(self.id());
        format!("{}+{id:08x}+{}", self.name, BASE64.encode(self.public()))
    }

    fn cosign(&self, note: &str, time: u64) -> String {
        let text = note.split_once("\n\n").unwrap().0;
        let message = format!("cosignature/v1\ntime {time}\n{text}\n");
        let signature = self.key.sign(message.as_bytes()).to_bytes();
        let line = [&self.id()[..], &time.to_be_bytes(), &signature].concat();
        format!("{note}\u{2014} {} {}\n", self.name, BASE64.encode(line))
    }
}

fn file(lines: &[&str]) -> String {
    let key = log().verifier().as_str().to_owned();
    let (one, two, three) = (
        Witness::new("w1.example", 11),
        Witness::new("w2.example", 12),
        Witness::new("w3.example", 13),
    );
    let mut text = format!(
        "# whom we trust\n\nlog {key}\nwitness W1 {}\n  witness\tW2 {} https://w2.example/\nwitness W3 {}\n",
        one.vkey(),
        two.vkey(),
        three.vkey(),
    );
    text.extend(lines.iter().flat_map(|line| [line, "\n"]));
    text
}

#[test]
fn two_of_three_witnesses_must_have_cosigned() {
    let trust = Trust::parse(&file(&["group any-two 2 W1 W2 W3", "quorum any-two"])).unwrap();
    let note = log().sign(&head());
    assert!(trust.open(&note).is_err());
    let once = Witness::new("w1.example", 11).cosign(&note, 1_772_323_200);
    assert!(trust.open(&once).is_err());
    let twice = Witness::new("w3.example", 13).cosign(&once, 1_772_323_201);
    assert_eq!(trust.open(&twice).unwrap().head, head());
    // The same witness again, a stranger, or a signature of another text do not count.
    let again = Witness::new("w1.example", 11).cosign(&once, 1_772_323_300);
    assert!(trust.open(&again).is_err());
    let stranger = Witness::new("w2.example", 99).cosign(&once, 1);
    assert!(trust.open(&stranger).is_err());
    let other = log().sign(&Head { size: 8, ..head() });
    let moved = Witness::new("w3.example", 13).cosign(&other, 1);
    let line = moved.lines().last().unwrap();
    assert!(trust.open(&format!("{once}{line}\n")).is_err());
}

#[test]
fn groups_of_groups_count_as_one_member_each() {
    let lines = [
        "group both all W1 W2",
        "group all-in any both W3",
        "quorum all-in",
    ];
    let trust = Trust::parse(&file(&lines)).unwrap();
    let note = log().sign(&head());
    let one = Witness::new("w1.example", 11).cosign(&note, 5);
    assert!(trust.open(&one).is_err());
    assert!(
        trust
            .open(&Witness::new("w2.example", 12).cosign(&one, 5))
            .is_ok()
    );
    assert!(
        trust
            .open(&Witness::new("w3.example", 13).cosign(&note, 5))
            .is_ok()
    );
    let again = Trust::parse(&trust.encode()).unwrap();
    assert_eq!(again.encode(), trust.encode());
}

#[test]
fn a_trust_file_that_says_too_much_or_too_little_is_refused() {
    for lines in [
        &["quorum W9"][..],
        &["quorum none", "quorum none"],
        &["group g 4 W1 W2 W3", "quorum g"],
        &["group g 0 W1", "quorum g"],
        &["group g any", "quorum g"],
        &["group g any W1 W1", "quorum g"],
        &["group g any W1", "group h any W1", "quorum g"],
        &["group g any h", "group h any W1", "quorum g"],
        &["group none any W1", "quorum none"],
        &["witness W1 x+00000000+AQ==", "quorum none"],
        &["trust everybody", "quorum none"],
        &[],
    ] {
        assert!(Trust::parse(&file(lines)).is_err(), "{lines:?}");
    }
    assert_eq!(
        Trust::parse("quorum none\n").unwrap_err(),
        TrustFault::NoLog
    );
    let key = log().verifier().as_str().to_owned();
    assert!(Trust::parse(&format!("log {key}\nlog {key}\nquorum none\n")).is_err());
    assert!(Trust::parse(&format!("log {key}\nquorum none\n")).is_ok());
    assert_eq!(
        Trust::parse(&"#\n".repeat(40_000)).unwrap_err(),
        TrustFault::TooLong
    );
}
