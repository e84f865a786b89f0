//! What holds for every person and every question.

use avow_model::{Fact, FactKind, Facts, PurposeSelector, Scope, StoreHealth};
use avow_policy::{Decision, PolicySet, Request, SourceFile, decide, explain};

use crate::fixture::{acme, compiled, files, root};
use crate::people::{Dice, day, facts, request, suppression};

const PEOPLE: u64 = 8_000;

fn answer(decision: &Decision) -> (&'static str, Vec<&'static str>) {
    let mut codes: Vec<_> = decision.reasons().iter().map(|r| r.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    (decision.effect(), codes)
}

/// Asks many seeded people; the check gets the seed for its message.
fn for_people(mut check: impl FnMut(u64, &mut Dice, &Request, &Facts)) {
    for seed in 0..PEOPLE {
        let mut dice = Dice::new(seed);
        let (request, facts) = (request(&mut dice), facts(&mut dice));
        check(seed, &mut dice, &request, &facts);
    }
}

fn now(dice: &mut Dice) -> avow_model::Timestamp {
    day(10 + dice.below(290) as i64)
}

#[test]
fn the_generated_people_get_both_answers_often() {
    let set = acme();
    let (mut allowed, mut denied) = (0, 0);
    for_people(|_, dice, request, facts| {
        if decide(request, facts, now(dice), &set).is_allowed() {
            allowed += 1;
        } else {
            denied += 1;
        }
    });
    assert!(allowed > 150 && denied > 150, "{allowed} and {denied}");
}

#[test]
fn a_withdrawal_now_always_wins() {
    let set = acme();
    for_people(|seed, dice, request, facts| {
        let now = now(dice);
        let mut after = facts.clone();
        let purpose = match request.purpose.as_str() {
            "service" => PurposeSelector::Any,
            _ if dice.one_in(2) => PurposeSelector::AllMarketing,
            _ => PurposeSelector::One(request.purpose.clone()),
        };
        after.events.push(Fact {
            kind: FactKind::Withdraw { purpose },
            at: now,
            recorded_at: now,
            scope: Scope::default(),
        });
        assert!(
            !decide(request, &after, now, &set).is_allowed(),
            "seed {seed}"
        );
    });
}

#[test]
fn a_suppression_never_turns_a_no_into_a_yes() {
    let set = acme();
    for_people(|seed, dice, request, facts| {
        let now = now(dice);
        let mut more = facts.clone();
        more.suppressions.push(suppression(dice));
        let before = decide(request, facts, now, &set).is_allowed();
        let after = decide(request, &more, now, &set).is_allowed();
        assert!(before || !after, "seed {seed}");
    });
}

#[test]
fn the_order_of_facts_changes_no_answer() {
    let set = acme();
    for_people(|seed, dice, request, facts| {
        let now = now(dice);
        let mut shuffled = facts.clone();
        dice.shuffle(&mut shuffled.events);
        dice.shuffle(&mut shuffled.data);
        dice.shuffle(&mut shuffled.suppressions);
        let first = answer(&decide(request, facts, now, &set));
        let second = answer(&decide(request, &shuffled, now, &set));
        assert_eq!(first, second, "seed {seed}");
    });
}

/// Version 6 allows everything that a file can allow.
fn wider() -> PolicySet {
    let mut all = files(&root().join("tests/fixtures/acme"));
    let newest = all.iter().find(|f| f.name.ends_with("v5.toml"));
    let text = &newest.expect("version 5").text;
    let text = text
        .replace("version = 5", "version = 6")
        .replace("2026-09-01", "2026-10-01")
        .replace("2026-09-08", "2026-10-08")
        .replace(
            "reads = [\"email\", \"name\"]",
            "reads = [\"email\", \"name\", \"job\", \"open\"]",
        )
        .replace("choice = \"opt_in\"", "choice = \"opt_out\"")
        .replace("continues = \"newsletter\"\n", "")
        .replace("min_age = 13", "min_age = 0")
        .replace("retention = \"730d after last_activity\"\n", "");
    all.push(SourceFile {
        name: "v6.toml".to_owned(),
        text,
    });
    compiled(&all)
}

#[test]
fn a_wider_later_policy_unlocks_no_older_data() {
    let (set, wider) = (acme(), wider());
    let mut asked = 0;
    for_people(|seed, _, request, facts| {
        let (before, now) = (day(279), day(300));
        // Facts that count only from day 300 on belong to the other question.
        let same = facts.events.iter().all(|f| f.recorded_at <= before);
        if same && facts.suppressions.iter().all(|s| s.at <= before) {
            asked += 1;
            let after = decide(request, facts, now, &wider).is_allowed();
            let unchanged = decide(request, facts, now, &set).is_allowed();
            assert!(!after || unchanged, "seed {seed}");
        }
    });
    assert!(asked > 500);
}

#[test]
fn an_unreadable_store_is_always_a_hold() {
    let set = acme();
    for_people(|seed, dice, request, facts| {
        let down = Facts {
            store: StoreHealth::Down,
            ..facts.clone()
        };
        let decision = decide(request, &down, now(dice), &set);
        assert_eq!(
            answer(&decision),
            ("HOLD", vec!["H_STORE_UNAVAILABLE"]),
            "seed {seed}"
        );
    });
}

#[test]
fn every_answer_has_reasons_of_its_own_side_and_sentences() {
    let set = acme();
    for_people(|seed, dice, request, facts| {
        let decision = decide(request, facts, now(dice), &set);
        let side = if decision.is_allowed() { "A_" } else { "D_" };
        let reasons = decision.reasons();
        assert!(!reasons.is_empty(), "seed {seed}");
        assert!(
            reasons.iter().all(|r| r.code.as_str().starts_with(side)),
            "seed {seed}"
        );
        for sentence in explain(&decision, facts, &set) {
            assert!(
                sentence.text.ends_with('.') && !sentence.remedy.is_empty(),
                "{sentence:?}"
            );
        }
    });
}
