//! Canonical bytes: the same in every build, enough to rebuild a version, and nothing else is read.

use avow_policy::{CanonicalFault, Pack, PolicyHash, PolicySet, SourceFile, Version, decide};

use crate::fixture::{acme, compiled, files, root};
use crate::language::{whole, whole_version};
use crate::people::{Dice, day, facts, request};

fn bytes(set: &PolicySet) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    (
        set.versions().map(Version::canonical).collect(),
        set.packs().iter().map(Pack::canonical).collect(),
    )
}

fn rebuilt(versions: &[Vec<u8>], packs: &[Vec<u8>]) -> Result<PolicySet, CanonicalFault> {
    let versions: Vec<&[u8]> = versions.iter().map(Vec::as_slice).collect();
    let packs: Vec<&[u8]> = packs.iter().map(Vec::as_slice).collect();
    PolicySet::from_canonical(&versions, &packs)
}

fn policy(text: &str) -> SourceFile {
    SourceFile {
        name: "v1.toml".to_owned(),
        text: text.to_owned(),
    }
}

/// A policy of one purpose.
pub(crate) fn small() -> SourceFile {
    policy(SMALL)
}

const SMALL: &str = r#"
policy = "tiny/main"
version = 1
published = 2026-01-01
effective = 2026-01-08T12:00:00Z
notice = { period = "7d" }
[controller]
name = "Tiny \"&\" Co"
post = "1 Lane"
email = "privacy@tiny.example"
[category.email]
title = "E-mail"
[purpose.news]
kind = "marketing"
choice = "opt_in"
verbs = ["send"]
reads = ["email"]
title = "News"
ask = "Yes"
why = "You asked."
[text.en]
markdown = "Text ü\n"
"#;

const SMALL_CANONICAL: &str = r#"{"categories":[{"id":"email","title":"E-mail"}],"controller":{"email":"privacy@tiny.example","name":"Tiny \"&\" Co","post":"1 Lane"},"effective":"2026-01-08T12:00:00Z","format":"avow-policy/1","notice":{"period":604800},"permit_life":600,"policy":"tiny/main","published":"2026-01-01T00:00:00Z","purposes":[{"ask":"Yes","choice":"opt_in","id":"news","kind":"marketing","reads":["email"],"recipients":["self"],"title":"News","verbs":["send"],"why":"You asked."}],"texts":[{"locale":"en","markdown":"Text ü\n"}],"version":1}"#;

#[test]
fn a_small_policy_has_exactly_these_bytes_and_this_hash() {
    let set = compiled(&[policy(SMALL)]);
    let version = set.version(1).expect("the version");
    assert_eq!(
        String::from_utf8(version.canonical()).expect("text"),
        SMALL_CANONICAL
    );
    // Taken with `sha256sum` from the bytes above.
    assert_eq!(version.hash().to_string(), SMALL_HASH);
    assert_eq!(version.hash(), PolicyHash::of(SMALL_CANONICAL.as_bytes()));
}

const SMALL_HASH: &str = "sha256:874e527b331610a8f04aed371046522e07317cf6e08706de9f7364568d1fe119";

#[test]
fn the_policy_with_every_key_has_exactly_the_bytes_of_the_golden_file() {
    let golden = include_str!("../testdata/whole.canonical.json");
    let bytes = String::from_utf8(whole_version().canonical()).expect("text");
    assert_eq!(bytes, golden.trim_end());
}

#[test]
fn a_pack_has_exactly_these_bytes() {
    let text = "pack = \"xx\"\ntitle = \"X\"\njurisdictions = [\"zz\", \"CA\"]\n[[rule]]\nkinds = [\"marketing\"]\nneeds = \"opt_in\"\nor_soft_opt_in = true\nor_implied = { purchase_months = 24 }\nwhy = \"w\"\n[[rule]]\nunder_age = 16\nsignal = \"gpc\"\nwhy = \"w\"\n";
    let mut all = vec![policy(SMALL)];
    all.push(SourceFile {
        name: "xx.toml".to_owned(),
        text: text.to_owned(),
    });
    let set = compiled(&all);
    let canonical = String::from_utf8(set.packs()[0].canonical()).expect("text");
    assert_eq!(
        canonical,
        r#"{"format":"avow-pack/1","jurisdictions":["zz","ca"],"pack":"xx","rules":[{"demand":{"choice":{"instead":["soft_opt_in",{"implied":{"purchase_months":24}}],"least":"opt_in"}},"kinds":["marketing"],"why":"w"},{"demand":{"honour_signal":"gpc"},"under_age":16,"why":"w"}],"status":"in_force","title":"X","version":1}"#
    );
}

#[test]
fn every_policy_of_the_repository_is_rebuilt_from_its_bytes() {
    let packs = files(&root().join("policies/packs"));
    for folder in [
        "imark",
        "exacttarget",
        "leadgenius",
        "strongmail",
        "dynamics",
    ] {
        let mut all = files(&root().join("policies").join(folder));
        all.extend(packs.clone());
        let set = compiled(&all);
        let (versions, packs) = bytes(&set);
        let again = rebuilt(&versions, &packs).unwrap_or_else(|fault| panic!("{folder}: {fault}"));
        assert!(set.versions().eq(again.versions()), "{folder}");
        assert_eq!(set.packs(), again.packs());
    }
}

#[test]
fn the_rebuilt_policies_answer_like_the_ones_from_files() {
    let set = acme();
    let (versions, packs) = bytes(&set);
    let again = rebuilt(&versions, &packs).expect("in order");
    let mut dice = Dice::new(11);
    for _ in 0..1_000 {
        let (request, facts) = (request(&mut dice), facts(&mut dice));
        let now = day(dice.below(400) as i64);
        let (one, two) = (
            decide(&request, &facts, now, &set),
            decide(&request, &facts, now, &again),
        );
        assert_eq!(format!("{one:?}"), format!("{two:?}"));
    }
}

#[test]
fn whatever_lines_a_policy_has_its_version_comes_back_from_its_bytes() {
    let (whole, german) = whole();
    let mut dice = Dice::new(7);
    let mut compiled = 0;
    for _ in 0..300 {
        let few = 1 + dice.below(40);
        let kept = |line: &&str| {
            let other_file = ["base =", "packs =", "supersedes"]
                .iter()
                .any(|k| line.starts_with(k));
            !other_file && !dice.one_in(few * 4)
        };
        let text: Vec<&str> = whole.text.lines().filter(kept).collect();
        let file = SourceFile {
            name: whole.name.clone(),
            text: text.join("\n"),
        };
        let Ok(set) = PolicySet::compile(&[file, german.clone()]) else {
            continue;
        };
        compiled += 1;
        let version = set.versions().next().expect("one");
        let again = Version::from_canonical(&version.canonical());
        assert_eq!(again.as_ref(), Ok(version));
    }
    assert!(compiled > 10, "{compiled}");
}

#[test]
fn changed_bytes_are_refused_or_are_another_version_that_says_so() {
    let version = whole_version();
    let good = version.canonical();
    let mut dice = Dice::new(3);
    for _ in 0..600 {
        let mut bytes = good.clone();
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
        if let Ok(other) = Version::from_canonical(&bytes) {
            assert_ne!(other, version);
            assert_eq!(other.canonical(), bytes);
            assert_ne!(other.hash(), version.hash());
        }
    }
}

#[test]
fn the_same_content_in_other_bytes_is_refused() {
    let spaced = SMALL_CANONICAL.replacen("\":", "\": ", 1);
    let read = |text: &str| Version::from_canonical(text.as_bytes()).expect_err("a fault");
    assert_eq!(read(&spaced), CanonicalFault::NotCanonical);
    let said = SMALL_CANONICAL.replacen("\"version\":1", "\"min_age\":0,\"version\":1", 1);
    assert_eq!(read(&said), CanonicalFault::NotCanonical);
    let unknown = SMALL_CANONICAL.replacen("\"version\":1", "\"colour\":1,\"version\":1", 1);
    assert!(matches!(read(&unknown), CanonicalFault::Malformed { .. }));
    let later = SMALL_CANONICAL.replacen("avow-policy/1", "avow-policy/2", 1);
    assert!(matches!(read(&later), CanonicalFault::Format { .. }));
    let endless = SMALL_CANONICAL.replacen("604800", "9999999999", 1);
    assert!(matches!(read(&endless), CanonicalFault::Malformed { .. }));
}

#[test]
fn rebuilt_versions_must_follow_each_other_with_notice_and_their_packs() {
    let (versions, packs) = bytes(&acme());
    let mut turned = versions.clone();
    turned.swap(0, 1);
    let order = rebuilt(&turned, &packs).expect_err("a fault");
    assert!(matches!(order, CanonicalFault::Order { n: 1 }), "{order}");
    let lone = rebuilt(&versions, &packs[1..]).expect_err("a fault");
    assert!(matches!(lone, CanonicalFault::Pack { .. }), "{lone}");
    let mut hasty = versions.clone();
    let text = String::from_utf8(hasty[1].clone()).expect("text");
    let late = text.replace("\"published\":\"2026-03-01", "\"published\":\"2026-03-02");
    assert_ne!(late, text);
    hasty[1] = late.into_bytes();
    let fault = rebuilt(&hasty, &packs).expect_err("a fault");
    assert_eq!(fault, CanonicalFault::Notice { n: 2 });
}

#[test]
fn a_version_may_name_the_hash_of_the_one_before_and_then_must_mean_it() {
    let first = policy(SMALL);
    let hash = compiled(std::slice::from_ref(&first))
        .version(1)
        .expect("one")
        .hash();
    let next = |supersedes: &str| SourceFile {
        name: "v2.toml".to_owned(),
        text: SMALL
            .replace(
                "version = 1",
                &format!("version = 2\nsupersedes = \"{supersedes}\""),
            )
            .replace("2026-01-0", "2026-02-0"),
    };
    compiled(&[first.clone(), next(&hash.to_string())]);
    let other = PolicyHash::of(b"").to_string();
    let faults = PolicySet::compile(&[first, next(&other)]).expect_err("a fault");
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0]
            .message
            .contains("is not the hash of the version before it")
    );
    assert!(
        faults[0]
            .hint
            .as_deref()
            .expect("a hint")
            .contains(&hash.to_string())
    );
}
