//! BDAT (RFC 3030): the envelope of the next message behind the content of this one, and what refusals mean.

use super::*;

const CHUNKING: &[&str] = &["PIPELINING", "SIZE 1000000", "CHUNKING", "8BITMIME"];

fn taken(script: Script) -> Script {
    script.say("250 2.1.0 Ok").say("250 2.1.5 Ok")
}

fn up_to_chunk() -> Script {
    taken(Script::greeting(CHUNKING).expect_envelope())
}

fn doubted(sent: &Sent) -> bool {
    matches!(sent, Sent::InDoubt(_))
}

#[tokio::test(start_paused = true)]
async fn a_message_is_one_chunk_and_the_next_envelope_rides_behind_it() {
    let script = up_to_chunk()
        .chunk()
        .expect("RSET")
        .expect_envelope()
        .say("250 2.0.0 queued")
        .say("250 2.0.0 Ok");
    let script = taken(script).chunk().say("250 2.0.0 queued too");
    let (results, transcript) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let first = session.finish(MAIL, Some(&BOB)).await;
        assert_eq!(first.next, Some(Begun::Ready));
        let second = session.finish(MAIL, None).await;
        (final_line(first.sent), final_line(second.sent))
    })
    .await;
    assert_eq!(transcript.strayed, None);
    assert_eq!(transcript.bodies, [MAIL.concat(), MAIL.concat()]);
    assert_eq!(transcript.lines[3], "BDAT 21 LAST");
    assert_eq!(results.0, "250 2.0.0 queued");
    assert_eq!(results.1, "250 2.0.0 queued too");
}

#[tokio::test(start_paused = true)]
async fn a_chunk_has_no_doubled_dots_and_ends_its_last_line() {
    let parts: &[&[u8]] = &[b"Subject: x\r\n\r\n", b".\r\n..a\r", b"\n.b"];
    let script = up_to_chunk().chunk().say("250 Ok");
    let (_, transcript) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(parts, None).await
    })
    .await;
    assert_eq!(transcript.bodies, [b"Subject: x\r\n\r\n.\r\n..a\r\n.b\r\n"]);
    assert!(transcript.unread.is_empty());
}

#[tokio::test(start_paused = true)]
async fn without_pipelining_nothing_rides_behind_a_chunk() {
    let script = Script::greeting(&["CHUNKING"])
        .expect("MAIL")
        .quiet()
        .say("250 Ok")
        .expect("RCPT")
        .quiet()
        .say("250 Ok")
        .chunk()
        .quiet()
        .say("250 Ok")
        .expect("MAIL")
        .say("550 No");
    let (next, transcript) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(MAIL, Some(&BOB)).await.next.unwrap()
    })
    .await;
    assert_eq!(transcript.strayed, None);
    assert_eq!(refused(next), (Phase::Mail, "550 No".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_content_of_a_refused_recipient_is_never_sent() {
    let script = Script::greeting(CHUNKING)
        .expect_envelope()
        .say("250 Ok")
        .say("550 5.1.1 No such user")
        .quiet()
        .expect("RSET");
    let (begun, transcript) = talk(script, async |mut session| {
        let begun = session.begin(&ADA).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(session.is_open());
        session.reset().await.unwrap_err();
        begun
    })
    .await;
    assert_eq!(refused(begun).0, Phase::Rcpt);
    assert_eq!(transcript.strayed, None);
}

#[tokio::test(start_paused = true)]
async fn a_refused_chunk_ends_its_message_and_the_reset_behind_it_saves_the_next() {
    let script = up_to_chunk()
        .chunk()
        .expect("RSET")
        .expect_envelope()
        .say("552 5.3.4 Too large")
        .say("250 Ok");
    let script = taken(script).chunk().say("250 Ok");
    let ((first, second), transcript) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let first = session.finish(MAIL, Some(&BOB)).await;
        assert_eq!(first.next, Some(Begun::Ready));
        (first.sent, session.finish(MAIL, None).await.sent)
    })
    .await;
    assert_eq!(transcript.strayed, None);
    assert_eq!(final_line(first), "552 5.3.4 Too large");
    assert_eq!(final_line(second), "250 Ok");
}

/// One message over a new session of the same sender.
async fn one(script: Script, options: &ClientOptions) -> (Sent, bool, Transcript) {
    let (near, mut far) = tokio::io::duplex(PIPE_BYTES);
    let route = route(TlsMode::Clear);
    let client = async {
        let shared = (options, &TlsMode::Clear);
        let opened = Session::over(Box::new(near), false, &route, shared).await;
        let mut session = opened.unwrap();
        (send(&mut session).await, session.is_open())
    };
    let server = async move { script.play(&mut far).await };
    let ((sent, open), transcript) = tokio::join!(client, server);
    (sent, open, transcript)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_bdat_gets_data_from_the_next_session_on() {
    for answer in [
        "500 5.5.1 What?",
        "502 Not here",
        "501 5.5.4 Odd",
        "504 5.5.4 Odd",
    ] {
        let options = options();
        let (sent, open, _) = one(up_to_chunk().chunk().say(answer), &options).await;
        let Sent::Trouble(trouble) = sent else {
            panic!("{answer}: {sent:?}");
        };
        assert!(matches!(trouble.what, What::NoChunks(_)), "{trouble}");
        assert!(!open);
        let script = go_ahead(Script::greeting(CHUNKING).expect_flight());
        let (sent, _, transcript) = one(script.body().say("250 Ok"), &options).await;
        assert_eq!(transcript.strayed, None);
        assert_eq!(final_line(sent), "250 Ok");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_the_message_is_not_taken_for_one_of_the_command() {
    for answer in [
        "500 5.7.1 Blocked",
        "554 5.5.1 No",
        "550 No",
        "451 4.3.0 Later",
    ] {
        let options = options();
        let (sent, open, _) = one(up_to_chunk().chunk().say(answer), &options).await;
        assert_eq!((final_line(sent).as_str(), open), (answer, true));
        assert!(
            !options
                .habits
                .has("relay.example.test", Habit::RefusesChunks)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_chunk_without_an_answer_is_in_doubt_after_ten_minutes_and_a_lost_one_at_once() {
    let script = up_to_chunk().chunk().silence();
    let ((sent, _), took) = timed(talk(script, async |mut s| send(&mut s).await)).await;
    assert!(doubted(&sent), "{sent:?}");
    assert_eq!(took, Duration::from_mins(10));
    let (sent, _) = talk(up_to_chunk().chunk(), async |mut s| send(&mut s).await).await;
    assert!(doubted(&sent), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_lost_within_a_chunk_is_not_in_doubt() {
    let large = b"line\r\n".repeat(20_000);
    let (sent, _) = talk(up_to_chunk(), async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(&[&large], Some(&BOB)).await.sent
    })
    .await;
    assert!(matches!(sent, Sent::Trouble(_)), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_in_the_middle_of_a_chunk_is_heard() {
    let large = b"line\r\n".repeat(20_000);
    let script = up_to_chunk().say("552 5.3.4 Too large");
    let (sent, _) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(&[&large], None).await.sent
    })
    .await;
    assert_eq!(final_line(sent), "552 5.3.4 Too large");
}

#[tokio::test(start_paused = true)]
async fn a_message_with_a_bare_line_feed_is_no_chunk_either() {
    let (sent, transcript) = talk(up_to_chunk(), async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(&[b"a\nb\r\n"], None).await.sent
    })
    .await;
    assert_eq!(sent, Sent::Unsafe(TextFault::BareLineEnd));
    assert!(transcript.unread.is_empty());
}
