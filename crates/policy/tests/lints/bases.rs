//! Staying within a base, and forms that ask what the policy declares.

use avow_policy::{Diagnostic, FormFault, FormShape, Severity, check_form, lint};

use super::{CLEAN, file, packs, told};
use crate::fixture::compiled;

/// An account's policy that names the clean one as its base, after these replacements in the account's.
fn under_the_base(replacements: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut text = CLEAN
        .replace(
            "policy = \"quay/main\"",
            "policy = \"stall/main\"\nbase = \"quay/main@1\"",
        )
        .replace("name = \"Quay\"", "name = \"Stall\"");
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let mut all = packs();
    all.push(file("quay/v1.toml", CLEAN));
    all.push(file("stall/v1.toml", &text));
    compiled(&all);
    lint(&all)
}

#[test]
fn an_account_may_say_less_than_its_base_and_in_its_own_words() {
    let narrowings: [&[(&str, &str)]; 6] = [
        &[],
        &[("choice = \"opt_in\"", "choice = \"confirmed_opt_in\"")],
        &[
            ("reads = [\"email\", \"topic\"]", "reads = [\"email\"]"),
            (
                "[category.topic]\ntitle = \"Topics\"\nsource = [\"person\"]\n",
                "",
            ),
        ],
        &[("[purpose.news]", "[purpose.\"news.monthly\"]")],
        &[
            ("period = \"7d\"", "period = \"30d\""),
            ("# Quay", "# Stall"),
        ],
        &[
            ("claims = []", "claims = [\"permission_only\"]"),
            (
                "domains = [\"quay.example\"]",
                "domains = [\"stall.example\"]",
            ),
        ],
    ];
    for narrowing in narrowings {
        let found = under_the_base(narrowing);
        assert!(found.is_empty(), "{narrowing:?}\n{}", told(&found));
    }
}

#[test]
fn an_account_that_permits_more_than_its_base_is_told_where() {
    let rows = [
        (
            "choice = \"opt_in\"",
            "choice = \"opt_out\"",
            "choice = \"opt_out\"",
        ),
        (
            "verbs = [\"track.site\"]\nreads = [\"visit\"]",
            "verbs = [\"track.site\"]\nreads = [\"visit\", \"email\"]",
            "now also uses: E-mail address",
        ),
        (
            "[purpose.delivery]",
            "[purpose.parcels]",
            "“Delivery” is new",
        ),
        (
            "period = \"7d\"",
            "period = \"1d\"",
            "published 1 day before",
        ),
        (
            "packs = [\"eu\"]",
            "packs = []",
            "no longer promise to keep the rules “eu”",
        ),
        (
            "marker_ttl = \"365d\"",
            "marker_ttl = \"30d\"",
            "is not repeated within 30 days",
        ),
        (
            "[right.correct]",
            "[right.access]",
            "No longer offered: the right to correct",
        ),
        ("own_use = false", "own_use = false\nuntil = 2027-01-01", ""),
    ];
    for (from, to, told_as) in rows {
        let found: Vec<Diagnostic> = under_the_base(&[(from, to)])
            .into_iter()
            .filter(|d| d.lint == Some("P09"))
            .collect();
        let shown = told(&found);
        assert_eq!(found.is_empty(), told_as.is_empty(), "{to}: {shown}");
        assert!(shown.contains(told_as), "{to}: {shown}");
        for one in &found {
            assert_eq!(
                (one.file.as_str(), one.severity),
                ("stall/v1.toml", Severity::Error)
            );
            assert_eq!(one.asides()[0].file, "quay/v1.toml");
            assert!(one.message.starts_with("wider than quay/main@1"), "{shown}");
        }
    }
}

#[test]
fn a_base_that_is_not_there_is_named() {
    let mut all = packs();
    let text = CLEAN.replace("version = 1\n", "version = 1\nbase = \"platform/main@7\"\n");
    all.push(file("v1.toml", &text));
    let found = lint(&all);
    assert_eq!(found.len(), 1, "{}", told(&found));
    assert!(found[0].message.contains("platform/main@7 is not there"));
}

#[test]
fn a_form_asks_only_what_the_policy_declares_and_lets_people_choose() {
    let mut all = packs();
    all.push(file("v1.toml", CLEAN));
    let set = compiled(&all);
    let version = set.version(1).expect("one");
    let shape = |fields: &[&str], purposes: &[&str], controls: &[&str]| FormShape {
        fields: fields.iter().map(|f| f.parse().expect("a name")).collect(),
        purposes: purposes
            .iter()
            .map(|p| p.parse().expect("a name"))
            .collect(),
        controls: controls
            .iter()
            .map(|p| p.parse().expect("a name"))
            .collect(),
    };
    assert_eq!(
        check_form(version, &shape(&["email", "topic"], &["news"], &["news"])),
        []
    );
    assert_eq!(
        check_form(version, &shape(&["email"], &["service"], &[])),
        []
    );
    let faults = check_form(
        version,
        &shape(&["email", "phone", "visit"], &["news", "gifts"], &[]),
    );
    let told: Vec<String> = faults.iter().map(FormFault::to_string).collect();
    assert_eq!(
        told,
        [
            "a field asks for “phone”, which the policy does not declare: declare it, or take the field out",
            "a field asks for “visit”, and no purpose of the form reads it: take the field out",
            "the form has no way to choose about “news”: give it a tick of its own",
            "the form is for “gifts”, which the policy does not declare: declare it, or take it off the form",
        ]
    );
}
