//! Several relays: shares, stand-ins, and domains with relays of their own.

use std::net::SocketAddr;

use avow_model::{CampaignId, CampaignState};
use avow_testkit::Catcher;

use super::{Running, Scene, options};
use crate::engine::Engine;
use crate::route::{Relay, Relays, Transport};
use crate::smtp::{Route, TlsMode};

fn relay(addr: SocketAddr, weight: u32, senders: &[&str]) -> Relay {
    let route = Route {
        host: addr.ip().to_string(),
        port: addr.port(),
        addresses: vec![addr.ip()],
        tls: TlsMode::Clear,
        auth: None,
    };
    Relay {
        route,
        weight,
        senders: senders.iter().map(ToString::to_string).collect(),
    }
}

async fn send(scene: &Scene, relays: &[Relay]) -> (CampaignId, Running) {
    let mut parts = scene.parts(scene.bureau.store.clone(), options());
    parts.transport = Transport::Relay(Relays::new(relays).unwrap());
    let campaign = scene.campaign().await;
    (campaign, scene.launch(Engine::start(parts).await.unwrap()))
}

#[tokio::test]
async fn while_one_relay_is_down_the_others_carry_everything() {
    let scene = Scene::with_people(40).await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let down = gone.local_addr().unwrap();
    drop(gone);
    let relays = [relay(down, 5, &[]), relay(scene.catcher.addr(), 1, &[])];
    let (campaign, engine) = send(&scene, &relays).await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!(scene.catcher.total(), 40);
    assert_eq!(scene.tally(campaign).await.delivered, 40);
}

#[tokio::test]
async fn a_domain_with_a_relay_of_its_own_sends_through_that_alone() {
    let scene = Scene::with_people(20).await;
    let own = Catcher::start().await.unwrap();
    let relays = [
        relay(scene.catcher.addr(), 1, &[]),
        relay(own.addr(), 1, &["acme.example"]),
    ];
    let (campaign, engine) = send(&scene, &relays).await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    assert_eq!((scene.catcher.total(), own.total()), (0, 20));
}
