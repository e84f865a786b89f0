//! A sending domain that publishes nothing: said before sending, and nothing leaves.

use std::net::UdpSocket;
use std::thread::JoinHandle;

use serde_json::Value;

use crate::avow::Avow;

/// A name server that knows no name. It ends with the test's process.
fn name_server() -> (String, JoinHandle<()>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let serving = std::thread::spawn(move || {
        let mut query = [0; 512];
        while let Ok((count, client)) = socket.recv_from(&mut query) {
            // RFC 1035 4.1.1: the question again, without the records behind it, and NXDOMAIN.
            let end = 12 + query[12..count].iter().position(|b| *b == 0).unwrap() + 5;
            let mut reply = query[..end].to_vec();
            reply[2..12].copy_from_slice(&[0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0]);
            if socket.send_to(&reply, client).is_err() {
                break;
            }
        }
    });
    (address, serving)
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
