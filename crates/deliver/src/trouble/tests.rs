//! The truth table of `after`, one row a case.

use std::time::Duration;

use super::*;
use crate::smtp::What;

const START: &str = "2026-03-02T09:00:00Z";

fn start() -> Timestamp {
    START.parse().unwrap()
}

fn history(attempts: u32) -> History {
    History {
        seed: 42,
        attempts,
        site_failures: 1,
        first_at: start(),
    }
}

fn reply(line: &str) -> Reply {
    Reply::from_line(line).unwrap()
}

fn next(ending: Ending<'_>, attempts: u32) -> Next {
    after(ending, &history(attempts), start(), &RetryPlan::default())
}

fn at_rcpt(line: &str) -> Next {
    next(Ending::Reply(Phase::Rcpt, &reply(line)), 0)
}

fn bounced(class: Class, address: Address) -> Next {
    Next::Bounce { class, address }
}

/// Minutes until the retry, its jitter taken off; and how it counts.
fn again(next: Next) -> (Duration, Counted) {
    match next {
        Next::Retry { at, counted, .. } => (at.duration_since(start()).unsigned_abs(), counted),
        other => panic!("no retry: {other:?}"),
    }
}

fn near(found: Duration, wanted: Duration) -> bool {
    found >= wanted && found <= wanted.mul_f64(1.0 + JITTER_SHARE)
}

#[test]
fn a_positive_answer_to_the_dot_is_delivery_whatever_its_number() {
    for line in ["250 Ok", "250 2.0.0 queued", "252 x"] {
        assert_eq!(
            next(Ending::Reply(Phase::Dot, &reply(line)), 3),
            Next::Delivered
        );
    }
}

#[test]
fn a_certain_no_such_user_ends_the_address_and_nothing_else_does() {
    let ends = bounced(Class::UserUnknown, Address::Ends);
    assert_eq!(at_rcpt("550 5.1.1 User unknown"), ends);
    for (line, class) in [
        ("550 mailbox unavailable", Class::AddressRefused),
        ("550 5.7.1 user unknown", Class::Policy),
        ("552 5.2.2 over quota", Class::MailboxFull),
        ("554 something", Class::Unsorted),
    ] {
        assert_eq!(at_rcpt(line), bounced(class, Address::Lives), "{line}");
    }
    assert_eq!(
        next(
            Ending::Reply(Phase::Mail, &reply("550 5.1.1 unknown user")),
            0
        ),
        bounced(Class::SenderRefused, Address::Lives)
    );
}

#[test]
fn a_refusal_for_now_follows_the_schedule_and_counts() {
    let minutes = [5, 15, 30, 60, 120, 240, 240, 240];
    for (attempts, minutes) in (0..).zip(minutes) {
        let line = reply("451 4.3.2 later");
        let (delay, counted) = again(next(Ending::Reply(Phase::Rcpt, &line), attempts));
        assert!(
            near(delay, Duration::from_mins(minutes)),
            "{attempts}: {delay:?}"
        );
        assert_eq!(counted, Counted::Attempt);
    }
}

#[test]
fn a_slip_of_the_dialogue_is_for_now_although_it_is_5xx() {
    let (delay, counted) = again(at_rcpt("503 5.5.1 need MAIL first"));
    assert!(near(delay, Duration::from_mins(5)));
    assert_eq!(counted, Counted::Attempt);
}

#[test]
fn the_servers_own_hint_goes_before_the_schedule() {
    let (delay, _) = again(at_rcpt("450 4.7.1 Greylisted, try again in 7 minutes"));
    assert!(near(delay, Duration::from_mins(7)), "{delay:?}");
}

#[test]
fn a_closing_server_and_a_failed_connection_are_the_sites_and_do_not_count() {
    let (delay, counted) = again(at_rcpt("421 4.7.0 busy"));
    assert_eq!(counted, Counted::Site);
    assert!(near(delay, Duration::from_secs(10)), "{delay:?}");
    let trouble = Trouble {
        phase: Phase::Connect,
        what: What::Timeout,
    };
    assert_eq!(
        again(next(Ending::Connection(&trouble), 4)).1,
        Counted::Site
    );
}

#[test]
fn a_site_that_keeps_failing_is_asked_ever_less_often_up_to_half_an_hour() {
    let delays: Vec<u64> = (0..10).map(|n| site_delay(n).as_secs()).collect();
    assert_eq!(delays, [10, 10, 20, 40, 80, 160, 320, 640, 1280, 1800]);
    assert_eq!(site_delay(u32::MAX).as_secs(), 1800);
}

#[test]
fn an_unanswered_dot_waits_half_an_hour_or_is_left_by_choice() {
    let (delay, counted) = again(next(Ending::InDoubt, 0));
    assert!(near(delay, Duration::from_mins(30)), "{delay:?}");
    assert_eq!(counted, Counted::Attempt);
    let (delay, _) = again(next(Ending::InDoubt, 4));
    assert!(near(delay, Duration::from_hours(2)), "{delay:?}");
    let leave = RetryPlan {
        in_doubt: InDoubt::Leave,
        ..RetryPlan::default()
    };
    assert_eq!(
        after(Ending::InDoubt, &history(0), start(), &leave),
        Next::Unknown
    );
}

#[test]
fn what_dns_says_for_good_bounces_and_its_silence_does_not() {
    for (fault, class) in [
        (RouteFault::NoDomain, Class::DomainUnknown),
        (RouteFault::NoHost, Class::DomainUnknown),
        (RouteFault::Forbidden, Class::DomainUnknown),
        (RouteFault::NullMx, Class::DomainTakesNoMail),
    ] {
        assert_eq!(
            next(Ending::Route(&fault), 0),
            bounced(class, Address::Lives)
        );
    }
    let (delay, _) = again(next(Ending::Route(&RouteFault::NoAnswer), 1));
    assert!(near(delay, Duration::from_mins(15)));
}

#[test]
fn a_message_that_breaks_the_wire_bounces_and_the_address_lives() {
    let ending = Ending::Unsafe(TextFault::BareLineEnd);
    assert_eq!(next(ending, 0), bounced(Class::Content, Address::Lives));
}

#[test]
fn the_last_try_is_at_max_age_and_after_it_the_message_expires() {
    let line = reply("451 4.3.2 later");
    let ending = Ending::Reply(Phase::Rcpt, &line);
    let plan = RetryPlan::default();
    let end = start().checked_add(plan.max_age).unwrap();
    let before = end.checked_sub(Duration::from_mins(1)).unwrap();
    let next = after(ending, &history(20), before, &plan);
    assert!(
        matches!(next, Next::Retry { at, .. } if at == end),
        "{next:?}"
    );
    let class = Class::ServerTrouble;
    assert_eq!(
        after(ending, &history(21), end, &plan),
        Next::Expire { class }
    );
}

#[test]
fn jitter_follows_from_the_message_alone() {
    let line = reply("451 later");
    let ending = Ending::Reply(Phase::Rcpt, &line);
    let with = |seed| {
        let history = History { seed, ..history(0) };
        again(after(ending, &history, start(), &RetryPlan::default())).0
    };
    assert_eq!(with(1), with(1));
    let spread: std::collections::BTreeSet<_> = (0..100).map(with).collect();
    assert!(spread.len() > 90);
}
