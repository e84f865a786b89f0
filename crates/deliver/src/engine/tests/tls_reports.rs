//! A day's report leaves by itself, once, and says nothing about itself.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use avow_model::Clock;
use avow_store::TlsReportState;
use avow_testkit::{People, Said, SeededEntropy};

use super::{Scene, options};
use crate::dkim::KeyFolder;
use crate::dns::zone::Zone;
use crate::engine::{Engine, EngineOptions, Signing};
use crate::route::{Direct, Guard, Transport};
use crate::security::{Fetcher, Inspector};
use crate::tls::TlsClients;
use crate::tls_report::Reporter;
use crate::tls_report::tests::unpacked;

const DOMAIN: &str = "one.example";

/// Straight to the catcher, which speaks no TLS.
fn transport(scene: &Scene, zone: &Zone) -> Transport {
    let tls = TlsClients::new(None).unwrap().verified;
    let security = Inspector {
        dns: zone.dns.clone(),
        validated: None,
        library: Arc::default(),
        fetcher: Fetcher::new(zone.dns.clone(), Guard::Any, tls),
        clock: scene.clock.clone(),
    };
    Transport::Direct(Direct {
        dns: zone.dns.clone(),
        guard: Guard::Any,
        port: scene.catcher.addr().port(),
        entropy: Arc::new(SeededEntropy::new(4)),
        security: Some(security),
    })
}

async fn people(scene: &Scene) {
    let people = People {
        count: 5,
        address: &|n| format!("person{n}@{DOMAIN}"),
        said: &|_| Said::Newsletter,
    };
    scene.bureau.people(people).await.unwrap();
}

#[tokio::test]
async fn a_days_report_is_mailed_once_signed_and_is_itself_not_reported_on() {
    let scene = Scene::new().await;
    people(&scene).await;
    let zone = Zone::serve().await;
    zone.address(DOMAIN, IpAddr::V4(Ipv4Addr::LOCALHOST));
    // The report goes where the mail goes, so that a loop would show.
    let record = format!("v=TLSRPTv1; rua=mailto:tls@{DOMAIN}");
    zone.text(&format!("_smtp._tls.{DOMAIN}"), &record);
    let mut parts = scene.parts(
        scene.bureau.store.clone(),
        EngineOptions {
            signing: Signing::WithKeys,
            tls_reports: Some(Reporter {
                organisation: "Acme".to_owned(),
                contact: "tls@acme.example".to_owned(),
                from: "reports@acme.example".parse().unwrap(),
            }),
            ..options()
        },
    );
    KeyFolder(&parts.folders.keys)
        .ensure("acme.example", &SeededEntropy::new(3))
        .unwrap();
    parts.transport = transport(&scene, &zone);
    let campaign = scene.campaign().await;
    let engine = scene.launch(Engine::start(parts).await.unwrap());
    scene.until_tally(campaign, |t| t.delivered == 5).await;
    let (store, day) = (&scene.bureau.store, scene.clock.now().as_second() / 86_400);

    // Counted in memory, and in the store half a minute later.
    scene.clock.advance(Duration::from_secs(31));
    engine.handle.wake();
    let counted = async || {
        let rows = store.tls_sessions(DOMAIN, day).await.unwrap();
        (!rows.is_empty()).then_some(rows)
    };
    let rows = scene.until_seen(counted).await.expect("counted");
    assert_eq!(rows.len(), 1, "{rows:?}");
    let sessions = rows[0].sessions;
    assert_eq!(rows[0].result, "starttls-not-supported");
    assert!((1..=3).contains(&sessions), "{rows:?}");

    // Planned when the day is over, due within four hours after.
    scene.clock.advance(Duration::from_hours(24));
    engine.handle.wake();
    let planned = async || store.tls_report(DOMAIN, day).await.unwrap();
    let planned = scene.until_seen(planned).await.expect("planned");
    assert_eq!(planned.state, TlsReportState::Waiting);
    assert_eq!(scene.catcher.total(), 5);
    scene.clock.advance(Duration::from_hours(4));
    engine.handle.wake();
    let sent = async || {
        let row = store.tls_report(DOMAIN, day).await.unwrap()?;
        (row.state == TlsReportState::Sent).then_some(())
    };
    scene.until_seen(sent).await.expect("sent");
    engine.leave().await;

    let caught = scene.catcher.caught();
    assert_eq!(caught.len(), 6);
    assert_eq!(caught[5].rcpt_to, format!("tls@{DOMAIN}"));
    let mail = String::from_utf8(caught[5].raw.clone()).unwrap();
    assert_eq!(mail.matches("DKIM-Signature:").count(), 2, "{mail}");
    assert!(mail.contains("d=acme.example"), "{mail}");
    let report = unpacked(&mail);
    let policy = &report["policies"][0];
    assert_eq!(policy["policy"]["policy-domain"], DOMAIN);
    assert_eq!(policy["summary"]["total-failure-session-count"], sessions);
    // The connection that carried it went to the same server, and is nowhere counted.
    for later in day + 1..day + 3 {
        assert_eq!(store.tls_sessions(DOMAIN, later).await.unwrap(), []);
    }
}
