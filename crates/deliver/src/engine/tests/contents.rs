//! What the engine asks of the gate about a content, and what it does with what the gate wants.

use avow_model::{CampaignContent, CampaignState};
use avow_testkit::short_content;

use super::Scene;
use super::checks::failed;
use crate::check::Subject;

fn with_picture(address: &str) -> CampaignContent {
    let mut content = short_content();
    content.body = format!("<p>Hello</p><img src=\"{address}\" alt=\"\">");
    content
}

#[tokio::test]
async fn a_picture_from_a_host_that_the_policy_does_not_name_stops_every_message() {
    let scene = Scene::with_people(3).await;
    let content = with_picture("https://pictures.far.example/a.png");
    let campaign = scene.send(content.clone()).await;
    assert_eq!(scene.tally(campaign).await.refused, 3);
    assert_eq!(scene.catcher.caught().len(), 0);
    let contact = scene.bureau.contact("person1@example.com").await.unwrap();
    let row = scene.bureau.scope.recipient_of(campaign, contact).await;
    assert!(row.unwrap().unwrap().reasons.contains("D_REMOTE_HOST"));

    let report = scene.check(content).await;
    let found = failed(&report, Subject::Hosts);
    assert_eq!(found.len(), 1, "{report:?}");
    assert!(found[0].text.contains("pictures.far.example"), "{found:?}");
    let fix = found[0].fix.as_deref().unwrap();
    assert!(fix.contains("https://pictures.far.example"), "{fix}");
}

#[tokio::test]
async fn a_picture_from_the_accounts_own_domain_goes_out() {
    let scene = Scene::with_people(3).await;
    let content = with_picture("https://pictures.acme.example/a.png");
    let campaign = scene.send(content.clone()).await;
    assert_eq!(scene.tally(campaign).await.delivered, 3);
    assert!(failed(&scene.check(content).await, Subject::Hosts).is_empty());
}

impl Scene {
    /// Sends a content to everybody, to its end.
    pub(super) async fn send(&self, content: CampaignContent) -> avow_model::CampaignId {
        let campaign = self.bureau.campaign(content).await.unwrap();
        self.bureau.start(campaign).await.unwrap();
        let engine = self.engine().await;
        self.until(campaign, CampaignState::Finished).await;
        engine.leave().await;
        campaign
    }
}
