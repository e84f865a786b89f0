//! Segments and templates over data that may not all be read.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use avow_model::{
    CampaignId, Category, Datum, Fact, FactKind, Facts, How, PurposeSelector, Scope, Timestamp,
};
use avow_policy::segment::{
    Act, Comparison, Conduct, Deed, Doing, Expr, Segment, SegmentFault, Subject, Test, Truth, Value,
};
use avow_policy::{Code, Decision, PolicySet, Readability, Request, decide, may_read, readable};

use crate::fixture::acme;
use crate::people::{Dice, day, facts, name, opt_in, request};

const FIELDS: [&str; 3] = ["email", "name", "job"];

fn declared() -> Vec<Category> {
    ["email", "name", "job", "open"].map(name).to_vec()
}

fn data(field: &str, is: Comparison) -> Expr {
    Expr::Test(Test::Data {
        category: name(field),
        field: field.to_owned(),
        is,
    })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn did(at_least: u32, within_days: Option<u32>) -> Expr {
    Expr::Test(Test::Did(Doing {
        act: Act::Opened,
        campaign: None,
        at_least,
        within_days,
    }))
}

pub(crate) fn opened(at: Timestamp) -> Deed {
    Deed {
        act: Act::Opened,
        campaign: CampaignId::from_i64(1),
        at,
    }
}

fn expr(dice: &mut Dice, depth: usize) -> Expr {
    let parts = |dice: &mut Dice| (0..=dice.below(3)).map(|_| expr(dice, depth - 1)).collect();
    match dice.below(if depth == 0 { 3 } else { 6 }) {
        0 => did(1 + dice.below(3) as u32, dice.one_in(2).then_some(30)),
        1 | 2 => {
            let is = match dice.below(4) {
                0 => Comparison::Present,
                1 => Comparison::Contains("a".to_owned()),
                2 => Comparison::MoreThan(text("b")),
                _ => Comparison::Is(text(dice.pick(&["a", "b", "c"]))),
            };
            data(dice.pick(&FIELDS), is)
        }
        3 => Expr::Not(Box::new(expr(dice, depth - 1))),
        4 => Expr::All(parts(dice)),
        _ => Expr::Any(parts(dice)),
    }
}

fn subject(dice: &mut Dice) -> Subject {
    let mut subject = Subject::default();
    for field in FIELDS {
        if dice.one_in(2) {
            let value = text(dice.pick(&["a", "b", "c"]));
            subject.fields.insert(field.to_owned(), value);
        }
    }
    for _ in 0..dice.below(4) {
        let at = day(dice.below(100) as i64);
        subject.conduct.deeds.push(opened(at));
    }
    subject
}

pub(crate) fn unreadable() -> Readability {
    static DARK: LazyLock<Readability> =
        LazyLock::new(|| may_read(&name("email"), &[], &Facts::default(), day(0), &acme()));
    DARK.clone()
}

/// Readable or not, by chance.
fn readings(dice: &mut Dice, count: usize) -> Vec<Readability> {
    let dark = unreadable();
    let one = |dice: &mut Dice| {
        if dice.one_in(2) {
            dark.clone()
        } else {
            Readability::Readable
        }
    };
    (0..count).map(|_| one(dice)).collect()
}

#[test]
fn whom_a_segment_selects_never_depends_on_what_may_not_be_read() {
    let now = day(100);
    let (mut decided, mut unknown) = (0, 0);
    for seed in 0..5_000 {
        let mut dice = Dice::new(seed);
        let segment = Segment::compile(expr(&mut dice, 3), &declared()).expect("a segment");
        let readings = readings(&mut dice, segment.reads().len());
        let (one, other) = (subject(&mut dice), subject(&mut dice));
        // The same person with other values wherever they may not be read.
        let mut masked = one.clone();
        for (category, reading) in segment.reads().iter().zip(&readings) {
            if !reading.is_readable() {
                let field = category.as_str();
                masked.fields.remove(field);
                if let Some(value) = other.fields.get(field) {
                    masked.fields.insert(field.to_owned(), value.clone());
                }
                if field == "open" {
                    masked.conduct.clone_from(&other.conduct);
                }
            }
        }
        let (a, b) = (
            segment.judge(&one, &readings, now),
            segment.judge(&masked, &readings, now),
        );
        assert_eq!(a, b, "seed {seed}");
        // And what is known without a value stays so when it may be read.
        let all = vec![Readability::Readable; readings.len()];
        let light = segment.judge(&one, &all, now);
        assert!(a == Truth::Unknown || a == light, "seed {seed}");
        decided += u32::from(a != Truth::Unknown);
        unknown += u32::from(a == Truth::Unknown);
    }
    assert!(decided > 500 && unknown > 500, "{decided} and {unknown}");
}

#[test]
fn neither_a_condition_nor_its_negation_selects_by_the_unreadable() {
    let now = day(100);
    for seed in 0..5_000 {
        let mut dice = Dice::new(seed);
        let expr = expr(&mut dice, 3);
        let not = Expr::Not(Box::new(expr.clone()));
        let (plain, negated) = (
            Segment::compile(expr, &declared()).expect("a segment"),
            Segment::compile(not, &declared()).expect("a segment"),
        );
        let dark = vec![unreadable(); plain.reads().len()];
        let subject = subject(&mut dice);
        assert!(!plain.selects(&subject, &dark, now), "seed {seed}");
        assert!(!negated.selects(&subject, &dark, now), "seed {seed}");
        // Nor when the gate was not asked at all.
        assert!(!plain.selects(&subject, &[], now), "seed {seed}");
        let some = readings(&mut dice, plain.reads().len());
        assert_eq!(
            plain.judge(&subject, &some, now).negated(),
            negated.judge(&subject, &some, now),
            "seed {seed}"
        );
    }
}

#[test]
fn the_unreadable_selects_where_the_rest_decides() {
    let now = day(100);
    let known = data("name", Comparison::Is(text("ADA")));
    let dark = data("job", Comparison::Is(text("cook")));
    let either = Segment::compile(Expr::Any(vec![known.clone(), dark.clone()]), &declared());
    let both = Segment::compile(Expr::All(vec![known, dark]), &declared());
    let (either, both) = (either.expect("a segment"), both.expect("a segment"));
    let subject = Subject {
        fields: BTreeMap::from([
            ("name".to_owned(), text("Ada")),
            ("job".to_owned(), text("cook")),
        ]),
        ..Subject::default()
    };
    assert_eq!(either.reads(), [name::<Category>("job"), name("name")]);
    let readings = [unreadable(), Readability::Readable];
    assert!(either.selects(&subject, &readings, now));
    assert_eq!(both.judge(&subject, &readings, now), Truth::Unknown);
}

#[test]
fn a_missing_value_is_unknown_and_its_absence_is_known() {
    let now = day(100);
    let cases = [
        (Comparison::Is(text("cook")), Truth::Unknown),
        (Comparison::Is(Value::Number(3)), Truth::Unknown),
        (Comparison::Present, Truth::False),
    ];
    for (is, wanted) in cases {
        let segment = Segment::compile(data("job", is), &declared()).expect("a segment");
        for reading in [Readability::Readable, Readability::NotHeld] {
            let said = segment.judge(&Subject::default(), &[reading], now);
            assert_eq!(said, wanted);
        }
    }
}

#[test]
fn lists_permissions_and_acts_are_asked_for_what_they_are() {
    let now = day(100);
    let permits = |purpose| {
        Expr::Test(Test::Permits {
            purpose: name(purpose),
        })
    };
    let subject = Subject {
        lists: vec![name("events")],
        conduct: Conduct {
            deeds: vec![opened(day(99)), opened(day(10))],
            unseen: Vec::new(),
        },
        permits: BTreeMap::from([(name("offers"), Truth::True)]),
        ..Subject::default()
    };
    let rows = [
        (
            Expr::Test(Test::OnList {
                list: name("events"),
            }),
            Truth::True,
        ),
        (
            Expr::Test(Test::OnList {
                list: name("other"),
            }),
            Truth::False,
        ),
        (permits("offers"), Truth::True),
        (permits("newsletter"), Truth::Unknown),
        (did(2, None), Truth::True),
        (did(2, Some(30)), Truth::False),
        (did(1, Some(30)), Truth::True),
    ];
    for (expr, wanted) in rows {
        let segment = Segment::compile(expr.clone(), &declared()).expect("a segment");
        let said = segment.judge(&subject, &[Readability::Readable], now);
        assert_eq!(said, wanted, "{expr:?}");
    }
}

#[test]
fn what_is_no_segment_is_told() {
    let fault = |expr| Segment::compile(expr, &declared()).expect_err("no segment");
    let mut deep = data("job", Comparison::Present);
    for _ in 0..40 {
        deep = Expr::Not(Box::new(deep));
    }
    assert_eq!(fault(deep), [SegmentFault::TooDeep]);
    assert_eq!(fault(Expr::All(Vec::new())), [SegmentFault::EmptyGroup]);
    let long = vec![data("job", Comparison::Present); 501];
    assert_eq!(fault(Expr::Any(long)), [SegmentFault::TooLong]);
    let income = data("income", Comparison::Present);
    assert_eq!(fault(income), [SegmentFault::Undeclared(name("income"))]);
    let none = data("job", Comparison::OneOf(Vec::new()));
    assert_eq!(fault(none), [SegmentFault::Values]);
    let wide = data("job", Comparison::Contains("x".repeat(300)));
    assert_eq!(fault(wide), [SegmentFault::TextTooLong]);
    let never = did(0, None);
    assert_eq!(fault(never), [SegmentFault::CountsFromOne]);
}

#[test]
fn an_expression_goes_round_as_json_and_unknown_words_are_refused() {
    let mut dice = Dice::new(5);
    for _ in 0..500 {
        let expr = expr(&mut dice, 3);
        let json = serde_json::to_string(&expr).expect("JSON");
        assert_eq!(serde_json::from_str::<Expr>(&json).expect("read"), expr);
    }
    let unknown = r#"{"test":{"on_list":{"list":"events","and":1}}}"#;
    assert!(serde_json::from_str::<Expr>(unknown).is_err());
}

/// `job@V1`: only version 2 lets the newsletter read the job.
fn subscriber(set: &PolicySet, job: u32) -> (Request, Facts, Timestamp) {
    assert!(set.version(5).is_some());
    let datum = |category, version| Datum {
        category: name(category),
        version: Some(version),
        how: How::Direct,
        account: name("acme"),
    };
    let facts = Facts {
        data: vec![datum("email", 2), datum("job", job)],
        events: vec![opt_in("newsletter", day(80))],
        ..Facts::default()
    };
    let request = Request::new(name("acme"), name("acme"), name("newsletter"), name("send"));
    (request, facts, day(90))
}

#[test]
fn each_category_has_its_own_answer() {
    let set = acme();
    let (request, facts, now) = subscriber(&set, 1);
    let asked = ["email", "job", "name"].map(name);
    let uses = std::slice::from_ref(&request);
    let said = readable(&asked, uses, &facts, now, &set);
    assert_eq!(said[0], Readability::Readable);
    let Readability::Unreadable(refusal) = &said[1] else {
        panic!("{said:?}")
    };
    assert_eq!(refusal.codes(), "D_NOT_IN_BOUND_VERSION");
    assert_eq!(said[2], Readability::NotHeld);
    let (request, facts, now) = subscriber(&set, 2);
    let uses = std::slice::from_ref(&request);
    assert!(may_read(&name("job"), uses, &facts, now, &set).is_readable());
}

#[test]
fn a_field_is_left_out_where_that_is_allowed_and_the_permit_says_so() {
    let set = acme();
    for (job, redacted) in [(1, true), (2, false)] {
        let (mut request, facts, now) = subscriber(&set, job);
        request.fallbacks = vec![name("job"), name("name")];
        let Decision::Allow(permit) = decide(&request, &facts, now, &set) else {
            panic!("denied")
        };
        assert_eq!(permit.redactions().has(0), redacted);
        assert!(permit.redactions().has(1), "a name is not held");
        request.reads.push(name("job"));
        let strict = decide(&request, &facts, now, &set);
        assert_eq!(strict.has(Code::DNotInBoundVersion), redacted);
    }
}

#[test]
fn fallbacks_never_change_whether_a_message_may_go() {
    let set = acme();
    let mut redacted = 0;
    for seed in 0..3_000 {
        let mut dice = Dice::new(seed);
        let (mut request, facts) = (request(&mut dice), facts(&mut dice));
        let now = day(10 + dice.below(290) as i64);
        let without = decide(&request, &facts, now, &set);
        request.fallbacks = vec![name("job"), name("open"), name("name"), name("income")];
        let with = decide(&request, &facts, now, &set);
        assert_eq!(without.effect(), with.effect(), "seed {seed}");
        let Decision::Allow(permit) = with else {
            continue;
        };
        // What is not redacted may be read for itself.
        for (place, category) in request.fallbacks.iter().enumerate() {
            let uses = std::slice::from_ref(&request);
            if permit.redactions().has(place) {
                redacted += 1;
            } else {
                let said = may_read(category, uses, &facts, now, &set);
                assert!(said.is_readable(), "seed {seed}");
            }
        }
    }
    assert!(redacted > 100);
}

#[test]
fn someone_who_withdrew_is_in_no_segment_of_that_purpose() {
    let set = acme();
    let (request, mut facts, now) = subscriber(&set, 2);
    facts.events.push(Fact {
        kind: FactKind::Withdraw {
            purpose: PurposeSelector::AllMarketing,
        },
        at: now,
        recorded_at: now,
        scope: Scope::default(),
    });
    let uses = std::slice::from_ref(&request);
    assert!(!may_read(&name("job"), uses, &facts, now, &set).is_readable());
    let down = Facts {
        store: avow_model::StoreHealth::Down,
        ..facts
    };
    assert!(!may_read(&name("job"), uses, &down, now, &set).is_readable());
}
