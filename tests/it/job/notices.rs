//! The notice of a policy version from the shell: published, mailed, accounted for, proved, called off.

use std::collections::BTreeSet;
use std::process::Stdio;

use avow_testkit::{Catcher, SeededEntropy};
use serde_json::Value;

use super::stage::PEOPLE;
use crate::avow::Avow;
use crate::crash::people;
use crate::policy_life::{in_days, publish, version, wider};
use crate::process::Process;

/// Everybody of whom something is held: also who gave no evidence of a yes. Ivo was imported as somebody who
/// left: only the no is kept.
const HELD: u64 = 8;
const PEOPLE_THERE: u64 = 9;

/// An account whose second version is published; with the id of its notice.
fn announced() -> (Avow, String) {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let published = publish(&avow, &wider(2, in_days(8)));
    assert_eq!(published["notice"]["people"], PEOPLE_THERE, "{published}");
    let id = published["notice"]["campaign"].as_str().unwrap();
    (avow, id.to_owned())
}

/// What `policy notices` says of a version's notice; its sums must hold.
fn notice(avow: &Avow, version: u64) -> Value {
    let all = avow.json(&["policy", "notices", "--account", "imark"]);
    let mut all = all.as_array().unwrap().iter();
    let line = all.find(|l| l["version"] == version).unwrap();
    let told = line["notice"].clone();
    if !told.is_null() {
        let parts = [
            "delivered",
            "bounced",
            "expired",
            "refused",
            "waiting",
            "in_doubt",
        ];
        let sum: u64 = parts.map(|part| told[part].as_u64().unwrap()).iter().sum();
        assert_eq!(told["people"], sum, "{told}");
    }
    told
}

#[test]
fn a_wider_version_is_mailed_once_to_everybody_of_whom_something_is_held() {
    let (avow, id) = announced();
    let listed = avow.json(&["campaign", "list", "--account", "imark"]);
    assert_eq!(
        (&listed[0]["id"], &listed[0]["notice"]),
        (&id.as_str().into(), &2.into())
    );
    let sink = avow.sink(&[]);
    let relay = sink.said("listening");
    avow.send(&id, &relay);
    avow.send(&id, &relay);
    let told = notice(&avow, 2);
    assert_eq!(
        (&told["delivered"], &told["late"]),
        (&HELD.into(), &0.into())
    );
    let words = ["report", "campaign", &id, "--people", "refused"];
    let refused = avow.json(&words);
    assert_eq!(refused[0]["address"], "ivo@example.com", "{refused}");
    assert_eq!(refused[0]["codes"][0], "D_NO_DATA_HELD");
    assert_eq!(
        (&told["state"], &told["complete"]),
        (&"finished".into(), &true.into())
    );
    assert_eq!(avow.outcomes(&id)["delivered"], HELD);
    let counts: Value = serde_json::from_str(sink.end().trim()).unwrap();
    assert_eq!(
        (&counts["total"], &counts["unique_messages"]),
        (&HELD.into(), &HELD.into())
    );
    let text = avow.run(&["policy", "notices", "--account", "imark"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("people 9 = delivered 8"), "{text}");
    assert!(
        text.contains("the first: there was nobody to tell"),
        "{text}"
    );
}

#[test]
fn a_notice_is_proved_like_any_message() {
    let (avow, id) = announced();
    let sink = avow.sink(&[]);
    avow.send(&id, &sink.said("listening"));
    let file = avow.path("notice.permproof").display().to_string();
    let message = format!("{}-1", id.replacen("cp_", "msg_", 1));
    let proved = avow.json(&["prove", &message, "--out", &file]);
    assert_eq!(proved["proved"], true, "{proved}");
    let trust = format!("log {}\nquorum none\n", proved["key"].as_str().unwrap());
    let trust = avow.file("trust", trust);
    let told = Avow::new().json(&["verify", &file, "--trust", &trust]);
    assert_eq!(told["proved"], true, "{told}");
    // And what it did to the person is a receipt of theirs.
    let words = [
        "receipts",
        "--account",
        "imark",
        "--contact",
        "ada@example.com",
    ];
    let folder = avow.path("receipts").display().to_string();
    let written = avow.json(&[&words[..], &["--out", &folder]].concat());
    // A collection, two yeses, and the notice.
    assert_eq!(written["files"].as_array().unwrap().len(), 4, "{written}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_server_sends_the_notice_of_a_version_that_another_process_publishes() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let catcher = Catcher::start().await.unwrap();
    let relay = catcher.addr().to_string();
    let words = ["serve", "--listen", "127.0.0.1:0", "--relay", &relay];
    let server = Process::start(&mut avow.command(&words));
    publish(&avow, &wider(2, in_days(8)));
    catcher.until(HELD as usize).await;
    server.end();
    assert_eq!(notice(&avow, 2)["delivered"], HELD);
    let to: BTreeSet<String> = catcher.caught().into_iter().map(|c| c.rcpt_to).collect();
    assert_eq!((to.len(), catcher.total()), (HELD as usize, HELD as usize));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_tell_nobody_twice_on_record_and_leave_nobody_out() {
    const COUNT: usize = 600;
    let avow = Avow::new().with_account();
    let config = "[delivery]\nin_doubt_delay_s = 0\nconnections = 3\n";
    std::fs::write(avow.data().join("avow.toml"), config).unwrap();
    let avow = avow.with_people(&people(COUNT));
    let published = publish(&avow, &wider(2, in_days(8)));
    let id = published["notice"]["campaign"].as_str().unwrap().to_owned();
    let catcher = Catcher::start().await.unwrap();
    let relay = catcher.addr().to_string();
    let words = ["campaign", "send", &id, "--wait", "--relay", &relay];
    let dice = SeededEntropy::new(16);
    for _ in 0..5 {
        let mut command = avow.command(&words);
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = quiet.spawn().unwrap();
        let enough = catcher.total() + 1 + dice.below(80) as usize;
        catcher.until(enough).await;
        process.kill().unwrap();
        process.wait().unwrap();
    }
    avow.json(&words);
    assert_eq!(notice(&avow, 2)["delivered"], COUNT);
    let to: BTreeSet<String> = catcher.caught().into_iter().map(|c| c.rcpt_to).collect();
    assert_eq!(to.len(), COUNT);
    assert!(
        catcher.total() - COUNT <= 5 * 3,
        "at most one a connection and kill"
    );
    let folder = avow.path("receipts").display().to_string();
    let words = [
        "receipts",
        "--account",
        "imark",
        "--contact",
        "person0@example.org",
    ];
    let written = avow.json(&[&words[..], &["--out", &folder]].concat());
    // A collection, two yeses, and the notice once.
    assert_eq!(written["files"].as_array().unwrap().len(), 4, "{written}");
}

#[test]
fn a_change_that_no_mail_is_promised_for_sends_nothing() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let patch = publish(&avow, &version(2, in_days(8)));
    assert!(patch["notice"].is_null(), "{patch}");
    assert!(notice(&avow, 2).is_null());
    let silent = version(3, in_days(16)).replacen("email = \"material\"", "email = \"never\"", 1);
    publish(&avow, &silent);
    let wide = wider(4, in_days(24)).replacen("email = \"material\"", "email = \"never\"", 1);
    let wide = publish(&avow, &wide);
    assert_eq!(wide["change"]["class"], "major", "{wide}");
    assert!(wide["notice"].is_null(), "never is never: {wide}");
    assert!(notice(&avow, 4).is_null());
}

#[test]
fn a_notice_is_nobodys_to_cancel_and_goes_with_its_version() {
    let (avow, id) = announced();
    let told = avow.fails(1, &["campaign", "cancel", &id]);
    assert!(told.contains("owed") && told.contains("retract"), "{told}");
    let back = avow.json(&["policy", "retract", "--account", "imark"]);
    assert_eq!(
        (&back["notice"]["campaign"], &back["notice"]["state"]),
        (&id.as_str().into(), &"cancelled".into())
    );
    let sink = avow.sink(&[]);
    let relay = sink.said("listening");
    avow.fails(1, &["campaign", "send", &id, "--wait", "--relay", &relay]);
    assert_eq!(notice(&avow, 2)["delivered"], 0);
    let again = publish(&avow, &wider(3, in_days(8)));
    assert_ne!(again["notice"]["campaign"], id.as_str());
}
