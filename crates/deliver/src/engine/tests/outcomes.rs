//! What a server's word, or its silence, makes of a row.

use std::time::Duration;

use avow_model::{CampaignState, Outcome, RecipientState};
use avow_testkit::Manner;

use super::{Scene, options};
use crate::engine::EngineOptions;
use crate::trouble::{InDoubt, RetryPlan};

fn refuse(line: &str) -> Manner {
    Manner::RefuseRecipient(line.to_owned())
}

#[tokio::test]
async fn each_answer_gets_its_outcome_and_only_a_certain_no_mailbox_ends_an_address() {
    let scene = Scene::with_people(5).await;
    scene.catcher.treat(|rcpt| match rcpt.as_bytes()[6] {
        b'0' => refuse("550 5.1.1 No such user"),
        b'1' => refuse("554 5.7.1 Not today"),
        b'2' => refuse("451 4.7.1 Greylisted"),
        b'3' => Manner::RefuseMessage("552 5.3.4 Too large".to_owned()),
        _ => Manner::Accept,
    });
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene
        .until_tally(campaign, |t| t.waiting == 0 && t.deferred == 1)
        .await;
    let tally = scene.tally(campaign).await;
    assert_eq!((tally.delivered, tally.bounced), (1, 3));

    let scope = &scene.bureau.scope;
    for (n, ends) in [(0, true), (1, false), (3, false)] {
        let contact = scene
            .bureau
            .contact(&format!("person{n}@example.com"))
            .await
            .unwrap();
        let facts = scope.facts(contact).await.unwrap();
        let bounced = facts
            .events
            .iter()
            .any(|e| e.kind == avow_model::FactKind::Bounce);
        assert_eq!(bounced, ends, "person{n}");
    }
    let row = scope.recipient(campaign, 1).await.unwrap().unwrap();
    assert_eq!(row.state, RecipientState::At(Outcome::Bounced));
    assert_eq!(row.reply.as_deref(), Some("550 5.1.1 No such user"));
    engine.leave().await;

    // The next campaign's gate knows.
    let next = scene.campaign().await;
    scene.catcher.treat(|_| Manner::Accept);
    let engine = scene.engine().await;
    scene.until(next, CampaignState::Finished).await;
    engine.leave().await;
    let tally = scene.tally(next).await;
    assert_eq!((tally.delivered, tally.refused), (4, 1));
}

#[tokio::test]
async fn a_message_put_off_is_tried_again_at_its_time_and_not_before() {
    let scene = Scene::with_people(3).await;
    scene.catcher.treat(|_| refuse("451 4.7.1 Greylisted"));
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until_tally(campaign, |t| t.deferred == 3).await;
    scene.catcher.treat(|_| Manner::Accept);
    scene.clock.advance(Duration::from_mins(4));
    engine.handle.wake();
    engine.leave().await;
    assert_eq!(scene.catcher.total(), 0);

    scene.clock.advance(Duration::from_mins(4));
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.tally(campaign).await.delivered, 3);
    let row = scene
        .bureau
        .scope
        .recipient(campaign, 2)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.attempts, 2);
    let attempts = scene.bureau.scope.attempts(campaign, 2).await.unwrap();
    assert_eq!(attempts[0].reply_code, Some(451));
}

#[tokio::test]
async fn what_stays_put_off_expires_when_its_time_is_over() {
    let scene = Scene::with_people(3).await;
    scene.catcher.treat(|_| refuse("451 4.7.1 Greylisted"));
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until_tally(campaign, |t| t.deferred == 3).await;
    scene.clock.advance(Duration::from_hours(73));
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.tally(campaign).await.expired, 3);
}

#[tokio::test]
async fn what_waits_for_a_relay_that_stays_down_expires_as_well() {
    let mut scene = Scene::with_people(2_500).await;
    let gone = scene.catcher.addr();
    let free = avow_testkit::Catcher::start().await.unwrap();
    drop(std::mem::replace(&mut scene.catcher, free));
    let mut parts = scene.parts(scene.bureau.store.clone(), options());
    parts.transport = super::relay(gone);
    let engine = scene.launch(crate::engine::Engine::start(parts).await.unwrap());
    let campaign = scene.campaign().await;
    engine.handle.wake();
    let enough = |p: crate::engine::Progress| p.in_hand >= 1_000;
    scene
        .until_progress(campaign, |p| p.is_some_and(enough))
        .await;
    scene.clock.advance(Duration::from_hours(73));
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.tally(campaign).await.expired, 2_500);
}

#[tokio::test]
async fn a_message_in_doubt_is_sent_again_once_with_the_same_bytes_after_its_wait() {
    let scene = Scene::with_people(1).await;
    scene.catcher.treat(|_| Manner::KeepAndDrop);
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until_tally(campaign, |t| t.deferred == 1).await;
    scene.catcher.treat(|_| Manner::Accept);
    scene.clock.advance(Duration::from_hours(1));
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let caught = scene.catcher.caught();
    assert_eq!(caught.len(), 2);
    assert!(caught[0] == caught[1], "a resend is byte-identical");
    assert_eq!(scene.tally(campaign).await.delivered, 1);
}

#[tokio::test]
async fn a_message_in_doubt_stays_unknown_when_the_operator_wants_no_second_copy() {
    let scene = Scene::with_people(1).await;
    scene.catcher.treat(|_| Manner::KeepAndDrop);
    let campaign = scene.campaign().await;
    let leave_it = EngineOptions {
        retry: RetryPlan {
            in_doubt: InDoubt::Leave,
            ..RetryPlan::default()
        },
        ..options()
    };
    let engine = scene.engine_with(leave_it).await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.tally(campaign).await.unknown, 1);
    assert_eq!(scene.catcher.total(), 1);
}

#[tokio::test]
async fn a_server_that_drops_the_line_at_one_message_does_not_hold_up_the_others() {
    let scene = Scene::with_people(200).await;
    scene.catcher.treat(|rcpt| {
        if rcpt == "person7@example.com" {
            Manner::DropAtData
        } else {
            Manner::Accept
        }
    });
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene
        .until_tally(campaign, |t| t.delivered == 199 && t.deferred == 1)
        .await;
    engine.leave().await;
}

#[tokio::test]
async fn a_server_that_takes_a_message_and_falls_silent_leaves_it_in_doubt_at_the_restart() {
    let scene = Scene::with_people(3).await;
    scene.catcher.treat(|_| Manner::KeepAndFallSilent);
    let campaign = scene.campaign().await;
    let engine = scene
        .engine_with(EngineOptions {
            drain: Duration::ZERO,
            ..options()
        })
        .await;
    scene.catcher.until(3).await;
    engine.leave().await;
    assert_eq!(scene.tally(campaign).await.waiting, 3);

    scene.catcher.treat(|_| Manner::Accept);
    let engine = scene.engine().await;
    scene.until_tally(campaign, |t| t.deferred == 3).await;
    scene.clock.advance(Duration::from_mins(31));
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.catcher.total(), 6);
}
