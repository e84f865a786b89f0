//! What the engine asks of the gate about a content, and what it does with what the gate wants.

use avow_model::{CampaignContent, CampaignId, CampaignState, How};
use avow_store::NewCampaign;
use avow_testkit::{Said, short_content};

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
    /// Sends a content for a purpose to everybody, to its end.
    pub(super) async fn send_for(&self, purpose: &str, content: CampaignContent) -> CampaignId {
        let new = NewCampaign {
            name: "News".to_owned(),
            purpose: purpose.parse().unwrap(),
            list: None,
            segment: None,
            content,
        };
        let campaign = self.bureau.scope.campaign_create(new).await.unwrap();
        self.run(campaign).await;
        campaign
    }

    async fn run(&self, campaign: CampaignId) {
        self.bureau.start(campaign).await.unwrap();
        let engine = self.engine().await;
        self.until(campaign, CampaignState::Finished).await;
        engine.leave().await;
    }

    /// The one message that arrived at this address, as its reader's program shows it.
    pub(super) fn mail(&self, to: &str) -> Mail {
        let caught = self.catcher.caught();
        let mut mine = caught.iter().filter(|c| c.rcpt_to == to);
        let raw = mine.next().expect("it arrived").raw.clone();
        assert!(mine.next().is_none(), "it arrived twice");
        Mail::read(&raw)
    }

    /// Why nothing arrived there.
    pub(super) async fn why_not(&self, campaign: CampaignId, address: &str) -> String {
        let contact = self.bureau.contact(address).await.unwrap();
        let row = self.bureau.scope.recipient_of(campaign, contact).await;
        row.unwrap().expect("it has a row").reasons
    }

    /// Sends a content to everybody, to its end.
    pub(super) async fn send(&self, content: CampaignContent) -> CampaignId {
        let campaign = self.bureau.campaign(content).await.unwrap();
        self.run(campaign).await;
        campaign
    }
}

/// A message that arrived.
pub(super) struct Mail {
    pub(super) headers: String,
    pub(super) text: String,
    pub(super) html: String,
}

impl Mail {
    fn read(raw: &[u8]) -> Self {
        let mail = mail_parser::MessageParser::new().parse(raw).unwrap();
        let all = String::from_utf8_lossy(raw);
        Self {
            headers: all.split("\r\n\r\n").next().unwrap().to_owned(),
            text: mail.body_text(0).unwrap().into_owned(),
            html: mail.body_html(0).unwrap().into_owned(),
        }
    }
}

#[tokio::test]
async fn a_newsletter_arrives_with_address_reason_way_out_and_preferences() {
    let scene = Scene::with_people(1).await;
    scene.send(short_content()).await;
    let mail = scene.mail("person0@example.com");
    for part in [&mail.text, &mail.html] {
        for there in [
            "1 Main Street, Springfield",
            "you asked Acme for its newsletter",
            "Unsubscribe",
            "Your choices",
            "https://mail.acme.example/u/",
            "https://mail.acme.example/p/",
        ] {
            assert!(part.contains(there), "{there}: {part}");
        }
    }
    assert!(
        mail.headers
            .contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    );
}

#[tokio::test]
async fn the_reason_under_a_mail_is_in_the_language_of_the_mail_where_the_policy_has_it() {
    for (tag, wanted) in [
        (
            "<html lang=\"de-AT\">",
            "weil Sie den Rundbrief von Acme wollten",
        ),
        ("<html lang=\"fr\">", "you asked Acme for its newsletter"),
    ] {
        let scene = Scene::with_people(1).await;
        let mut content = short_content();
        content.body = format!("{tag}<body><p>Hallo</p></body></html>");
        scene.send(content).await;
        let mail = scene.mail("person0@example.com");
        assert!(mail.text.contains(wanted), "{}", mail.text);
        assert!(mail.html.contains(wanted), "{}", mail.html);
    }
}

#[tokio::test]
async fn a_field_that_may_not_be_read_shows_its_fallback_and_stops_no_message() {
    let scene = Scene::with_people(1).await;
    let mut person = scene.bureau.person("grace@example.com", Said::Newsletter);
    let mut unattested = person.collection.clone().unwrap();
    let name = |c: &avow_model::Category| c.as_str() == "name";
    person
        .collection
        .as_mut()
        .unwrap()
        .categories
        .retain(|c| !name(c));
    scene
        .bureau
        .scope
        .contact_save(person.clone())
        .await
        .unwrap();
    unattested.categories.retain(name);
    unattested.version = None;
    unattested.how = How::ImportUnattested;
    person.collection = Some(unattested);
    person.facts.clear();
    scene.bureau.scope.contact_save(person).await.unwrap();

    let mut content = short_content();
    content.subject = "News for {{ first_name | fallback('you') }}".to_owned();
    content.body = "<p>Hello {{ first_name | fallback('friend') }}</p>".to_owned();
    scene.send(content).await;
    assert!(
        scene
            .mail("person0@example.com")
            .text
            .contains("Hello Ada0")
    );
    let mail = scene.mail("grace@example.com");
    assert!(mail.text.contains("Hello friend"), "{}", mail.text);
    assert!(mail.headers.contains("Subject: News for you") && !mail.html.contains("Ada"));
}

#[tokio::test]
async fn a_purpose_with_a_brand_is_sent_only_by_a_sender_who_says_it() {
    let scene = Scene::with_people(1).await;
    scene
        .publish(&|policy| {
            policy
                .replace("brands = [\"acme\"]", "brands = [\"acme\", \"valley\"]")
                .replace(
                    "[purpose.newsletter]\n",
                    "[purpose.newsletter]\nsend_as = \"valley\"\n",
                )
        })
        .await;
    let campaign = scene.send(short_content()).await;
    assert_eq!(
        scene.why_not(campaign, "person0@example.com").await,
        "C_DUTY_SEND_AS_BRAND"
    );
    let mut content = short_content();
    content.from_name = "Valley News".to_owned();
    scene.send(content).await;
    let mail = scene.mail("person0@example.com");
    assert!(
        mail.headers.contains("From: \"Valley News\""),
        "{}",
        mail.headers
    );
    assert!(
        mail.text.contains("Acme sends it as valley."),
        "{}",
        mail.text
    );
}

#[tokio::test]
async fn an_invitation_that_cannot_name_the_friend_stops_with_its_reason() {
    let scene = Scene::new().await;
    let invite = "[purpose.invite]\nkind = \"referral\"\nchoice = \"none\"\nuses = 1\nverbs = [\"send\"]\n\
        reads = [\"email\", \"name\"]\ntitle = \"Invitation\"\nwhy = \"A friend gave us your address.\"\n\
        purge = \"after final_status\"\nmarker_ttl = \"365d\"\n\n[text.en]";
    scene
        .publish(&|policy| policy.replace("[text.en]", invite))
        .await;
    let mut person = scene.bureau.person("friend@example.com", Said::Nothing);
    let collection = person.collection.as_mut().unwrap();
    (collection.how, collection.version) = (How::Referral, Some(2));
    scene.bureau.scope.contact_save(person).await.unwrap();
    let campaign = scene.send_for("invite", short_content()).await;
    assert_eq!(
        scene.why_not(campaign, "friend@example.com").await,
        "C_DUTY_NAME_REFERRER"
    );
}
