//! What people do wrong, and what they are told.

use super::stage::PEOPLE;
use crate::avow::Avow;

#[test]
fn an_endless_template_is_refused_before_anything_leaves() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let body = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
    avow.file("endless.html", body);
    let campaign = avow.file(
        "endless.toml",
        "account = \"imark\"\nname = \"Endless\"\npurpose = \"newsletter\"\nsubject = \"x\"\nhtml = \"endless.html\"\n",
    );
    let created = avow.json(&["campaign", "create", "--from", &campaign]);
    let id = created["campaign"].as_str().unwrap();
    avow.fails(
        1,
        &["campaign", "send", id, "--wait", "--relay", "127.0.0.1:9"],
    );
    assert_eq!(avow.json(&["report", "campaign", id])["audience"], 0);
}

#[test]
fn an_unknown_key_in_a_campaign_file_is_named() {
    let avow = Avow::new().with_account();
    let file = avow.file("c.toml", "account = \"imark\"\nsubjekt = \"x\"\n");
    let said = avow.fails(2, &["campaign", "create", "--from", &file]);
    assert!(said.contains("subjekt"), "{said}");
}

#[test]
fn an_unknown_account_lists_those_there_are() {
    let avow = Avow::new().with_account();
    let file = avow.file("people.csv", PEOPLE);
    let said = avow.fails(1, &["import", &file, "--account", "imarc"]);
    assert!(said.contains("imark"), "{said}");
}

#[test]
fn a_data_folder_that_cannot_be_written_says_so() {
    let avow = Avow::new();
    std::fs::write(avow.data(), "a file, not a folder").unwrap();
    let output = avow.run(&["account", "list"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("data folder"), "{said}");
}
