//! What people wish: plain text, an end to an address, topics, one answer to one request.

use avow_model::{CampaignId, How, MailFormat};
use avow_store::{NewCollection, NewOutgoing, OutgoingKind};
use avow_testkit::{Said, short_content};

use super::Scene;

#[tokio::test]
async fn who_wants_plain_text_gets_one_part_without_pixel_or_counted_links() {
    let scene = Scene::new().await;
    scene.take_in(2, &|_| Said::Everything).await;
    let contact = scene.bureau.contact("person1@example.com").await.unwrap();
    let scope = &scene.bureau.scope;
    scope
        .contact_format_set(contact, MailFormat::TextOnly)
        .await
        .unwrap();
    scene.send(short_content()).await;
    let raw = |to: &str| {
        let caught = scene.catcher.caught();
        let mail = caught.iter().find(|c| c.rcpt_to == to).unwrap();
        String::from_utf8(mail.raw.clone()).unwrap()
    };
    let (any, plain) = (raw("person0@example.com"), raw("person1@example.com"));
    assert!(any.contains("multipart/alternative") && any.contains("/o/") && any.contains("/c/"));
    assert!(plain.contains("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    for gone in ["multipart", "text/html", "<html", "/o/", "/c/"] {
        assert!(!plain.contains(gone), "{gone}: {plain}");
    }
    assert!(plain.contains("List-Unsubscribe-Post: ") && plain.contains("1 Main Street"));
}

#[tokio::test]
async fn a_written_message_to_somebody_who_wants_plain_text_leaves_without_its_html() {
    let scene = Scene::with_people(1).await;
    let contact = scene.bureau.contact("person0@example.com").await.unwrap();
    let scope = &scene.bureau.scope;
    scope
        .contact_format_set(contact, MailFormat::TextOnly)
        .await
        .unwrap();
    let body = "From: <news@acme.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary=\"=_x\"\r\n\
        \r\n--=_x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello\r\n\
        --=_x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Hello\r\n--=_x--\r\n";
    for kind in [OutgoingKind::Confirmation, OutgoingKind::Test] {
        let new = NewOutgoing {
            kind,
            contact: Some(contact),
            mail_from: "bounces@acme.example".to_owned(),
            rcpt_to: "person0@example.com".to_owned(),
            body: body.as_bytes().to_vec(),
        };
        scope.outgoing_add(new).await.unwrap();
    }
    let engine = scene.engine().await;
    scene.catcher.until(2).await;
    engine.leave().await;
    for caught in scene.catcher.caught() {
        let text = String::from_utf8(caught.raw).unwrap();
        assert!(
            text.ends_with("quoted-printable\r\n\r\nHello\r\n"),
            "{text}"
        );
        assert!(
            !text.contains("multipart") && !text.contains("text/html"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_address_that_was_given_up_gets_nothing_until_it_is_confirmed() {
    let scene = Scene::with_people(2).await;
    let contact = scene.bureau.contact("person0@example.com").await.unwrap();
    let now = scene.bureau.clock.now();
    scene
        .bureau
        .scope
        .contact_retire(contact, now)
        .await
        .unwrap();
    let campaign = scene.send(short_content()).await;
    assert_eq!(
        scene.why_not(campaign, "person0@example.com").await,
        "D_RETIRED"
    );
    scene.clock.advance(std::time::Duration::from_mins(1));
    let confirmed = avow_store::NewFact::new(
        avow_model::FactKind::ConfirmAddress,
        scene.bureau.clock.now(),
    );
    scene
        .bureau
        .scope
        .record_fact(contact, confirmed)
        .await
        .unwrap();
    let campaign = scene.send(short_content()).await;
    assert_eq!(scene.tally(campaign).await.delivered, 2);
}

impl Scene {
    /// Somebody with the newsletter, and perhaps topics that they named.
    async fn interested(&self, address: &str, topics: Option<&str>) {
        let mut person = self.bureau.person(address, Said::Newsletter);
        let collection = person.collection.as_mut().unwrap();
        collection.version = Some(2);
        if let Some(topics) = topics {
            person
                .fields
                .insert("interest".to_owned(), topics.to_owned());
            collection.categories.push("interest".parse().unwrap());
        }
        self.bureau.scope.contact_save(person).await.unwrap();
    }

    async fn demonstration(&self) -> CampaignId {
        self.send_for("demo", short_content()).await
    }

    /// A second version that also declares a purpose.
    async fn declare(&self, purpose: &str) {
        let more = format!("{purpose}\n\n[text.en]");
        self.publish(&|policy| policy.replace("[text.en]", &more))
            .await;
    }
}

#[tokio::test]
async fn a_campaign_about_a_topic_reaches_those_who_named_it_or_what_is_above_it() {
    let scene = Scene::new().await;
    scene
        .publish(&|policy| {
            policy
                .replace("[category.open]", "[category.interest]\ntitle = \"Topics\"\ntopics = [\"garden\", \"tools\"]\n\n[category.open]")
                .replace("[purpose.newsletter]\n", "[purpose.newsletter]\ninterest = \"interest\"\n")
        })
        .await;
    scene
        .interested("rose@example.com", Some("garden.roses, tools"))
        .await;
    scene.interested("all@example.com", Some("Garden")).await;
    scene.interested("tool@example.com", Some("tools")).await;
    scene.interested("none@example.com", None).await;
    let mut content = short_content();
    content.about = Some("garden.roses".parse().unwrap());
    let campaign = scene.send(content).await;
    assert_eq!(scene.tally(campaign).await.delivered, 2);
    for outside in ["tool@example.com", "none@example.com"] {
        assert_eq!(scene.why_not(campaign, outside).await, "D_OUTSIDE_INTEREST");
    }
    let campaign = scene.send(short_content()).await;
    assert_eq!(
        scene.why_not(campaign, "all@example.com").await,
        "D_OUTSIDE_INTEREST"
    );
}

const DEMO: &str = "[purpose.demo]\nkind = \"demo\"\nchoice = \"none\"\nuses = 1\nverbs = [\"send\"]\nreads = [\"email\", \"name\"]\n\
    title = \"Demonstration\"\nwhy = \"You asked for a demonstration.\"\npurge = \"after final_status\"\nmarker_ttl = \"30d\"";

#[tokio::test]
async fn a_request_is_answered_once_and_nobody_gets_a_demonstration_without_one() {
    let scene = Scene::new().await;
    scene.declare(DEMO).await;
    for address in ["asked@example.com", "never@example.com"] {
        let mut person = scene.bureau.person(address, Said::Nothing);
        person.collection.as_mut().unwrap().version = Some(2);
        scene.bureau.scope.contact_save(person).await.unwrap();
    }
    let contact = scene.bureau.contact("asked@example.com").await.unwrap();
    let ask = async || {
        let now = scene.bureau.clock.now();
        let demo = "demo".parse().unwrap();
        scene
            .bureau
            .scope
            .request_add(contact, &demo, now)
            .await
            .unwrap();
    };
    ask().await;
    let campaign = scene.demonstration().await;
    assert!(
        scene
            .mail("asked@example.com")
            .text
            .contains("You asked for a demonstration.")
    );
    assert_eq!(
        scene.why_not(campaign, "never@example.com").await,
        "D_NO_REQUEST"
    );

    let spent = scene.demonstration().await;
    assert_eq!(
        scene.why_not(spent, "asked@example.com").await,
        "D_SINGLE_USE_SPENT"
    );
    // Asked again, the mark of the first use stands for as long as the policy says.
    scene.clock.advance(std::time::Duration::from_hours(24));
    ask().await;
    let marked = scene.demonstration().await;
    assert_eq!(
        scene.why_not(marked, "asked@example.com").await,
        "D_SINGLE_USE_SPENT"
    );
    scene
        .clock
        .advance(std::time::Duration::from_hours(30 * 24));
    ask().await;
    let campaign = scene.demonstration().await;
    assert_eq!(scene.tally(campaign).await.delivered, 1);
}

#[tokio::test]
async fn an_erased_person_who_is_given_again_is_not_asked_a_second_time() {
    let scene = Scene::new().await;
    scene.declare(DEMO).await;
    let give = async || {
        let mut person = scene.bureau.person("friend@example.com", Said::Nothing);
        person.collection = Some(NewCollection {
            how: How::Direct,
            version: Some(2),
            ..person.collection.take().unwrap()
        });
        let (contact, _) = scene.bureau.scope.contact_save(person).await.unwrap();
        let now = scene.bureau.clock.now();
        let demo = "demo".parse().unwrap();
        scene
            .bureau
            .scope
            .request_add(contact, &demo, now)
            .await
            .unwrap();
        contact
    };
    let contact = give().await;
    scene.demonstration().await;
    let erase = avow_store::NewFact::new(avow_model::FactKind::Erase, scene.bureau.clock.now());
    scene
        .bureau
        .scope
        .record_fact(contact, erase)
        .await
        .unwrap();
    scene.clock.advance(std::time::Duration::from_mins(1));
    give().await;
    let campaign = scene.demonstration().await;
    assert_eq!(
        scene.why_not(campaign, "friend@example.com").await,
        "D_SINGLE_USE_SPENT"
    );
}
