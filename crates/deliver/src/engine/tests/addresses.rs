//! Addresses that are not written in ASCII.

use avow_model::CampaignState;
use avow_testkit::{People, Said};

use super::Scene;

async fn with_jörg() -> Scene {
    let scene = Scene::new().await;
    let people = People {
        count: 2,
        address: &|n| ["jörg@example.com", "ada@bücher.example"][n].to_owned(),
        said: &|_| Said::Newsletter,
    };
    scene.bureau.people(people).await.unwrap();
    scene
}

#[tokio::test]
async fn a_name_in_utf8_is_sent_with_smtputf8_and_a_domain_as_a_labels_without() {
    let scene = with_jörg().await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let mut caught = scene.catcher.caught();
    caught.sort_by(|a, b| a.rcpt_to.cmp(&b.rcpt_to));
    let [ada, jörg] = caught.as_slice() else {
        panic!("two messages, not {}", caught.len())
    };
    assert_eq!(ada.rcpt_to, "ada@xn--bcher-kva.example");
    assert!(!ada.mail_command.contains("SMTPUTF8"));
    assert_eq!(jörg.rcpt_to, "jörg@example.com");
    assert!(jörg.mail_command.ends_with(" BODY=8BITMIME SMTPUTF8"));
    let text = String::from_utf8(jörg.raw.clone()).unwrap();
    assert!(text.contains("To: <jörg@example.com>\r\n"), "{text}");
}

#[tokio::test]
async fn a_server_without_smtputf8_bounces_the_one_message_and_says_why() {
    let scene = with_jörg().await;
    scene.catcher.forget_utf8();
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let tally = scene.tally(campaign).await;
    assert_eq!((tally.delivered, tally.bounced), (1, 1));
    let contact = scene.bureau.contact("jörg@example.com").await.unwrap();
    let scope = &scene.bureau.scope;
    let row = scope.recipient_of(campaign, contact).await.unwrap();
    let reply = row.unwrap().reply.unwrap();
    assert!(
        reply.starts_with("550 5.6.7 ") && reply.contains("SMTPUTF8"),
        "{reply}"
    );
    let facts = scope.facts(contact).await.unwrap();
    let bounced = |e: &avow_model::Fact| e.kind == avow_model::FactKind::Bounce;
    assert!(
        !facts.events.iter().any(bounced),
        "the address may be fine elsewhere"
    );
}
