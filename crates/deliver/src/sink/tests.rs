//! The sink over real sockets: spoken to by hand, and by our own client.

mod chunks;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use avow_testkit::VirtualClock;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::route::{OpenFault, Transport};
use crate::smtp::{
    Begun, BodyKind, ClientOptions, Egress, Envelope, Habits, Phase, Route, Sent, Session,
    Timeouts, TlsMode,
};
use crate::tls::TlsClients;

fn options(folder: &TempDir) -> SinkOptions {
    let listen = "127.0.0.1:0".parse().unwrap();
    let clock = Arc::new(VirtualClock::new());
    SinkOptions::new(listen, folder.path().to_owned(), clock)
}

/// Says bytes as they are and reads until the sink has hung up.
async fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    stream.write_all(bytes).await.unwrap();
    // A sink that hung up early may reset the connection: what it said before counts.
    let _end = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// The codes of all last lines.
fn codes(answer: &str) -> Vec<&str> {
    let last = answer
        .lines()
        .filter(|l| l.as_bytes().get(3) == Some(&b' '));
    last.map(|l| &l[..3]).collect()
}

fn client_options() -> ClientOptions {
    ClientOptions {
        ehlo: "out.example.com".to_owned(),
        timeouts: Timeouts {
            dot: Duration::from_millis(200),
            ..Timeouts::default()
        },
        egress: Egress::default(),
        tls: TlsClients::new(None).unwrap(),
        habits: Arc::new(Habits::new(Arc::new(VirtualClock::new()))),
    }
}

async fn session(address: SocketAddr) -> Session {
    let route = Route {
        host: "127.0.0.1".to_owned(),
        port: address.port(),
        addresses: vec![address.ip()],
        tls: TlsMode::Opportunistic,
        auth: None,
    };
    Session::open(&route, &client_options()).await.unwrap()
}

fn mail(n: u32) -> String {
    format!("Message-ID: <{n}@example.com>\r\nSubject: Number {n}\r\n\r\n.dot\r\nHello\r\n")
}

const ADA: Envelope<'_> = Envelope {
    mail_from: "b+1@Example.com",
    rcpt_to: "ada@example.org",
    size_bytes: None,
    utf8: false,
    body: BodyKind::SevenBit,
};

/// Sends messages 0..n over one session, the next riding with the dot of the last.
async fn send(sink: &SinkHandle, n: u32) {
    let mut session = session(sink.addr()).await;
    assert_eq!(session.begin(&ADA).await, Begun::Ready);
    for number in 0..n {
        let next = (number + 1 < n).then_some(&ADA);
        let done = session.finish(&[mail(number).as_bytes()], next).await;
        assert!(matches!(done.sent, Sent::Final(reply) if reply.is_positive()));
        assert_eq!(done.next, next.map(|_| Begun::Ready));
    }
    session.quit().await;
}

#[tokio::test]
async fn mail_is_kept_counted_and_shown_newest_first() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    send(&sink, 5).await;
    sink.until_total(5).await;
    let counts = sink.counts();
    assert_eq!(
        (counts.total, counts.unique_messages, counts.differing),
        (5, 5, 0)
    );
    assert_eq!(counts.by_domain["example.com"].total, 5);
    let page = sink.list("", None, 2);
    assert_eq!(page[0].subject, "Number 4");
    let older = sink.list("", Some(page[1].id), 10);
    assert_eq!(older.len(), 3);
    assert_eq!(older[0].subject, "Number 2");
    assert_eq!(older[0].to, "ada@example.org");
    let bytes = sink.get(older[0].id).unwrap().unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), mail(2));
    assert_eq!(sink.get(999).unwrap(), None);
}

#[tokio::test]
async fn the_list_is_searched_in_addresses_and_decoded_subjects() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let talk = "EHLO x\r\nMAIL FROM:<b@example.com>\r\nRCPT TO:<Ada@example.org>\r\nRCPT TO:<bob@example.org>\r\n\
        DATA\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?q?_aus_Ulm?=\r\n\r\nx\r\n.\r\nQUIT\r\n";
    raw(sink.addr(), talk.as_bytes()).await;
    for filter in ["ADA@", "grüße aus", "bob@example.org", "b@example.com", ""] {
        assert_eq!(sink.list(filter, None, 10).len(), 1, "{filter}");
    }
    assert!(sink.list("carol", None, 10).is_empty());
    assert_eq!(sink.list("", None, 1)[0].subject, "Grüße aus Ulm");
}

#[tokio::test]
async fn everything_comes_back_after_a_restart_and_a_torn_end_is_cut_off() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    send(&sink, 4).await;
    let before = (sink.counts(), sink.list("", None, 10));
    drop(sink);
    let segments = std::fs::read_dir(folder.path()).unwrap();
    let segment = segments.map(|e| e.unwrap().path()).next().unwrap();
    let whole = std::fs::read(&segment).unwrap();
    for torn in [&whole[..10], &whole[..60], &b"garbage"[..], &[0; 200]] {
        std::fs::write(&segment, [&whole, torn].concat()).unwrap();
        let sink = Sink::start(options(&folder)).unwrap();
        assert_eq!((sink.counts(), sink.list("", None, 10)), before);
        assert_eq!(std::fs::read(&segment).unwrap(), whole);
    }
    let sink = Sink::start(options(&folder)).unwrap();
    send(&sink, 1).await;
    let counts = sink.counts();
    assert_eq!(
        (counts.total, counts.unique_messages, counts.differing),
        (5, 4, 0)
    );
}

#[tokio::test]
async fn the_oldest_mail_goes_when_there_is_too_much_and_stays_counted() {
    let folder = TempDir::new().unwrap();
    let mut options = options(&folder);
    options.limits.segment_bytes = 400;
    options.limits.kept_mails = 10;
    let sink = Sink::start(options.clone()).unwrap();
    send(&sink, 40).await;
    let kept = sink.list("", None, 100);
    assert!(kept.len() <= 14, "{}", kept.len());
    assert_eq!(kept[0].subject, "Number 39");
    assert_eq!(
        sink.get(kept.last().unwrap().id).unwrap().unwrap().len(),
        mail(39).len()
    );
    assert_eq!(sink.get(1).unwrap(), None);
    let before = sink.counts();
    assert_eq!((before.total, before.unique_messages), (40, 40));
    drop(sink);
    let sink = Sink::start(options).unwrap();
    assert_eq!(sink.counts(), before);
    assert_eq!(sink.list("", None, 100), kept);
}

#[tokio::test]
async fn a_message_smuggled_behind_a_bare_line_feed_is_refused_whole() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let start = "EHLO x\r\nMAIL FROM:<b@example.com>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n";
    for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r"] {
        let talk = format!("{start}a{end}MAIL FROM:<evil@example.com>\r\nx\r\n.\r\nQUIT\r\n");
        let answer = raw(sink.addr(), talk.as_bytes()).await;
        assert_eq!(
            codes(&answer),
            ["220", "250", "250", "250", "354", "554", "221"],
            "{end:?}"
        );
    }
    assert_eq!(sink.counts().total, 0);
}

#[tokio::test]
async fn a_command_line_with_a_bare_line_feed_ends_the_session() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    for line in ["EHLO x\n", "EHLO x\rRSET\r\n"] {
        let answer = raw(sink.addr(), line.as_bytes()).await;
        assert_eq!(codes(&answer), ["220", "521"]);
    }
}

#[tokio::test]
async fn what_is_too_long_or_too_much_is_refused_and_the_session_goes_on() {
    let folder = TempDir::new().unwrap();
    let mut options = options(&folder);
    options.limits.message_bytes = 100_000;
    options.limits.recipients = 2;
    let sink = Sink::start(options).unwrap();
    let start = "EHLO x\r\nMAIL FROM:<b@example.com>\r\nRCPT TO:<ada@example.org>\r\n";
    let message = |body: &str| format!("{start}DATA\r\n{body}\r\n.\r\nQUIT\r\n");
    let long_line = raw(sink.addr(), message(&"x".repeat(999)).as_bytes()).await;
    assert_eq!(codes(&long_line)[4..], ["354", "554", "221"]);
    let large = raw(sink.addr(), message(&"line\r\n".repeat(50_000)).as_bytes()).await;
    assert_eq!(codes(&large)[4..], ["354", "552", "221"]);
    let declared = "EHLO x\r\nMAIL FROM:<b@example.com> SIZE=100001\r\nQUIT\r\n";
    assert_eq!(
        codes(&raw(sink.addr(), declared.as_bytes()).await)[2..],
        ["552", "221"]
    );
    let many = format!("{start}RCPT TO:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nQUIT\r\n");
    assert_eq!(
        codes(&raw(sink.addr(), many.as_bytes()).await)[4..],
        ["250", "452", "221"]
    );
    let command = format!("EHLO {}\r\nNOOP\r\nQUIT\r\n", "x".repeat(2050));
    assert_eq!(
        codes(&raw(sink.addr(), command.as_bytes()).await),
        ["220", "500", "250", "221"]
    );
    assert_eq!(sink.counts().total, 0);
}

#[tokio::test]
async fn an_endless_command_or_too_many_mistakes_end_the_session() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let endless = raw(sink.addr(), &[b'x'; 4000]).await;
    assert_eq!(codes(&endless), ["220", "500"]);
    let mistakes = raw(sink.addr(), "WHAT\r\n".repeat(30).as_bytes()).await;
    assert_eq!(codes(&mistakes).last(), Some(&"421"));
}

#[tokio::test]
async fn more_connections_than_allowed_are_turned_away() {
    let folder = TempDir::new().unwrap();
    let mut options = options(&folder);
    options.limits.connections = 1;
    let sink = Sink::start(options).unwrap();
    let first = session(sink.addr()).await;
    let answer = raw(sink.addr(), b"").await;
    assert_eq!(codes(&answer), ["421"]);
    first.quit().await;
}

#[tokio::test]
async fn refusals_on_demand_come_at_the_recipient_and_stop_when_told() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let mut open = session(sink.addr()).await;
    for (faults, code) in [
        (
            Faults {
                share_4xx: 1.0,
                ..Faults::default()
            },
            451,
        ),
        (
            Faults {
                share_5xx: 1.0,
                ..Faults::default()
            },
            554,
        ),
        (
            Faults {
                share_user_unknown: 1.0,
                ..Faults::default()
            },
            550,
        ),
    ] {
        sink.set_faults(faults);
        let Begun::Refused(refusal) = open.begin(&ADA).await else {
            panic!("not refused");
        };
        assert_eq!((refusal.phase, refusal.reply.code), (Phase::Rcpt, code));
    }
    sink.set_faults(Faults::default());
    assert_eq!(open.begin(&ADA).await, Begun::Ready);
    assert_eq!(sink.counts().faults, 3);
}

#[tokio::test]
async fn a_drop_in_the_content_and_a_silence_after_it_lose_the_answer_and_keep_nothing() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    for faults in [
        Faults {
            share_drop_in_data: 1.0,
            ..Faults::default()
        },
        Faults {
            share_silent: 1.0,
            ..Faults::default()
        },
    ] {
        sink.set_faults(faults);
        let mut open = session(sink.addr()).await;
        assert_eq!(open.begin(&ADA).await, Begun::Ready);
        let done = open.finish(&[mail(1).as_bytes()], None).await;
        assert!(matches!(done.sent, Sent::InDoubt(_)), "{:?}", done.sent);
    }
    assert_eq!(sink.counts().total, 0);
}

#[tokio::test]
async fn a_sink_that_goes_down_closes_sessions_refuses_connections_and_comes_back() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let mut open = session(sink.addr()).await;
    assert_eq!(open.begin(&ADA).await, Begun::Ready);
    sink.set_faults(Faults {
        down_seconds: 3600,
        ..Faults::default()
    });
    while TcpStream::connect(sink.addr()).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let done = open.finish(&[mail(1).as_bytes()], None).await;
    assert!(!matches!(done.sent, Sent::Final(_)), "{:?}", done.sent);
    sink.set_faults(Faults::default());
    while TcpStream::connect(sink.addr()).await.is_err() {
        tokio::task::yield_now().await;
    }
    send(&sink, 1).await;
    assert_eq!(sink.counts().total, 1);
}

#[tokio::test]
async fn an_address_or_a_folder_that_cannot_be_used_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let first = Sink::start(options(&folder)).unwrap();
    let other = TempDir::new().unwrap();
    let mut taken = options(&other);
    taken.listen = first.addr();
    let fault = Sink::start(taken).err().unwrap().to_string();
    assert!(fault.contains("choose another address"), "{fault}");
    let mut file = options(&other);
    file.folder = other.path().join("file");
    std::fs::write(&file.folder, "x").unwrap();
    let fault = Sink::start(file).err().unwrap().to_string();
    assert!(fault.contains("check that it exists"), "{fault}");
}

#[tokio::test]
async fn utf8_addresses_are_taken_with_smtputf8_only() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let without = "EHLO x\r\nMAIL FROM:<b@example.com>\r\nRCPT TO:<åsa@example.org>\r\nQUIT\r\n";
    assert_eq!(
        codes(&raw(sink.addr(), without.as_bytes()).await)[3..],
        ["553", "221"]
    );
    let mut open = session(sink.addr()).await;
    let asa = Envelope {
        rcpt_to: "åsa@example.org",
        ..ADA
    };
    assert_eq!(open.begin(&asa).await, Begun::Ready);
}

#[tokio::test]
async fn the_second_relay_takes_over_when_the_first_is_down() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = |address: SocketAddr| Route {
        host: "127.0.0.1".to_owned(),
        port: address.port(),
        addresses: Vec::new(),
        tls: TlsMode::Clear,
        auth: None,
    };
    let relays = vec![relay(gone.local_addr().unwrap()), relay(sink.addr())];
    drop(gone);
    let transport = Transport::Relay(relays.clone().into());
    let mut session = transport
        .open("example.org", &client_options())
        .await
        .unwrap();
    assert_eq!(session.begin(&ADA).await, Begun::Ready);
    let down = Transport::Relay(relays[..1].to_vec().into());
    let fault = down.open("example.org", &client_options()).await.err();
    assert!(matches!(fault, Some(OpenFault::Trouble(t)) if t.phase == Phase::Connect));
}

/// A client that is not ours.
#[tokio::test]
async fn swaks_delivers_to_the_sink() {
    let folder = TempDir::new().unwrap();
    let sink = Sink::start(options(&folder)).unwrap();
    let server = sink.addr().to_string();
    let words = [
        "--server",
        &server,
        "--from",
        "b@example.com",
        "--to",
        "ada@example.org",
    ];
    let body = [
        "--h-Subject",
        "From swaks",
        "--body",
        ".\nHello\n..dots",
        "--pipeline",
    ];
    let mut swaks = std::process::Command::new("swaks");
    let Ok(output) = swaks.args(words).args(body).output() else {
        println!("skipped: swaks is not installed");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let kept = sink.list("swaks", None, 1);
    assert_eq!(kept[0].subject, "From swaks");
    let bytes = sink.get(kept[0].id).unwrap().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("\r\n.\r\nHello\r\n..dots\r\n"), "{text}");
}
