//! The whole job from the shell, and what the shell says when something is wrong.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::avow::Avow;

const CSV: &str = "Email Address,First Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP\n\
    ada@example.org,Ada,2026-05-01 10:00:00,192.0.2.1,2026-05-01 10:05:00,192.0.2.1\n\
    bob@example.org,Bob,2026-05-02 10:00:00,192.0.2.2,2026-05-02 10:05:00,192.0.2.2\n\
    no address,X,,,,\n\
    eve@example.org,Eve,,,,\n";

const CAMPAIGN: &str = "account = \"imark\"\nname = \"May\"\npurpose = \"newsletter\"\n\
    subject = \"Hello {{ first_name | default('you') }}\"\nhtml = \"may.html\"\n";

const BODY: &str =
    "<p>Hello {{ first_name | default('you') }}, <a href=\"https://imark.example/x\">look</a></p>";

/// Looks at a campaign's state before a test gives up; each takes a process.
const LOOKS_MAX: usize = 2_000;

/// A rehearsal mail server of its own process; gone when dropped.
struct MailServer {
    process: Child,
    address: String,
}

impl MailServer {
    fn start(avow: &Avow, faults: &[&str]) -> Self {
        let folder = avow.path("sink").display().to_string();
        let words = [
            "sink",
            "--json",
            "--smtp",
            "127.0.0.1:0",
            "--folder",
            &folder,
        ];
        let mut command = avow.command(&[&words[..], faults].concat());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let output = process.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let address = told["listening"].as_str().unwrap().to_owned();
        Self { process, address }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// An account with three people, of whom two opted in, and a draft.
fn ready() -> (Avow, String) {
    let avow = Avow::new().with_account();
    let csv = avow.file("people.csv", CSV);
    avow.json(&[
        "import",
        &csv,
        "--account",
        "imark",
        "--purpose",
        "newsletter",
    ]);
    avow.file("may.html", BODY);
    let file = avow.file("may.toml", CAMPAIGN);
    let created = avow.json(&["campaign", "create", "--from", &file]);
    assert_eq!(created["check"]["ready"], true, "{created}");
    let id = created["campaign"].as_str().unwrap().to_owned();
    (avow, id)
}

#[test]
fn the_whole_job_is_done_from_the_shell_and_adds_up() {
    let (avow, id) = ready();
    let server = MailServer::start(&avow, &[]);
    let sent = avow.json(&[
        "campaign",
        "send",
        &id,
        "--wait",
        "--relay",
        &server.address,
    ]);
    assert_eq!(
        (&sent["state"], &sent["audience"]),
        (&"finished".into(), &3.into())
    );
    let report = avow.json(&["report", "campaign", &id]);
    let outcomes = report["outcomes"].as_object().unwrap();
    let sum: u64 = outcomes.values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(sum, 3);
    assert_eq!(
        (&outcomes["delivered"], &outcomes["refused"]),
        (&2.into(), &1.into())
    );
    let people = avow.json(&["report", "campaign", &id, "--people", "refused"]);
    assert_eq!(people[0]["address"], "eve@example.org");
    let words = [
        "explain",
        "--account",
        "imark",
        "--contact",
        "eve@example.org",
    ];
    let told = avow.json(&[&words[..], &["--campaign", &id]].concat());
    assert_eq!(told["message"]["outcome"], "refused");
    assert_eq!(told["now"][0]["effect"], "DENY");
    let preview = avow.json(&["campaign", "preview", &id, "--for", "ada@example.org"]);
    assert!(
        preview["headers"].as_str().unwrap().contains("Hello Ada"),
        "{preview}"
    );
}

#[test]
fn a_campaign_stopped_before_any_server_answered_goes_on_and_skips_nobody() {
    let (avow, id) = ready();
    let closed = "127.0.0.1:9";
    let mut send = avow.command(&["campaign", "send", &id, "--wait", "--relay", closed]);
    let mut send = send.stdout(Stdio::null()).spawn().unwrap();
    let state = || avow.json(&["report", "campaign", &id])["state"].clone();
    assert!((0..LOOKS_MAX).any(|_| state() == "sending"));
    let stop = std::process::Command::new("kill")
        .arg(send.id().to_string())
        .status();
    assert!(stop.unwrap().success());
    assert_eq!(send.wait().unwrap().code(), Some(3));
    let server = MailServer::start(&avow, &[]);
    let sent = avow.json(&[
        "campaign",
        "send",
        &id,
        "--wait",
        "--relay",
        &server.address,
    ]);
    assert_eq!(sent["outcomes"]["delivered"], 2, "{sent}");
    assert_eq!(sent["audience"], 3);
}

#[test]
fn a_cancelled_campaign_refuses_whom_it_had_not_reached() {
    let (avow, id) = ready();
    avow.fails(1, &["campaign", "pause", &id]);
    let cancelled = avow.json(&["campaign", "cancel", &id]);
    assert_eq!(cancelled["state"], "cancelled");
    assert!(
        avow.fails(1, &["campaign", "send", &id])
            .contains("make a new one")
    );
    assert!(
        avow.fails(1, &["campaign", "cancel", &id])
            .contains("cancelled already")
    );
}

#[test]
fn the_same_file_again_changes_nothing_and_rejected_rows_are_kept_with_their_reason() {
    let avow = Avow::new().with_account();
    let csv = avow.file("people.csv", CSV);
    let words = [
        "import",
        &csv,
        "--account",
        "imark",
        "--purpose",
        "newsletter",
    ];
    let judged = avow.json(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(
        (&judged["rows"], &judged["created"]),
        (&4.into(), &0.into())
    );
    let first = avow.json(&words);
    assert_eq!(
        (&first["created"], &first["rejected"]),
        (&3.into(), &1.into())
    );
    let rejects = std::fs::read_to_string(first["rejects_file"].as_str().unwrap()).unwrap();
    assert!(rejects.contains("no address"), "{rejects}");
    let again = avow.json(&words);
    assert_eq!(
        (&again["was_done"], &again["created"]),
        (&true.into(), &3.into())
    );
}

#[test]
fn a_wrong_call_exits_2_and_says_what_to_write() {
    let avow = Avow::new().with_account();
    let campaign = avow.file("c.toml", format!("{CAMPAIGN}colour = \"red\"\n"));
    let said = avow.fails(2, &["campaign", "create", "--from", &campaign]);
    assert!(said.contains("colour") && said.contains("line 6"), "{said}");
    avow.fails(2, &["campaign", "create", "--from", "/nowhere/c.toml"]);
    avow.fails(2, &["import", "/nowhere/people.csv", "--account", "imark"]);
    let said = avow.fails(
        2,
        &["report", "campaign", "cp_0000000000000", "--people", "sent"],
    );
    assert!(said.contains("delivered"), "{said}");
    avow.fails(2, &["report", "campaign", "ct_0000000000000"]);
    avow.fails(2, &["explain", "--account", "imark", "--contact", "nobody"]);
    avow.fails(2, &["sink", "--share-4xx", "0.7", "--share-5xx", "0.7"]);
    avow.fails(2, &["nonsense"]);
}

#[test]
fn a_refusal_exits_1_and_names_the_remedy() {
    let avow = Avow::new().with_account();
    let said = avow.fails(1, &["campaign", "list", "--account", "acme"]);
    assert!(said.contains("there are: imark"), "{said}");
    let policy = crate::avow::repository().join("policies/dynamics/v1.toml");
    let policy = policy.display().to_string();
    let words = [
        "account",
        "add",
        "Other",
        "--domain",
        "other.example",
        "--policy",
        &policy,
    ];
    assert!(avow.fails(1, &words).contains("--slug dynamics"));
    let broken = avow.file("broken.toml", "policy = \"other/main\"\nversoin = 1\n");
    let words = [
        "account",
        "add",
        "Other",
        "--domain",
        "other.example",
        "--policy",
        &broken,
    ];
    let said = avow.fails(1, &words);
    assert!(
        said.contains("broken.toml:2:1") && said.contains('^'),
        "{said}"
    );
    assert!(
        avow.fails(1, &["campaign", "check", "cp_0000000000000"])
            .contains("no campaign")
    );
    let said = avow.fails(1, &["--json", "campaign", "list", "--account", "acme"]);
    assert!(said.contains("\"exit\":1"), "{said}");
}

#[test]
fn configuration_with_an_unknown_key_is_refused_with_its_line() {
    let avow = Avow::new().with_account();
    std::fs::write(
        avow.data().join("avow.toml"),
        "[delivery]\nrelai = \"x:25\"\n",
    )
    .unwrap();
    let said = avow.fails(1, &["account", "list"]);
    assert!(said.contains("line 2") && said.contains("relai"), "{said}");
}

#[test]
fn what_is_not_there_now_exits_3() {
    let avow = Avow::new().with_account();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(
        avow.fails(3, &["serve", "--listen", &address])
            .contains("--listen")
    );
    let nowhere = ["--database", "postgres://avow@127.0.0.1:1/avow"];
    if crate::avow::variable("AVOW_IT_STORE").is_none() {
        avow.fails(3, &[&["account", "list"][..], &nowhere].concat());
    }
}
