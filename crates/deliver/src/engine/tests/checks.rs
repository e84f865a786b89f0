//! The check before sending.

use avow_model::CampaignContent;
use avow_testkit::{Said, short_content};

use super::Scene;
use crate::check::{Desk, Finding, Level, Report, Subject, check};

impl Scene {
    pub(super) async fn check(&self, content: CampaignContent) -> Report {
        let id = self.bureau.campaign(content).await.unwrap();
        let campaign = self.bureau.scope.campaign(id).await.unwrap().unwrap();
        let shelf = std::sync::Arc::default();
        let desk = Desk {
            store: &self.bureau.store,
            shelf: &shelf,
            keys: self.bureau.folder.path(),
            inspection: self.inspection.as_ref(),
            now: self.bureau.clock.now(),
        };
        check(desk, &campaign).await.unwrap()
    }
}

fn level(report: &Report, subject: Subject) -> Level {
    let found = report.findings.iter().filter(|f| f.subject == subject);
    found.map(|f| f.level).max().unwrap()
}

/// What stops a campaign on account of this.
pub(super) fn failed(report: &Report, subject: Subject) -> Vec<&Finding> {
    let all = report.findings.iter();
    all.filter(|f| f.subject == subject && f.level == Level::Fail)
        .collect()
}

#[tokio::test]
async fn a_good_campaign_passes_and_says_who_is_refused_and_why() {
    let scene = Scene::new().await;
    let said = |n: usize| match n {
        0..3 => Said::Withdrew,
        _ => Said::Newsletter,
    };
    scene.take_in(10, &said).await;
    let report = scene.check(short_content()).await;
    assert!(report.is_ready(), "{report:?}");
    assert_eq!(level(&report, Subject::Keys), Level::Warn);
    let forecast = report.forecast.unwrap();
    assert_eq!((forecast.allowed, forecast.audience), (7, 10));
    assert!(!forecast.is_estimate());
    assert!(forecast.refused[0].0.contains("D_WITHDRAWN"));
    assert_eq!(forecast.refused[0].1, 3);
}

#[tokio::test]
async fn a_large_audience_is_estimated_from_its_first_thousands() {
    let scene = Scene::new().await;
    let said = |n: usize| {
        if n.is_multiple_of(2) {
            Said::Newsletter
        } else {
            Said::Nothing
        }
    };
    scene.take_in(6_000, &said).await;
    let forecast = scene.check(short_content()).await.forecast.unwrap();
    assert!(forecast.is_estimate());
    assert_eq!((forecast.judged, forecast.audience), (5_000, 6_000));
    assert_eq!(forecast.allowed_of_all(), 3_000);
}

#[tokio::test]
async fn what_stops_a_campaign_is_named_with_what_to_do() {
    let scene = Scene::new().await;
    scene.take_in(5, &|_| Said::Nothing).await;
    let mut content = short_content();
    content.from_address = "news@elsewhere.example".to_owned();
    content.body = "<p>{{ salary | default('') }}</p>".to_owned();
    let report = scene.check(content).await;
    for subject in [Subject::Sender, Subject::Data, Subject::Audience] {
        assert_eq!(level(&report, subject), Level::Fail, "{subject:?}");
    }
    let failed = report.findings.iter().filter(|f| f.level == Level::Fail);
    assert!(failed.clone().all(|f| f.fix.is_some()), "{report:?}");

    let mut broken = short_content();
    broken.body = "{% for %}".to_owned();
    let report = scene.check(broken).await;
    assert_eq!(level(&report, Subject::Content), Level::Fail);
}
