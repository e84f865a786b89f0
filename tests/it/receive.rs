//! Mail that comes back, over SMTP into the real binary: what it ends, and what it cannot.

mod forward;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use avow_testkit::{Catcher, Caught, Manner};
use serde_json::Value;

use crate::avow::Avow;
use crate::job::stage::{AUDIENCE, PEOPLE, PERMITTED};
use crate::process::Process;

/// Looks before a test gives up; each is a command of its own, which takes longer than an outcome.
const LOOKS_MAX: usize = 200;

/// An installation that receives, a campaign of its that was delivered, and what the world got of it.
struct Stage {
    avow: Avow,
    campaign: String,
    mails: Vec<Caught>,
}

/// People, and a listener for what comes back of mail to them.
fn receiving() -> Avow {
    let avow = Avow::new().with_account().with_people(PEOPLE);
    let receive = "[receive]\nlisten = \"127.0.0.1:0\"\ndomain = \"bounces.imark.example\"\n";
    std::fs::write(avow.data().join("avow.toml"), receive).unwrap();
    avow
}

impl Stage {
    async fn set() -> Self {
        let avow = receiving();
        let catcher = Catcher::start().await.unwrap();
        let campaign = avow.draft();
        avow.send(&campaign, &catcher.addr().to_string());
        let mails = catcher.caught();
        assert_eq!(mails.len() as u64, PERMITTED);
        Self {
            avow,
            campaign,
            mails,
        }
    }

    fn mail_to(&self, address: &str) -> &Caught {
        let to = |m: &&Caught| m.rcpt_to == address;
        self.mails.iter().find(to).unwrap()
    }

    /// A server that sends nothing: only its listener is wanted.
    fn serve(&self) -> Process {
        let words = ["serve", "--no-engine", "--listen", "127.0.0.1:0"];
        Process::start(&mut self.avow.command(&words))
    }

    fn report(&self) -> Value {
        self.avow.json(&["report", "campaign", &self.campaign])
    }

    /// Sends a new campaign of the same purpose; everybody whom it did not reach, with the codes why.
    async fn refused_next(&self) -> BTreeMap<String, String> {
        let catcher = Catcher::start().await.unwrap();
        let next = self.avow.draft();
        self.avow.send(&next, &catcher.addr().to_string());
        let words = ["report", "campaign", &next, "--people", "refused"];
        let refused = self.avow.json(&words);
        let refused = refused.as_array().unwrap().iter();
        let refused: BTreeMap<_, _> = refused
            .map(|p| {
                (
                    p["address"].as_str().unwrap().to_owned(),
                    p["codes"].to_string(),
                )
            })
            .collect();
        assert_eq!(catcher.total() + refused.len(), AUDIENCE as usize);
        assert!(refused.keys().all(|address| !catcher.heard(address)));
        refused
    }
}

/// Says a whole session at once and gives the last code of each answer.
fn say(to: &str, session: &[u8]) -> Vec<String> {
    let mut stream = TcpStream::connect(to).unwrap();
    // A server that hung up early may reset the connection: what it said before counts.
    let _written = stream.write_all(session);
    let _closed = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _end = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let last = answer.lines().filter(|l| l.as_bytes()[3] == b' ');
    last.map(|l| l[..3].to_owned()).collect()
}

/// Posts one mail; the answer to its final dot, or to the recipient when that was refused.
pub(crate) fn post(to: &str, recipient: &str, mail: &str) -> String {
    post_from("", (to, recipient), mail)
}

fn post_from(sender: &str, (to, recipient): (&str, &str), mail: &str) -> String {
    let mail = mail.replace('\n', "\r\n");
    let session = format!(
        "EHLO mx.example.org\r\nMAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n{mail}\r\n.\r\nQUIT\r\n"
    );
    let codes = say(to, session.as_bytes());
    match codes[3].as_str() {
        "250" => codes[5].clone(),
        refused => refused.to_owned(),
    }
}

pub(crate) fn dead(address: &str) -> String {
    format!(
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nSubject: Undelivered Mail Returned to Sender\n\
         Auto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n\
         --b1\nContent-Type: text/plain\n\nYour message could not be delivered.\n\n\
         --b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n\
         Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n\
         Diagnostic-Code: smtp; 550 5.1.1 <{address}>: no such user here (in reply to RCPT TO command)\n\n--b1--\n"
    )
}

/// A feedback report about this message (RFC 5965), as a provider's loop sends it.
pub(crate) fn complaint(raw: &[u8]) -> String {
    let raw = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let head = raw.split("\n\n").next().unwrap();
    format!(
        "From: feedback@provider.example\nSubject: FW: News\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b1\"\n\n\
         --b1\nContent-Type: text/plain\n\nThis is an abuse report.\n\n\
         --b1\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\n\n\
         --b1\nContent-Type: message/rfc822\n\n{head}\n\nHello\n\n--b1--\n"
    )
}

fn outcomes(report: &Value) -> (u64, u64) {
    let outcomes = &report["outcomes"];
    (
        outcomes["delivered"].as_u64().unwrap(),
        outcomes["bounced"].as_u64().unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_that_was_acknowledged_ends_the_address_even_when_the_server_is_killed_then() {
    let stage = Stage::set().await;
    let server = stage.serve();
    let listening = server.said("receiving");
    let back = &stage.mail_to("ada@example.com").mail_from;
    assert!(back.ends_with("@bounces.imark.example"), "{back}");
    assert_eq!(post(&listening, back, &dead("ada@example.com")), "250");
    // SIGKILL.
    drop(server);
    let server = stage.serve();
    let listening = server.said("receiving");
    for _ in 0..2 {
        let again = back.to_uppercase();
        assert_eq!(post(&listening, &again, &dead("ada@example.com")), "250");
    }
    // Her neighbour's mail forwards to a mailbox that is gone: the neighbour's own is not.
    let neighbour = &stage.mail_to("bea@example.com").mail_from;
    assert_eq!(post(&listening, neighbour, &dead("old@example.org")), "250");
    let report = stage.report();
    assert_eq!(outcomes(&report), (PERMITTED, 0), "an outcome never moves");
    let expected = serde_json::json!([
        {"kind": "bounce", "class": "userunknown", "hard": false, "messages": 1},
        {"kind": "bounce", "class": "userunknown", "hard": true, "messages": 1},
    ]);
    assert_eq!(report["returned"], expected);
    let refused = stage.refused_next().await;
    let why = &refused["ada@example.com"];
    assert!(why.contains("D_BOUNCED"), "{why}");
    assert!(!refused.contains_key("bea@example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_that_is_faster_than_the_record_of_its_message_is_put_off_and_taken_later() {
    let avow = receiving();
    let catcher = Catcher::start().await.unwrap();
    // Her server has the message, and its answer does not come.
    catcher.treat(|to| match to {
        "ada@example.com" => Manner::KeepAndFallSilent,
        _ => Manner::Accept,
    });
    let relay = catcher.addr().to_string();
    let words = ["serve", "--listen", "127.0.0.1:0", "--relay", &relay];
    let server = Process::start(&mut avow.command(&words));
    let listening = server.said("receiving");
    let campaign = avow.draft();
    avow.json(&["campaign", "send", &campaign]);
    let mut wanted = 0;
    let back = loop {
        wanted += 1;
        catcher.until(wanted).await;
        let mails = catcher.caught();
        if let Some(hers) = mails.iter().find(|m| m.rcpt_to == "ada@example.com") {
            break hers.mail_from.clone();
        }
    };
    let report = || avow.json(&["report", "campaign", &campaign]);
    assert_eq!(post(&listening, &back, &dead("ada@example.com")), "451");
    assert_eq!(
        report()["returned"],
        serde_json::json!([]),
        "nothing is done by halves"
    );
    // Its connection ends: from now on the row says that the message may have left.
    drop(catcher);
    let taken = |_| {
        report();
        post(&listening, &back, &dead("ada@example.com")) == "250"
    };
    assert!((0..LOOKS_MAX).any(taken));
    let returned = report()["returned"].clone();
    assert_eq!(
        (&returned[0]["hard"], &returned[0]["messages"]),
        (&true.into(), &1.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_and_an_opt_out_by_mail_stop_the_mail_of_their_person_only() {
    let stage = Stage::set().await;
    let server = stage.serve();
    let listening = server.said("receiving");
    let hers = stage.mail_to("bea@example.com");
    let fbl = "fbl@bounces.imark.example";
    for _ in 0..2 {
        assert_eq!(post(&listening, fbl, &complaint(&hers.raw)), "250");
    }
    let raw = String::from_utf8_lossy(&stage.mail_to("cem@example.com").raw).into_owned();
    let way_out = raw.split_once("<mailto:").unwrap().1;
    let way_out = way_out.split_once('?').unwrap().0;
    let no = "From: Cem <cem@home.example>\nSubject: unsubscribe\n\n";
    for _ in 0..2 {
        assert_eq!(post(&listening, way_out, no), "250");
    }
    let report = stage.report();
    assert_eq!(report["complaints"], 1);
    let words = ["report", "campaign", &stage.campaign];
    let text = String::from_utf8(stage.avow.run(&words).stdout).unwrap();
    assert!(text.contains("complaint  feedback") && text.contains("opt_out    feedback"));
    let refused = stage.refused_next().await;
    let (hers, his) = (&refused["bea@example.com"], &refused["cem@example.com"]);
    assert!(hers.contains("D_COMPLAINT"), "{hers}");
    assert!(his.contains("D_WITHDRAWN"), "{his}");
    assert_eq!(refused.len() as u64, AUDIENCE - PERMITTED + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_tokens_strangers_and_reports_on_other_peoples_mail_change_nothing() {
    let stage = Stage::set().await;
    let server = stage.serve();
    let listening = server.said("receiving");
    let back = stage.mail_to("ada@example.com").mail_from.clone();
    let changed = |c: &str| if c == "a" { "b" } else { "a" };
    let forged = format!("{}{}{}", &back[..10], changed(&back[10..11]), &back[11..]);
    for stranger in [
        &*forged,
        "ada@example.com",
        "postmaster@example.com",
        "news@imark.example",
    ] {
        assert_eq!(
            post(&listening, stranger, &dead("ada@example.com")),
            "550",
            "{stranger}"
        );
    }
    // The address in a report is not believed without a token of ours.
    let fbl = "abuse@bounces.imark.example";
    assert_eq!(post(&listening, fbl, &dead("ada@example.com")), "550");
    let foreign = complaint(b"From: x@example.org\r\nTo: ada@example.com\r\nSubject: x\r\n\r\nx");
    assert_eq!(post(&listening, fbl, &foreign), "550");
    let hello = "From: ada@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nBack soon.\n";
    assert_eq!(post(&listening, &back, hello), "250");
    let report = stage.report();
    assert_eq!(report["returned"], serde_json::json!([]));
    assert!(!stage.refused_next().await.contains_key("ada@example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn smuggled_line_ends_and_oversize_are_refused_whole() {
    let stage = Stage::set().await;
    let server = stage.serve();
    let listening = server.said("receiving");
    let back = &stage.mail_to("ada@example.com").mail_from;
    let envelope = format!("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<{back}>\r\nDATA\r\n");
    let smuggled = dead("ada@example.com").replace('\n', "\r\n");
    for end in ["\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r"] {
        let session = format!(
            "{envelope}Subject: x\r\n\r\nx{end}MAIL FROM:<>\r\nRCPT TO:<{back}>\r\nDATA\r\n{smuggled}\r\n.\r\nQUIT\r\n"
        );
        let codes = say(&listening, session.as_bytes());
        assert_eq!(
            codes,
            ["220", "250", "250", "250", "354", "554", "221"],
            "{end:?}"
        );
    }
    let bare = say(&listening, b"EHLO x\nMAIL FROM:<>\r\n");
    assert_eq!(bare, ["220", "521"]);
    let declared = say(
        &listening,
        b"EHLO x\r\nMAIL FROM:<> SIZE=2097153\r\nQUIT\r\n",
    );
    assert_eq!(declared, ["220", "250", "552", "221"]);
    let line = [&[b'x'; 70][..], b"\r\n"].concat();
    let body = line.repeat(2 * 1024 * 1024 / line.len() + 1);
    let session = [envelope.as_bytes(), &body, b".\r\nQUIT\r\n"].concat();
    let codes = say(&listening, &session);
    assert_eq!(codes, ["220", "250", "250", "250", "354", "552", "221"]);
    assert_eq!(stage.report()["returned"], serde_json::json!([]));
}
