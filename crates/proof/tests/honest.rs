//! What holds is proved.

use avow_proof::{Bundle, Ended, StepName, Verdict, verify};

use crate::world::{begun, send, story};

#[test]
fn an_honest_bundle_is_proved_with_every_step() {
    let story = story();
    let bytes = story.bundle().encode().unwrap();
    let proof = verify(&bytes, Some(&story.world.trust()));
    assert_eq!(proof.report.first_failure(), None);
    assert_eq!(proof.report.verdict, Verdict::Proved);
    assert_eq!(proof.report.steps.len(), StepName::ALL.len());
    assert_eq!(proof.key.unwrap(), story.world.log.verifier().as_str());
}

#[test]
fn a_bundle_survives_its_bytes() {
    let bundle = story().bundle();
    let bytes = bundle.encode().unwrap();
    assert_eq!(Bundle::parse(&bytes).unwrap(), bundle);
    assert_eq!(
        story().bundle().encode().unwrap(),
        bytes,
        "the same parts, the same bytes"
    );
}

#[test]
fn without_a_trust_file_the_report_says_where_the_keys_came_from() {
    let proof = verify(&story().bundle().encode().unwrap(), None);
    assert!(proof.report.is_proved());
    let trust = proof
        .report
        .steps
        .iter()
        .find(|s| s.name == StepName::Trust)
        .unwrap();
    let Ended::Holds(note) = &trust.ended else {
        panic!("{trust:?}");
    };
    assert!(note.contains("came with the bundle"), "{note}");
}

#[test]
fn entries_that_are_no_facts_may_stay_closed() {
    let (mut world, set) = begun("acme");
    let earlier = world.decided(&set, "2026-03-20T09:00:00Z");
    let earlier = avow_ledger::Payload::Decision(Box::new(earlier));
    let closed = world.log(crate::world::PERSON, &earlier, "2026-03-20T09:00:00Z");
    let story = send(world, set);
    let mut bundle = story.bundle();
    bundle.person[closed as usize - 1].opening = None;
    let proof = verify(&bundle.encode().unwrap(), Some(&story.world.trust()));
    assert_eq!(proof.report.first_failure(), None);
}

#[test]
fn a_message_may_be_left_out_of_the_bundle() {
    let story = story();
    let mut bundle = story.bundle();
    bundle.message = None;
    assert!(verify(&bundle.encode().unwrap(), None).report.is_proved());
}

#[test]
fn a_fact_that_came_while_the_gate_was_asked_changes_nothing() {
    let (mut world, set) = begun("acme");
    let decided = world.decided(&set, "2026-04-01T09:00:00Z");
    let late = crate::world::grant("offers", "2026-04-01T09:00:01Z");
    world.log(crate::world::PERSON, &late, "2026-04-01T09:00:01Z");
    let decision = avow_ledger::Payload::Decision(Box::new(decided));
    let at = world.log(crate::world::PERSON, &decision, "2026-04-01T09:00:01Z");
    let first = world.checkpoint();
    let used = crate::world::World::used("2026-04-01T09:00:02Z");
    let used = world.log(crate::world::PERSON, &used, "2026-04-01T09:00:02Z");
    let bundle = world.bundle(&set, first, (at, used));
    let proof = verify(&bundle.encode().unwrap(), Some(&world.trust()));
    assert_eq!(proof.report.first_failure(), None);
}
