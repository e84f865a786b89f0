//! Confirmations and test messages.

use std::time::Duration;

use avow_model::{Outcome, RecipientState};
use avow_store::{NewOutgoing, OutgoingKind, OutgoingState};
use avow_testkit::Manner;

use super::Scene;

impl Scene {
    async fn queue(&self, rcpt_to: &str) -> avow_model::OutgoingId {
        let new = NewOutgoing {
            kind: OutgoingKind::Confirmation,
            contact: None,
            mail_from: "bounces@acme.example".to_owned(),
            rcpt_to: rcpt_to.to_owned(),
            body: b"Subject: Please confirm\r\n\r\nHello\r\n".to_vec(),
        };
        self.bureau.scope.outgoing_add(new).await.unwrap()
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
