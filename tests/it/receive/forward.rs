//! Mail to people: roles and reply addresses, handed on while its sender waits.

use avow_testkit::{Catcher, Caught, Manner};

use super::{complaint, dead, post, post_from};
use crate::avow::Avow;
use crate::process::Process;

const OPS: &str = "ops@example.com";
const DESK: &str = "desk@example.com";
/// Where answers to the account's campaigns go.
const NEWS: &str = "news@imark.example";
const ABUSE: &str = "abuse@imark.example";
const HELLO: &str = "Received: from a.example by b.example; Mon, 1 Jun 2026 10:00:00 +0000\nFrom: Ada <ada@example.org>\n\
    To: news@imark.example\nSubject: Grün\nAuto-Submitted: no\n\n.Hello ü\n--forward--\n\nBye\n";

/// A server that receives for the account's own domain, and the next server.
struct Stage {
    catcher: Catcher,
    listening: String,
    _server: Process,
    avow: Avow,
}

impl Stage {
    async fn set(people: &str) -> Self {
        let avow = Avow::new().with_account();
        let text = format!("[receive]\nlisten = \"127.0.0.1:0\"\n{people}");
        std::fs::write(avow.data().join("avow.toml"), text).unwrap();
        let catcher = Catcher::start().await.unwrap();
        let relay = catcher.addr().to_string();
        let words = [
            "serve",
            "--no-engine",
            "--listen",
            "127.0.0.1:0",
            "--relay",
            &relay,
        ];
        let server = Process::start(&mut avow.command(&words));
        Self {
            catcher,
            listening: server.said("receiving"),
            _server: server,
            avow,
        }
    }

    async fn with_people() -> Self {
        Self::set(&format!(
            "[receive.forward]\nfrom = \"mail@imark.example\"\nabuse = \"{OPS}\"\nreplies = \"{DESK}\"\n"
        ))
        .await
    }

    fn post(&self, sender: &str, recipient: &str, mail: &str) -> String {
        post_from(sender, (&self.listening, recipient), mail)
    }

    /// What the next server got, as whom it was for.
    fn got(&self) -> Vec<String> {
        let caught = self.catcher.caught();
        caught.into_iter().map(|m| m.rcpt_to).collect()
    }
}

/// The attached mail, as it is in the forward.
fn inside(forward: &Caught) -> Vec<u8> {
    let text = String::from_utf8(forward.raw.clone()).unwrap();
    let boundary = text.split_once("boundary=\"").unwrap().1;
    let boundary = boundary.split_once('"').unwrap().0.to_owned();
    let part = text
        .split_once("Content-Type: message/rfc822\r\n")
        .unwrap()
        .1;
    let part = part.split_once("\r\n\r\n").unwrap().1;
    let end = format!("\r\n--{boundary}--\r\n");
    part.strip_suffix(&end).unwrap().as_bytes().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_reaches_its_person_inside_a_signed_mail_of_ours_byte_for_byte() {
    let stage = Stage::with_people().await;
    assert_eq!(stage.post("ada@example.org", NEWS, HELLO), "250");
    let caught = stage.catcher.caught();
    assert_eq!(caught.len(), 1);
    let forward = &caught[0];
    assert_eq!((&*forward.mail_from, &*forward.rcpt_to), ("", DESK));
    // The catcher undid the dots; `post` ends the mail with a line end of its own.
    let sent = HELLO
        .replace('\n', "\r\n")
        .replacen("\r\n.Hello", "\r\nHello", 1);
    assert_eq!(inside(forward), format!("{sent}\r\n").into_bytes());
    let text = String::from_utf8_lossy(&forward.raw);
    let head = text.split("\r\n\r\n").next().unwrap();
    assert!(head.starts_with("DKIM-Signature:"), "{head}");
    assert!(head.contains("d=imark.example") && head.contains("From: <mail@imark.example>"));
    assert!(!head.contains("ada@example.org"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_goes_round_is_refused_and_an_automatic_answer_goes_to_nobody() {
    let stage = Stage::with_people().await;
    let round = format!("{}{HELLO}", "Received: from x by y; now\n".repeat(100));
    assert_eq!(stage.post("ada@example.org", NEWS, &round), "554");
    let ours = format!("Avow-Forwarded: abuse\n{HELLO}");
    assert_eq!(stage.post("ada@example.org", ABUSE, &ours), "554");
    let automatic = HELLO.replace("Auto-Submitted: no", "auto-submitted: auto-replied");
    assert_eq!(stage.post("ada@example.org", NEWS, &automatic), "250");
    assert_eq!(stage.post("", NEWS, HELLO), "250");
    assert_eq!(stage.got(), [""; 0]);
    // Who watches over abuse reads machines, too: a report on no message of ours, a bounce.
    let foreign = complaint(b"From: x@example.org\r\nSubject: x\r\n\r\nx");
    assert_eq!(post(&stage.listening, ABUSE, &foreign), "250");
    assert_eq!(
        post(&stage.listening, ABUSE, &dead("ada@example.com")),
        "250"
    );
    assert_eq!(stage.got(), [OPS, OPS]);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_for_a_person_stays_with_its_sender_until_the_next_server_has_it() {
    let stage = Stage::with_people().await;
    let late = || Manner::RefuseMessage("452 4.3.1 Full".to_owned());
    stage.catcher.treat(move |_| late());
    assert_eq!(stage.post("ada@example.org", ABUSE, HELLO), "451");
    stage.catcher.treat(|_| Manner::DropAtData);
    assert_eq!(stage.post("ada@example.org", ABUSE, HELLO), "451");
    assert_eq!(stage.got(), [""; 0]);
    stage.catcher.treat(|_| Manner::Accept);
    assert_eq!(stage.post("ada@example.org", ABUSE, HELLO), "250");
    assert_eq!(stage.got(), [OPS]);
    let addr = stage.catcher.addr().to_string();
    let Stage {
        catcher,
        listening,
        _server,
        avow: _avow,
    } = stage;
    drop(catcher);
    let again = || post_from("ada@example.org", (&listening, ABUSE), HELLO);
    assert_eq!(again(), "451", "nobody listens");
    let catcher = Catcher::start_on(&addr).await.unwrap();
    assert_eq!(again(), "250");
    assert_eq!(catcher.total(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_for_which_nobody_is_named_is_refused_in_words() {
    let stage = Stage::with_people().await;
    assert_eq!(
        stage.post("ada@example.org", "postmaster@imark.example", HELLO),
        "550"
    );
    assert_eq!(
        stage.post("ada@example.org", "fbl@imark.example", HELLO),
        "550"
    );
    assert_eq!(
        stage.post("ada@example.org", "abuse@example.com", HELLO),
        "550"
    );
    let nobody = Stage::set("").await;
    assert_eq!(nobody.post("ada@example.org", NEWS, HELLO), "550");
    assert_eq!(nobody.post("ada@example.org", ABUSE, HELLO), "550");
    assert_eq!((stage.got().len(), nobody.got().len()), (0, 0));
    let said = nobody.avow.data().join("avow.toml");
    let circle = "[receive]\nlisten = \"127.0.0.1:0\"\n[receive.forward]\nfrom = \"mail@imark.example\"\n\
        abuse = \"ops@imark.example\"\n";
    std::fs::write(&said, circle).unwrap();
    let told = nobody
        .avow
        .fails(1, &["serve", "--no-engine", "--listen", "127.0.0.1:0"]);
    assert!(told.contains("name a mailbox elsewhere"), "{told}");
}
