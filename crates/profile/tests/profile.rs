//! The five dimensions: evidence sums, corrections win, little evidence is said.

use avow_model::{HitKind, Timestamp, Verdict};
use avow_profile::{Correction, Dimension, Observed, Points, Reading, Value, read};

const DAY_S: i64 = 86_400;

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + day * DAY_S).expect("invariant: a day near 2026")
}

fn click(day: i64) -> Observed {
    Observed {
        kind: HitKind::Click { link: 1 },
        verdict: Verdict::Human,
        at: at(day),
    }
}

fn loyalty_of(observed: &[Observed], now: Timestamp) -> Reading {
    read(Dimension::Loyalty, observed, &[], now)
}

fn score(reading: &Reading) -> i64 {
    match reading {
        Reading::Inferred(i) => match i.value() {
            Value::Loyalty(points) => points.hundredths(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_terms_sum_to_the_score_to_the_hundredth() {
    let observed: Vec<_> = (0..37).map(|n| click(n * 7 % 61)).collect();
    let Reading::Inferred(inferred) = loyalty_of(&observed, at(75)) else {
        panic!()
    };
    let sum: Points = inferred.terms().iter().map(|t| t.adds).sum();
    assert_eq!(inferred.value(), &Value::Loyalty(sum));
    assert!(sum.hundredths() > 0 && sum.hundredths() <= 10_000);
}

#[test]
fn loyalty_fades_without_new_reading_and_grows_with_it() {
    let three = [click(0), click(10), click(20)];
    let fresh = score(&loyalty_of(&three, at(21)));
    assert!(score(&loyalty_of(&three, at(80))) < fresh);
    let four = [click(0), click(10), click(20), click(21)];
    assert!(score(&loyalty_of(&four, at(21))) > fresh);
}

#[test]
fn machines_and_the_future_count_nothing() {
    let machine = |day, verdict| Observed {
        verdict,
        ..click(day)
    };
    let observed = [
        machine(0, Verdict::Prefetch),
        machine(1, Verdict::Scanner),
        machine(2, Verdict::Bot),
        click(3),
        click(99),
    ];
    assert_eq!(
        loyalty_of(&observed, at(5)),
        Reading::NotEnoughData { have: 1, need: 3 }
    );
}

#[test]
fn many_hits_on_one_day_are_one_reading_day() {
    let observed = [click(1); 50];
    assert_eq!(
        loyalty_of(&observed, at(2)),
        Reading::NotEnoughData { have: 1, need: 3 }
    );
}

#[test]
fn dimensions_without_a_source_say_so() {
    let observed: Vec<_> = (0..9).map(click).collect();
    for dimension in Dimension::ALL
        .into_iter()
        .filter(|d| *d != Dimension::Loyalty)
    {
        let reading = read(dimension, &observed, &[], at(10));
        assert!(
            matches!(reading, Reading::NotEnoughData { have: 0, .. }),
            "{dimension:?}"
        );
    }
}

#[test]
fn the_persons_latest_correction_overrides_what_was_inferred() {
    let observed: Vec<_> = (0..9).map(click).collect();
    let said = |hundredths, day| Correction {
        value: Value::Loyalty(Points::from_hundredths(hundredths)),
        at: at(day),
    };
    let job = Correction {
        value: Value::Job("engineering".parse().unwrap()),
        at: at(30),
    };
    let corrections = [said(100, 2), said(900, 5), job];
    let reading = read(Dimension::Loyalty, &observed, &corrections, at(10));
    assert_eq!(reading, Reading::Corrected(corrections[1].clone()));
    assert_eq!(
        read(Dimension::JobFunction, &[], &corrections, at(40)),
        Reading::Corrected(corrections[2].clone())
    );
}
