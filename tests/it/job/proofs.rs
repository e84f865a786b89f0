//! A message proved and verified from the shell; a changed proof and a changed message are refused.

use avow_model::OutgoingId;
use avow_testkit::Catcher;
use serde_json::Value;

use super::stage::PEOPLE;
use crate::avow::Avow;
use crate::policy_life::{in_days, publish, version, wider};
use crate::process::Process;

/// An account that sent its campaign, with the name of the message to Ada.
fn sent() -> (Avow, String) {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let sink = avow.sink(&[]);
    let campaign = avow.draft();
    avow.send(&campaign, &sink.said("listening"));
    let told = avow.json(&["report", "campaign", &campaign, "--people", "delivered"]);
    assert!(told.to_string().contains("ada@example.com"), "{told}");
    let message = campaign.replacen("cp_", "msg_", 1);
    (avow, format!("{message}-1"))
}

fn failed(told: &Value) -> Vec<&str> {
    let steps = told["steps"].as_array().unwrap().iter();
    let failed = steps.filter(|step| step["result"] == "failed");
    failed.map(|step| step["step"].as_str().unwrap()).collect()
}

#[test]
fn a_message_is_proved_to_somebody_who_has_the_file_and_the_key_alone() {
    let (avow, message) = sent();
    let file = avow.path("ada.permproof").display().to_string();
    let proved = avow.json(&["prove", &message, "--out", &file]);
    assert_eq!(proved["proved"], true, "{proved}");
    let key = proved["key"].as_str().unwrap();
    let trust = avow.file("trust", format!("log {key}\nquorum none\n"));
    // Somebody else, with no data folder of any account.
    let stranger = Avow::new();
    let told = stranger.json(&["verify", &file, "--trust", &trust]);
    assert_eq!(
        (&told["proved"], &told["trust"]),
        (&true.into(), &"own".into())
    );
    assert_eq!(told["message"], message.as_str());

    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = avow.file("changed", bytes);
    let said = stranger.fails(1, &["verify", &changed, "--trust", &trust]);
    assert!(
        said.contains("NOT PROVED: the first line marked FAILED"),
        "{said}"
    );
    let mail = avow.file("mail.eml", "another message");
    let words = [
        "--json",
        "verify",
        &file,
        "--trust",
        &trust,
        "--message",
        &mail,
    ];
    let told = stranger.run(&words);
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(failed(&told), ["your message"]);
}

#[test]
fn another_accounts_key_proves_nothing_and_an_unsent_message_has_no_proof() {
    let (avow, message) = sent();
    let file = avow.path("ada.permproof").display().to_string();
    avow.json(&["prove", &message, "--out", &file]);
    let other = sent().0;
    let theirs = other.json(&["ledger", "checkpoint"]);
    let key = theirs[0]["key"].as_str().unwrap();
    let trust = avow.file("theirs", format!("log {key}\nquorum none\n"));
    let told = avow.run(&["--json", "verify", &file, "--trust", &trust]);
    assert_eq!(told.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(failed(&told), ["signatures"]);
    // Hal gave no consent: the message was refused, and there is nothing to prove.
    let refused = message.replacen("-1", "-8", 1);
    let said = avow.fails(1, &["prove", &refused]);
    assert!(
        said.contains("it was not sent yet, or it was refused"),
        "{said}"
    );
    avow.fails(2, &["verify", "there-is-no-such-file"]);
}

#[test]
fn receipts_hold_by_themselves() {
    let (avow, _) = sent();
    let folder = avow.path("receipts").display().to_string();
    let words = [
        "receipts",
        "--account",
        "imark",
        "--contact",
        "ada@example.com",
    ];
    let written = avow.json(&[&words[..], &["--out", &folder]].concat());
    let files = written["files"].as_array().unwrap();
    assert!(files.len() >= 2, "{written}");
    let key = written["key"].as_str().unwrap();
    let trust = avow.file("trust", format!("log {key}\nquorum none\n"));
    for file in files {
        let told = Avow::new().json(&["verify", file.as_str().unwrap(), "--trust", &trust]);
        assert_eq!(told["proved"], true, "{told}");
    }
    avow.fails(2, &["verify", files[0].as_str().unwrap()]);
}

/// The proof of a message, checked by somebody else.
fn holds(avow: &Avow, message: &str) {
    let file = avow.path("kept.permproof").display().to_string();
    let proved = avow.json(&["prove", message, "--out", &file]);
    assert_eq!(proved["proved"], true, "{proved}");
    let key = proved["key"].as_str().unwrap();
    let trust = avow.file("trust", format!("log {key}\nquorum none\n"));
    let told = Avow::new().json(&["verify", &file, "--trust", &trust]);
    assert_eq!(told["proved"], true, "{told}");
}

#[test]
fn a_message_stays_proved_when_a_rule_pack_gets_another_text() {
    let (avow, message) = sent();
    std::fs::create_dir(avow.path("packs")).unwrap();
    let pack = include_str!("../../../policies/packs/eu.toml");
    let other = pack.replace("silence is no consent", "going on is no consent");
    let hash = |file: String| avow.json(&["policy", "hash", &file])["hashes"][0]["hash"].clone();
    let before = hash(avow.file("packs/eu.toml", pack));
    assert_ne!(before, hash(avow.file("packs/eu.toml", other)));
    publish(&avow, &version(2, in_days(8)));
    holds(&avow, &message);
    let campaign = avow.draft();
    avow.send(&campaign, &avow.sink(&[]).said("listening"));
    holds(&avow, &format!("{}-1", campaign.replacen("cp_", "msg_", 1)));
}

#[test]
fn a_message_stays_proved_when_a_version_that_was_announced_then_is_taken_back() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let published = publish(&avow, &wider(2, in_days(8)));
    let notice = published["notice"]["campaign"].as_str().unwrap();
    let campaign = avow.draft();
    let sink = avow.sink(&[]);
    for id in [notice, &campaign] {
        avow.send(id, &sink.said("listening"));
    }
    avow.json(&["policy", "retract", "--account", "imark"]);
    for id in [notice, &campaign] {
        holds(&avow, &format!("{}-1", id.replacen("cp_", "msg_", 1)));
    }
}

/// Queues a confirmation to the first person, as a form does; gives its name.
fn queue_confirmation(avow: &Avow) -> String {
    let id = OutgoingId::from_i64(1 << 40);
    let database = rusqlite::Connection::open(avow.data().join("avow.db")).unwrap();
    let queued = database.execute(
        "INSERT INTO outgoing (account, id, kind, contact, mail_from, rcpt_to, body, state, attempts, next_at,
            reply_code, reply, created_at, updated_at)
         SELECT account, ?1, 'confirmation', id, 'bounces@imark.example', 'ada@example.com', ?2, 0, 0, 0,
            NULL, NULL, 0, 0 FROM contact ORDER BY id LIMIT 1",
        (id.as_i64(), b"Subject: Please confirm\r\n\r\nHello\r\n"),
    );
    assert_eq!(queued.unwrap(), 1);
    id.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_is_proved_like_any_message() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    if avow.is_on_postgres() {
        println!("skipped on PostgreSQL: the test writes into the file");
        return;
    }
    let single = queue_confirmation(&avow);
    let said = avow.fails(1, &["prove", &single]);
    assert!(said.contains("was not sent yet"), "{said}");
    let catcher = Catcher::start().await.unwrap();
    let relay = catcher.addr().to_string();
    let words = ["serve", "--listen", "127.0.0.1:0", "--relay", &relay];
    let server = Process::start(&mut avow.command(&words));
    catcher.until(1).await;
    server.end();
    holds(&avow, &single);
    let nobody = OutgoingId::from_i64(7).to_string();
    let said = avow.fails(1, &["prove", &nobody]);
    assert!(said.contains("no single message"), "{said}");
    avow.fails(2, &["prove", "og_"]);
}
