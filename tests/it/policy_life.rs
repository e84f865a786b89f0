//! The life of a policy from the shell: what it emits, publication, notice, taking back, refusing to start.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::avow::Avow;

/// The present instant.
#[expect(
    clippy::disallowed_methods,
    reason = "the binary under test goes by the machine's clock"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

/// The example policy with another number and other dates.
pub(crate) fn version(n: u32, effective: Timestamp) -> String {
    let published = now();
    include_str!("../../policies/imark/v1.toml")
        .replacen("version = 1\n", &format!("version = {n}\n"), 1)
        .replacen(
            "published = 2026-01-01T00:00:00Z",
            &format!("published = {published}"),
            1,
        )
        .replacen(
            "effective = 2026-01-08T00:00:00Z",
            &format!("effective = {effective}"),
            1,
        )
}

/// The same, and its newsletter reads the telephone number besides.
pub(crate) fn wider(n: u32, effective: Timestamp) -> String {
    version(n, effective)
        .replacen(
            "[purpose.newsletter]",
            "[category.phone]\ntitle = \"Telephone\"\n\n[purpose.newsletter]",
            1,
        )
        .replacen("reads = [\"email\", ", "reads = [\"phone\", \"email\", ", 1)
}

pub(crate) fn in_days(days: i64) -> Timestamp {
    let at = now() + SignedDuration::from_hours(24 * days);
    Timestamp::from_second(at.as_second()).unwrap()
}

pub(crate) fn publish(avow: &Avow, text: &str) -> Value {
    let file = avow.file("next.toml", text);
    avow.json(&["policy", "publish", "--account", "imark", &file])
}

#[test]
fn everything_that_a_policy_emits_can_be_printed_for_an_account_and_from_a_file() {
    let avow = Avow::new().with_account();
    let file = avow.file("v1.toml", include_str!("../../policies/imark/v1.toml"));
    for (kind, key) in [
        ("page", Some("html")),
        ("form", Some("questions")),
        ("cookies", None),
        ("csp", Some("csp")),
        ("ropa", Some("activities")),
        ("recipients", None),
        ("gpc", Some("gpc")),
        ("security", Some("security_txt")),
        ("retention", None),
    ] {
        let of_account = avow.json(&["policy", "emit", kind, "--account", "imark"]);
        let of_file = avow.json(&["policy", "emit", kind, &file]);
        match key {
            Some(key) => assert!(
                !of_account[key].is_null() && !of_file[key].is_null(),
                "{kind}"
            ),
            None => assert!(of_account.is_array() && of_file.is_array(), "{kind}"),
        }
    }
    avow.fails(2, &["policy", "emit", "everything", &file]);
    avow.fails(2, &["policy", "emit", "page"]);
    let told = avow.fails(1, &["policy", "emit", "page", "--account", "nobody"]);
    assert!(told.contains("there is no account `nobody`"), "{told}");
}

#[test]
fn a_publication_tells_what_changes_and_what_happens() {
    let avow = Avow::new().with_account();
    let published = publish(&avow, &wider(2, in_days(8)));
    assert_eq!(published["change"]["class"], "major", "{published}");
    let sentences = published["change"]["sentences"].as_array().unwrap();
    assert!(
        sentences
            .iter()
            .any(|s| s.as_str().unwrap().contains("Telephone")),
        "{published}"
    );
    assert!(published["what_happens"].as_array().unwrap().len() >= 3);
}

#[test]
fn a_publication_with_too_short_a_notice_is_refused() {
    let avow = Avow::new().with_account();
    let file = avow.file("next.toml", version(2, in_days(6)));
    let told = avow.fails(1, &["policy", "publish", "--account", "imark", &file]);
    assert!(told.contains("promise"), "{told}");
    let page = avow.json(&["policy", "emit", "gpc", "--account", "imark"]);
    assert_eq!(page["lastUpdate"], "2026-01-08");
}

#[test]
fn a_version_is_taken_back_before_its_effect_and_its_number_never_given_again() {
    let avow = Avow::new().with_account();
    let told = avow.fails(1, &["policy", "retract", "--account", "imark"]);
    assert!(told.contains("the only one"), "{told}");
    publish(&avow, &wider(2, in_days(8)));
    let back = avow.json(&["policy", "retract", "--account", "imark"]);
    assert_eq!((&back["version"], &back["governs"]), (&2.into(), &1.into()));
    let again = avow.file("again.toml", version(2, in_days(8)));
    let told = avow.fails(1, &["policy", "publish", "--account", "imark", &again]);
    assert!(told.contains("the next version of imark is 3"), "{told}");
    let third = publish(&avow, &version(3, in_days(8)));
    assert_eq!(third["version"], 3);
    assert_eq!(third["change"]["class"], "patch", "{third}");
}

#[test]
fn nothing_is_served_while_a_relay_elsewhere_is_no_declared_processor() {
    let avow = Avow::new().with_account();
    let words = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--relay",
        "relay.example.com:25",
    ];
    let told = avow.fails(1, &words);
    for part in [
        "does not start",
        "imark: the configured relay uses the processor relay.example.com",
        "role = \"processor\"",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

/// A rule pack of the coast: no newsletters at all, for these people.
fn coast(version: u32, jurisdictions: &str) -> String {
    format!(
        "pack = \"coast\"\ntitle = \"Coast\"\nversion = {version}\njurisdictions = [\"{jurisdictions}\"]\n\
         [[rule]]\nkinds = [\"marketing\"]\nforbid = true\nwhy = \"not on the coast.\"\n"
    )
}

/// Whether the coast's rule refuses the newsletter to this person.
fn is_refused_by_the_coast(avow: &Avow, address: &str) -> bool {
    let told = avow.json(&["explain", "--account", "imark", "--contact", address]);
    let now = told["now"].as_array().unwrap();
    let newsletter = now.iter().find(|a| a["purpose"] == "newsletter").unwrap();
    let reasons = newsletter["reasons"].as_array().unwrap();
    reasons.iter().any(|r| r["code"] == "D_JURISDICTION_RULE")
}

#[test]
fn a_rule_of_a_state_reaches_its_people_and_those_of_whom_no_state_is_known() {
    let avow = Avow::new().with_account();
    let people = "email,country,state\nt@example.org,US,TX\nc@example.org,us-ca,\nu@example.org,US,\nd@example.org,FR,75\n";
    let people = avow.file("people.csv", people);
    let map = ["--map", "state=region"];
    avow.json(&[&["import", &people, "--account", "imark"], &map[..]].concat());
    let naming = |n: u32, pack: &str| {
        let packs = format!("packs = [\"{pack}\", ");
        version(n, in_days(8 + i64::from(n))).replacen("packs = [", &packs, 1)
    };
    // The first text of the pack is of the whole country.
    avow.file("coast.toml", coast(1, "us"));
    publish(&avow, &naming(2, "coast"));
    let refused = |avow: &Avow| {
        [
            "t@example.org",
            "c@example.org",
            "u@example.org",
            "d@example.org",
        ]
        .map(|address| is_refused_by_the_coast(avow, address))
    };
    assert_eq!(refused(&avow), [true, true, true, false]);
    // The second takes its place, as no version pinned the first.
    avow.file("coast.toml", coast(2, "us-ca"));
    publish(&avow, &naming(3, "coast"));
    assert_eq!(refused(&avow), [false, true, true, false]);
}

#[test]
fn a_pack_that_a_version_pinned_stays_beside_its_successor() {
    let avow = Avow::new().with_account();
    let pinned = version(2, in_days(10)).replacen("packs = [", "packs = [\"california@1\", ", 1);
    publish(&avow, &pinned);
    let next = version(3, in_days(11)).replacen("packs = [", "packs = [\"california\", ", 1);
    publish(&avow, &next);
    let wrong = version(4, in_days(12)).replacen("packs = [", "packs = [\"california@7\", ", 1);
    let file = avow.file("wrong.toml", wrong);
    let told = avow.fails(1, &["policy", "publish", "--account", "imark", &file]);
    assert!(
        told.contains("the rule pack \"california@7\" is promised and not there"),
        "{told}"
    );
}
