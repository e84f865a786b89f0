//! Delivery to each domain's own servers.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use avow_model::CampaignId;
use avow_testkit::{Catcher, Manner, People, Said, SeededEntropy};

use super::{Running, Scene, options};
use crate::dns::zone::Zone;
use crate::engine::{Engine, EngineOptions};
use crate::route::{Direct, Guard, Transport};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Another address of this machine, where a second server may stand on the same port.
const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// People, so many of each domain, turn by turn.
async fn people_at(scene: &Scene, domains: &[&str], each: usize) {
    let people = People {
        count: each * domains.len(),
        address: &|n| format!("person{n}@{}", domains[n % domains.len()]),
        said: &|_| Said::Newsletter,
    };
    scene.bureau.people(people).await.unwrap();
}

/// A started campaign under an engine that looks domains up in the zone.
async fn send(scene: &Scene, zone: &Zone, connections: usize) -> (CampaignId, Running) {
    let options = EngineOptions {
        connections,
        ..options()
    };
    let mut parts = scene.parts(scene.bureau.store.clone(), options);
    parts.transport = Transport::Direct(Direct {
        dns: zone.dns.clone(),
        guard: Guard::Any,
        port: scene.catcher.addr().port(),
        entropy: Arc::new(SeededEntropy::new(4)),
        security: None,
    });
    let campaign = scene.campaign().await;
    (campaign, scene.launch(Engine::start(parts).await.unwrap()))
}

#[tokio::test]
async fn a_domain_that_is_down_or_gone_holds_up_nobody_elses_mail() {
    let scene = Scene::new().await;
    let domains = ["down.example", "gone.example", "one.example", "two.example"];
    people_at(&scene, &domains, 100).await;
    let zone = Zone::serve().await;
    zone.address("down.example", THERE);
    zone.address("one.example", HERE);
    zone.address("two.example", HERE);
    let (campaign, engine) = send(&scene, &zone, 3).await;
    scene
        .until_tally(campaign, |t| t.audience() == 400 && t.waiting == 0)
        .await;
    engine.leave().await;
    let tally = scene.tally(campaign).await;
    assert_eq!(
        (tally.delivered, tally.deferred, tally.bounced),
        (200, 100, 100)
    );
    assert_eq!(scene.catcher.total(), 200);
}

#[tokio::test]
async fn silent_name_servers_put_mail_off_and_end_none() {
    let scene = Scene::new().await;
    people_at(&scene, &["mute.example", "one.example"], 30).await;
    let zone = Zone::serve().await;
    zone.fail("mute.example");
    zone.address("one.example", HERE);
    let (campaign, engine) = send(&scene, &zone, 3).await;
    scene
        .until_tally(campaign, |t| t.audience() == 60 && t.waiting == 0)
        .await;
    engine.leave().await;
    let tally = scene.tally(campaign).await;
    assert_eq!((tally.delivered, tally.deferred), (30, 30));
}

#[tokio::test]
async fn domains_with_the_same_servers_are_one_site_and_share_its_connections() {
    let scene = Scene::new().await;
    let domains = ["one.example", "two.example", "three.example"];
    people_at(&scene, &domains, 4).await;
    let zone = Zone::serve().await;
    for domain in domains {
        zone.mail(domain, &["mx1.house.example", "mx2.house.example"]);
    }
    zone.address("mx1.house.example", HERE);
    zone.address("mx2.house.example", HERE);
    scene.catcher.treat(|_| Manner::KeepAndFallSilent);
    let (_, engine) = send(&scene, &zone, 20).await;
    scene.catcher.until(4).await;
    let sites = engine.handle.figures().sites;
    let [site] = sites.as_slice() else {
        panic!("{sites:?}");
    };
    assert_eq!(site.name, "(mx1|mx2).house.example");
    // Each connection has one that is not answered, and the next in hand.
    assert_eq!((site.connections, site.ready), (4, 4));
    engine.kill().await;
}

/// More rows than the silent site's ring holds: the campaign's feeder must not wait for it.
#[tokio::test]
async fn a_site_that_tarpits_holds_up_nobody_elses_mail() {
    let scene = Scene::new().await;
    let there = format!("{THERE}:{}", scene.catcher.addr().port());
    let tarpit = Catcher::start_on(&there).await.unwrap();
    tarpit.treat(|_| Manner::KeepAndFallSilent);
    people_at(&scene, &["slow.example", "one.example"], 400).await;
    let zone = Zone::serve().await;
    zone.address("slow.example", THERE);
    zone.address("one.example", HERE);
    let (campaign, engine) = send(&scene, &zone, 6).await;
    scene.until_tally(campaign, |t| t.delivered == 400).await;
    assert_eq!(scene.tally(campaign).await.waiting, 400);
    assert_eq!(tarpit.total(), 4, "as many as it has connections");
    engine.kill().await;
}
