//! No room: for the send journal, and for the database.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use avow_testkit::Catcher;

use super::disk::TinyDisk;
use crate::avow::Avow;
use crate::crash::{people, ready};

const PEOPLE: usize = 600;

/// Reads what the process says of its troubles until it says this.
pub(super) fn until_said(child: &mut Child, words: &str) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said = lines.find(|line| line.as_ref().unwrap().contains(words));
    assert!(said.is_some(), "it never said: {words}");
    // What it says from here on matters to nobody, and must not stop it.
    std::thread::spawn(move || lines.for_each(drop));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_no_room_for_the_send_journal_nothing_leaves_and_with_room_everybody_gets_it_once() {
    let (avow, id) = ready(PEOPLE);
    let Some(disk) = TinyDisk::over(&avow.data().join("journal"), "16k") else {
        return;
    };
    let catcher = Catcher::start().await.unwrap();
    let relay = catcher.addr().to_string();
    let words = ["campaign", "send", &id, "--wait", "--relay", &relay];
    let mut send = disk.on(&avow.command(&words));
    let mut send = send
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until_said(
        &mut send,
        "nothing is sent while the send journal cannot be written",
    );
    let stopped_at = catcher.total();
    assert!(stopped_at < PEOPLE, "it stopped before the end");
    disk.grow();
    assert!(send.wait().unwrap().success());

    let outcomes = avow.outcomes(&id);
    assert_eq!(outcomes["delivered"], PEOPLE);
    let caught = catcher.caught();
    let once: BTreeSet<&str> = caught.iter().map(|c| c.rcpt_to.as_str()).collect();
    assert_eq!((caught.len(), once.len()), (PEOPLE, PEOPLE));
}

#[test]
fn with_no_room_for_the_database_an_import_says_so_and_goes_on_when_there_is() {
    const ROWS: usize = 8_000;
    let avow = Avow::new();
    if avow.is_on_postgres() {
        println!("skipped: the database is not in the data folder");
        return;
    }
    let Some(disk) = TinyDisk::over(&avow.data(), "3m") else {
        return;
    };
    let avow = avow.with_account_by(&|command| disk.on(command));
    let file = avow.file("people.csv", people(ROWS));
    let words = [
        "import",
        &file,
        "--account",
        "imark",
        "--purpose",
        "newsletter",
        "--json",
    ];
    let import = || -> std::process::Output {
        let command: Command = avow.command(&words);
        disk.on(&command).output().unwrap()
    };
    let refused = import();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(
        said.contains("is full") && said.contains("free some space"),
        "{said}"
    );

    disk.grow();
    let done = import();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}");
    let list = disk
        .on(&avow.command(&["account", "list", "--json"]))
        .output()
        .unwrap();
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.contains(&format!("\"contacts\":{ROWS}")), "{list}");
}
