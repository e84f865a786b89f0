//! `avow bounce classify` from the shell: folders, files, JSON and table, and what is no mail.

use serde_json::Value;

use crate::avow::Avow;

const DEAD: &str = "From: MAILER-DAEMON@mx.example.net\nTo: bounce+tok@news.example.com\nSubject: failure notice\n\n\
    <ada@example.org>:\nRemote host said: 550 5.1.1 No such user\n\n--- Below this line is a copy of the message.\n\n\
    Return-Path: <bounce+tok@news.example.com>\nMessage-ID: <m1@news.example.com>\nSubject: News\n\nhello\n";
const FULL: &str = "From: MAILER-DAEMON@mx.example.net\r\nSubject: failure notice\r\n\r\n<bob@example.org>:\r\n552 5.2.2 Mailbox full\r\n";

#[test]
fn a_folder_of_returned_mails_is_told_by_recipient() {
    let avow = Avow::new();
    let folder = avow.path("mails");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("b.eml"), FULL).unwrap();
    std::fs::write(folder.join("a.eml"), DEAD).unwrap();
    std::fs::write(folder.join("labels.tsv"), "no mail").unwrap();
    let told = avow.json(&["bounce", "classify", folder.to_str().unwrap()]);
    let told = told.as_array().unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["file"], "a.eml");
    assert_eq!(told[0]["address"], "ada@example.org");
    assert_eq!(told[0]["class"], "userunknown");
    assert_eq!(told[0]["hard"], true);
    assert_eq!(told[0]["status"], "5.1.1");
    assert_eq!(told[0]["reply"], 550);
    assert_eq!(told[0]["action"], "bounce");
    assert_eq!(told[0]["message_id"], "m1@news.example.com");
    assert_eq!(told[1]["class"], "mailboxfull");
    assert_eq!(told[1]["hard"], false);
    assert!(
        !avow.data().exists(),
        "it needs no data folder and makes none"
    );
}

#[test]
fn a_file_that_is_no_mail_is_told_after_the_others_are_done() {
    let avow = Avow::new();
    let mail = avow.file("a.eml", DEAD);
    let none = avow.file("none.txt", "just words");
    let output = avow.run(&["bounce", "classify", &none, "missing.eml", &mail, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told.as_array().unwrap().len(), 1);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("none.txt: it is no mail") && said.contains("missing.eml: cannot be opened"),
        "{said}"
    );
}

#[test]
fn people_get_a_table() {
    let avow = Avow::new();
    let mail = avow.file("a.eml", DEAD);
    let output = avow.run(&["bounce", "classify", &mail]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(
        said.contains("HARD") && said.contains("The mailbox does not exist."),
        "{said}"
    );
}

#[test]
fn a_call_without_a_mail_is_wrong() {
    let avow = Avow::new();
    assert_eq!(avow.run(&["bounce", "classify"]).status.code(), Some(2));
    let empty = avow.path("empty");
    std::fs::create_dir(&empty).unwrap();
    assert_eq!(
        avow.run(&["bounce", "classify", empty.to_str().unwrap()])
            .status
            .code(),
        Some(2)
    );
}
