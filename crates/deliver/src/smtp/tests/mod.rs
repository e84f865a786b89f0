//! Sessions against a scripted server, in virtual time.

mod chunks;
mod dane;
mod faults;
mod flights;
mod opening;
mod troubles;

use std::sync::Arc;
use std::time::Duration;

use avow_testkit::{Script, Transcript, VirtualClock};
use tokio::io::DuplexStream;

use super::*;
use crate::tls::TlsClients;

/// Small enough that a large message fills it.
const PIPE_BYTES: usize = 16 * 1024;

const PIPELINING: &[&str] = &["PIPELINING", "SIZE 1000000", "ENHANCEDSTATUSCODES"];

const ADA: Envelope<'_> = Envelope {
    mail_from: "b+1@example.com",
    rcpt_to: "ada@example.org",
    size_bytes: None,
    utf8: false,
    body: BodyKind::SevenBit,
};
const BOB: Envelope<'_> = Envelope {
    rcpt_to: "bob@example.org",
    ..ADA
};

const MAIL: &[&[u8]] = &[b"Subject: x\r\n\r\n", b"Hello\r\n"];

fn options() -> ClientOptions {
    ClientOptions {
        ehlo: "out.example.com".to_owned(),
        timeouts: Timeouts::default(),
        egress: Egress::default(),
        tls: TlsClients::new(None).unwrap(),
        habits: Arc::new(Habits::new(Arc::new(VirtualClock::new()))),
    }
}

fn route(tls: TlsMode) -> Route {
    Route {
        host: "relay.example.test".to_owned(),
        port: 25,
        addresses: Vec::new(),
        tls,
        auth: None,
    }
}

async fn open(stream: DuplexStream) -> Result<Session, Trouble> {
    let route = route(TlsMode::Clear);
    Session::over(
        Box::new(stream),
        false,
        &route,
        (&options(), &TlsMode::Clear),
    )
    .await
}

/// Plays a script against what `client` does with an open session.
async fn talk<T>(script: Script, client: impl AsyncFnOnce(Session) -> T) -> (T, Transcript) {
    let (near, mut far) = tokio::io::duplex(PIPE_BYTES);
    let server = async move { script.play(&mut far).await };
    let client = async { client(open(near).await.unwrap()).await };
    tokio::join!(client, server)
}

/// Plays a script that ends before the session is open.
async fn fail_to_open(script: Script) -> Trouble {
    let (near, mut far) = tokio::io::duplex(PIPE_BYTES);
    let server = async move { script.play(&mut far).await };
    let (opened, _) = tokio::join!(open(near), server);
    opened.err().unwrap()
}

/// A greeted server that takes three commands in a flight and says 250, 250, 354.
fn up_to_content() -> Script {
    go_ahead(Script::greeting(PIPELINING).expect_flight())
}

fn go_ahead(script: Script) -> Script {
    script.say("250 2.1.0 Ok").say("250 2.1.5 Ok").say("354 Go")
}

/// What a session says of one message from beginning to end.
async fn send(session: &mut Session) -> Sent {
    assert_eq!(session.begin(&ADA).await, Begun::Ready);
    session.finish(MAIL, None).await.sent
}

fn refused(begun: Begun) -> (Phase, String) {
    match begun {
        Begun::Refused(refusal) => (refusal.phase, refusal.reply.to_string()),
        other => panic!("not refused: {other:?}"),
    }
}

fn final_line(sent: Sent) -> String {
    match sent {
        Sent::Final(reply) => reply.to_string(),
        other => panic!("no final reply: {other:?}"),
    }
}

/// Virtual time that passed.
async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = tokio::time::Instant::now();
    (work.await, began.elapsed())
}
