//! Accounts and policies from the shell.

use crate::avow::{Avow, repository};

#[test]
fn all_given_policy_cases_hold_and_a_wrong_expectation_fails() {
    let avow = Avow::new();
    let cases = repository().join("../shared/data/policy-cases/cases.jsonl");
    if !cases.exists() {
        println!("skipped: the shared policy cases are not here");
        return;
    }
    let acme = repository()
        .join("tests/fixtures/acme")
        .display()
        .to_string();
    let cases_path = cases.display().to_string();
    avow.json(&["policy", "test", "--policies", &acme, &cases_path]);
    let wrong = std::fs::read_to_string(cases)
        .unwrap()
        .replacen("\"ALLOW\"", "\"DENY\"", 1);
    let wrong = avow.file("wrong.jsonl", wrong);
    let said = avow.fails(1, &["policy", "test", "--policies", &acme, &wrong]);
    assert!(said.contains("A01"), "{said}");
}

#[test]
fn an_account_is_told_its_dns_records_and_a_second_of_the_name_is_refused() {
    let avow = Avow::new();
    let policy = repository()
        .join("policies/imark/v1.toml")
        .display()
        .to_string();
    let words = [
        "account", "add", "IMark", "--slug", "imark", "--policy", &policy,
    ];
    let words = [&words[..], &["--domain", "imark.example"]].concat();
    let added = avow.json(&words).to_string();
    assert!(
        added.contains("_domainkey.imark.example") && added.contains("k=ed25519"),
        "{added}"
    );
    avow.fails(1, &words);
}

#[test]
fn a_policy_with_a_fault_is_shown_with_its_line_and_makes_no_account() {
    let avow = Avow::new();
    let text = std::fs::read_to_string(repository().join("policies/imark/v1.toml")).unwrap();
    let bad = avow.file("bad.toml", text.replacen("measure = ", "mesure = ", 1));
    let said = avow.fails(1, &["policy", "check", &bad]);
    assert!(
        said.contains("mesure") && said.contains(&format!("{bad}:")),
        "{said}"
    );
    let words = [
        "account",
        "add",
        "X",
        "--slug",
        "imark",
        "--policy",
        &bad,
        "--domain",
        "x.example",
    ];
    avow.fails(1, &words);
    assert_eq!(
        avow.json(&["account", "list"]).as_array().map(Vec::len),
        Some(0)
    );
}
