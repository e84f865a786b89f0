//! Ways to cheat with a log of one's own making: each is found by its step.

use avow_ledger::{Payload, Retracted};
use avow_policy::PolicySet;
use avow_proof::{Bundle, Proof, StepName, verify};

use crate::world::{
    PERSON, Story, Who, World, at, begun, collection, grant, policies, published, send, story,
    versions, withdrawal,
};

fn judged(story: &Story, bundle: &Bundle) -> Proof {
    verify(&bundle.encode().unwrap(), Some(&story.world.trust()))
}

fn fails_at(story: &Story, bundle: &Bundle, step: StepName) {
    let proof = judged(story, bundle);
    let failed = proof.report.first_failure().map(|(name, _)| name);
    assert_eq!(failed, Some(step), "{:?}", proof.report.first_failure());
}

/// Logs the decision, signs, then uses its permit at `used`.
fn used_at(mut world: World, set: PolicySet, decision: &Payload, used: &str) -> Story {
    let decided = world.log(PERSON, decision, "2026-04-01T09:00:00Z");
    let first = world.checkpoint();
    let used = world.log(PERSON, &World::used(used), used);
    Story {
        world,
        set,
        first,
        places: (decided, used),
    }
}

/// The person withdrew before the decision, but the decision was made without it.
fn withdrawn() -> Story {
    let (world, set) = begun("acme");
    let decided = world.decided(&set, "2026-04-01T09:00:00Z");
    let mut world = world;
    let gone = withdrawal("newsletter", "2026-03-20T09:00:00Z");
    world.log(PERSON, &gone, "2026-03-20T09:00:00Z");
    let decision = Payload::Decision(Box::new(decided));
    used_at(world, set, &decision, "2026-04-01T09:00:02Z")
}

#[test]
fn a_withdrawal_that_is_left_out_breaks_the_chain() {
    let story = withdrawn();
    let mut bundle = story.bundle();
    bundle.person.remove(3);
    let (decision, used) = (story.places.0 - 1, story.places.1 - 1);
    bundle.statement.decision = decision;
    bundle.statement.used = used;
    fails_at(&story, &bundle, StepName::Chain);
}

#[test]
fn a_withdrawal_that_is_not_opened_could_be_anything() {
    let story = withdrawn();
    let mut bundle = story.bundle();
    bundle.person[3].opening = None;
    fails_at(&story, &bundle, StepName::Chain);
}

#[test]
fn a_withdrawal_that_is_shown_is_not_in_the_facts_of_the_decision() {
    let story = withdrawn();
    fails_at(&story, &story.bundle(), StepName::Facts);
}

#[test]
fn a_decision_made_up_is_not_what_the_gate_says() {
    let (mut world, set) = begun("acme");
    let gone = withdrawal("newsletter", "2026-03-20T09:00:00Z");
    let honest = world.decided(&set, "2026-04-01T09:00:00Z");
    world.log(PERSON, &gone, "2026-03-20T09:00:00Z");
    let mut decided = world.decided(&set, "2026-04-01T09:00:00Z");
    decided.answer = honest.answer;
    let decision = Payload::Decision(Box::new(decided));
    let story = used_at(world, set, &decision, "2026-04-01T09:00:02Z");
    fails_at(&story, &story.bundle(), StepName::Gate);
}

#[test]
fn a_denial_permits_nothing() {
    let (mut world, set) = begun("acme");
    let gone = withdrawal("newsletter", "2026-03-20T09:00:00Z");
    world.log(PERSON, &gone, "2026-03-20T09:00:00Z");
    let story = send(world, set);
    fails_at(&story, &story.bundle(), StepName::Order);
}

#[test]
fn a_notice_that_was_shortened_is_found() {
    let (mut world, set) = (World::new("acme"), policies());
    let both = versions(&set);
    world.log(Who::Policy, &published(both[0], 0), "2026-01-01T00:00:00Z");
    world.log(
        PERSON,
        &collection("2026-02-01T10:00:00Z"),
        "2026-02-01T10:00:00Z",
    );
    world.log(
        PERSON,
        &grant("newsletter", "2026-02-01T10:00:00Z"),
        "2026-02-01T10:00:00Z",
    );
    // Dated 1 March, but it entered the log on the 5th: three days before its effect.
    world.log(
        Who::Policy,
        &published(both[1], 604_800),
        "2026-03-05T00:00:00Z",
    );
    let story = send(world, set);
    fails_at(&story, &story.bundle(), StepName::Notice);
}

#[test]
fn a_version_that_was_never_published_is_found() {
    let (mut world, set) = (World::new("acme"), policies());
    let first = versions(&set)[0];
    world.log(Who::Policy, &published(first, 0), "2026-01-01T00:00:00Z");
    world.log(
        PERSON,
        &collection("2026-02-01T10:00:00Z"),
        "2026-02-01T10:00:00Z",
    );
    world.log(
        PERSON,
        &grant("newsletter", "2026-02-01T10:00:00Z"),
        "2026-02-01T10:00:00Z",
    );
    let story = send(world, set);
    fails_at(&story, &story.bundle(), StepName::Policies);
}

#[test]
fn a_version_that_was_taken_back_is_found() {
    let (mut world, set) = begun("acme");
    let back = Payload::Retraction(Retracted {
        version: 2,
        at: at("2026-03-02T00:00:00Z"),
    });
    world.log(Who::Policy, &back, "2026-03-02T00:00:00Z");
    let story = send(world, set);
    fails_at(&story, &story.bundle(), StepName::Policies);
}

#[test]
fn a_version_that_the_gate_was_not_given_is_found() {
    let (world, _) = begun("acme");
    let alone = avow_policy::PolicySet::from_canonical(
        &[&versions(&policies())[0].canonical()],
        &policies()
            .packs()
            .iter()
            .map(avow_policy::Pack::canonical)
            .collect::<Vec<_>>()
            .iter()
            .map(Vec::as_slice)
            .collect::<Vec<_>>(),
    );
    let story = send(world, alone.unwrap());
    fails_at(&story, &story.bundle(), StepName::Policies);
}

#[test]
fn a_bundle_of_another_log_is_refused() {
    let ours = story();
    let (world, set) = begun("other");
    let theirs = send(world, set);
    let proof = verify(
        &theirs.bundle().encode().unwrap(),
        Some(&ours.world.trust()),
    );
    assert_eq!(
        proof.report.first_failure().unwrap().0,
        StepName::Signatures
    );
    // Entries of one log under the checkpoint of another.
    let mut mixed = ours.bundle();
    mixed.person = theirs.bundle().person;
    fails_at(&ours, &mixed, StepName::Inclusion);
}

#[test]
fn another_message_than_the_one_that_was_sent_is_found() {
    let story = story();
    let mut bundle = story.bundle();
    bundle.message = Some(b"From: news@acme.example\r\n\r\nSomething else.\r\n".to_vec());
    fails_at(&story, &bundle, StepName::Message);
}

#[test]
fn a_statement_that_says_more_than_the_log_is_found() {
    let story = story();
    let mut bundle = story.bundle();
    bundle.statement.message = "msg_0000000000001-8".into();
    fails_at(&story, &bundle, StepName::Statement);
    let mut bundle = story.bundle();
    bundle.statement.handed_at = at("2026-04-01T08:00:00Z");
    fails_at(&story, &bundle, StepName::Statement);
    let mut bundle = story.bundle();
    std::mem::swap(&mut bundle.statement.decision, &mut bundle.statement.used);
    let proof = judged(&story, &bundle);
    assert!(!proof.report.is_proved());
    for place in [0, 99, u64::MAX >> 12] {
        let mut bundle = story.bundle();
        bundle.statement.decision = place;
        assert!(!judged(&story, &bundle).report.is_proved());
        let mut bundle = story.bundle();
        bundle.statement.used = place;
        assert!(!judged(&story, &bundle).report.is_proved());
    }
}

#[test]
fn a_permit_used_long_after_its_end_is_found() {
    let (world, set) = begun("acme");
    let decision = Payload::Decision(Box::new(world.decided(&set, "2026-04-01T09:00:00Z")));
    let story = used_at(world, set, &decision, "2026-04-01T11:00:00Z");
    fails_at(&story, &story.bundle(), StepName::Order);
}

#[test]
fn a_withdrawal_between_decision_and_message_is_found() {
    let (mut world, set) = begun("acme");
    let decision = Payload::Decision(Box::new(world.decided(&set, "2026-04-01T09:00:00Z")));
    let decided = world.log(PERSON, &decision, "2026-04-01T09:00:00Z");
    let first = world.checkpoint();
    let gone = withdrawal("newsletter", "2026-04-01T09:01:00Z");
    world.log(PERSON, &gone, "2026-04-01T09:01:00Z");
    let used = world.log(
        PERSON,
        &World::used("2026-04-01T09:15:00Z"),
        "2026-04-01T09:15:00Z",
    );
    let story = Story {
        world,
        set,
        first,
        places: (decided, used),
    };
    fails_at(&story, &story.bundle(), StepName::Withdrawals);
}

#[test]
fn checkpoints_that_contradict_each_other_are_found() {
    let story = story();
    let (mut world, set) = begun("acme");
    world.noise(3);
    let other = send(world, set);
    let mut bundle = story.bundle();
    bundle.checkpoint_first = other.first.1;
    let proof = judged(&story, &bundle);
    assert_eq!(
        proof.report.first_failure().unwrap().0,
        StepName::Consistency
    );
}

#[test]
fn a_first_checkpoint_that_does_not_cover_the_decision_is_found() {
    let (mut world, set) = begun("acme");
    let before = world.checkpoint();
    world.noise(1);
    let mut story = send(world, set);
    story.first = before;
    fails_at(&story, &story.bundle(), StepName::Inclusion);
}

#[test]
fn a_decision_that_brings_facts_of_its_own_is_found() {
    let (mut world, set) = begun("acme");
    let gone = withdrawal("newsletter", "2026-03-20T09:00:00Z");
    let honest = world.decided(&set, "2026-04-01T09:00:00Z");
    let facts = world.facts();
    world.log(PERSON, &gone, "2026-03-20T09:00:00Z");
    let again = avow_policy::replay::encode_facts(&facts).unwrap();
    let decided = avow_ledger::Decided {
        contact: String::from_utf8(again).unwrap(),
        ..honest
    };
    let at = world.log(
        PERSON,
        &Payload::Decision(Box::new(decided)),
        "2026-04-01T09:00:00Z",
    );
    let first = world.checkpoint();
    let used = world.log(
        PERSON,
        &World::used("2026-04-01T09:00:02Z"),
        "2026-04-01T09:00:02Z",
    );
    let story = Story {
        world,
        set,
        first,
        places: (at, used),
    };
    fails_at(&story, &story.bundle(), StepName::Facts);
}
