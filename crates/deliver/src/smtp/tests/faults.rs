//! The rest of what servers do wrong: hang up at the door, refuse in a flight, reset, drip, stammer.

use super::*;
use crate::classify::{Permanence, classify};

fn closed(trouble: &Trouble) -> Option<u16> {
    trouble.reply().map(|reply| reply.code)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_closes_at_starttls_or_reset_ends_the_session_there() {
    let script = Script::greeting(&["STARTTLS"])
        .expect("STARTTLS")
        .say("421 4.3.2 Closing");
    let (near, mut far) = tokio::io::duplex(PIPE_BYTES);
    let (route, options) = (route(TlsMode::Opportunistic), options());
    let client = Session::over(Box::new(near), false, &route, (&options, &route.tls));
    let (opened, _) = tokio::join!(client, script.play(&mut far));
    let trouble = opened.err().unwrap();
    assert_eq!(
        (trouble.phase, closed(&trouble)),
        (Phase::StartTls, Some(421))
    );

    let script = Script::greeting(PIPELINING)
        .expect("RSET")
        .say("421 4.3.2 Closing");
    let ((trouble, open), _) = talk(script, async |mut session| {
        (session.reset().await.unwrap_err(), session.is_open())
    })
    .await;
    assert_eq!(
        (trouble.phase, closed(&trouble), open),
        (Phase::Reset, Some(421), false)
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_closes_after_the_dot_has_taken_this_message_and_not_the_next() {
    let script = up_to_content()
        .body()
        .expect_flight()
        .say("250 2.0.0 queued")
        .say("421 4.7.0 Enough for today");
    let (finished, _) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(MAIL, Some(&BOB)).await
    })
    .await;
    assert_eq!(final_line(finished.sent), "250 2.0.0 queued");
    let Some(Begun::Trouble(trouble)) = finished.next else {
        panic!("{:?}", finished.next);
    };
    assert_eq!((trouble.phase, closed(&trouble)), (Phase::Mail, Some(421)));
}

#[tokio::test(start_paused = true)]
async fn a_recipient_refused_in_the_flight_of_the_dot_costs_only_its_own_message() {
    let script = up_to_content()
        .body()
        .expect_flight()
        .say("250 2.0.0 queued")
        .say("250 Ok")
        .say("550 5.1.1 No such user")
        .say("354 Go")
        .expect(".")
        .say("554 5.5.1 No valid recipients")
        .expect("RSET")
        .expect_flight()
        .say("250 Ok");
    let script = go_ahead(script).body().say("250 2.0.0 third");
    let ((finished, third), transcript) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let finished = session.finish(MAIL, Some(&BOB)).await;
        (finished, send(&mut session).await)
    })
    .await;
    assert_eq!(final_line(finished.sent), "250 2.0.0 queued");
    assert_eq!(refused(finished.next.unwrap()).0, Phase::Rcpt);
    assert_eq!(final_line(third), "250 2.0.0 third");
    assert_eq!(transcript.strayed, None);
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_the_dot_that_drips_is_in_doubt_after_ten_minutes() {
    let script = up_to_content()
        .body()
        .drip("250 2.0.0 queued as 4711", Duration::from_mins(1));
    let (results, _) = talk(script, async |mut session| timed(send(&mut session)).await).await;
    assert!(matches!(results.0, Sent::InDoubt(_)), "{:?}", results.0);
    assert_eq!(results.1, Duration::from_mins(10));
}

/// A real socket: only a kernel resets.
#[tokio::test]
async fn a_connection_that_is_reset_after_the_dot_is_in_doubt() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let transcript = up_to_content().body().play(&mut stream).await;
        stream.set_zero_linger().unwrap();
        drop(stream);
        transcript
    };
    let route = Route {
        port: address.port(),
        addresses: vec![address.ip()],
        ..route(TlsMode::Clear)
    };
    let client = async {
        let mut session = Session::open(&route, &options()).await.unwrap();
        send(&mut session).await
    };
    let (sent, transcript) = tokio::join!(client, server);
    assert_eq!(transcript.strayed, None);
    assert!(matches!(sent, Sent::InDoubt(_)), "{sent:?}");
}

/// A proxy on the loopback that connects where it is told to.
#[tokio::test]
async fn a_session_goes_through_a_socks_proxy_and_a_password_is_then_not_near() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::Socks5(listener.local_addr().unwrap());
    let serve = async || {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = [0; 13];
        stream.read_exact(&mut asked[..3]).await.unwrap();
        stream.write_all(&[5, 0]).await.unwrap();
        stream.read_exact(&mut asked[3..]).await.unwrap();
        assert_eq!(asked[7..], [127, 0, 0, 9, 0, 25]);
        stream
            .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            .await
            .unwrap();
        Script::greeting(&["AUTH PLAIN"]).play(&mut stream).await
    };
    let options = ClientOptions {
        egress: Egress::new(Sources::default(), Some(proxy)).unwrap(),
        ..options()
    };
    let mut route = Route {
        addresses: vec!["127.0.0.9".parse().unwrap()],
        ..route(TlsMode::Clear)
    };
    let (opened, _) = tokio::join!(Session::open(&route, &options), serve());
    assert!(opened.is_ok());
    route.auth = Some(Auth {
        user: "user".to_owned(),
        password: "secret".to_owned(),
    });
    let (opened, _) = tokio::join!(Session::open(&route, &options), serve());
    assert_eq!(opened.err().unwrap().what, What::PasswordInClear);
}

#[tokio::test]
async fn the_source_is_bound_and_the_second_address_is_tried_when_the_first_is_down() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = async {
        let (mut stream, peer) = listener.accept().await.unwrap();
        Script::greeting(&[]).play(&mut stream).await;
        peer
    };
    let source = "127.0.0.3".parse().unwrap();
    let options = ClientOptions {
        egress: Egress::new(Sources::of(&[source]).unwrap(), None).unwrap(),
        ..options()
    };
    let route = Route {
        port: address.port(),
        // Nobody listens at the second; the first is of a family without a source.
        addresses: ["::1", "127.0.0.2", "127.0.0.1"]
            .map(|ip| ip.parse().unwrap())
            .into(),
        ..route(TlsMode::Clear)
    };
    let (opened, peer) = tokio::join!(Session::open(&route, &options), server);
    assert!(opened.is_ok());
    assert_eq!(peer.ip(), source);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_without_an_enhanced_code_is_judged_by_code_and_words() {
    let script = Script::greeting(PIPELINING)
        .expect_flight()
        .say("250 Ok")
        .raw(b"550-\xe9t\xe9 2026\r\n550 Mailbox is full, try later\r\n")
        .say("503 No recipients");
    let (begun, _) = talk(script, async |mut session| session.begin(&ADA).await).await;
    let Begun::Refused(refusal) = begun else {
        panic!("{begun:?}");
    };
    assert_eq!(refusal.reply.enhanced, None);
    assert!(refusal.reply.text.contains("Mailbox is full"));
    let verdict = classify(&refusal.reply, refusal.phase);
    assert_eq!(verdict.permanence, Permanence::Permanent);
    assert!(!verdict.ends_address());
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_end_is_a_fault_and_not_a_flood() {
    let line = b"250-more\r\n".repeat(REPLY_BYTES_MAX / 8);
    let script = Script::new().say("220 x").expect("EHLO").raw(&line);
    let trouble = fail_to_open(script).await;
    assert!(matches!(trouble.what, What::Reply(_)), "{trouble}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_up_between_two_messages_is_trouble_of_the_connection() {
    let script = up_to_content().body().say("250 Ok");
    let (begun, _) = talk(script, async |mut session| {
        send(&mut session).await;
        session.begin(&BOB).await
    })
    .await;
    assert!(matches!(begun, Begun::Trouble(_)), "{begun:?}");
}
