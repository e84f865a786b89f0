//! Budgets, warm-up and complaints, over the clock of the test.

use std::time::Duration;

use avow_model::{CampaignId, MessageId};
use avow_store::{ReturnedKind, ReturnedMail};
use avow_testkit::{People, Said};

use super::{Scene, options};
use crate::engine::{Budget, EngineOptions, Progress, SendLimits, Stage};

const HOUR: Duration = Duration::from_hours(1);

fn limited(budget: Budget) -> EngineOptions {
    EngineOptions {
        limits: SendLimits {
            budget,
            ..SendLimits::default()
        },
        ..options()
    }
}

#[tokio::test]
async fn an_account_sends_no_more_in_an_hour_than_its_budget_also_after_a_kill() {
    let scene = Scene::with_people(30).await;
    let budget = Budget {
        per_hour: Some(10),
        per_day: None,
    };
    let campaign = scene.campaign().await;
    let engine = scene.engine_with(limited(budget)).await;
    scene.until_tally(campaign, |t| t.delivered == 10).await;
    let says = |p: Option<Progress>| matches!(p.map(|p| p.stage), Some(Stage::OverBudget { .. }));
    scene.until_progress(campaign, says).await;
    let over = engine.handle.figures().over_budget;
    assert_eq!(over.len(), 1, "{over:?}");
    assert_eq!(over[0].until.as_second() % 3_600, 0);
    engine.kill().await;
    let engine = scene.engine_with(limited(budget)).await;
    assert_eq!(scene.tally(campaign).await.delivered, 10);
    engine.kill().await;
    for hours in 2..=3u64 {
        // Between two engines: a clock that jumps under one ends its lease, and what it has counted.
        scene.clock.advance(HOUR);
        let engine = scene.engine_with(limited(budget)).await;
        let sent = hours * 10;
        scene.until_tally(campaign, |t| t.delivered == sent).await;
        assert_eq!(scene.catcher.total() as u64, sent);
        engine.kill().await;
    }
}

#[tokio::test]
async fn an_account_that_too_many_complain_about_waits_and_says_why() {
    let scene = Scene::with_people(5).await;
    for seq in 1..=4 {
        let mail = ReturnedMail {
            message: MessageId {
                campaign: CampaignId::from_i64(7),
                seq,
            },
            kind: ReturnedKind::Complaint,
            class: "feedback",
            hard: false,
            status: None,
            at: avow_model::Clock::now(&*scene.clock),
        };
        scene.bureau.scope.returned_add(&mail).await.unwrap();
    }
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    let waits =
        |stage: &Stage| matches!(stage, Stage::Stuck(why) if why.contains("4 of 0 messages"));
    scene
        .until_progress(campaign, |p| p.is_some_and(|p| waits(&p.stage)))
        .await;
    assert_eq!(scene.catcher.total(), 0);
    scene.clock.advance(HOUR * 24 * 8);
    engine.handle.wake();
    scene
        .until_tally(campaign, |t| t.waiting == 0 && t.audience() == 5)
        .await;
    engine.leave().await;
}

#[tokio::test]
async fn a_day_of_a_warm_up_ends_with_its_share_and_the_next_brings_more() {
    use crate::dns::zone::Zone;
    use crate::engine::{Engine, Held};
    use crate::shape::WarmUp;
    use avow_testkit::SeededEntropy;
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    let scene = Scene::new().await;
    let people = People {
        count: 25,
        address: &|n| format!("person{n}@one.example"),
        said: &|_| Said::Newsletter,
    };
    scene.bureau.people(people).await.unwrap();
    let zone = Zone::serve().await;
    zone.address("one.example", Ipv4Addr::LOCALHOST.into());
    let plan = WarmUp {
        start: avow_model::Clock::now(&*scene.clock),
        first: 8,
        growth: 2.0,
        days: 10,
    };
    let limits = SendLimits {
        warm_up: Some(plan),
        ..SendLimits::default()
    };
    let options = EngineOptions {
        limits,
        retry: crate::trouble::RetryPlan {
            max_age: HOUR * 24 * 30,
            ..crate::trouble::RetryPlan::default()
        },
        ..options()
    };
    let campaign = scene.campaign().await;
    for sent in [8, 24] {
        let mut parts = scene.parts(scene.bureau.store.clone(), options.clone());
        parts.transport = super::direct::through(&scene, &zone, Arc::new(SeededEntropy::new(4)));
        let engine = scene.launch(Engine::start(parts).await.unwrap());
        scene.until_tally(campaign, |t| t.delivered == sent).await;
        let closed = async || {
            let sites = engine.handle.figures().sites;
            let held = |held: &Held| matches!(held, Held::ByWarmUp { .. });
            sites.iter().any(|s| held(&s.held))
        };
        scene.until_true(campaign, closed).await;
        assert_eq!(scene.catcher.total() as u64, sent);
        engine.leave().await;
        scene.clock.advance(HOUR * 24);
    }
}
