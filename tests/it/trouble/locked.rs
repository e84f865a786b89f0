//! Another program holds the database's write lock.

use std::process::Stdio;

use avow_testkit::Catcher;
use rusqlite::Connection;

use super::full::until_said;
use crate::avow::Avow;
use crate::crash::{people, ready};

const PEOPLE: usize = 600;

/// True, with a line that says so, on PostgreSQL: nobody locks a whole database there.
fn skips(avow: &Avow) -> bool {
    if avow.is_on_postgres() {
        println!("skipped: nobody locks a whole PostgreSQL database");
    }
    avow.is_on_postgres()
}

/// Holds the write lock until it is dropped.
fn lock(avow: &Avow) -> Connection {
    let connection = Connection::open(avow.data().join("avow.db")).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

#[test]
fn a_command_says_who_locks_the_database_and_what_to_do() {
    let avow = Avow::new().with_account();
    if skips(&avow) {
        return;
    }
    let file = avow.file("people.csv", people(3));
    let words = [
        "import",
        &file,
        "--account",
        "imark",
        "--purpose",
        "newsletter",
    ];
    let lock = lock(&avow);
    let said = avow.fails(3, &words);
    assert!(said.contains("locked by another program"), "{said}");
    drop(lock);
    assert_eq!(avow.json(&words)["created"], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outcomes_of_a_campaign_wait_for_the_lock_and_none_is_lost() {
    let (avow, id) = ready(PEOPLE);
    if skips(&avow) {
        return;
    }
    let catcher = Catcher::start().await.unwrap();
    let relay = catcher.addr().to_string();
    let words = ["campaign", "send", &id, "--wait", "--relay", &relay];
    let mut send = avow.command(&words);
    let mut send = send
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    catcher.until(1).await;
    let lock = lock(&avow);
    until_said(&mut send, "outcomes cannot be recorded; trying again");
    drop(lock);
    assert!(send.wait().unwrap().success());
    assert_eq!(avow.outcomes(&id)["delivered"], PEOPLE);
    assert_eq!(catcher.total(), PEOPLE);
}
