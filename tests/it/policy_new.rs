//! Five questions from the shell: what they write is a policy that an account can be founded on.

use crate::avow::Avow;

const ANSWERS: [&str; 16] = [
    "--account",
    "tea",
    "--name",
    "Tea & Sons",
    "--post",
    "1 Quay, Bristol",
    "--email",
    "privacy@tea.example",
    "--kind",
    "shop",
    "--places",
    "uk,eu",
    "--measure",
    "ask",
    "--sharing",
    "nobody",
];

fn write(avow: &Avow) -> String {
    let file = avow.path("tea.toml").display().to_string();
    let words = [&["policy", "new", "--out", &file], &ANSWERS[..]].concat();
    let written = avow.json(&words);
    assert_eq!(written["packs"], serde_json::json!(["uk", "eu", "de"]));
    file
}

#[test]
fn five_answers_make_a_policy_that_an_account_is_founded_on() {
    let avow = Avow::new();
    let file = write(&avow);
    assert_eq!(avow.json(&["policy", "check", &file])["ok"], true);
    let password = avow.file("password", "correct horse battery staple\n");
    let words = [
        "account",
        "add",
        "Tea & Sons",
        "--slug",
        "tea",
        "--policy",
        &file,
    ];
    let owner = [
        "--domain",
        "tea.example",
        "--owner",
        "owner@example.com",
        "--password-file",
        &password,
    ];
    let added = avow.json(&[&words[..], &owner].concat());
    assert_eq!(added["slug"], "tea");
}

#[test]
fn a_file_that_is_there_is_never_written_over() {
    let avow = Avow::new();
    let file = write(&avow);
    let before = std::fs::read_to_string(&file).unwrap();
    let words = [&["policy", "new", "--out", &file], &ANSWERS[..]].concat();
    let said = avow.fails(1, &words);
    assert!(said.contains("is there already"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
}

#[test]
fn without_a_terminal_the_missing_answer_is_named() {
    let avow = Avow::new();
    let said = avow.fails(2, &["policy", "new", "--account", "tea"]);
    assert!(said.contains("--name"), "{said}");
}
