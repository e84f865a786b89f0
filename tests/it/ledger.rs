//! The ledger from the shell: numbered, signed, checked; a restored database signs no fork.

use std::fmt::Write as _;
use std::path::Path;

use crate::avow::Avow;

fn people(from: usize, to: usize) -> String {
    let mut csv =
        "Email Address,First Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP\n".to_owned();
    for n in from..to {
        let at = "2026-05-01 10:00:00,192.0.2.1";
        writeln!(csv, "person{n}@example.org,Ada{n},{at},{at}").unwrap();
    }
    csv
}

fn import(avow: &Avow, name: &str, csv: String) {
    let csv = avow.file(name, csv);
    let purpose = ["--account", "imark", "--purpose", "newsletter"];
    avow.json(&[&["import", csv.as_str()][..], &purpose].concat());
}

/// The database's files, as a backup made while avow was stopped.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["avow.db", "avow.db-wal", "avow.db-shm"] {
        let _from_before = std::fs::remove_file(to.join(name));
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

#[test]
fn a_ledger_is_numbered_signed_and_checked_from_the_shell() {
    let avow = Avow::new().with_account();
    import(&avow, "people.csv", people(0, 300));
    // The version, and for each person a collection and a grant.
    let status = avow.json(&["ledger", "status", "--account", "imark"]);
    assert_eq!(
        (&status[0]["entries"], &status[0]["waiting"]),
        (&0.into(), &601.into())
    );
    let signed = avow.json(&["ledger", "checkpoint"]);
    assert_eq!(signed[0]["entries"], 601);
    let note = signed[0]["note"].as_str().unwrap();
    assert!(
        note.starts_with("127.0.0.1:8025/ledger/imark\n601\n"),
        "{note}"
    );
    let again = avow.json(&["ledger", "checkpoint"]);
    assert_eq!(
        again[0]["note"].as_str(),
        Some(note),
        "the same log, the same note"
    );
    let checked = avow.json(&["ledger", "verify"]);
    assert_eq!(
        (&checked[0]["entries"], &checked[0]["opened"]),
        (&601.into(), &601.into())
    );
    assert_eq!(checked[0]["root"], signed[0]["root"]);
    let status = avow.json(&["ledger", "status"]);
    assert_eq!(status[0]["checkpoint"]["entries"], 601);
}

#[test]
fn a_restored_older_database_signs_no_fork_and_says_what_to_do() {
    let avow = Avow::new().with_account();
    if !avow.data().join("avow.db").exists() {
        println!("skipped on PostgreSQL: its backups are not files");
        return;
    }
    import(&avow, "first.csv", people(0, 20));
    avow.json(&["ledger", "checkpoint"]);
    let backup = avow.path("backup");
    copy(&avow.data(), &backup);
    import(&avow, "second.csv", people(20, 40));
    avow.json(&["ledger", "checkpoint"]);

    copy(&backup, &avow.data());
    let said = avow.fails(1, &["ledger", "checkpoint"]);
    assert!(
        said.contains("the database is older than the checkpoint"),
        "{said}"
    );
    assert!(said.contains("restore the newest backup"), "{said}");
    // It grows past what was signed, with other entries.
    import(&avow, "third.csv", people(40, 100));
    let said = avow.fails(1, &["ledger", "checkpoint"]);
    assert!(said.contains("does not go on from"), "{said}");
    avow.fails(1, &["ledger", "verify"]);
    // The right backup goes on.
    std::fs::remove_file(avow.data().join("ledger/imark.checkpoint")).unwrap();
    copy(&backup, &avow.data());
    assert_eq!(avow.json(&["ledger", "checkpoint"])[0]["entries"], 41);
}

#[test]
fn a_changed_leaf_and_a_foreign_key_are_found() {
    let avow = Avow::new().with_account();
    avow.json(&["ledger", "checkpoint"]);
    let key = avow.data().join("keys/ledger.key");
    let own = std::fs::read(&key).unwrap();
    std::fs::write(&key, [9; 32]).unwrap();
    let said = avow.fails(1, &["ledger", "checkpoint"]);
    assert!(said.contains("was not signed with ledger.key"), "{said}");
    std::fs::write(&key, b"short").unwrap();
    assert!(avow.fails(1, &["ledger", "verify"]).contains("is damaged"));
    std::fs::write(&key, own).unwrap();
    avow.json(&["ledger", "verify"]);
}
