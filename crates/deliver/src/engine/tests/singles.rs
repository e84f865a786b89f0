//! Confirmations and test messages.

use std::time::Duration;

use avow_ledger::{Decided, Digest, Payload, PermitUse};
use avow_model::{ContactId, EntryId, FactKind, Outcome, PurposeSelector, RecipientState};
use avow_policy::PolicySet;
use avow_policy::replay::{encode_facts, replay};
use avow_store::{ChainOf, NewFact, NewOutgoing, OutgoingKind, OutgoingState};
use avow_testkit::Manner;

use super::Scene;

impl Scene {
    async fn queue(&self, rcpt_to: &str) -> avow_model::OutgoingId {
        self.queue_to(rcpt_to, None).await
    }

    async fn queue_to(&self, rcpt_to: &str, contact: Option<ContactId>) -> avow_model::OutgoingId {
        let new = NewOutgoing {
            kind: OutgoingKind::Confirmation,
            contact,
            mail_from: "bounces@acme.example".to_owned(),
            rcpt_to: rcpt_to.to_owned(),
            body: b"Subject: Please confirm\r\n\r\nHello\r\n".to_vec(),
        };
        self.bureau.scope.outgoing_add(new).await.unwrap()
    }

    /// A person of the account, who has said this.
    async fn person_who(&self, said: &[FactKind]) -> ContactId {
        let address = "person0@example.com".parse().unwrap();
        let found = self.bureau.scope.contact_by_address(&address).await;
        let contact = found.unwrap().unwrap().id;
        for kind in said {
            let fact = NewFact::new(kind.clone(), self.bureau.clock.now());
            self.bureau.scope.record_fact(contact, fact).await.unwrap();
        }
        contact
    }

    /// Queues a confirmation to the person and says what became of it.
    async fn confirm(&self, engine: &super::Running, contact: ContactId) -> OutgoingState {
        let single = self.queue_to("person0@example.com", Some(contact)).await;
        engine.handle.wake();
        self.until_single(single, |s| s.state.is_final()).await
    }

    async fn until_single(
        &self,
        id: avow_model::OutgoingId,
        wanted: impl Fn(&OutgoingState) -> bool,
    ) -> OutgoingState {
        let there = async || {
            let state = self.bureau.scope.outgoing_state(id).await.unwrap();
            state.filter(&wanted)
        };
        self.until_seen(there).await.expect("it hangs")
    }
}

#[tokio::test]
async fn a_confirmation_goes_out_while_a_campaign_is_stuck_with_the_relay() {
    let scene = Scene::with_people(50).await;
    scene.catcher.treat(|rcpt| {
        if rcpt.starts_with("person") {
            Manner::KeepAndFallSilent
        } else {
            Manner::Accept
        }
    });
    scene.campaign().await;
    let mut options = super::options();
    options.drain = Duration::ZERO;
    let engine = scene.engine_with(options).await;
    scene.catcher.until(3).await;
    let single = scene.queue("new@example.org").await;
    engine.handle.wake();
    let state = scene.until_single(single, |s| s.state.is_final()).await;
    assert_eq!(state.state, RecipientState::At(Outcome::Delivered));
    engine.leave().await;
    let caught = scene.catcher.caught();
    let mail = caught
        .iter()
        .find(|c| c.rcpt_to == "new@example.org")
        .unwrap();
    assert_eq!(mail.raw, b"Subject: Please confirm\r\n\r\nHello\r\n");
}

#[tokio::test]
async fn a_single_message_that_is_put_off_is_tried_again() {
    let scene = Scene::new().await;
    scene
        .catcher
        .treat(|_| Manner::RefuseRecipient("451 4.7.1 Later".to_owned()));
    let single = scene.queue("new@example.org").await;
    let engine = scene.engine().await;
    let state = scene.until_single(single, |s| s.attempts == 1).await;
    assert_eq!(state.state, RecipientState::At(Outcome::Deferred));
    scene.catcher.treat(|_| Manner::Accept);
    scene.clock.advance(Duration::from_mins(10));
    engine.handle.wake();
    let state = scene.until_single(single, |s| s.state.is_final()).await;
    assert_eq!(
        (state.state, state.attempts),
        (RecipientState::At(Outcome::Delivered), 2)
    );
    engine.leave().await;
}

const DELIVERED: RecipientState = RecipientState::At(Outcome::Delivered);
const REFUSED: RecipientState = RecipientState::At(Outcome::Refused);

#[tokio::test]
async fn whoever_reported_spam_gets_one_confirmation_in_thirty_days_however_often_the_address_is_typed()
 {
    let scene = Scene::with_people(1).await;
    let person = scene.person_who(&[FactKind::Complaint]).await;
    let engine = scene.engine().await;
    assert_eq!(scene.confirm(&engine, person).await.state, DELIVERED);
    let second = scene.confirm(&engine, person).await;
    assert_eq!(second.state, REFUSED);
    assert_eq!(second.reply.as_deref(), Some("D_CONFIRMATION_RECENT"));
    scene.clock.advance(Duration::from_hours(30 * 24 + 1));
    assert_eq!(scene.confirm(&engine, person).await.state, DELIVERED);
    engine.leave().await;
}

#[tokio::test]
async fn whoever_unsubscribed_may_come_back_and_whoever_is_restricted_is_left_alone() {
    let scene = Scene::with_people(1).await;
    let purpose = PurposeSelector::AllMarketing;
    let person = scene
        .person_who(&[FactKind::Withdraw { purpose }, FactKind::Bounce])
        .await;
    let engine = scene.engine().await;
    for _ in 0..2 {
        assert_eq!(scene.confirm(&engine, person).await.state, DELIVERED);
    }
    scene.person_who(&[FactKind::Restrict]).await;
    let refused = scene.confirm(&engine, person).await;
    assert_eq!(refused.state, REFUSED);
    assert_eq!(refused.reply.as_deref(), Some("D_RESTRICTED"));
    engine.leave().await;
}

/// The decisions in a person's chain, and the uses of permits.
async fn chain(scene: &Scene, person: ContactId) -> (Vec<(EntryId, Box<Decided>)>, Vec<PermitUse>) {
    let scope = &scene.bureau.scope;
    scope.sequence(u64::MAX).await.unwrap();
    let chain = scope.chain(ChainOf::Person(person), 0, 100).await.unwrap();
    let (mut decisions, mut uses) = (Vec::new(), Vec::new());
    for entry in chain {
        match entry.opening.read().unwrap() {
            Payload::Decision(decided) => decisions.push((entry.id, decided)),
            Payload::PermitUsed(used) => uses.push(used),
            _ => {}
        }
    }
    (decisions, uses)
}

#[tokio::test]
async fn a_confirmation_has_its_decision_and_its_used_permit_in_the_persons_chain() {
    let scene = Scene::with_people(1).await;
    let person = scene.person_who(&[]).await;
    let scope = &scene.bureau.scope;
    let facts = encode_facts(&scope.facts(person).await.unwrap()).unwrap();
    scene
        .catcher
        .treat(|_| Manner::RefuseRecipient("451 4.7.1 Later".to_owned()));
    let single = scene.queue_to("person0@example.com", Some(person)).await;
    let engine = scene.engine().await;
    scene.until_single(single, |s| s.attempts == 1).await;
    scene.catcher.treat(|_| Manner::Accept);
    scene.clock.advance(Duration::from_mins(10));
    engine.handle.wake();
    scene.until_single(single, |s| s.state.is_final()).await;
    let (decisions, uses) = chain(&scene, person).await;
    let codes: Vec<_> = uses.iter().map(|u| (u.attempts, u.code)).collect();
    assert_eq!(codes, [(1, Some(451)), (2, Some(250))]);
    let caught = scene.catcher.caught().remove(0);
    for used in &uses {
        assert_eq!(used.message, single.to_string());
        assert_eq!(used.digest, Digest::of(&caught.raw));
        let decided = decisions.iter().find(|(id, _)| *id == used.decision);
        let (_, decided) = decided.unwrap();
        assert_eq!(
            (&decided.message, decided.inputs),
            (&used.message, Digest::of(&facts))
        );
        // Whoever asks the gate again gets the same bytes.
        let set = PolicySet::from_published(&scope.published().await.unwrap()).unwrap();
        let at = decided.at.as_microsecond();
        let again = replay(decided.request.as_bytes(), &facts, at, &set).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), decided.answer);
    }
    scene.person_who(&[FactKind::Restrict]).await;
    assert_eq!(scene.confirm(&engine, person).await.state, REFUSED);
    engine.leave().await;
    let (decisions, uses) = chain(&scene, person).await;
    assert_eq!((decisions.len(), uses.len()), (3, 2), "a no is told, too");
    assert!(decisions[2].1.answer.contains("D_RESTRICTED"));
    scope.ledger_verify(|_| {}).await.unwrap();
}

#[tokio::test]
async fn one_server_that_says_nothing_holds_up_no_other_persons_message() {
    let scene = Scene::new().await;
    scene.catcher.treat(|rcpt| {
        if rcpt.ends_with("@slow.example") {
            Manner::KeepAndFallSilent
        } else {
            Manner::Accept
        }
    });
    for n in 0..50 {
        scene.queue(&format!("p{n}@slow.example")).await;
    }
    let behind = scene.queue("ada@quick.example").await;
    let mut options = super::options();
    options.drain = Duration::ZERO;
    let engine = scene.engine_with(options).await;
    let state = scene.until_single(behind, |s| s.state.is_final()).await;
    assert_eq!(state.state, DELIVERED);
    // As many as one domain is spoken to at a time, and nobody twice.
    let to_the_slow = scene.catcher.caught().len() - 1;
    assert!((1..=4).contains(&to_the_slow), "{to_the_slow}");
    engine.leave().await;
}
