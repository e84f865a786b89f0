//! The fold and the whole history give the same answers.

use avow_model::{Fact, Facts, Timestamp};
use avow_policy::{Decision, Fold, PolicySet, PresentedPermit, Request, decide};

use crate::fixture::acme;
use crate::people::{Dice, day, fact, facts, request};

const PEOPLE: u64 = 1_500;
/// Many more than the slots that a person fills, so that facts are covered by others.
const EVENTS_MAX: usize = 60;

/// What an answer says, but for the places of facts.
type Said = Vec<(&'static str, Option<u16>, Option<u32>, Option<u16>)>;

fn answer(decision: &Decision) -> (&'static str, Said) {
    let reason = |r: &avow_policy::Reason| (r.code.as_str(), r.category, r.version, r.rule);
    let mut said: Said = decision.reasons().iter().map(reason).collect();
    said.sort_unstable();
    (decision.effect(), said)
}

/// A history with late-recorded facts and many at the same instant, in the order of recording.
fn history(dice: &mut Dice) -> Vec<Fact> {
    let count = 1 + dice.below(EVENTS_MAX);
    let mut all: Vec<Fact> = (0..count).map(|_| fact(dice)).collect();
    for fact in &mut all {
        if dice.one_in(2) {
            fact.at = day(10 * dice.below(20) as i64);
        }
        fact.recorded_at = fact.at;
        if dice.one_in(3) {
            fact.recorded_at = fact.at.max(day(dice.below(280) as i64));
        }
    }
    all.sort_by_key(|f| f.recorded_at);
    all
}

fn questions(dice: &mut Dice) -> Vec<Request> {
    let mut all: Vec<Request> = (0..4).map(|_| request(dice)).collect();
    all[0].permit = Some(PresentedPermit {
        issued_at: day(dice.below(280) as i64),
        used: false,
    });
    all
}

fn assert_same(set: &PolicySet, request: &Request, whole: &Facts, now: Timestamp, fold: &Fold) {
    let folded = Facts {
        events: fold.events().to_vec(),
        ..whole.clone()
    };
    let (said, wanted) = (
        decide(request, &folded, now, set),
        decide(request, whole, now, set),
    );
    assert_eq!(answer(&said), answer(&wanted), "{whole:#?}\n{request:#?}");
}

#[test]
fn each_fact_in_the_order_of_recording_gives_what_the_whole_history_gives() {
    let set = acme();
    for seed in 0..PEOPLE {
        let mut dice = Dice::new(seed);
        let questions = questions(&mut dice);
        let mut whole = facts(&mut dice);
        whole.events.clear();
        let mut fold = Fold::new();
        for fact in history(&mut dice) {
            let now = fact.recorded_at;
            fold.take(fact.clone(), now);
            whole.events.push(fact);
            if dice.one_in(4) {
                let asked = dice.pick(&questions);
                assert_same(&set, &asked, &whole, now, &fold);
                assert_same(&set, &asked, &whole, day(281), &fold);
            }
        }
        for asked in &questions {
            assert_same(&set, asked, &whole, day(281), &fold);
        }
    }
}

/// A restored copy, two nodes, a repair: the order in which facts come is not always that of recording.
#[test]
fn any_order_gives_the_same_and_what_is_told_of_tomorrow_waits() {
    let set = acme();
    for seed in 0..PEOPLE {
        let mut dice = Dice::new(seed);
        let questions = questions(&mut dice);
        let mut whole = facts(&mut dice);
        whole.events = history(&mut dice);
        let now = day(dice.below(280) as i64);
        dice.shuffle(&mut whole.events);
        let fold = Fold::of(whole.events.clone(), now);
        for asked in &questions {
            assert_same(&set, asked, &whole, now, &fold);
            assert_same(&set, asked, &whole, day(281), &fold);
        }
    }
}

#[test]
fn the_same_fact_twice_is_one_and_a_long_history_stays_small() {
    let mut dice = Dice::new(3);
    let mut fold = Fold::new();
    let all = history(&mut dice);
    for fact in all.iter().chain(&all) {
        fold.take(fact.clone(), day(281));
    }
    let once = Fold::of(all, day(281));
    assert_eq!(fold.events().len(), once.events().len());
    for _ in 0..20_000 {
        fold.take(fact(&mut dice), day(301));
    }
    assert!(fold.events().len() < 4_000, "{}", fold.events().len());
}

#[test]
fn purchases_and_accounts_come_to_the_same_from_the_fold_and_in_any_order() {
    use avow_model::FactKind::{AccountClosed, AccountOpened, Erase, Inquiry, Purchase};
    for seed in 0..PEOPLE {
        let mut dice = Dice::new(seed);
        let mut all = history(&mut dice);
        for fact in &mut all {
            if dice.one_in(2) {
                fact.kind = dice.pick(&[AccountOpened, AccountClosed, Purchase, Inquiry, Erase]);
                fact.scope = avow_model::Scope::default();
            }
        }
        let now = day(300);
        let related = |events: &[Fact]| {
            let mut facts = Facts {
                events: events.to_vec(),
                ..Facts::default()
            };
            facts.relate(now);
            (
                facts.account_active,
                facts.purchases.last().copied(),
                facts.inquiries.last().copied(),
            )
        };
        let whole = related(&all);
        assert_eq!(
            related(Fold::of(all.clone(), now).events()),
            whole,
            "{all:#?}"
        );
        dice.shuffle(&mut all);
        assert_eq!(related(&all), whole, "{all:#?}");
    }
}
