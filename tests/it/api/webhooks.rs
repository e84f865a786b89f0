//! Programs that are told of events: signed, in order, until they take them; and who may be told at all.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{LOOKS_MAX, Scene, http, key, news};
use crate::avow::Avow;
use crate::job::stage::PEOPLE;
use crate::process::Process;

/// What a program was told.
struct Told {
    head: String,
    body: String,
}

impl Told {
    fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        let line = self.head.lines().find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// As a receiving program checks it (Standard Webhooks 1.0.0).
    fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let (id, at) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let tag = hmac::sign(&key, format!("{id}.{at}.{}", self.body).as_bytes());
        let wanted = format!("v1,{}", STANDARD.encode(tag.as_ref()));
        self.header("webhook-signature")
            .split(' ')
            .any(|one| one == wanted)
    }
}

/// A program that is told, and answers each call with the next of these statuses, the last for ever.
fn program(statuses: &'static [u16]) -> (String, Receiver<Told>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/in", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
            }
            let told = Told {
                head,
                body: String::new(),
            };
            let length = told.header("content-length").parse().unwrap();
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = statuses[n.min(statuses.len() - 1)];
            let answer =
                format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            let body = String::from_utf8(body).unwrap();
            if tell.send(Told { body, ..told }).is_err() {
                return;
            }
        }
    });
    (url, told)
}

/// A server in rehearsal, and a key that may do everything.
pub(super) struct Rehearsal {
    pub(super) avow: Avow,
    server: Process,
    pub(super) key: String,
}

impl Rehearsal {
    pub(super) fn new() -> Self {
        let avow = Avow::new().with_account().with_people(PEOPLE);
        let words = ["serve", "--listen", "127.0.0.1:0", "--rehearsal"];
        let server = Process::start(&mut avow.command(&words));
        Self {
            key: key(
                &avow,
                "shop",
                &[
                    "send",
                    "read",
                    "attest",
                    "events",
                    "webhooks",
                    "contacts_read",
                ],
            ),
            avow,
            server,
        }
    }

    /// Where it listens.
    pub(super) fn address(&self) -> String {
        self.server.said("listening")
    }

    pub(super) fn ask(&self, line: &str, body: &Value) -> (u16, Value) {
        let header = format!("Authorization: Bearer {}\r\n", self.key);
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = http(&self.address(), line, &header, &body);
        let told = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        (answer.status, told)
    }

    /// Waits until the webhook says so.
    fn until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..LOOKS_MAX {
            let (_, told) = self.ask(&format!("GET {path}"), &Value::Null);
            if wanted(&told) {
                return told;
            }
            self.avow.json(&["account", "list"]);
        }
        panic!("{:?}", self.ask(&format!("GET {path}"), &Value::Null));
    }
}

#[test]
fn an_event_is_told_until_the_program_takes_it_signed_and_without_an_address() {
    let scene = Rehearsal::new();
    let (url, told) = program(&[500, 204]);
    let wish = json!({ "url": url, "types": ["delivered"] });
    let (status, made) = scene.ask("POST /api/v1/webhooks", &wish);
    assert_eq!((status, &made["state"]), (201, &json!("on")), "{made}");
    let secret = made["secret"].as_str().unwrap();
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    let (_, sent) = scene.ask(
        "POST /api/v1/messages",
        &news(&["ada@example.com", "ivo@example.com"]),
    );
    let message = &sent["recipients"][0]["id"];

    let first = told.recv().unwrap();
    scene.until(&path, |w| {
        w["failures"] == 1 && w["said"] == "the server answered 500"
    });
    let again = told.recv().unwrap();
    assert_eq!(
        first.header("webhook-id"),
        again.header("webhook-id"),
        "the same event"
    );
    for told in [&first, &again] {
        assert!(
            told.head.starts_with("POST /in HTTP/1.1\r\n"),
            "{}",
            told.head
        );
        assert!(told.is_signed_with(secret), "{}", told.head);
        let event = told.json();
        assert_eq!(
            (&event["type"], &event["data"]["message"]),
            (&json!("delivered"), message)
        );
        assert!(!told.body.contains('@'), "{}", told.body);
    }
    let told_now = scene.until(&path, |w| w["failures"] == 0);
    assert_eq!(told_now["said"], "it answered 204");
    assert!(told_now.get("secret").is_none(), "shown once: {told_now}");

    let (_, rotated) = scene.ask(&format!("POST {path}/rotate"), &Value::Null);
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(new, secret);
    assert_eq!(scene.ask(&format!("POST {path}/test"), &Value::Null).0, 202);
    let test = told.recv().unwrap();
    assert_eq!(test.json()["type"], "test");
    assert!(
        test.is_signed_with(new) && test.is_signed_with(secret),
        "both for a day"
    );
    scene.until(&path, |w| w["said"] == "the test was taken: 204");

    let id = made["id"].as_str().unwrap();
    let listed = scene.avow.json(&["webhook", "list", "--account", "imark"]);
    assert_eq!(listed[0]["id"], id);
    assert_eq!(scene.ask(&format!("DELETE {path}"), &Value::Null).0, 204);
    assert_eq!(scene.ask(&format!("GET {path}"), &Value::Null).0, 404);
    scene.server.end();
}

#[test]
fn a_program_that_is_gone_is_switched_off_with_the_reason_and_can_be_switched_on() {
    let scene = Rehearsal::new();
    let (url, told) = program(&[410, 200]);
    let (_, made) = scene.ask("POST /api/v1/webhooks", &json!({ "url": url }));
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    scene.ask("POST /api/v1/messages", &news(&["ada@example.com"]));
    let first = told.recv().unwrap();
    let off = scene.until(&path, |w| w["state"] == "off");
    assert_eq!(off["off_reason"], "It answered 410: it is gone for good.");
    let (status, refused) = scene.ask(&format!("POST {path}/test"), &Value::Null);
    assert_eq!(status, 409, "{refused}");
    assert_eq!(
        scene.ask(&format!("POST {path}/on"), &Value::Null).1["state"],
        "on"
    );
    let again = told.recv().unwrap();
    assert_eq!(
        first.header("webhook-id"),
        again.header("webhook-id"),
        "it goes on where it stopped"
    );
    scene.server.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_declared_public_host_is_told_in_the_world_and_each_refusal_says_why() {
    let scene = Scene::set().await;
    let key = key(&scene.avow, "hooks", &["webhooks"]);
    let add = |body: Value| {
        let header = format!("Authorization: Bearer {key}\r\n");
        http(
            &scene.address(),
            "POST /api/v1/webhooks",
            &header,
            &body.to_string(),
        )
    };
    for (url, why) in [
        ("https://hooks.example.com/in", "role = \\\"processor\\\""),
        ("http://hooks.example.com/in", "must begin with https://"),
        ("https://127.0.0.1/in", "not public"),
        ("https://169.254.169.254/latest", "not public"),
        ("https://u:p@hooks.example.com/", "user or password"),
        ("nowhere", "no address"),
    ] {
        let refused = add(json!({ "url": url }));
        assert_eq!(refused.problem(), ("field".into(), "url".into()), "{url}");
        assert!(refused.body.contains(why), "{url}: {}", refused.body);
    }
    let refused = add(json!({ "url": "https://hooks.example.com/", "types": ["eaten"] }));
    assert_eq!(refused.problem().1, "types[0]");
    assert_eq!(add(json!({ "uri": "x" })).problem().0, "form");
    let said = scene.avow.fails(
        1,
        &[
            "webhook",
            "add",
            "--account",
            "imark",
            "--url",
            "https://hooks.example.com/in",
        ],
    );
    assert!(said.contains("Publish a version that declares"), "{said}");
    let header = format!("Authorization: Bearer {}\r\n", scene.key);
    let other = http(&scene.address(), "GET /api/v1/webhooks", &header, "");
    assert_eq!(other.problem().0, "scope");
}
