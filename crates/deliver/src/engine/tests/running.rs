//! A campaign from its audience to its account, and the orders a user gives meanwhile.

use std::collections::BTreeSet;

use avow_model::CampaignState;
use avow_testkit::{Manner, Said};

use super::{Scene, options};
use crate::engine::{Engine, LeaseFault, StartFault};

#[tokio::test]
async fn everybody_allowed_gets_one_message_and_everybody_else_a_reason() {
    let scene = Scene::new().await;
    let said = |n: usize| match n % 4 {
        0 => Said::Withdrew,
        1 => Said::Nothing,
        _ => Said::Newsletter,
    };
    scene.take_in(1_200, &said).await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;

    let tally = scene.tally(campaign).await;
    assert_eq!(
        (tally.delivered, tally.refused, tally.audience()),
        (600, 600, 1_200)
    );
    let got: Vec<String> = scene
        .catcher
        .caught()
        .into_iter()
        .map(|c| c.rcpt_to)
        .collect();
    let once: BTreeSet<&String> = got.iter().collect();
    assert_eq!((got.len(), once.len()), (600, 600));
    let reasons = scene.bureau.scope.reasons_tally(campaign).await.unwrap();
    let withdrawn = reasons
        .iter()
        .find(|r| r.reasons.contains("D_WITHDRAWN"))
        .unwrap();
    assert_eq!(withdrawn.n, 300);
}

#[tokio::test]
async fn an_empty_audience_finishes_at_once() {
    let scene = Scene::new().await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.tally(campaign).await.audience(), 0);
}

#[tokio::test]
async fn a_cancelled_campaign_refuses_what_has_not_left_and_sends_no_more() {
    let scene = Scene::with_people(2_000).await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.catcher.until(50).await;
    let from = [CampaignState::Sending];
    let scope = &scene.bureau.scope;
    scope
        .campaign_move(campaign, &from, CampaignState::Cancelled)
        .await
        .unwrap();
    engine.handle.wake();
    scene
        .until_tally(campaign, |t| t.waiting + t.deferred == 0)
        .await;
    engine.leave().await;

    let tally = scene.tally(campaign).await;
    assert_eq!(tally.delivered as usize, scene.catcher.total());
    assert_eq!(tally.delivered + tally.refused, 2_000);
    assert!(tally.refused > 0);
    let reasons = scope.reasons_tally(campaign).await.unwrap();
    assert!(reasons.iter().any(|r| r.reasons == "CANCELLED"));
}

#[tokio::test]
async fn a_paused_campaign_rests_and_goes_on_where_it_stood() {
    let scene = Scene::with_people(2_000).await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.catcher.until(50).await;
    let scope = &scene.bureau.scope;
    let (sending, paused) = (CampaignState::Sending, CampaignState::Paused);
    scope
        .campaign_move(campaign, &[sending], paused)
        .await
        .unwrap();
    engine.handle.wake();
    scene.until_progress(campaign, |p| p.is_none()).await;
    let resting = scene.catcher.total();
    assert_eq!(scene.tally(campaign).await.delivered as usize, resting);
    assert!(resting < 2_000);

    scope
        .campaign_move(campaign, &[paused], sending)
        .await
        .unwrap();
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.tally(campaign).await.delivered, 2_000);
    assert_eq!(scene.catcher.total(), 2_000);
}

#[tokio::test]
async fn an_engine_told_to_leave_ends_what_is_on_the_wire_and_records_it() {
    let scene = Scene::with_people(2_000).await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.catcher.until(50).await;
    engine.leave().await;
    let left = scene.catcher.total();
    assert!(left < 2_000);
    assert_eq!(scene.tally(campaign).await.delivered as usize, left);

    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.catcher.total(), 2_000);
}

#[tokio::test]
async fn nobody_is_skipped_when_the_relay_is_down_at_the_start() {
    let mut scene = Scene::with_people(300).await;
    let addr = scene.catcher.addr();
    let engine = {
        let free = avow_testkit::Catcher::start().await.unwrap();
        drop(std::mem::replace(&mut scene.catcher, free));
        let route = addr;
        let mut parts = scene.parts(scene.bureau.store.clone(), options());
        parts.transport = super::relay(route);
        scene.launch(Engine::start(parts).await.unwrap())
    };
    let campaign = scene.campaign().await;
    engine.handle.wake();
    let down = |p: crate::engine::Progress| matches!(p.stage, crate::engine::Stage::LineDown(_));
    scene
        .until_progress(campaign, |p| p.is_some_and(down))
        .await;
    assert_eq!(scene.tally(campaign).await.delivered, 0);

    scene.catcher = avow_testkit::Catcher::start_on(&addr.to_string())
        .await
        .unwrap();
    scene.clock.advance(std::time::Duration::from_mins(1));
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.tally(campaign).await.delivered, 300);
}

#[tokio::test]
async fn a_second_engine_on_the_same_folder_is_refused() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    let parts = scene.parts(scene.bureau.store.clone(), options());
    let second = Engine::start(parts).await;
    assert!(matches!(second, Err(StartFault::Lease(LeaseFault::Busy))));
    engine.leave().await;
    scene.engine().await.leave().await;
}

#[tokio::test]
async fn a_campaign_that_cannot_be_sent_says_why_and_the_others_go_on() {
    let scene = Scene::with_people(20).await;
    let mut content = avow_testkit::short_content();
    content.body = "{% for %}".to_owned();
    let broken = scene.bureau.campaign(content).await.unwrap();
    scene.bureau.start(broken).await.unwrap();
    let campaign = scene.campaign().await;
    scene.catcher.treat(|_| Manner::Accept);
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    let stage = engine.handle.progress(broken).unwrap().stage;
    engine.leave().await;
    assert!(matches!(stage, crate::engine::Stage::Stuck(_)), "{stage:?}");
    assert_eq!(scene.catcher.total(), 20);
}
