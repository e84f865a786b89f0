//! Imports from the shell.

use super::stage::PEOPLE;
use crate::avow::Avow;

#[test]
fn the_same_file_again_changes_nothing() {
    let avow = Avow::new().with_account();
    let file = avow.file("people.csv", PEOPLE);
    let words = [
        "import",
        &file,
        "--account",
        "imark",
        "--purpose",
        "newsletter",
    ];
    let first = avow.json(&words);
    let again = avow.json(&words);
    assert_eq!(first["created"], 9, "{first}");
    assert_eq!(again["was_done"], true, "{again}");
}

#[test]
fn a_later_import_never_lifts_a_no() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let yes = PEOPLE
        .replace(",unsubscribed", ",subscribed")
        .replace("2026-03-01", "2026-10-01");
    let avow = avow.with_people(&yes);
    let words = [
        "explain",
        "--account",
        "imark",
        "--contact",
        "ivo@example.com",
    ];
    let told = String::from_utf8(avow.run(&words).stdout).unwrap();
    assert!(
        told.contains("withdrew") || told.contains("unsubscribed"),
        "{told}"
    );
}

#[test]
fn rejected_rows_come_back_in_a_file_with_their_reasons() {
    let avow = Avow::new().with_account();
    let file = avow.file(
        "people.csv",
        "email,name\nada@example.com,Ada\nnot-an-address,Bea\n",
    );
    let rejects = avow.path("rejects.csv").display().to_string();
    avow.json(&["import", &file, "--account", "imark", "--rejects", &rejects]);
    let text = std::fs::read_to_string(rejects).unwrap();
    assert!(
        text.contains("not-an-address") && text.contains('@'),
        "{text}"
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let avow = Avow::new().with_account();
    let file = avow.file("people.csv", PEOPLE);
    avow.json(&["import", &file, "--account", "imark", "--dry-run"]);
    let accounts = avow.json(&["account", "list"]).to_string();
    assert!(accounts.contains("\"contacts\":0"), "{accounts}");
}

#[test]
fn a_file_that_was_taken_in_before_is_told_of_as_the_earlier_run() {
    let avow = Avow::new().with_account();
    let file = avow.file("people.csv", PEOPLE);
    let words = ["import", &file, "--account", "imark"];
    let said = || String::from_utf8(avow.run(&words).stdout).unwrap();
    let first = said();
    assert!(!first.contains("earlier run"), "{first}");
    let second = said();
    let told = "nothing was done now. What that earlier run did:\n";
    let (before, after) = second
        .split_once(told)
        .expect("it says whose counts they are");
    assert!(
        !before.contains("rows:") && after.contains("9 rows: 9 taken in"),
        "{second}"
    );
}
