//! A sending domain that publishes nothing: said before sending, and nothing leaves.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::avow::Avow;
use crate::job::stage::PEOPLE;
use crate::process::Process;

/// A name server that knows no name.
fn name_server() -> (String, JoinHandle<()>) {
    name_server_with(Vec::new())
}

/// A name server with these TXT records. It ends with the test's process.
fn name_server_with(records: Vec<(String, String)>) -> (String, JoinHandle<()>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let serving = std::thread::spawn(move || {
        let mut query = [0; 512];
        while let Ok((count, client)) = socket.recv_from(&mut query) {
            let reply = reply(&query[..count], &records);
            if socket.send_to(&reply, client).is_err() {
                break;
            }
        }
    });
    (address, serving)
}

/// RFC 1035 4.1.1: the question again, without the records behind it, and what is known, or NXDOMAIN.
fn reply(query: &[u8], records: &[(String, String)]) -> Vec<u8> {
    let name = labels(&query[12..]);
    let end = 12 + query[12..].iter().position(|b| *b == 0).unwrap() + 5;
    let mut reply = query[..end].to_vec();
    reply[2..12].copy_from_slice(&[0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0]);
    let known = records.iter().find(|(known, _)| *known == name);
    if let Some((_, text)) = known.filter(|_| query[end - 3] == 16) {
        reply[3] = 0x80;
        reply[7] = 1;
        let strings: Vec<u8> = text
            .as_bytes()
            .chunks(255)
            .flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part].concat())
            .collect();
        // A pointer to the question's name, TXT, IN, a minute.
        reply.extend_from_slice(&[0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
        reply.extend_from_slice(&u16::try_from(strings.len()).unwrap().to_be_bytes());
        reply.extend_from_slice(&strings);
    }
    reply
}

/// The name asked for, in lower case.
fn labels(mut bytes: &[u8]) -> String {
    let mut labels = Vec::new();
    while let Some((count, rest)) = bytes.split_first().filter(|(count, _)| **count > 0) {
        let (label, after) = rest.split_at(usize::from(*count));
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        bytes = after;
    }
    labels.join(".")
}

#[test]
fn a_new_pair_of_keys_signs_once_it_is_published_and_the_old_one_is_put_away() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let keys = |words: &[&str]| avow.json(&[&["account", "keys"], words, &OF].concat());
    let made = keys(&["rotate"]);
    let next: Vec<(String, String)> = made["next"]
        .as_array()
        .unwrap()
        .iter()
        .map(record)
        .collect();
    assert!(next[0].0.starts_with("avow-rsa-2._domainkey."));
    assert_eq!(keys(&["rotate"])["next"], made["next"], "made once");

    ask(&avow, &name_server().0);
    let said = avow.fails(1, &[&["account", "keys", "switch"], &OF[..]].concat());
    assert!(
        said.contains("avow-rsa-2._domainkey.imark.example"),
        "{said}"
    );
    assert_eq!(sign(&avow), "avow-rsa");

    let (server, _serving) = name_server_with(next);
    ask(&avow, &server);
    assert_eq!(keys(&["switch"])["pair"], "2");
    assert_eq!(sign(&avow), "avow-rsa-2");
    let said = avow.fails(1, &[&["account", "keys", "retire"], &OF[..]].concat());
    assert!(said.contains("under way"), "{said}");
    let gone = keys(&["retire", "--now"]);
    assert_eq!(gone["earlier"][0]["value"], "v=DKIM1; p=");
    assert!(keys(&["show"]).get("earlier").is_none());
    assert_eq!(sign(&avow), "avow-rsa-2");
    let log = avow.json(&["ledger", "verify", "--account", "imark"]);
    assert!(log[0]["entries"].as_u64().unwrap() > 0, "{log}");
}

const OF: [&str; 2] = ["--account", "imark"];

fn record(record: &Value) -> (String, String) {
    let text = |key: &str| record[key].as_str().unwrap().to_owned();
    (text("name"), text("value"))
}

fn ask(avow: &Avow, server: &str) {
    let settings = format!("[delivery]\nname_servers = [\"{server}\"]\n");
    std::fs::write(avow.data().join("avow.toml"), settings).unwrap();
}

/// Sends a campaign to a sink of its own, and gives the selector of its RSA signatures.
fn sign(avow: &Avow) -> String {
    let folder = avow.path("signed");
    let sink = avow.sink(&["--folder", &folder.display().to_string()]);
    let campaign = avow.draft();
    avow.send(&campaign, &sink.said("listening"));
    sink.end();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let selectors = text.split("s=avow-rsa").skip(1);
        found.extend(selectors.map(|rest| rest.split(';').next().unwrap().to_owned()));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    found.dedup();
    assert_eq!(found.len(), 1, "{found:?}");
    format!("avow-rsa{}", found[0])
}

#[test]
fn what_a_domain_has_to_publish_is_checked_before_anything_leaves() {
    let avow = Avow::new().with_account();
    let (server, _serving) = name_server();
    let settings =
        format!("[delivery]\nehlo = \"mail.imark.example\"\nname_servers = [\"{server}\"]\n");
    std::fs::write(avow.data().join("avow.toml"), settings).unwrap();
    let output = avow.run(&["account", "dns", "--account", "imark", "--check", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let standing: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(standing["ready"], false);
    let findings = standing["findings"].as_array().unwrap();
    let bad: Vec<&str> = findings
        .iter()
        .filter(|f| f["state"] == "bad")
        .map(|f| f["matter"].as_str().unwrap())
        .collect();
    assert_eq!(bad, ["dkim_rsa", "spf", "dmarc", "host"]);
    assert!(
        findings
            .iter()
            .all(|f| !f["fix"].as_str().unwrap().is_empty())
    );
    // No address of ours is known: a record that lets nobody send would be the worst advice.
    let spf = findings.iter().find(|f| f["matter"] == "spf").unwrap();
    assert!(spf["fix"].as_str().unwrap().contains("ip4:ADDRESS -all"));
    let campaign = avow.draft();
    let output = avow.run(&["campaign", "check", &campaign, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    let reasons = verdict["reasons"].to_string();
    assert!(
        reasons.contains("imark.example has no SPF record"),
        "{reasons}"
    );
}

#[test]
fn the_tls_of_a_domain_that_is_not_there_is_told_as_that() {
    let avow = Avow::new();
    let (server, _serving) = name_server();
    let settings = format!("[delivery]\nname_servers = [\"{server}\"]\n");
    std::fs::create_dir_all(avow.data()).unwrap();
    std::fs::write(avow.data().join("avow.toml"), settings).unwrap();
    let output = avow.run(&["delivery", "tls", "Gone.Example.", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let table: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(table["domain"], "gone.example");
    assert_eq!(table["mx"], "the domain does not exist");
    assert_eq!(
        (&table["dane"], &table["mta_sts"]["state"]),
        (&"off".into(), &"none".into())
    );
    let output = avow.run(&["delivery", "tls", "a b"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is no domain"));
}

#[test]
fn the_report_of_a_day_without_mail_says_so_and_one_that_nobody_sends_is_refused() {
    let avow = Avow::new();
    let (server, _serving) = name_server();
    let settings = format!("[delivery]\nname_servers = [\"{server}\"]\n");
    std::fs::create_dir_all(avow.data()).unwrap();
    let file = avow.data().join("avow.toml");
    std::fs::write(&file, &settings).unwrap();
    let words = [
        "delivery",
        "tls-report",
        "gone.example",
        "2026-06-01",
        "--json",
    ];
    let output = avow.run(&words);
    assert!(String::from_utf8_lossy(&output.stderr).contains("delivery.tls_reports"));
    let reporter = "[delivery.tls_reports]\norganisation = \"Acme\"\ncontact = \"tls@example.com\"\n\
        from = \"tls@mail.example.com\"\n";
    std::fs::write(&file, format!("{settings}{reporter}")).unwrap();
    let output = avow.run(&words);
    assert_eq!(output.status.code(), Some(1));
    let table: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(table["report"], Value::Null);
    assert_eq!(table["to"], serde_json::json!([]));
    let output = avow.run(&["delivery", "tls-report", "gone.example", "yesterday"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is no day"));
}

#[test]
fn a_validating_resolver_across_a_network_is_refused() {
    let avow = Avow::new();
    let settings = "[delivery]\nvalidating_resolver = \"192.0.2.53:53\"\n";
    std::fs::create_dir_all(avow.data()).unwrap();
    std::fs::write(avow.data().join("avow.toml"), settings).unwrap();
    let output = avow.run(&["delivery", "tls", "example.org"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("not on this machine"));
}

/// One request over a connection of its own; the whole answer.
fn http(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The cookie of a session of the account's owner.
fn log_in(address: &str) -> String {
    let form = "address=owner%40example.com&password=correct+horse+battery+staple&back=/";
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        form.len()
    );
    let answer = http(address, &(head + form));
    let cookie = answer.lines().find_map(|l| l.strip_prefix("set-cookie: "));
    let cookie = cookie.unwrap_or_else(|| panic!("no session: {answer}"));
    cookie.split(';').next().unwrap().to_owned()
}

#[test]
fn the_sheet_before_sending_says_what_the_domain_does_not_publish() {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let (server, _serving) = name_server();
    ask(&avow, &server);
    let campaign = avow.draft();
    let words = ["serve", "--listen", "127.0.0.1:0"];
    let serving = Process::start(&mut avow.command(&words));
    let address = serving.said("listening");
    let cookie = log_in(&address);
    let page = http(
        &address,
        &format!(
            "GET /a/imark/campaigns/{campaign}/check HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        ),
    );
    assert!(page.contains("imark.example has no SPF record"), "{page}");
    assert!(page.contains("Something above stops it"), "{page}");
    serving.end();
}
