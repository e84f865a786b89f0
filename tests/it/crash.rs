//! SIGKILL at random points of a campaign, again and again: nobody lost, nobody twice beyond the bound.
//!
//! The real binary sends; the mail server lives in this process and keeps every byte. A message may
//! arrive twice only if its final dot had left and its answer had not been read when the process died:
//! at most one a connection and kill. Copies must be byte-identical, so that receivers can tell.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Child, Stdio};

use avow_testkit::{Catcher, SeededEntropy};

use crate::avow::{Avow, variable};

/// Kills when `AVOW_IT_KILLS` says nothing; `cargo xtask crash` asks for more.
const KILLS: usize = 50;
const CONNECTIONS: usize = 4;
/// Messages of one life at most.
const LIFE: u64 = 60;
/// So many people for each life: enough are left for the last one.
const PEOPLE_A_LIFE: usize = 120;

const CAMPAIGN: &str = "account = \"imark\"\nname = \"May\"\npurpose = \"newsletter\"\n\
    subject = \"Hello {{ first_name | default('you') }}\"\nhtml = \"may.html\"\n";
const BODY: &str = "<p>Hello {{ first_name | default('you') }},</p>\
    <p>.</p><p><a href=\"https://imark.example/x\">look</a></p>";

/// So many people who all said yes and confirmed it.
pub(crate) fn people(count: usize) -> String {
    let mut csv =
        "Email Address,First Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP\n".to_owned();
    for n in 0..count {
        let at = "2026-05-01 10:00:00,192.0.2.1";
        writeln!(csv, "person{n}@example.org,Ada{n},{at},{at}").unwrap();
    }
    csv
}

/// An account with its people, a draft, and an engine that sends again at once what is in doubt.
pub(crate) fn ready(count: usize) -> (Avow, String) {
    let avow = Avow::new().with_account();
    let config = format!("[delivery]\nin_doubt_delay_s = 0\nconnections = {CONNECTIONS}\n");
    std::fs::write(avow.data().join("avow.toml"), config).unwrap();
    let csv = avow.file("people.csv", people(count));
    let purpose = ["--account", "imark", "--purpose", "newsletter"];
    avow.json(&[&["import", csv.as_str()][..], &purpose].concat());
    avow.file("may.html", BODY);
    let file = avow.file("may.toml", CAMPAIGN);
    let created = avow.json(&["campaign", "create", "--from", &file]);
    let id = created["campaign"].as_str().unwrap().to_owned();
    (avow, id)
}

fn send(avow: &Avow, id: &str, relay: &str) -> Child {
    let words = ["campaign", "send", id, "--wait", "--json", "--relay", relay];
    let mut command = avow.command(&words);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

fn kills() -> usize {
    variable("AVOW_IT_KILLS").map_or(KILLS, |n| n.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_kills_lose_nobody_and_repeat_at_most_one_message_a_connection() {
    let kills = kills();
    let everybody = kills * PEOPLE_A_LIFE;
    let (avow, id) = ready(everybody);
    let catcher = Catcher::start().await.unwrap();
    let relay = catcher.addr().to_string();
    let dice = SeededEntropy::new(kills as u64);
    let mut early = 0;
    for _ in 0..kills {
        let mut process = send(&avow, &id, &relay);
        let enough = catcher.total() + 1 + dice.below(LIFE) as usize;
        catcher.until(enough).await;
        early += usize::from(process.try_wait().unwrap().is_some());
        process.kill().unwrap();
        process.wait().unwrap();
    }
    assert_eq!(early, 0, "the campaign ended before the last kill");
    let words = ["campaign", "send", &id, "--wait", "--relay", &relay];
    let sent = avow.json(&words);
    assert_eq!(sent["state"], "finished", "{sent}");

    let report = avow.json(&["report", "campaign", &id]);
    let outcomes = report["outcomes"].as_object().unwrap();
    let sum: u64 = outcomes.values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(
        (sum, &outcomes["delivered"]),
        (everybody as u64, &everybody.into())
    );
    let mut copies: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for caught in catcher.caught() {
        copies.entry(caught.rcpt_to).or_default().push(caught.raw);
    }
    assert_eq!(copies.len(), everybody, "everybody has the message");
    let repeats: usize = copies.values().map(|c| c.len() - 1).sum();
    println!("{kills} kills, {repeats} messages twice");
    // First: a copy that differs is not ours, or not the same message.
    let alike = |copies: &Vec<Vec<u8>>| copies.iter().all(|c| *c == copies[0]);
    assert!(copies.values().all(alike), "a copy is byte-identical");
    let most = copies.values().map(Vec::len).max();
    assert!(
        repeats <= kills * CONNECTIONS,
        "{repeats} repeats, {most:?} copies of one message at most"
    );
}
