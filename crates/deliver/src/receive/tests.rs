//! What mails mean, and that no bytes bring a session down.

use std::sync::Arc;
use std::time::Duration;

use avow_bounce::{Report, read};
use avow_compose::TokenKey;
use avow_compose::verp::{self, Addressed, Way};
use avow_model::{
    AccountId, CampaignId, EmailAddress, Fact, FactKind, MessageId, PurposeSelector, Scope,
    Timestamp,
};
use avow_store::{Injected, ReturnedKind, Standing};
use avow_testkit::{Bureau, People, Said, VirtualClock};
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::carry::Carrier;
use super::decide::{Effect, End, about, confirmed_since, effect, stands};
use super::desk::Desk;
use crate::server::{Admit, Connection, House, Mail};

fn key() -> TokenKey {
    TokenKey::new([5; 32])
}

fn addressed(way: Way) -> Addressed {
    Addressed {
        way,
        account: AccountId::from_i64(1),
        message: MessageId {
            campaign: CampaignId::from_i64(2),
            seq: 3,
        },
    }
}

fn ada() -> EmailAddress {
    "ada@example.com".parse().unwrap()
}

fn dsn(recipient: &str, action: &str, status: &str, said: &str) -> Report {
    let text = format!(
        "From: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; {said}\r\n\r\n--b--\r\n"
    );
    read(text.as_bytes()).unwrap()
}

fn dead(recipient: &str) -> Report {
    let said = "550 5.1.1 no such user (in reply to RCPT TO command)";
    dsn(recipient, "failed", "5.1.1", said)
}

fn told(effect: &Effect) -> (Option<ReturnedKind>, Option<End>) {
    match effect {
        Effect::Nothing => (None, None),
        Effect::Noted(note) => (Some(note.kind), None),
        Effect::Ended(note, end) => (Some(note.kind), Some(*end)),
    }
}

fn back(report: &Report) -> (Option<ReturnedKind>, Option<End>) {
    told(&effect(Way::Back, Some(report), &ada()))
}

#[test]
fn only_the_very_address_that_was_written_to_ends() {
    let bounce = Some(ReturnedKind::Bounce);
    assert_eq!(back(&dead("ada@example.com")), (bounce, Some(End::Address)));
    assert_eq!(back(&dead("Ada@Example.COM")), (bounce, Some(End::Address)));
    // The mailbox that hers forwards to is dead, hers is not.
    assert_eq!(back(&dead("old@elsewhere.example")), (bounce, None));
}

#[test]
fn a_forwarding_server_that_names_the_original_address_does_not_end_it() {
    let bounce = Some(ReturnedKind::Bounce);
    let original = "\r\nOriginal-Recipient: rfc822; ada@example.com";
    let forwarded = dead(&format!("old@elsewhere.example{original}"));
    assert_eq!(back(&forwarded), (bounce, None));
    // Her own servers' name for the same mailbox.
    let rewritten = dead(&format!("al1815@example.com{original}"));
    assert_eq!(back(&rewritten), (bounce, Some(End::Address)));
}

#[test]
fn a_no_to_one_brand_is_not_the_no_that_a_mail_brings() {
    let no = FactKind::Withdraw {
        purpose: PurposeSelector::AllMarketing,
    };
    let mut told = event(no.clone(), 1);
    assert!(stands(std::slice::from_ref(&told), &no));
    told.scope.brand = Some("nearby".parse().unwrap());
    assert!(!stands(&[told], &no));
}

#[test]
fn what_is_not_for_good_is_only_noted() {
    let full = dsn(
        "ada@example.com",
        "failed",
        "5.2.2",
        "552 5.2.2 mailbox full",
    );
    assert_eq!(back(&full), (Some(ReturnedKind::Bounce), None));
    let late = dsn(
        "ada@example.com",
        "delayed",
        "4.4.1",
        "connection timed out",
    );
    assert_eq!(back(&late), (Some(ReturnedKind::Delay), None));
    let away = b"From: ada@example.com\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday.\r\n";
    assert_eq!(back(&read(away).unwrap()), (None, None));
    let plain = b"From: ada@example.com\r\nSubject: Hello\r\n\r\nA question.\r\n";
    assert_eq!(back(&read(plain).unwrap()), (None, None));
}

#[test]
fn the_way_out_is_a_no_whatever_the_mail_says_and_even_unread() {
    let left = (Some(ReturnedKind::OptOut), Some(End::Purpose));
    assert_eq!(told(&effect(Way::Out, None, &ada())), left);
    let report = dead("ada@example.com");
    assert_eq!(told(&effect(Way::Out, Some(&report), &ada())), left);
}

fn feedback(kind: &str, header: &str) -> Report {
    let text = format!(
        "From: loop@provider.example\r\nSubject: report\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nVersion: 1\r\n\
         User-Agent: x/1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{header}\r\n\
         From: news@acme.example\r\nTo: ada@example.com\r\nSubject: News\r\n\r\nHello\r\n\r\n--b--\r\n"
    );
    read(text.as_bytes()).unwrap()
}

#[test]
fn feedback_is_told_apart() {
    let header = "X-Nothing: x";
    let complaint = Some(ReturnedKind::Complaint);
    assert_eq!(
        back(&feedback("abuse", header)),
        (complaint, Some(End::Marketing))
    );
    let left = (Some(ReturnedKind::OptOut), Some(End::Purpose));
    assert_eq!(back(&feedback("opt-out", header)), left);
    assert_eq!(back(&feedback("not-spam", header)), (None, None));
    assert_eq!(
        back(&feedback("auth-failure", header)),
        (Some(ReturnedKind::Report), None)
    );
}

#[test]
fn a_report_to_a_role_address_is_bound_by_a_token_of_ours_and_by_nothing_else() {
    let out = verp::address(&key(), &addressed(Way::Out), "acme.example");
    let header = format!(
        "List-Unsubscribe: <https://acme.example/u/x>,\r\n <mailto:{out}?subject=unsubscribe>"
    );
    assert_eq!(
        about(&key(), &feedback("abuse", &header)),
        Some(addressed(Way::Out))
    );
    let path = verp::address(&key(), &addressed(Way::Back), "acme.example");
    let header = format!("Return-Path: <{path}>");
    assert_eq!(
        about(&key(), &feedback("abuse", &header)),
        Some(addressed(Way::Back))
    );
    let stranger = TokenKey::new([6; 32]);
    assert_eq!(about(&stranger, &feedback("abuse", &header)), None);
    assert_eq!(about(&key(), &feedback("abuse", "X-Nothing: x")), None);
}

fn event(kind: FactKind, second: i64) -> Fact {
    let at = Timestamp::from_second(second).unwrap();
    Fact {
        kind,
        at,
        recorded_at: at,
        scope: Scope::default(),
    }
}

#[test]
fn a_no_that_stands_is_not_said_again_and_one_that_was_lifted_is() {
    let confirm = || FactKind::Confirm { purpose: None };
    let complaint = FactKind::Complaint;
    assert!(!stands(&[], &complaint));
    assert!(stands(&[event(FactKind::Complaint, 1)], &complaint));
    let lifted = [event(FactKind::Complaint, 1), event(confirm(), 2)];
    assert!(!stands(&lifted, &complaint));
    let bounced = [event(FactKind::Bounce, 1), event(confirm(), 2)];
    assert!(stands(&bounced, &FactKind::Bounce));
    let confirmed = [bounced.to_vec(), vec![event(FactKind::ConfirmAddress, 3)]].concat();
    assert!(!stands(&confirmed, &FactKind::Bounce));
}

#[test]
fn an_address_that_was_confirmed_after_the_message_left_is_not_ended_by_it() {
    let left = Timestamp::from_second(5).unwrap();
    let confirmed = |second| {
        [
            event(FactKind::Bounce, 1),
            event(FactKind::ConfirmAddress, second),
        ]
    };
    assert!(confirmed_since(&confirmed(6), left));
    assert!(!confirmed_since(&confirmed(4), left));
}

async fn desk() -> (Arc<Desk>, Bureau) {
    let clock = Arc::new(VirtualClock::new());
    let bureau = Bureau::open(clock).await.unwrap();
    (desk_of(&bureau), bureau)
}

fn desk_of(bureau: &Bureau) -> Arc<Desk> {
    Arc::new(Desk {
        name: "mx.acme.example".to_owned(),
        domains: vec!["acme.example".to_owned()],
        tls: None,
        tokens: Arc::new(key()),
        carrier: Carrier::new(bureau.store.clone(), bureau.clock.clone()),
        hands: None,
    })
}

#[tokio::test]
async fn nobody_else_is_taken_mail_for() {
    let (desk, _bureau) = desk().await;
    let path = verp::address(&key(), &addressed(Way::Back), "acme.example");
    for to in [
        &*path,
        &path.to_uppercase(),
        "FBL@acme.example",
        "postmaster",
    ] {
        assert_eq!(desk.admit(None, to).await, Admit::Yes, "{to}");
    }
    let forged = path.replacen("b+", "b+a", 1);
    for to in [
        "ada@example.com",
        "abuse@example.com",
        "news@acme.example",
        &forged,
        "b+@acme.example",
    ] {
        let refused = matches!(desk.admit(None, to).await, Admit::No(_));
        assert!(refused, "{to}");
    }
}

#[tokio::test]
async fn a_report_without_a_message_of_ours_is_refused_and_a_message_that_never_left_changes_nothing()
 {
    let (desk, _bureau) = desk().await;
    let take = async |to: &str, content: &[u8]| {
        let to = [to.to_owned()];
        let mail = Mail {
            from: "",
            to: &to,
            content,
        };
        String::from_utf8_lossy(&desk.take(None, mail).await).into_owned()
    };
    let path = verp::address(&key(), &addressed(Way::Back), "acme.example");
    let plain = b"From: ada@example.com\r\nSubject: x\r\n\r\nHello\r\n";
    assert!(
        take("abuse@acme.example", plain)
            .await
            .starts_with("550 5.7.1")
    );
    assert!(take(&path, plain).await.starts_with("250"));
    assert!(take(&path, b"\xff\x00").await.starts_with("250"));
}

/// A message to Ada that was written and has not left, as far as the store knows; its return path.
async fn under_way(bureau: &Bureau) -> String {
    let people = People {
        count: 1,
        address: &|_| "ada@example.com".to_owned(),
        said: &|_| Said::Newsletter,
    };
    bureau.people(people).await.unwrap();
    let id = bureau.scope.outgoing_id();
    let message = Injected {
        id,
        contact: Some(bureau.contact("ada@example.com").await.unwrap()),
        purpose: "newsletter".parse().unwrap(),
        question: String::new(),
        means: 0,
        standing: Standing::Queued {
            mail_from: "b@acme.example".to_owned(),
            rcpt_to: "ada@example.com".to_owned(),
            body: b"Subject: x\r\n\r\n".to_vec(),
        },
        told: None,
    };
    bureau.scope.inject(vec![message], None).await.unwrap();
    let addressed = Addressed {
        way: Way::Back,
        account: bureau.scope.id(),
        message: id.message(),
    };
    verp::address(&key(), &addressed, "acme.example")
}

#[tokio::test]
async fn a_bounce_of_a_message_under_way_comes_again_for_a_month_and_not_for_ever() {
    let clock = Arc::new(VirtualClock::new());
    let bureau = Bureau::open(clock.clone()).await.unwrap();
    let desk = desk_of(&bureau);
    let to = [under_way(&bureau).await];
    let take = async |content: &[u8]| {
        let mail = Mail {
            from: "",
            to: &to,
            content,
        };
        String::from_utf8_lossy(&desk.take(None, mail).await).into_owned()
    };
    let dead = b"From: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered\r\n\r\n\
        <ada@example.com>: 550 5.1.1 no such user here (in reply to RCPT TO command)\r\n";
    let away = b"From: ada@example.com\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nBack soon.\r\n";
    assert!(take(dead).await.starts_with("451 4.3.0"));
    assert!(
        take(away).await.starts_with("250"),
        "nothing would follow from it"
    );
    clock.advance(Duration::from_hours(31 * 24));
    assert!(take(dead).await.starts_with("250"));
}

/// What a client may write: whole commands, pieces of them, anything.
fn written() -> impl Strategy<Value = Vec<u8>> {
    let path = verp::address(&key(), &addressed(Way::Back), "acme.example");
    let line = prop::sample::select(vec![
        b"EHLO x\r\n".to_vec(),
        b"MAIL FROM:<>\r\n".to_vec(),
        format!("RCPT TO:<{path}>\r\n").into_bytes(),
        b"RCPT TO:<fbl@acme.example>\r\n".to_vec(),
        b"RCPT TO:<ada@example.com>\r\n".to_vec(),
        b"DATA\r\n".to_vec(),
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n".to_vec(),
        b"Final-Recipient: rfc822; ada@example.com\r\n".to_vec(),
        b"\r\n.\r\n".to_vec(),
        b"\n.\n".to_vec(),
        b"RSET\r\n".to_vec(),
        b"NOOP\r\n".to_vec(),
    ]);
    let any = prop::collection::vec(any::<u8>(), 0..40);
    let piece = prop_oneof![6 => line, 1 => any];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Says bytes to a session and waits for its end; false when it panicked.
async fn survives(desk: &Arc<Desk>, bytes: &[u8]) -> bool {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    let (stream, peer) = listener.accept().await.unwrap();
    let mut sessions = JoinSet::new();
    sessions.spawn(Connection::new(Box::new(stream), peer.ip(), desk.clone()).run());
    // The session may have hung up already.
    let _written = client.write_all(bytes).await;
    let _closed = client.shutdown().await;
    let mut answers = Vec::new();
    let _end = client.read_to_end(&mut answers).await;
    sessions
        .join_next()
        .await
        .is_some_and(|ended| ended.is_ok())
}

#[test]
fn no_bytes_bring_a_session_down() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (desk, _bureau) = runtime.block_on(desk());
    proptest!(ProptestConfig::with_cases(300), |(bytes in written())| {
        prop_assert!(runtime.block_on(survives(&desk, &bytes)));
    });
}
