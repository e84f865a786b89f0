//! Servers that close, fall silent, drip or cheat: what of it is the message's fate, and after how long.

use super::*;

fn trouble(begun: Begun) -> Trouble {
    match begun {
        Begun::Trouble(trouble) => trouble,
        other => panic!("no trouble: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_closing_server_is_trouble_of_the_connection_in_every_phase() {
    let closing = "421 4.3.2 Closing";
    let at_greeting = fail_to_open(Script::new().say(closing)).await;
    assert_eq!(at_greeting.phase, Phase::Greeting);
    let script = Script::new().say("220 x").expect("EHLO").say(closing);
    assert_eq!(fail_to_open(script).await.phase, Phase::Hello);
    for (before, phase) in [(0, Phase::Mail), (1, Phase::Rcpt), (2, Phase::Data)] {
        let script = Script::greeting(PIPELINING).expect_flight();
        let script = (0..before)
            .fold(script, |script, _| script.say("250 Ok"))
            .say(closing);
        let ((begun, open), _) = talk(script, async |mut session| {
            (session.begin(&ADA).await, session.is_open())
        })
        .await;
        let trouble = trouble(begun);
        assert_eq!((trouble.phase, open), (phase, false));
        assert_eq!(trouble.reply().unwrap().code, 421);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_closes_at_the_dot_has_refused_this_message_and_not_begun_the_next() {
    let script = up_to_content()
        .body()
        .expect_flight()
        .say("421 4.3.2 Closing");
    let (finished, _) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(MAIL, Some(&BOB)).await
    })
    .await;
    assert_eq!(final_line(finished.sent), "421 4.3.2 Closing");
    assert_eq!(trouble(finished.next.unwrap()).reply().unwrap().code, 421);
}

#[tokio::test(start_paused = true)]
async fn silence_ends_each_phase_in_its_time() {
    let times = Timeouts::default();
    let (trouble_, took) = timed(fail_to_open(Script::new().silence())).await;
    assert_eq!((trouble_.phase, took), (Phase::Greeting, times.greeting));
    let script = Script::new().say("220 x").expect("EHLO").silence();
    let (trouble_, took) = timed(fail_to_open(script)).await;
    assert_eq!((trouble_.phase, took), (Phase::Hello, times.command));
    for (answers, phase, limit) in [
        (0, Phase::Mail, times.command),
        (1, Phase::Rcpt, times.command),
        (2, Phase::Data, times.data),
    ] {
        let script = Script::greeting(PIPELINING).expect_flight();
        let script = (0..answers)
            .fold(script, |script, _| script.say("250 Ok"))
            .silence();
        let talk = talk(script, async |mut session| session.begin(&ADA).await);
        let ((begun, _), took) = timed(talk).await;
        let found = trouble(begun);
        assert_eq!(
            (found.phase, found.what, took),
            (phase, What::Timeout, limit)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_the_message_and_falls_silent_leaves_it_in_doubt_after_ten_minutes() {
    let script = up_to_content().body().silence();
    let ((finished, _), took) = timed(talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let finished = session.finish(MAIL, Some(&BOB)).await;
        assert!(!session.is_open());
        finished
    }))
    .await;
    assert_eq!(took, Duration::from_mins(10));
    let Sent::InDoubt(doubt) = finished.sent else {
        panic!("{:?}", finished.sent);
    };
    assert_eq!((doubt.phase, doubt.what), (Phase::Dot, What::Timeout));
    assert_eq!(trouble(finished.next.unwrap()).phase, Phase::Dot);
}

#[tokio::test(start_paused = true)]
async fn a_connection_lost_after_the_dot_is_in_doubt() {
    let script = up_to_content().body();
    let (sent, _) = talk(script, async |mut s| send(&mut s).await).await;
    assert!(matches!(sent, Sent::InDoubt(_)), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_lost_before_the_dot_is_not_in_doubt() {
    let large = b"line\r\n".repeat(20_000);
    let (sent, _) = talk(up_to_content(), async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(&[&large], None).await.sent
    })
    .await;
    assert!(matches!(sent, Sent::Trouble(_)), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_in_the_middle_of_the_content_is_heard() {
    let large = b"line\r\n".repeat(20_000);
    let script = up_to_content().say("552 5.3.4 Too large");
    let (finished, _) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        session.finish(&[&large], Some(&BOB)).await
    })
    .await;
    assert_eq!(final_line(finished.sent), "552 5.3.4 Too large");
    assert!(matches!(finished.next, Some(Begun::Trouble(_))));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_reading_runs_out_of_time_by_the_size_of_the_message() {
    let large = b"line\r\n".repeat(20_000);
    let script = up_to_content().wait(Duration::from_hours(10));
    let ((sent, took), _) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        timed(async { session.finish(&[&large], None).await.sent }).await
    })
    .await;
    assert!(matches!(sent, Sent::Trouble(_)), "{sent:?}");
    // Two started blocks, and the moment in which a last word is listened for.
    assert_eq!(
        took,
        Timeouts::default().block * 2 + Timeouts::default().quit
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_drips_its_answer_runs_out_of_time_like_a_silent_one() {
    let script = Script::new().drip("220 mx.example.org", Duration::from_mins(1));
    let (trouble, took) = timed(fail_to_open(script)).await;
    assert_eq!(trouble.what, What::Timeout);
    assert!(
        took <= Timeouts::default().greeting + Duration::from_mins(1),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn nonsense_is_trouble_before_the_dot_and_doubt_after_it() {
    let script = Script::greeting(PIPELINING)
        .expect_flight()
        .say("HTTP/1.1 200 OK");
    let (begun, _) = talk(script, async |mut session| session.begin(&ADA).await).await;
    assert!(matches!(trouble(begun).what, What::Reply(_)));
    let script = up_to_content().body().say("what?");
    let (sent, _) = talk(script, async |mut s| send(&mut s).await).await;
    assert!(matches!(sent, Sent::InDoubt(_)));
}

#[tokio::test(start_paused = true)]
async fn a_message_with_a_bare_line_feed_is_never_written() {
    let ((finished, open), transcript) = talk(up_to_content(), async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let finished = session
            .finish(&[b"a\n.\nMAIL FROM:<x@example.com>\r\n"], None)
            .await;
        (finished, session.is_open())
    })
    .await;
    assert_eq!(finished.sent, Sent::Unsafe(TextFault::BareLineEnd));
    assert!(!open);
    assert!(transcript.unread.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_session_used_out_of_order_says_so_and_sends_nothing() {
    let script = up_to_content().quiet();
    let (results, transcript) = talk(script, async |mut session| {
        assert_eq!(session.begin(&ADA).await, Begun::Ready);
        let twice = session.begin(&BOB).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        twice
    })
    .await;
    assert_eq!(trouble(results).what, What::OutOfOrder);
    assert_eq!(transcript.strayed, None);
}

#[tokio::test(start_paused = true)]
async fn good_bye_is_said_and_not_waited_for_long() {
    let script = Script::greeting(PIPELINING).expect("QUIT").silence();
    let ((), transcript) = talk(script, Session::quit).await;
    assert_eq!(transcript.strayed, None);
    let script = Script::greeting(PIPELINING).expect("QUIT").silence();
    let (_, took) = timed(talk(script, Session::quit)).await;
    assert_eq!(took, Timeouts::default().quit);
}
