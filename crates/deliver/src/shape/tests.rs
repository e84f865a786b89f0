//! Limits are never exceeded, whatever happens in between.

use std::time::Duration;

use avow_model::Timestamp;
use proptest::prelude::*;

use super::*;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn limits(rate: &str, connections: usize) -> Limits {
    Limits {
        connections,
        rate: Rate::parse(rate),
        messages_per_connection: 100,
    }
}

#[test]
fn rates_are_read_as_they_are_written() {
    for text in ["20/second", "600/minute", "5000/hour", "100000/day"] {
        assert_eq!(Rate::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "20", "0/second", "20/fortnight", "-1/second", "/second"] {
        assert_eq!(Rate::parse(text), None, "{text}");
    }
}

#[test]
fn a_storm_halves_once_a_minute_and_comes_back_step_by_step() {
    let mut aimd = Aimd::default();
    for ms in 0..100 {
        aimd.refused(at(ms));
    }
    assert!((aimd.share() - 0.5).abs() < f64::EPSILON);
    assert!(aimd.refused(at(60_000)));
    assert!((aimd.share() - 0.25).abs() < f64::EPSILON);
    for minute in 1..40 {
        aimd.accepted(at(60_000 + minute * 60_000));
    }
    assert!((aimd.share() - 1.0).abs() < f64::EPSILON);
    for minute in 100..200 {
        aimd.refused(at(minute * 60_000));
    }
    assert!(aimd.share() > 0.0, "the way back is always tried");
}

#[test]
fn a_site_that_gets_nothing_through_is_given_no_more() {
    let mut aimd = Aimd::default();
    aimd.refused(at(0));
    aimd.accepted(at(3_600_000));
    assert!((aimd.share() - 0.5).abs() < f64::EPSILON, "one is no proof");
}

#[test]
fn our_fault_holds_and_slows_nothing_and_the_longer_rest_stands() {
    let mut shape = Shape::new(limits("1/second", 4));
    let why = "SPF".to_owned();
    let hour = Duration::from_hours(1);
    shape.heard(
        &Signal::OurFault {
            wait: hour,
            why: why.clone(),
        },
        at(0),
    );
    let short = Signal::Pause {
        wait: Duration::from_secs(1),
        why: "busy".to_owned(),
    };
    shape.heard(&short, at(0));
    assert_eq!(
        shape.free_at(at(1)),
        Err((at(3_600_000), Held::OurFault(why)))
    );
    assert_eq!(shape.free_at(at(3_600_000)), Ok(()));
    assert_eq!(shape.connections(), 2, "the pause slows");
}

#[test]
fn a_provider_that_is_full_costs_a_site_nothing() {
    let mut site = Shape::new(limits("2/minute", 4));
    let mut provider = Shape::new(limits("1/minute", 4));
    assert_eq!(grant(&mut site, Some(&mut provider), at(0)), Ok(()));
    for _ in 0..10 {
        let full = grant(&mut site, Some(&mut provider), at(30_000));
        assert_eq!(full, Err((at(60_000), Held::Rate)));
    }
    assert_eq!(grant(&mut site, None, at(30_000)), Ok(()));
}

#[test]
fn a_warm_up_grows_day_by_day_and_a_bad_day_is_done_again() {
    let plan = WarmUp {
        start: at(0),
        first: 100,
        growth: 2.0,
        days: 5,
    };
    let day = |n: i64| at(n * 86_400_000 + 1_000);
    let caps: Vec<Option<u64>> = (0..6).map(|n| plan.cap(&[], day(n))).collect();
    assert_eq!(
        caps,
        [Some(100), Some(200), Some(400), Some(800), Some(1600), None]
    );
    let bad = [Day {
        number: 1,
        sent: 200,
        bad: 30,
    }];
    assert!(WarmUp::holds(&bad, day(1)));
    assert!(!WarmUp::holds(&bad, day(2)));
    assert_eq!(plan.cap(&bad, day(2)), Some(200));
    assert_eq!(plan.cap(&[], at(-1)), Some(100));
}

#[test]
fn a_refusal_after_a_burst_lets_no_second_burst_go() {
    let rate = Rate {
        messages: 4,
        per: Duration::from_secs(1),
    };
    let mut shape = Shape::new(Limits {
        connections: 8,
        rate: Some(rate),
        messages_per_connection: 1,
    });
    let burst = |shape: &mut Shape| (0..8).filter(|_| grant(shape, None, at(0)).is_ok()).count();
    assert_eq!(burst(&mut shape), 4);
    shape.heard(&Signal::Less, at(0));
    assert_eq!(burst(&mut shape), 0);
}

#[derive(Debug, Clone)]
enum Step {
    Ask,
    Wait(i64),
    Refused,
    Accepted,
    Pause(u64),
    Reload(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Ask),
        4 => (0..400i64).prop_map(Step::Wait),
        1 => (0..120_000i64).prop_map(Step::Wait),
        1 => (1..5_000i64).prop_map(|ms| Step::Wait(-ms)),
        1 => Just(Step::Refused),
        2 => Just(Step::Accepted),
        1 => (0..5u64).prop_map(Step::Pause),
        1 => (1..30u32).prop_map(Step::Reload),
    ]
}

proptest! {
    /// Per stretch in which the clock goes forward: one that goes back begins a new one.
    #[test]
    fn no_rate_is_ever_exceeded_also_when_it_changes(
        steps in prop::collection::vec(step(), 1..400), first in 1..30u32
    ) {
        let rate = |n: u32| Rate { messages: n, per: Duration::from_secs(1) };
        let with = |n: u32| Limits { connections: 8, rate: Some(rate(n)), messages_per_connection: 1 };
        let mut shape = Shape::new(with(first));
        let (mut now, mut fastest, mut rest) = (1_000_000i64, first, 0i64);
        let mut went: Vec<i64> = Vec::new();
        for step in steps {
            match step {
                Step::Ask => if grant(&mut shape, None, at(now)).is_ok() {
                    prop_assert!(now >= rest, "nothing goes during a pause");
                    went.push(now);
                },
                Step::Wait(ms) => {
                    now += ms;
                    if ms < 0 {
                        went.clear();
                        rest = 0;
                    }
                }
                Step::Refused => shape.heard(&Signal::Less, at(now)),
                Step::Accepted => shape.heard(&Signal::Good, at(now)),
                Step::Pause(s) => {
                    let wait = Duration::from_secs(s);
                    shape.heard(&Signal::Pause { wait, why: String::new() }, at(now));
                    rest = rest.max(now + s as i64 * 1_000);
                }
                Step::Reload(n) => {
                    shape.reload(with(n));
                    fastest = fastest.max(n);
                }
            }
            prop_assert!((1..=8).contains(&shape.connections()));
        }
        for (n, from) in went.iter().enumerate() {
            for (m, to) in went.iter().enumerate().skip(n) {
                let allowed = f64::from(fastest) * ((to - from) as f64 / 1_000.0 + 1.0) + 1.0;
                prop_assert!((m - n + 1) as f64 <= allowed + 1e-6);
            }
        }
    }
}
