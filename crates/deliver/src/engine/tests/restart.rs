//! Ends at any point, and what the next start makes of them.

use std::collections::BTreeMap;
use std::time::Duration;

use avow_model::CampaignState;
use avow_testkit::SeededEntropy;

use super::{Scene, options};
use crate::engine::EngineOptions;
use crate::trouble::RetryPlan;

/// Resends without a wait.
fn at_once() -> EngineOptions {
    EngineOptions {
        retry: RetryPlan {
            in_doubt_delay: Duration::ZERO,
            ..RetryPlan::default()
        },
        ..options()
    }
}

#[tokio::test]
async fn a_kill_at_any_point_loses_nobody_and_repeats_at_most_one_message_a_connection() {
    let dice = SeededEntropy::new(11);
    let scene = Scene::with_people(3_000).await;
    let campaign = scene.campaign().await;
    let mut kills = 0;
    while scene.state(campaign).await != CampaignState::Finished {
        let engine = scene.engine_with(at_once()).await;
        let enough = scene.catcher.total() + 1 + dice.below(200) as usize;
        tokio::select! {
            () = scene.catcher.until(enough) => kills += 1,
            () = scene.until(campaign, CampaignState::Finished) => {}
        }
        engine.kill().await;
    }
    let mut copies: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for caught in scene.catcher.caught() {
        copies.entry(caught.rcpt_to).or_default().push(caught.raw);
    }
    assert_eq!(copies.len(), 3_000);
    assert_eq!(scene.tally(campaign).await.delivered, 3_000);
    let repeats: usize = copies.values().map(|c| c.len() - 1).sum();
    let bound = kills * options().connections;
    assert!(repeats <= bound, "{repeats} repeats after {kills} kills");
    assert!(kills >= 10, "{kills} kills are too few to mean something");
    let alike = |copies: &Vec<Vec<u8>>| copies.iter().all(|c| *c == copies[0]);
    assert!(copies.values().all(alike), "a resend is byte-identical");
}

#[tokio::test]
async fn preparing_goes_on_where_a_kill_stopped_it() {
    let scene = Scene::with_people(5_000).await;
    let campaign = scene.campaign().await;
    for _ in 0..3 {
        let engine = scene.engine().await;
        let before = scene
            .bureau
            .scope
            .campaign(campaign)
            .await
            .unwrap()
            .unwrap()
            .audience;
        loop {
            let row = scene
                .bureau
                .scope
                .campaign(campaign)
                .await
                .unwrap()
                .unwrap();
            if row.audience > before || row.prepared {
                break;
            }
            tokio::task::yield_now().await;
        }
        engine.kill().await;
    }
    let engine = scene.engine_with(at_once()).await;
    scene.until_tally(campaign, |t| t.audience() == 5_000).await;
    engine.leave().await;
}
