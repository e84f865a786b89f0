//! Our mail through other people's servers, and their mail into our sink.

use std::process::Command;

use super::exim::Exim;
use super::postfix::{Job, Postfix};
use crate::avow::{Avow, repository, variable};
use crate::job::stage::{PEOPLE, PERMITTED};

/// Everybody's mail is there once, each inside TLS.
fn once_and_over_tls(mails: &[String]) {
    let ada = |m: &&String| m.contains("\nTo: <ada@example.com>\n");
    let count = mails.iter().filter(ada).count();
    assert_eq!((mails.len() as u64, count), (PERMITTED, 1));
    for mail in mails {
        // RFC 3848: ESMTP over TLS; over TLS without a log-in.
        let over_tls = ["with ESMTPS", "with esmtps"]
            .iter()
            .any(|w| mail.contains(w));
        assert!(over_tls, "{mail}");
    }
}

#[test]
fn exim_receives_every_message_once_over_tls() {
    let Some(exim) = Exim::start() else {
        return;
    };
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let campaign = avow.draft();
    avow.send(&campaign, &exim.address.to_string());
    assert_eq!(avow.outcomes(&campaign)["delivered"], PERMITTED);
    once_and_over_tls(&exim.wait_for_mails(PERMITTED as usize));
    assert_eq!(exim.taken_in_chunks(), PERMITTED as usize);
}

#[test]
fn postfix_receives_every_message_once_over_tls() {
    let Some(postfix) = Postfix::start(&Job::Receive) else {
        return;
    };
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let campaign = avow.draft();
    avow.send(&campaign, &postfix.address.to_string());
    assert_eq!(avow.outcomes(&campaign)["delivered"], PERMITTED);
    once_and_over_tls(&postfix.wait_for_mails(PERMITTED as usize));
}

#[test]
fn postfix_relays_every_message_into_the_sink() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let sink = avow.sink(&[]);
    let Some(postfix) = Postfix::start(&Job::Relay(sink.said("listening").parse().unwrap())) else {
        return;
    };
    let campaign = avow.draft();
    avow.send(&campaign, &postfix.address.to_string());
    assert_eq!(avow.outcomes(&campaign)["delivered"], PERMITTED);
    postfix.wait_until_passed_on(PERMITTED as usize);
    let counts: serde_json::Value = serde_json::from_str(sink.end().trim()).unwrap();
    assert_eq!(counts["unique_messages"], PERMITTED, "{counts}");
}

#[test]
fn dkimpy_verifies_both_signatures_of_what_postfix_received() {
    let Some(python) = variable("AVOW_TEST_PYTHON") else {
        println!("skipped: no Python with dkimpy (cargo xtask test makes one)");
        return;
    };
    let Some(postfix) = Postfix::start(&Job::Receive) else {
        return;
    };
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let campaign = avow.draft();
    avow.send(&campaign, &postfix.address.to_string());
    let folder = avow.path("signed");
    std::fs::create_dir(&folder).unwrap();
    for (n, mail) in postfix
        .wait_for_mails(PERMITTED as usize)
        .iter()
        .enumerate()
    {
        std::fs::write(folder.join(format!("{n}.eml")), mail.replace('\n', "\r\n")).unwrap();
    }
    let records = avow.json(&["account", "dns", "--account", "imark"]);
    let records = records.as_array().unwrap().iter();
    let keys = records.filter(|r| r["name"].as_str().unwrap().contains("_domainkey"));
    let lines = keys.map(|r| {
        format!(
            "{} {}\n",
            r["name"].as_str().unwrap(),
            r["value"].as_str().unwrap()
        )
    });
    std::fs::write(folder.join("keys.txt"), lines.collect::<String>()).unwrap();
    let script = repository().join("tests/tools/verify_dkim.py");
    let done = Command::new(python)
        .arg(script)
        .arg(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(done.status.success(), "{said}");
}

#[test]
fn swaks_delivers_into_the_sink() {
    if Command::new("swaks").arg("--version").output().is_err() {
        println!("skipped: swaks is not installed");
        return;
    }
    let avow = Avow::new();
    let sink = avow.sink(&[]);
    let done = Command::new("swaks")
        .args([
            "--server",
            &sink.said("listening"),
            "--from",
            "a@example.com",
        ])
        .args([
            "--to",
            "b@example.org",
            "--header",
            "Subject: by swaks",
            "--body",
            "hello",
        ])
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stdout)
    );
    let counts: serde_json::Value = serde_json::from_str(sink.end().trim()).unwrap();
    assert_eq!(counts["total"], 1, "{counts}");
}
