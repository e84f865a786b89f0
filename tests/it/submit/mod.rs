//! Mail that programs hand in over SMTP, into the real binary, with a mail server that keeps what leaves.

mod door;
mod mails;
mod twice;

use avow_testkit::Catcher;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::api::{http, key};
use crate::avow::{Avow, repository};
use crate::client::{Client, configure, tls_lines};
use crate::job::stage::PEOPLE;
use crate::process::Process;

const FROM: &str = "shop@imark.example";
/// Looks before a test gives up; each is preceded by a command, which takes longer than an outcome.
const LOOKS_MAX: usize = 200;

/// An installation with people, a key, a running server and the world behind it.
struct Scene {
    avow: Avow,
    catcher: Catcher,
    server: Process,
    key: String,
}

impl Scene {
    /// `lines`: what stands in `[submission]` beside the address.
    async fn set(lines: &str) -> Self {
        let avow = Avow::new().with_account().with_people(PEOPLE);
        let submission = format!("[submission]\nlisten = \"127.0.0.1:0\"\n{lines}\n");
        configure(&avow, &format!("{submission}{}", tls_lines()));
        let catcher = Catcher::start().await.unwrap();
        let server = serve(&avow, &catcher);
        Self {
            key: key(&avow, "shop", &["send", "read", "attest"]),
            avow,
            catcher,
            server,
        }
    }

    /// SIGKILL, and a new server on the same folder.
    fn killed_and_restarted(self) -> Self {
        let Self {
            avow,
            catcher,
            server,
            key,
        } = self;
        drop(server);
        Self {
            server: serve(&avow, &catcher),
            avow,
            catcher,
            key,
        }
    }

    fn address(&self) -> String {
        self.server.said("submission")
    }

    /// A client under TLS that has not signed in.
    async fn stranger(&self) -> Client {
        let mut client = Client::secured(&self.address()).await;
        client.hello().await;
        client
    }

    /// A client that signed in under this name with the scene's key.
    async fn client(&self, name: &str) -> Client {
        let mut client = self.stranger().await;
        let told = client.say(&plain(name, &self.key)).await;
        assert!(told.starts_with("235 "), "{told}");
        client
    }

    fn api(&self, line: &str, body: &str) -> Value {
        let header = format!("Authorization: Bearer {}\r\n", self.key);
        http(&self.server.said("listening"), line, &header, body).json()
    }

    fn status(&self, id: &str) -> Value {
        self.api(&format!("GET /api/v1/messages/{id}"), "")
    }

    /// Waits until the message has this status.
    fn until(&self, id: &str, wanted: &str) -> Value {
        for _ in 0..LOOKS_MAX {
            let told = self.status(id);
            if told["status"] == wanted {
                return told;
            }
            self.avow.json(&["account", "list"]);
        }
        panic!("it never was {wanted}: {}", self.status(id));
    }

    /// The account that other tests' people are none of, and a key of it.
    fn second_account(&self) -> String {
        let policy = repository().join("policies/dynamics/v1.toml");
        let policy = policy.display().to_string();
        let words = [
            "account", "add", "Dynamics", "--slug", "dynamics", "--policy", &policy,
        ];
        self.avow
            .json(&[&words[..], &["--domain", "dynamics.example"]].concat());
        let words = [
            "account",
            "api-key",
            "add",
            "--account",
            "dynamics",
            "--name",
            "x",
        ];
        let made = self.avow.json(&[&words[..], &["--scope", "send"]].concat());
        made["key"].as_str().unwrap().to_owned()
    }
}

fn serve(avow: &Avow, world: &Catcher) -> Process {
    let relay = world.addr().to_string();
    let words = ["serve", "--listen", "127.0.0.1:0", "--relay", &relay];
    Process::start(&mut avow.command(&words))
}

/// AUTH PLAIN with everything at once.
fn plain(name: &str, key: &str) -> String {
    format!("AUTH PLAIN {}", STANDARD.encode(format!("\0{name}\0{key}")))
}

/// A newsletter by hand.
fn news(id: &str) -> String {
    format!(
        "From: The Shop <{FROM}>\nTo: \"Ada L.\" <ada@example.com>\nBcc: boss@imark.example\nSubject: Open =?utf-8?q?=C3=BCber?= all\n\
         Message-ID: <{id}@imark.example>\nX-Mailer: shop/1\nMIME-Version: 1.0\n\
         Content-Type: multipart/alternative; boundary=b\n\n\
         --b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nWe are open, {{{{ email }}}}. Grüße\n\
         --b\nContent-Type: text/html; charset=utf-8\n\n<p>We are <a href=\"https://example.org/\">open</a>.</p>\n--b--\n"
    )
}

fn is(reply: &str, code: &str) {
    assert!(reply.starts_with(code), "{code}: {reply}");
}

/// The id in `Ok: queued as ID`.
fn id_of(reply: &str) -> String {
    is(reply, "250 2.0.0 Ok: ");
    reply.trim_end().rsplit(' ').next().unwrap().to_owned()
}
