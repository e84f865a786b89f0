//! Corners of the gate where one changed operator would change an answer: ties, waiting requests, versions ahead.
//! Each was found by mutation testing (docs/gate.md).

use avow_model::{
    Act, Datum, Fact, FactKind, Facts, Grantor, How, Jurisdiction, Method, OwnRequest,
    PurposeSelector, Scope, Timestamp,
};
use avow_policy::{Code, Decision, PolicySet, Request, SourceFile, decide};

use crate::fixture::{acme, compiled, files, gear, root};
use crate::people::{day, name, opt_in};

/// Version 1 of gear is in force; version 2 is published (day 151) and takes effect on day 158.
const BEFORE_2: i64 = 155;
/// Version 2 is in force.
const UNDER_2: i64 = 200;

fn held(category: &str, version: u32) -> Datum {
    Datum {
        category: name(category),
        version: Some(version),
        how: How::Direct,
        account: name("gear"),
    }
}

fn event(kind: FactKind, at: Timestamp) -> Fact {
    Fact {
        kind,
        at,
        recorded_at: at,
        scope: Scope::default(),
    }
}

fn withdrawal(purpose: &str, at: Timestamp) -> Fact {
    let purpose = PurposeSelector::One(name(purpose));
    event(FactKind::Withdraw { purpose }, at)
}

/// What can be changed of a grant.
struct Grant {
    saw: Option<u32>,
    asked: Act,
    double_opt_in: bool,
    confirmed: bool,
    expires: Option<Timestamp>,
}

const PLAIN: Grant = Grant {
    saw: None,
    asked: Act::Fair,
    double_opt_in: false,
    confirmed: false,
    expires: None,
};

fn grant(purpose: &str, at: Timestamp, how: Grant) -> Fact {
    let kind = FactKind::Grant {
        purpose: PurposeSelector::One(name(purpose)),
        saw: how.saw,
        method: Method::Click,
        by: Grantor::Person,
        asked: how.asked,
        double_opt_in: how.double_opt_in,
        confirmed: how.confirmed,
        expires: how.expires,
    };
    event(kind, at)
}

fn confirmed(purpose: &str, at: Timestamp) -> Fact {
    let how = Grant {
        double_opt_in: true,
        confirmed: true,
        ..PLAIN
    };
    grant(purpose, at, how)
}

fn waiting(purpose: &str, at: Timestamp) -> Fact {
    let how = Grant {
        double_opt_in: true,
        ..PLAIN
    };
    grant(purpose, at, how)
}

fn person(data: Vec<Datum>, events: Vec<Fact>) -> Facts {
    Facts {
        data,
        events,
        interests: vec![avow_model::Interest {
            category: name("topic"),
            topic: name("gears"),
        }],
        ..Facts::default()
    }
}

fn living_in(place: &str, facts: Facts) -> Facts {
    Facts {
        jurisdiction: Jurisdiction::parse(place).expect("a place"),
        ..facts
    }
}

fn news(reads: &[&str], fallbacks: &[&str]) -> Request {
    Request {
        topic: Some(name("gears")),
        reads: reads.iter().map(|r| name(r)).collect(),
        fallbacks: fallbacks.iter().map(|r| name(r)).collect(),
        ..Request::new(name("gear"), name("gear"), name("news"), name("send"))
    }
}

fn partners(reads: &[&str], fallbacks: &[&str]) -> Request {
    Request {
        recipient: name("partner"),
        reads: reads.iter().map(|r| name(r)).collect(),
        fallbacks: fallbacks.iter().map(|r| name(r)).collect(),
        ..Request::new(name("gear"), name("gear"), name("partners"), name("share"))
    }
}

/// Gear with a text of its files replaced, in the version whose file ends so.
fn gear_with(file: &str, from: &str, to: &str) -> PolicySet {
    let mut all: Vec<SourceFile> = files(&root().join("tests/fixtures/gate"));
    let changed = all.iter_mut().filter(|f| f.name.ends_with(file));
    for source in changed {
        assert!(source.text.contains(from), "{from}");
        source.text = source.text.replacen(from, to, 1);
    }
    compiled(&all)
}

fn asked(request: &Request, facts: &Facts, on: i64) -> Decision {
    decide(request, facts, day(on), &gear())
}

#[test]
fn a_proposed_rule_is_told_of_only_where_it_would_refuse() {
    let ahead = |events| {
        let facts = living_in("nl", person(vec![held("email", 1)], events));
        let decision = asked(&news(&["email"], &[]), &facts, 60);
        assert!(decision.is_allowed(), "{decision:?}");
        decision.has(Code::AProposedRuleAhead)
    };
    assert!(ahead(vec![opt_in("news", day(40))]));
    assert!(!ahead(vec![confirmed("news", day(40))]));
}

#[test]
fn a_proposed_rule_on_marketing_says_nothing_of_sharing() {
    let facts = person(vec![held("email", 1)], vec![opt_in("partners", day(40))]);
    let decision = asked(&partners(&["email"], &[]), &living_in("nl", facts), 60);
    assert!(decision.is_allowed(), "{decision:?}");
    assert!(!decision.has(Code::AProposedRuleAhead));
}

#[test]
fn a_form_may_show_a_version_ahead_and_then_both_must_permit_the_use() {
    let facts = person(
        vec![held("email", 2), held("name", 2)],
        vec![opt_in("news", day(154))],
    );
    let request = news(&["email", "name"], &[]);
    assert!(asked(&request, &facts, BEFORE_2).is_allowed());
    let narrower = gear_with(
        "v2.toml",
        "reads = [\"email\", \"name\", \"topic\"]",
        "reads = [\"email\", \"topic\"]",
    );
    let decision = decide(&request, &facts, day(BEFORE_2), &narrower);
    assert!(decision.has(Code::DNotInBoundVersion), "{decision:?}");
}

#[test]
fn a_bridged_fallback_is_named_by_its_own_place() {
    let saw = Grant {
        saw: Some(2),
        ..PLAIN
    };
    let events = vec![
        event(FactKind::Notice { version: 2 }, day(160)),
        grant("partners", day(165), saw),
    ];
    let data = vec![held("email", 2), held("name", 2), held("job", 1)];
    let decision = asked(
        &partners(&["email"], &["name", "job"]),
        &person(data, events),
        UNDER_2,
    );
    let bridged = decision
        .reasons()
        .iter()
        .find(|r| r.code == Code::ABridgedChoice);
    let bridged = bridged.unwrap_or_else(|| panic!("{decision:?}"));
    assert_eq!((bridged.category, bridged.version), (Some(2), Some(2)));
}

#[test]
fn a_fallback_of_a_stricter_version_is_left_out_and_binds_nothing() {
    let data = vec![held("email", 2), held("name", 1)];
    let facts = person(data, vec![opt_in("news", day(170))]);
    let stricter = gear_with(
        "v1.toml",
        "choice = \"opt_in\"\nverbs = [\"send\"]\nreads = [\"email\", \"name\", \"topic\"]",
        "choice = \"confirmed_opt_in\"\nverbs = [\"send\"]\nreads = [\"email\", \"name\", \"topic\"]",
    );
    match decide(
        &news(&["email"], &["name"]),
        &facts,
        day(UNDER_2),
        &stricter,
    ) {
        Decision::Allow(permit) => {
            assert_eq!(permit.redactions().places().collect::<Vec<_>>(), [0]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_confirmation_as_old_as_the_no_lifts_nothing_for_a_later_plain_yes() {
    let of = |events| living_in("fr", person(vec![held("email", 1)], events));
    let again = of(vec![
        confirmed("news", day(40)),
        withdrawal("news", day(40)),
        opt_in("news", day(41)),
    ]);
    let decision = asked(&news(&["email"], &[]), &again, 60);
    assert!(decision.has(Code::DPendingConfirmation), "{decision:?}");
    let later = of(vec![
        withdrawal("news", day(40)),
        confirmed("news", day(41)),
    ]);
    assert!(asked(&news(&["email"], &[]), &later, 60).is_allowed());
}

#[test]
fn a_yes_to_newer_wording_bridges_after_a_no_and_not_together_with_it() {
    let led = |no: i64| {
        let saw = Grant {
            saw: Some(2),
            ..PLAIN
        };
        let events = vec![
            event(FactKind::Notice { version: 2 }, day(160)),
            withdrawal("partners", day(no)),
            grant("partners", day(165), saw),
            opt_in("partners", day(170)),
        ];
        let data = vec![held("email", 2), held("job", 1)];
        asked(
            &partners(&["email", "job"], &[]),
            &person(data, events),
            UNDER_2,
        )
    };
    assert!(led(164).is_allowed());
    assert!(!led(165).is_allowed());
}

#[test]
fn a_demonstration_that_asks_for_a_choice_waits_for_it() {
    let asking = "choice = \"opt_in\"\nask = \"Show it to me.\"";
    let mut all: Vec<SourceFile> = files(&root().join("tests/fixtures/gate"));
    for source in all
        .iter_mut()
        .filter(|f| f.text.contains("kind = \"demo\""))
    {
        let from = "kind = \"demo\"\nchoice = \"none\"";
        let to = format!("kind = \"demo\"\n{asking}");
        assert!(source.text.contains(from), "{}", source.name);
        source.text = source.text.replacen(from, &to, 1);
    }
    let set = compiled(&all);
    let request = Request {
        answers: Some(name("r1")),
        ..Request::new(name("gear"), name("gear"), name("demo"), name("send"))
    };
    let wished = OwnRequest {
        id: name("r1"),
        purpose: name("demo"),
        at: day(40),
        answered: None,
    };
    let of = |events| Facts {
        requests: vec![wished.clone()],
        ..person(vec![held("email", 1)], events)
    };
    let decision = decide(&request, &of(vec![]), day(60), &set);
    assert!(decision.has(Code::DNoChoice), "{decision:?}");
    let decision = decide(&request, &of(vec![opt_in("demo", day(40))]), day(60), &set);
    assert!(decision.is_allowed(), "{decision:?}");
}

#[test]
fn a_yes_that_ran_out_closes_the_way_by_a_purchase_too() {
    let ran_out = Grant {
        expires: Some(day(50)),
        ..PLAIN
    };
    let datum = Datum {
        account: name("acme"),
        ..held("email", 5)
    };
    let facts = Facts {
        purchases: vec![day(250)],
        ..living_in(
            "ca",
            person(vec![datum], vec![grant("customer_news", day(40), ran_out)]),
        )
    };
    let request = Request::new(
        name("acme"),
        name("acme"),
        name("customer_news"),
        name("send"),
    );
    let decision = decide(&request, &facts, day(270), &acme());
    assert!(decision.has(Code::DJurisdictionRule), "{decision:?}");
    assert!(!decision.has(Code::AImpliedConsent), "{decision:?}");
}

#[test]
fn an_unfair_question_is_named_only_where_it_is_all_there_is() {
    let unfair = || {
        let how = Grant {
            asked: Act::PreTicked,
            ..PLAIN
        };
        grant("news", day(30), how)
    };
    let ran_out = Grant {
        expires: Some(day(50)),
        ..PLAIN
    };
    let invalid = |events| {
        let facts = person(vec![held("email", 1)], events);
        let decision = asked(&news(&["email"], &[]), &facts, 60);
        assert!(decision.has(Code::DNoChoice), "{decision:?}");
        decision.has(Code::DConsentInvalid)
    };
    assert!(invalid(vec![unfair()]));
    assert!(!invalid(vec![]));
    assert!(!invalid(vec![unfair(), waiting("news", day(40))]));
    assert!(!invalid(vec![unfair(), grant("news", day(40), ran_out)]));
}

#[test]
fn a_request_that_waits_is_told_of_after_a_no_and_not_at_its_instant() {
    let told = |no: i64| {
        let events = vec![withdrawal("news", day(no)), waiting("news", day(40))];
        let facts = person(vec![held("email", 1)], events);
        let decision = asked(&news(&["email"], &[]), &facts, 60);
        assert!(decision.has(Code::DWithdrawn), "{decision:?}");
        decision.has(Code::DPendingConfirmation)
    };
    assert!(told(39));
    assert!(!told(40));
}

#[test]
fn of_two_events_at_one_instant_the_first_is_the_one_that_is_named() {
    let events = vec![withdrawal("news", day(40)), withdrawal("news", day(40))];
    let facts = person(vec![held("email", 1)], events);
    let decision = asked(&news(&["email"], &[]), &facts, 60);
    let named = decision
        .reasons()
        .iter()
        .find(|r| r.code == Code::DWithdrawn);
    assert_eq!(named.and_then(|r| r.fact), Some(0));
}

#[test]
fn a_yes_for_a_list_of_the_earlier_name_counts_after_the_renaming_and_for_no_other_list() {
    let datum = Datum {
        account: name("acme"),
        ..held("email", 5)
    };
    let mut yes = opt_in("newsletter", day(250));
    yes.scope.list = Some(name("newsletter"));
    let facts = person(vec![datum], vec![yes]);
    let on_list = |list: Option<&str>| {
        let request = Request {
            list: list.map(name),
            ..Request::new(
                name("acme"),
                name("acme"),
                name("news.monthly"),
                name("send"),
            )
        };
        decide(&request, &facts, day(270), &acme())
    };
    let decision = on_list(None);
    assert!(decision.is_allowed(), "{decision:?}");
    assert!(on_list(Some("prize-draw")).has(Code::DNoChoice));
}
