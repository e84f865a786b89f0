//! The API for programs, through HTTP into the real binary, with a mail server that keeps what it gets.

mod bad_input;
mod calls;
mod described;
mod documentation;
mod door;
mod events;
mod messages;
mod resources;
mod returns;
mod webhooks;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use avow_testkit::Catcher;
use serde_json::{Value, json};

use crate::avow::{Avow, repository};
use crate::job::stage::PEOPLE;
use crate::process::Process;

/// Looks before a test gives up; each is preceded by a command, which takes longer than an outcome.
const LOOKS_MAX: usize = 200;

/// An installation with people, a key, a running server and the world behind it.
struct Scene {
    avow: Avow,
    catcher: Catcher,
    server: Process,
    key: String,
}

/// What the server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// The problem's word and its field.
    fn problem(&self) -> (String, String) {
        assert!(
            self.head.contains("application/problem+json"),
            "{}",
            self.head
        );
        let told = self.json();
        let word = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        assert!(word("detail").len() > 10, "{told}");
        assert_eq!(told["status"], self.status, "{told}");
        (word("type").replace("urn:avow:problem:", ""), word("field"))
    }
}

fn serve(avow: &Avow, relay: &str) -> Process {
    let words = ["serve", "--listen", "127.0.0.1:0", "--relay", relay];
    Process::start(&mut avow.command(&words))
}

pub(crate) fn key(avow: &Avow, name: &str, scopes: &[&str]) -> String {
    let mut words = vec![
        "account",
        "api-key",
        "add",
        "--account",
        "imark",
        "--name",
        name,
    ];
    for scope in scopes {
        words.extend(["--scope", scope]);
    }
    avow.json(&words)["key"].as_str().unwrap().to_owned()
}

impl Scene {
    async fn set() -> Self {
        Self::with("").await
    }

    /// With this configuration.
    async fn with(config: &str) -> Self {
        let avow = Avow::new().with_account().with_people(PEOPLE);
        std::fs::write(avow.data().join("avow.toml"), config).unwrap();
        let catcher = Catcher::start().await.unwrap();
        let server = serve(&avow, &catcher.addr().to_string());
        Self {
            key: key(&avow, "shop", &["send", "read", "attest"]),
            avow,
            catcher,
            server,
        }
    }

    fn address(&self) -> String {
        self.server.said("listening")
    }

    fn ask(&self, line: &str, headers: &str, body: &str) -> Answer {
        let key = &self.key;
        let headers = format!("Authorization: Bearer {key}\r\n{headers}");
        http(&self.address(), line, &headers, body)
    }

    fn post(&self, body: &Value) -> Answer {
        self.ask("POST /api/v1/messages", "", &body.to_string())
    }

    /// Posts a call of this name.
    fn post_as(&self, name: &str, body: &Value) -> Answer {
        let header = format!("Idempotency-Key: {name}\r\n");
        self.ask("POST /api/v1/messages", &header, &body.to_string())
    }

    /// Posts a message that everybody may get; the fates of its recipients.
    fn sent(&self, body: &Value) -> Vec<Value> {
        let answer = self.post(body);
        assert_eq!(answer.status, 202, "{}", answer.body);
        answer.json()["recipients"].as_array().unwrap().clone()
    }

    fn status(&self, id: &Value) -> Value {
        let id = id.as_str().unwrap();
        self.ask(&format!("GET /api/v1/messages/{id}"), "", "")
            .json()
    }

    /// Waits until the message has this status.
    fn until(&self, id: &Value, wanted: &str) -> Value {
        for _ in 0..LOOKS_MAX {
            let told = self.status(id);
            if told["status"] == wanted {
                return told;
            }
            self.avow.json(&["account", "list"]);
        }
        panic!("it never was {wanted}: {}", self.status(id));
    }

    /// The account that other tests' people are none of.
    fn with_second_account(&self) {
        let policy = repository().join("policies/dynamics/v1.toml");
        let policy = policy.display().to_string();
        let words = [
            "account", "add", "Dynamics", "--slug", "dynamics", "--policy", &policy,
        ];
        self.avow
            .json(&[&words[..], &["--domain", "dynamics.example"]].concat());
    }
}

fn to(addresses: &[&str]) -> Value {
    addresses.iter().map(|a| json!({ "email": a })).collect()
}

/// A newsletter by hand.
fn news(addresses: &[&str]) -> Value {
    json!({
        "to": to(addresses),
        "purpose": "newsletter",
        "subject": "For {{ first_name | fallback('you') }}",
        "html": "<p>Hello {{ first_name | fallback('friend') }}, <a href=\"https://example.org/\">look</a>.</p>",
    })
}

pub(crate) fn http(address: &str, line: &str, headers: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    // A server that refuses a long body may hang up before it has all of it.
    let _written = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _end = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    Answer {
        status: head
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .unwrap_or(0),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
