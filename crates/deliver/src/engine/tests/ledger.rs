//! What the ledger knows of a campaign: each answer of the gate before its message, each used permit with
//! the server's word and the message's hash.

use avow_ledger::{Digest, Payload};
use avow_model::{CampaignState, Clock as _, EntryId, FactKind};
use avow_policy::replay::{encode_facts, replay};
use avow_store::{ChainEntry, ChainOf, NewFact};
use avow_testkit::{Manner, Said};

use super::Scene;

async fn chain(scene: &Scene, address: &str) -> Vec<ChainEntry> {
    let contact = scene.bureau.contact(address).await.unwrap();
    let chain = scene.bureau.scope.chain(ChainOf::Person(contact), 0, 100);
    chain.await.unwrap()
}

/// The decisions and the uses of permits in a chain.
fn told(
    chain: &[ChainEntry],
) -> (
    Vec<(EntryId, avow_ledger::Decided)>,
    Vec<avow_ledger::PermitUse>,
) {
    let (mut decisions, mut uses) = (Vec::new(), Vec::new());
    for entry in chain {
        match entry.opening.read().unwrap() {
            Payload::Decision(decided) => decisions.push((entry.id, *decided)),
            Payload::PermitUsed(used) => uses.push(used),
            _ => {}
        }
    }
    (decisions, uses)
}

#[tokio::test]
async fn every_message_has_its_decision_and_its_used_permit_in_the_persons_chain() {
    let scene = Scene::with_people(3).await;
    scene.catcher.treat(|rcpt| match rcpt.as_bytes()[6] {
        b'0' => Manner::RefuseRecipient("554 5.7.1 Not today".to_owned()),
        _ => Manner::Accept,
    });
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let scope = &scene.bureau.scope;
    scope.sequence(u64::MAX).await.unwrap();

    for (n, code) in [(0, 554), (1, 250), (2, 250)] {
        let address = format!("person{n}@example.com");
        let (decisions, uses) = told(&chain(&scene, &address).await);
        let [used] = uses.as_slice() else {
            panic!("{uses:?}")
        };
        assert_eq!((used.code, used.attempts), (Some(code), 1));
        let (_, decided) = decisions
            .iter()
            .find(|(id, _)| *id == used.decision)
            .unwrap();
        assert_eq!(decided.message, used.message);
        if let Some(caught) = scene.catcher.caught().iter().find(|c| c.rcpt_to == address) {
            assert_eq!(
                used.digest,
                Digest::of(&caught.raw),
                "the bytes that arrived"
            );
        }
        // Whoever asks the gate again with what the entry names gets the same bytes.
        let contact = scene.bureau.contact(&address).await.unwrap();
        let facts = encode_facts(&scope.facts(contact).await.unwrap()).unwrap();
        if decided.inputs == Digest::of(&facts) {
            let published = scope.published().await.unwrap();
            let set = avow_policy::PolicySet::from_published(&published).unwrap();
            let at = decided.at.as_microsecond();
            let again = replay(decided.request.as_bytes(), &facts, at, &set).unwrap();
            assert_eq!(String::from_utf8(again).unwrap(), decided.answer);
        }
    }
    scope.ledger_verify(|_| {}).await.unwrap();
}

#[tokio::test]
async fn who_is_refused_while_the_audience_is_judged_has_the_reasons_in_the_chain() {
    let scene = Scene::new().await;
    scene
        .take_in(2, &|n| {
            if n == 0 {
                Said::Withdrew
            } else {
                Said::Everything
            }
        })
        .await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let scope = &scene.bureau.scope;
    scope.sequence(u64::MAX).await.unwrap();
    let (decisions, uses) = told(&chain(&scene, "person0@example.com").await);
    assert!(uses.is_empty());
    let [(_, no)] = decisions.as_slice() else {
        panic!("{decisions:?}")
    };
    let row = scope.recipient(campaign, 1).await.unwrap().unwrap();
    for code in row.reasons.split(' ') {
        assert!(no.answer.contains(code), "{code} in {}", no.answer);
    }
}

#[tokio::test]
async fn a_message_to_somebody_erased_meanwhile_leaves_leaves_that_nobody_can_open() {
    let scene = Scene::with_people(1).await;
    let contact = scene.bureau.contact("person0@example.com").await.unwrap();
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let scope = &scene.bureau.scope;
    let erase = NewFact::new(FactKind::Erase, scene.clock.now());
    scope.record_fact(contact, erase).await.unwrap();
    let done = scope.sequence(u64::MAX).await.unwrap();
    assert!(
        done.entries >= 5,
        "collection, grants, decision, use, tombstone"
    );
    let chain = scope.chain(ChainOf::Person(contact), 0, 10).await.unwrap();
    assert!(chain.is_empty());
    scope.ledger_verify(|_| {}).await.unwrap();
}
