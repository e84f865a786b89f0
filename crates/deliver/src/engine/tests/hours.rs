//! Campaigns that leave by themselves: at one hour, and at each person's own.

use std::time::Duration;

use avow_model::{
    CampaignContent, CampaignId, CampaignState, Hour, SendPlan, Timestamp, WallTime, Zone,
};
use avow_store::{ActKind, NewAct};
use avow_testkit::{Said, short_content};

use super::Scene;

/// Far enough ahead that it is the future everywhere on Earth.
const WALL: &str = "T09:00";

impl Scene {
    /// Somebody who typed this zone; `may` says whether it came with a notice under which it may be read.
    async fn somebody(&self, name: &str, zone: Option<&str>, may: bool) {
        let mut person = self
            .bureau
            .person(&format!("{name}@example.com"), Said::Newsletter);
        if let Some(zone) = zone {
            person
                .fields
                .insert("last_name".to_owned(), zone.to_owned());
        }
        if !may {
            let collection = person.collection.as_mut().unwrap();
            collection.categories = vec!["email".parse().unwrap()];
        }
        self.bureau.scope.contact_save(person).await.unwrap();
    }

    /// A draft that leaves by itself the day after tomorrow at nine in Berlin; also that instant and its start.
    async fn planned(&self, hour: Hour) -> (CampaignId, SendPlan, Timestamp) {
        let now = self.bureau.clock.now();
        let day = now + jiff::SignedDuration::from_hours(48);
        let wall = format!("{}{WALL}", day.strftime("%Y-%m-%d"));
        let plan = SendPlan {
            wall: WallTime::parse(&wall).unwrap(),
            zone: Zone::parse("Europe/Berlin").unwrap(),
            hour,
        };
        let starts_at = plan.starts_at(now).unwrap();
        // It reads nothing of anybody: the zone is read for the hour alone.
        let content = CampaignContent {
            subject: "News".to_owned(),
            body: "<p>Hello</p>".to_owned(),
            ..short_content()
        };
        let id = self.bureau.campaign(content).await.unwrap();
        self.schedule(id, &plan, starts_at).await;
        (id, plan, starts_at)
    }

    async fn schedule(&self, id: CampaignId, plan: &SendPlan, starts_at: Timestamp) {
        let scope = &self.bureau.scope;
        let scheduled =
            scope.campaign_schedule(id, (plan, starts_at), act(ActKind::CampaignScheduled));
        scheduled.await.unwrap();
    }

    /// Moves the clock to an instant.
    fn until_clock(&self, at: Timestamp) {
        let ahead = at.duration_since(self.bureau.clock.now());
        self.clock.advance(Duration::try_from(ahead).unwrap());
    }

    fn got(&self) -> Vec<String> {
        let mut got: Vec<String> = self
            .catcher
            .caught()
            .into_iter()
            .map(|c| c.rcpt_to)
            .collect();
        got.sort();
        got
    }
}

fn act(kind: ActKind) -> NewAct {
    NewAct {
        who: "grace@example.org".to_owned(),
        kind,
        about: "News".to_owned(),
    }
}

#[tokio::test]
async fn a_draft_leaves_at_its_hour_and_not_when_it_was_taken_off() {
    let scene = Scene::with_people(3).await;
    let (id, plan, starts_at) = scene.planned(Hour::OneForAll).await;
    let (other, ..) = scene.planned(Hour::OneForAll).await;
    let scope = &scene.bureau.scope;
    scope
        .campaign_unschedule(other, act(ActKind::CampaignUnscheduled))
        .await
        .unwrap();
    assert_eq!(starts_at, plan.due(None));

    let engine = scene.engine().await;
    scene.until_clock(starts_at - jiff::SignedDuration::from_secs(1));
    let sooner = scene.campaign().await;
    scene.until(sooner, CampaignState::Finished).await;
    assert_eq!(
        scene.state(id).await,
        CampaignState::Draft,
        "its hour has not come"
    );
    scene.until_clock(starts_at);
    scene.until(id, CampaignState::Finished).await;
    assert_eq!(scene.state(other).await, CampaignState::Draft);
    let row = scope.campaign(id).await.unwrap().unwrap();
    assert_eq!((row.started_at, row.starts_at), (Some(starts_at), None));
    assert_eq!(row.plan, Some(plan), "what was typed stays with it");
    engine.leave().await;
}

#[tokio::test]
async fn what_came_due_while_no_engine_ran_leaves_with_the_next() {
    let scene = Scene::with_people(2).await;
    let (id, _, starts_at) = scene.planned(Hour::OneForAll).await;
    scene.until_clock(starts_at + jiff::SignedDuration::from_hours(5));
    let engine = scene.engine().await;
    scene.until(id, CampaignState::Finished).await;
    assert_eq!(scene.tally(id).await.delivered, 2);
    engine.leave().await;
}

#[tokio::test]
async fn each_person_gets_it_at_their_own_hour_through_a_kill_and_a_report_says_when() {
    let scene = Scene::new().await;
    for (name, zone, may) in [
        ("aoi", Some("Asia/Tokyo"), true),
        ("ben", Some("asia/tokyo"), true),
        ("cleo", Some("America/New_York"), true),
        ("dora", None, true),
        ("emil", Some("at the lake"), true),
        ("finn", Some("Asia/Tokyo"), false),
    ] {
        scene.somebody(name, zone, may).await;
    }
    let own = Hour::EachTheirOwn {
        field: "last_name".to_owned(),
    };
    let (id, plan, starts_at) = scene.planned(own).await;
    let due = |zone: &str| plan.due(Some(&Zone::parse(zone).unwrap()));
    assert!(starts_at < due("Asia/Tokyo"));

    let engine = scene.engine().await;
    scene.until_clock(starts_at);
    scene.until(id, CampaignState::Sending).await;
    let zones = scene.bureau.scope.campaign_zones(id).await.unwrap();
    let said: Vec<_> = zones
        .iter()
        .map(|z| (z.zone.as_str(), z.due_at, z.people))
        .collect();
    assert_eq!(
        said,
        [
            ("Asia/Tokyo", due("Asia/Tokyo"), 2),
            ("Europe/Berlin", due("Europe/Berlin"), 3),
            ("America/New_York", due("America/New_York"), 1),
        ],
        "whose zone may not be read, or is none, has the plan's"
    );

    scene.until_clock(due("Asia/Tokyo"));
    scene.until_tally(id, |t| t.delivered == 2).await;
    assert_eq!(scene.got(), ["aoi@example.com", "ben@example.com"]);
    engine.kill().await;

    let engine = scene.engine().await;
    scene.until_clock(due("Europe/Berlin"));
    scene.until_tally(id, |t| t.delivered == 5).await;
    assert_eq!(scene.tally(id).await.waiting, 1);
    scene.until_clock(due("America/New_York"));
    scene.until(id, CampaignState::Finished).await;
    assert_eq!(scene.got().len(), 6, "everybody once");
    engine.leave().await;
}

#[tokio::test]
async fn a_cancelled_campaign_does_not_go_on_at_the_next_hour() {
    let scene = Scene::new().await;
    scene.somebody("aoi", Some("Asia/Tokyo"), true).await;
    scene.somebody("cleo", Some("America/New_York"), true).await;
    let own = Hour::EachTheirOwn {
        field: "last_name".to_owned(),
    };
    let (id, plan, _) = scene.planned(own).await;
    let engine = scene.engine().await;
    scene.until_clock(plan.due(Some(&Zone::parse("Asia/Tokyo").unwrap())));
    scene.until_tally(id, |t| t.delivered == 1).await;
    let scope = &scene.bureau.scope;
    let cancelled = scope.campaign_move(id, &[CampaignState::Sending], CampaignState::Cancelled);
    cancelled.await.unwrap();
    engine.handle.wake();
    scene.until_tally(id, |t| t.refused == 1).await;
    assert_eq!(scene.got(), ["aoi@example.com"]);
    engine.leave().await;
}
