//! Delivery to each domain's own servers.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use avow_model::{CampaignId, Clock, SharedEntropy};
use avow_testkit::{Catcher, Manner, People, Said, SeededEntropy};

use super::{Running, Scene, options};
use crate::dns::zone::Zone;
use crate::engine::{Engine, EngineOptions, Held};
use crate::route::{Direct, Guard, Transport};
use crate::security::{Fetcher, Inspector, Known, Library, Policy};
use crate::shape::{Limits, Rate, Rules};
use crate::tls::TlsClients;

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

/// Four connections to a site, as fast as they take it.
fn four() -> Rules {
    Rules::none().with_default(Limits {
        connections: 4,
        ..Limits::NONE
    })
}

/// The catcher is every host that the zone leads to.
fn direct(scene: &Scene, zone: &Zone, entropy: SharedEntropy) -> Direct {
    Direct {
        dns: zone.dns.clone(),
        guard: Guard::Any,
        port: scene.catcher.addr().port(),
        entropy,
        security: None,
    }
}

/// Straight to the catcher, with domains looked up in the zone.
pub(super) fn through(scene: &Scene, zone: &Zone, entropy: SharedEntropy) -> Transport {
    Transport::Direct(direct(scene, zone, entropy))
}

async fn send(scene: &Scene, zone: &Zone, connections: usize) -> (CampaignId, Running) {
    send_by(scene, zone, connections, four()).await
}

/// A started campaign under an engine that looks domains up in the zone.
async fn send_by(
    scene: &Scene,
    zone: &Zone,
    connections: usize,
    rules: Rules,
) -> (CampaignId, Running) {
    send_secured(scene, zone, (connections, rules), None).await
}

/// The same, where domains may ask something of the connection.
async fn send_secured(
    scene: &Scene,
    zone: &Zone,
    (connections, rules): (usize, Rules),
    security: Option<Inspector>,
) -> (CampaignId, Running) {
    let options = EngineOptions {
        connections,
        slow: Duration::from_millis(50),
        ..options()
    };
    let mut parts = scene.parts(scene.bureau.store.clone(), options);
    let mut way = direct(scene, zone, Arc::new(SeededEntropy::new(4)));
    way.security = security;
    parts.transport = Transport::Direct(way);
    parts.rules = Arc::new(rules);
    let campaign = scene.campaign().await;
    (campaign, scene.launch(Engine::start(parts).await.unwrap()))
}

#[tokio::test]
async fn a_domain_that_is_down_or_gone_holds_up_nobody_elses_mail() {
    let scene = Scene::new().await;
    let domains = ["down.example", "gone.example", "one.example", "two.example"];
    // Fewer than are kept ready for a site: what is set aside for a site that rests waits for its next knock.
    people_at(&scene, &domains, 50).await;
    let zone = Zone::serve().await;
    zone.address("down.example", THERE);
    zone.address("one.example", HERE);
    zone.address("two.example", HERE);
    let (campaign, engine) = send(&scene, &zone, 3).await;
    scene
        .until_tally(campaign, |t| t.audience() == 200 && t.waiting == 0)
        .await;
    engine.leave().await;
    let tally = scene.tally(campaign).await;
    assert_eq!(
        (tally.delivered, tally.deferred, tally.bounced),
        (100, 50, 50)
    );
    assert_eq!(scene.catcher.total(), 100);
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

/// A policy is evaluated for each domain, not for the servers that domains share.
#[tokio::test]
async fn of_two_domains_with_one_server_the_one_whose_policy_names_another_waits_alone() {
    let scene = Scene::new().await;
    people_at(&scene, &["strict.example", "plain.example"], 20).await;
    let zone = Zone::serve().await;
    for domain in ["strict.example", "plain.example"] {
        zone.mail(domain, &["mx.house.example"]);
    }
    zone.address("mx.house.example", HERE);
    let text = "version: STSv1\nmode: enforce\nmx: mx.other.example\nmax_age: 604800\n";
    let policy = Policy::parse(text).unwrap();
    let known = Known::new("1".to_owned(), text.to_owned(), &policy, scene.clock.now());
    let library = Library::default();
    library.learn("strict.example", known);
    let tls = TlsClients::new(None).unwrap().verified;
    let security = Inspector {
        dns: zone.dns.clone(),
        validated: None,
        library: Arc::new(library),
        fetcher: Fetcher::new(zone.dns.clone(), Guard::Any, tls),
        clock: scene.clock.clone(),
    };
    let (campaign, engine) = send_secured(&scene, &zone, (4, four()), Some(security)).await;
    scene
        .until_tally(campaign, |t| t.audience() == 40 && t.waiting == 0)
        .await;
    let tally = scene.tally(campaign).await;
    assert_eq!((tally.delivered, tally.deferred), (20, 20));
    let sites = engine.handle.figures().sites;
    let strict = sites.iter().find(|site| site.name.ends_with("[MTA-STS]"));
    assert!(
        strict.is_some_and(|site| site.name.starts_with("mx.house.example ")),
        "{sites:?}"
    );
    engine.leave().await;
    let caught = scene.catcher.caught();
    assert!(
        caught
            .iter()
            .all(|mail| mail.rcpt_to.ends_with("@plain.example"))
    );
}

/// More rows than the silent site's ring holds: the campaign's feeder must not wait for it. No more connections than
/// the silent site may have: they must not all stay with it.
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
    let (campaign, engine) = send(&scene, &zone, 4).await;
    scene.until_tally(campaign, |t| t.delivered == 400).await;
    assert_eq!(scene.tally(campaign).await.waiting, 400);
    assert_eq!(tarpit.total(), 4, "as many as it has connections");
    engine.kill().await;
}

#[tokio::test]
async fn what_a_provider_refuses_for_our_set_up_is_held_and_shown_and_ends_nobody() {
    let scene = Scene::new().await;
    people_at(&scene, &["gmail.example"], 60).await;
    let zone = Zone::serve().await;
    zone.mail("gmail.example", &["mx.google.com"]);
    zone.address("mx.google.com", HERE);
    let no = "550 5.7.26 This mail has been blocked because the sender is unauthenticated";
    scene
        .catcher
        .treat(|_| Manner::RefuseMessage(no.to_owned()));
    let (campaign, engine) = send_by(&scene, &zone, 4, Rules::built_in()).await;
    scene.until_tally(campaign, |t| t.deferred > 0).await;
    let site = engine.handle.figures().sites.remove(0);
    assert_eq!(site.provider.as_deref(), Some("google"));
    assert!(matches!(&site.held, Held::OurFault { why, .. } if why.contains("authenticated")));
    engine.leave().await;
    let tally = scene.tally(campaign).await;
    assert_eq!((tally.bounced, tally.refused, tally.delivered), (0, 0, 0));
    assert!(
        tally.deferred <= 10,
        "those that were on the wire: {tally:?}"
    );
    assert_eq!(tally.deferred + tally.waiting, 60);
}

#[tokio::test]
async fn no_more_goes_to_a_site_than_its_rate_allows() {
    let scene = Scene::new().await;
    people_at(&scene, &["one.example"], 30).await;
    let zone = Zone::serve().await;
    zone.address("one.example", HERE);
    let slow = Rules::none().with_default(Limits {
        connections: 4,
        rate: Rate::parse("5/second"),
        messages_per_connection: 3,
    });
    let (campaign, engine) = send_by(&scene, &zone, 8, slow).await;
    for seconds in 1..=6 {
        let sent = 5 * seconds;
        scene
            .until_tally(campaign, |t| t.delivered == sent as u64)
            .await;
        assert_eq!(scene.catcher.total(), sent);
        if sent < 30 {
            let site = engine.handle.figures().sites.remove(0);
            assert!(matches!(site.held, Held::ByRate { .. }), "{site:?}");
        }
        scene.clock.advance(Duration::from_secs(1));
        engine.handle.wake();
    }
    engine.leave().await;
}

#[tokio::test]
async fn rules_that_are_read_anew_hold_for_sites_that_are_at_work() {
    let scene = Scene::new().await;
    people_at(&scene, &["one.example"], 40).await;
    let zone = Zone::serve().await;
    zone.address("one.example", HERE);
    scene.catcher.treat(|_| Manner::KeepAndFallSilent);
    let (_, engine) = send(&scene, &zone, 20).await;
    scene.catcher.until(4).await;
    let limits = || {
        let sites = engine.handle.figures().sites;
        (sites[0].connections_max, sites[0].rate.clone())
    };
    assert_eq!(limits(), (4, None));
    let rate = Rate::parse("7/minute");
    let slower = Limits {
        connections: 2,
        rate,
        ..Limits::NONE
    };
    engine.handle.reload(Rules::none().with_default(slower));
    assert_eq!(limits(), (2, Some("7/minute".to_owned())));
    engine.kill().await;
}
