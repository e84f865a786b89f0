//! What travels together, and what answers to it mean.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::*;

#[tokio::test(start_paused = true)]
async fn three_commands_leave_in_one_flight_and_the_next_three_with_the_final_dot() {
    let script = go_ahead(
        up_to_content()
            .body()
            .expect_flight()
            .say("250 2.0.0 queued"),
    );
    let script = script.body().say("250 2.0.0 queued too");
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
    assert_eq!(transcript.lines[5], "RCPT TO:<bob@example.org>");
    assert_eq!(results.0, "250 2.0.0 queued");
    assert_eq!(results.1, "250 2.0.0 queued too");
}

#[tokio::test(start_paused = true)]
async fn without_pipelining_each_command_waits_for_its_answer() {
    let script = Script::greeting(&[])
        .expect("MAIL")
        .quiet()
        .say("250 Ok")
        .expect("RCPT")
        .quiet()
        .say("250 Ok")
        .expect("DATA")
        .say("354 Go")
        .body()
        .quiet()
        .say("250 Ok")
        .expect("MAIL")
        .quiet()
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
async fn any_positive_answer_to_the_recipient_is_acceptance() {
    for code in ["250", "251", "252", "253"] {
        let script = Script::greeting(PIPELINING)
            .expect_flight()
            .say("250 Ok")
            .say(&format!("{code} fine"))
            .say("354 Go")
            .body()
            .say("250 Ok");
        let (sent, transcript) = talk(script, async |mut s| send(&mut s).await).await;
        assert_eq!(final_line(sent), "250 Ok");
        assert_eq!(transcript.strayed, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_recipient_leaves_the_session_fit_for_the_next_message() {
    let script = Script::greeting(PIPELINING)
        .expect_flight()
        .say("250 Ok")
        .say("550 5.1.1 No such user")
        .say("503 5.5.1 No recipients")
        .expect("RSET")
        .expect_flight()
        .say("250 Ok");
    let script = go_ahead(script).body().say("250 Ok");
    let (begun, transcript) = talk(script, async |mut session| {
        let begun = session.begin(&ADA).await;
        assert_eq!(final_line(send(&mut session).await), "250 Ok");
        begun
    })
    .await;
    assert_eq!(
        refused(begun),
        (Phase::Rcpt, "550 5.1.1 No such user".to_owned())
    );
    assert_eq!(transcript.strayed, None);
}

#[tokio::test(start_paused = true)]
async fn a_go_ahead_after_a_refused_recipient_gets_an_empty_message_that_counts_for_nothing() {
    let script = Script::greeting(PIPELINING)
        .expect_flight()
        .say("250 Ok")
        .say("550 5.1.1 No such user")
        .say("354 Go")
        .expect(".")
        .say("250 2.0.0 queued")
        .expect("RSET")
        .expect_flight()
        .say("250 Ok");
    let script = go_ahead(script).body().say("250 Ok");
    let (begun, transcript) = talk(script, async |mut session| {
        let begun = session.begin(&ADA).await;
        send(&mut session).await;
        begun
    })
    .await;
    assert_eq!(refused(begun).0, Phase::Rcpt);
    assert_eq!(transcript.strayed, None);
}

#[tokio::test(start_paused = true)]
async fn the_sender_or_the_message_can_be_refused_too() {
    for (answers, phase) in [
        (["550 5.7.1 No", "503 x", "503 x"], Phase::Mail),
        (["250 Ok", "250 Ok", "451 4.3.0 Later"], Phase::Data),
    ] {
        let script = Script::greeting(PIPELINING).expect_flight();
        let script = answers.iter().fold(script, |script, line| script.say(line));
        let (begun, _) = talk(script, async |mut session| session.begin(&ADA).await).await;
        assert_eq!(refused(begun).0, phase);
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_refused_at_the_dot_does_not_stop_the_next_one() {
    let script = up_to_content().body().expect_flight().say("554 5.6.0 No");
    let script = go_ahead(script).body().say("250 Ok");
    let ((first, second), _) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let first = session.finish(MAIL, Some(&BOB)).await;
        assert_eq!(first.next, Some(Begun::Ready));
        (first.sent, session.finish(MAIL, None).await.sent)
    })
    .await;
    assert_eq!(final_line(first), "554 5.6.0 No");
    assert_eq!(final_line(second), "250 Ok");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_lost_its_place_is_left() {
    let script = Script::greeting(PIPELINING)
        .expect_flight()
        .say("503 5.5.1 nested MAIL")
        .say("503 x")
        .say("503 x");
    let (open, _) = talk(script, async |mut session| {
        assert_eq!(refused(session.begin(&ADA).await).0, Phase::Mail);
        session.is_open()
    })
    .await;
    assert!(!open);
}

#[tokio::test(start_paused = true)]
async fn answers_in_pieces_and_in_several_lines_are_one_answer() {
    let pause = Duration::from_secs(1);
    let script = Script::greeting(PIPELINING)
        .expect_flight()
        .drip("250-2.1.0 Ok", pause)
        .raw(b"250 2.1.0 more\r\n250 2.1")
        .wait(pause)
        .raw(b".5 Ok\r\n354 G\xff\r\n")
        .body()
        .raw(b"250-2.0.0 first\r\n250 2.0.0 \xe9 last\r\n");
    let (sent, _) = talk(script, async |mut s| send(&mut s).await).await;
    assert_eq!(final_line(sent), "250 2.0.0 first \u{fffd} last");
}

#[tokio::test(start_paused = true)]
async fn dots_are_doubled_and_a_missing_line_end_is_added() {
    let script = up_to_content().body().say("250 Ok");
    let (_, transcript) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let parts: &[&[u8]] = &[b"Subject: x\r\n\r\n", b".\r\n..a\r", b"\n.b"];
        session.finish(parts, None).await
    })
    .await;
    assert_eq!(
        transcript.bodies,
        [b"Subject: x\r\n\r\n..\r\n...a\r\n..b\r\n"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_of_nothing_but_dots_arrives_whole() {
    let lines = b".\r\n".repeat(5000);
    let script = up_to_content().body().say("250 Ok");
    let (_, transcript) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(&[&lines], None).await
    })
    .await;
    assert_eq!(transcript.bodies, [b"..\r\n".repeat(5000)]);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_would_refuse_is_not_sent() {
    let script = Script::greeting(&["SIZE 100"]).quiet();
    let (results, transcript) = talk(script, async |mut session| {
        let large = Envelope {
            size_bytes: Some(101),
            ..ADA
        };
        let utf8 = Envelope {
            rcpt_to: "åsa@example.org",
            ..ADA
        };
        let results = (session.begin(&large).await, session.begin(&utf8).await);
        tokio::time::sleep(Duration::from_secs(2)).await;
        results
    })
    .await;
    assert_eq!(transcript.strayed, None);
    assert!(refused(results.0).1.starts_with("552 5.3.4"));
    assert!(refused(results.1).1.starts_with("550 5.6.7"));
}

#[tokio::test(start_paused = true)]
async fn a_next_message_that_is_not_worth_sending_does_not_ride_along() {
    let script = up_to_content().body().quiet().say("250 Ok");
    let (finished, transcript) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let bad = Envelope {
            rcpt_to: "bob@example.org\r\nRSET",
            ..ADA
        };
        session.finish(MAIL, Some(&bad)).await
    })
    .await;
    assert_eq!(transcript.strayed, None);
    assert_eq!(final_line(finished.sent), "250 Ok");
    assert_eq!(refused(finished.next.unwrap()).0, Phase::Here);
}

/// A stream that counts how often it is read from and written to with success.
struct Counted {
    inner: DuplexStream,
    reads: Arc<AtomicUsize>,
    writes: Arc<AtomicUsize>,
}

fn count<T>(poll: Poll<T>, counter: &AtomicUsize) -> Poll<T> {
    if poll.is_ready() {
        counter.fetch_add(1, Ordering::Relaxed);
    }
    poll
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let poll = Pin::new(&mut self.inner).poll_read(context, buffer);
        count(poll, &self.reads)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let poll = Pin::new(&mut self.inner).poll_write(context, bytes);
        count(poll, &self.writes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let poll = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        count(poll, &self.writes)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_costs_one_write_and_one_read() {
    let (near, mut far) = tokio::io::duplex(PIPE_BYTES);
    let (reads, writes) = (Arc::default(), Arc::default());
    let stream = Counted {
        inner: near,
        reads: Arc::clone(&reads),
        writes: Arc::clone(&writes),
    };
    let mut script = up_to_content();
    for _ in 0..10 {
        script = script
            .body()
            .expect_flight()
            .raw(b"250 Ok\r\n250 Ok\r\n250 Ok\r\n354 Go\r\n");
    }
    let route = route(TlsMode::Clear);
    let server = async move { script.play(&mut far).await };
    let client = async {
        let shared = (&options(), &TlsMode::Clear);
        let mut session = Session::over(Box::new(stream), false, &route, shared)
            .await
            .unwrap();
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let before = (
            reads.load(Ordering::Relaxed),
            writes.load(Ordering::Relaxed),
        );
        for _ in 0..10 {
            let finished = session.finish(MAIL, Some(&BOB)).await;
            assert_eq!(finished.next, Some(Begun::Ready));
        }
        let after = (
            reads.load(Ordering::Relaxed),
            writes.load(Ordering::Relaxed),
        );
        (after.0 - before.0, after.1 - before.1)
    };
    let (calls, transcript) = tokio::join!(client, server);
    assert_eq!(calls, (10, 10));
    assert_eq!(transcript.strayed, None);
}
