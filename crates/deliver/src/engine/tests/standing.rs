//! Bulk mail of a domain that receivers would not believe.

use avow_model::CampaignState;
use avow_testkit::{SeededEntropy, short_content};
use tokio::net::UdpSocket;

use super::Scene;
use super::checks::failed;
use crate::check::Subject;
use crate::dkim::KeyFolder;
use crate::dns::Dns;
use crate::dns::zone::Zone;
use crate::engine::{Progress, Stage};
use crate::standing::{Inspection, Inspector, Way};

#[tokio::test]
async fn a_campaign_waits_until_its_domain_is_published_and_then_goes_by_itself() {
    let mut scene = Scene::with_people(3).await;
    let zone = Zone::serve().await;
    scene.inspection = Some(Inspection {
        inspector: Inspector::new(zone.dns.clone()),
        way: Way::Relay,
    });
    let keys = scene.bureau.folder.path().join("keys");
    let records = KeyFolder(&keys)
        .ensure("acme.example", &SeededEntropy::new(3))
        .unwrap();
    let report = scene.check(short_content()).await;
    assert_eq!(failed(&report, Subject::Dns).len(), 3, "{report:#?}");
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    let waits = |p: Option<Progress>| {
        p.is_some_and(|p| match p.stage {
            Stage::Stuck(why) => {
                why.contains("There is no key at avow-rsa._domainkey.acme.example")
                    && why.contains("2 more things are missing")
            }
            _ => false,
        })
    };
    scene.until_progress(campaign, waits).await;
    for record in records {
        zone.text(&record.name, &record.value);
    }
    zone.text("acme.example", "v=spf1 ip4:192.0.2.1 -all");
    zone.text("_dmarc.acme.example", "v=DMARC1; p=none");
    scene.clock.advance(std::time::Duration::from_mins(1));
    engine.handle.wake();
    scene.until_tally(campaign, |t| t.delivered == 3).await;
    engine.leave().await;
}

#[tokio::test]
async fn name_servers_that_do_not_answer_hold_up_no_order() {
    let mut scene = Scene::with_people(3).await;
    let mute = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let dns = Dns::with_servers(&[mute.local_addr().unwrap()]).unwrap();
    scene.inspection = Some(Inspection {
        inspector: Inspector::new(dns),
        way: Way::Relay,
    });
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    // The question is on its way, and nobody answers it.
    mute.readable().await.unwrap();
    scene.until_progress(campaign, |p| p.is_some()).await;
    let scope = &scene.bureau.scope;
    let from = [CampaignState::Preparing, CampaignState::Sending];
    scope
        .campaign_move(campaign, &from, CampaignState::Cancelled)
        .await
        .unwrap();
    engine.handle.wake();
    let settled = async || {
        let row = scope.campaign(campaign).await.unwrap().unwrap();
        row.finished_at.is_some()
    };
    scene.until_true(campaign, settled).await;
    engine.leave().await;
}
