//! A lease that went to another machine: whoever lost it stops, and nothing is sent twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use avow_model::CampaignState;
use avow_store::LeaseWish;
use avow_testkit::{Manner, Said};

use super::Scene;

const ENGINE: &str = "engine";
const OTHER: &str = "another machine";

impl Scene {
    /// Another machine takes the lease: by its clock ours has run out.
    async fn lose_the_lease(&self) {
        let now = self.bureau.clock.now() + Duration::from_secs(61);
        let wish = LeaseWish {
            name: ENGINE.to_owned(),
            owner: OTHER.to_owned(),
            now,
            until: now + Duration::from_hours(1),
        };
        let taken = self.bureau.store.lease_take(wish).await.unwrap();
        assert_eq!(taken, Some(2), "the second owner has the second epoch");
    }

    async fn get_the_lease_back(&self) {
        let store = &self.bureau.store;
        store.lease_release(ENGINE, OTHER).await.unwrap();
    }

    fn addressees(&self) -> BTreeSet<String> {
        let caught = self.catcher.caught().into_iter();
        caught.map(|c| c.rcpt_to).collect()
    }
}

#[tokio::test]
async fn an_engine_whose_lease_went_to_another_machine_stops_and_goes_on_when_it_is_back() {
    let scene = Scene::with_people(2_000).await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.catcher.until(50).await;
    scene.lose_the_lease().await;
    // Its next renewal is due.
    scene.clock.advance(Duration::from_secs(21));
    engine.handle.wake();
    scene.until_progress(campaign, |p| p.is_none()).await;
    let sent = scene.catcher.total();
    assert!(sent < 2_000);
    let tally = scene.tally(campaign).await;
    assert_eq!(tally.delivered as usize, sent, "what it saw, it recorded");
    assert_eq!(
        tally.waiting as usize,
        2_000 - sent,
        "the rest is for the other"
    );

    scene.get_the_lease_back().await;
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.catcher.total(), 2_000);
    assert_eq!(scene.addressees().len(), 2_000);
}

/// The machine stands still between the envelope and the content, for longer than its lease runs.
#[tokio::test]
async fn a_machine_that_stood_still_in_the_middle_of_a_message_does_not_send_it() {
    let scene = Scene::new().await;
    let engine = scene.engine().await;
    // An empty campaign that ends shows that the engine has its lease.
    let empty = scene.campaign().await;
    scene.until(empty, CampaignState::Finished).await;
    scene.take_in(3, &|_| Said::Newsletter).await;
    let stood_still = Arc::new(AtomicBool::new(false));
    let (clock, once) = (scene.clock.clone(), stood_still.clone());
    scene.catcher.treat(move |_| {
        if !once.swap(true, Ordering::SeqCst) {
            clock.advance(Duration::from_secs(55));
        }
        Manner::Accept
    });
    scene.lose_the_lease().await;
    let campaign = scene.campaign().await;
    engine.handle.wake();
    let stopped = async || stood_still.load(Ordering::SeqCst);
    scene.until_true(campaign, stopped).await;
    scene.until_progress(campaign, |p| p.is_none()).await;
    assert_eq!(scene.catcher.total(), 0);
    assert_eq!(scene.tally(campaign).await.waiting, 3);

    scene.get_the_lease_back().await;
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!((scene.catcher.total(), scene.addressees().len()), (3, 3));
}
