//! A no that comes while a campaign is being sent.

use std::collections::BTreeMap;

use avow_model::CampaignState;
use avow_testkit::{Manner, Said, SeededEntropy};

use super::Scene;

#[tokio::test]
async fn a_withdrawal_between_preparing_and_sending_is_a_refusal_with_its_reason() {
    let scene = Scene::with_people(10).await;
    scene
        .catcher
        .treat(|_| Manner::RefuseRecipient("451 4.7.1 Later".to_owned()));
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until_tally(campaign, |t| t.deferred == 10).await;
    let contact = scene.bureau.contact("person4@example.com").await.unwrap();
    scene.bureau.withdraw(contact).await.unwrap();
    scene.catcher.treat(|_| Manner::Accept);
    scene.clock.advance(std::time::Duration::from_mins(10));
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;

    let row = scene
        .bureau
        .scope
        .recipient_of(campaign, contact)
        .await
        .unwrap()
        .unwrap();
    assert!(row.reasons.contains("D_WITHDRAWN"), "{}", row.reasons);
    assert_eq!(scene.tally(campaign).await.delivered, 9);
}

#[tokio::test]
async fn an_erased_person_in_the_middle_of_a_campaign_gets_nothing() {
    let scene = Scene::with_people(10).await;
    scene
        .catcher
        .treat(|_| Manner::RefuseRecipient("451 4.7.1 Later".to_owned()));
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until_tally(campaign, |t| t.deferred == 10).await;
    let contact = scene.bureau.contact("person4@example.com").await.unwrap();
    let erase = avow_store::NewFact::new(avow_model::FactKind::Erase, scene.bureau.clock.now());
    scene
        .bureau
        .scope
        .record_fact(contact, erase)
        .await
        .unwrap();
    scene.catcher.treat(|_| Manner::Accept);
    scene.clock.advance(std::time::Duration::from_mins(10));
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let row = scene
        .bureau
        .scope
        .recipient_of(campaign, contact)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.reasons, "C_CONTACT_GONE");
}

#[tokio::test]
async fn opens_are_measured_only_for_those_who_said_yes_to_it() {
    let scene = Scene::new().await;
    let said = |n: usize| {
        if n == 0 {
            Said::Everything
        } else {
            Said::Newsletter
        }
    };
    scene.take_in(2, &said).await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let measured: BTreeMap<String, bool> = scene
        .catcher
        .caught()
        .into_iter()
        .map(|c| (c.rcpt_to, String::from_utf8(c.raw).unwrap().contains("/o/")))
        .collect();
    assert!(measured["person0@example.com"]);
    assert!(!measured["person1@example.com"]);
}

/// The invariant of invariants, over many seeds: whoever's no was recorded before a message began gets none.
#[tokio::test]
async fn no_message_begins_after_a_withdrawal_was_recorded() {
    for seed in 0..6 {
        withdrawals_during_a_send(seed).await;
    }
}

async fn withdrawals_during_a_send(seed: u64) {
    const PEOPLE: usize = 400;
    let dice = SeededEntropy::new(seed);
    let scene = Scene::with_people(PEOPLE).await;
    let campaign = scene.campaign().await;
    let engine = scene.engine().await;
    let mut late = Vec::new();
    for _ in 0..12 {
        let person = format!("person{}@example.com", dice.below(PEOPLE as u64));
        tokio::select! {
            () = scene.catcher.until(scene.catcher.total() + 1) => {}
            () = scene.until(campaign, CampaignState::Finished) => break,
        }
        let contact = scene.bureau.contact(&person).await.unwrap();
        scene.bureau.withdraw(contact).await.unwrap();
        // Recorded: from here on nothing may begin. What the server has not heard of by now, it never hears of.
        let heard = scene.catcher.heard(&person);
        late.push((person, contact, heard));
    }
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let got: Vec<String> = scene
        .catcher
        .caught()
        .into_iter()
        .map(|c| c.rcpt_to)
        .collect();
    for (person, contact, heard) in late {
        let sent = got.iter().filter(|to| **to == person).count();
        assert!(sent <= 1, "seed {seed}: {person} got {sent}");
        let row = scene
            .bureau
            .scope
            .recipient_of(campaign, contact)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            row.state.as_str() == "delivered",
            sent == 1,
            "seed {seed}: {person}"
        );
        if !heard {
            assert_eq!(
                sent, 0,
                "seed {seed}: {person} got mail after the withdrawal"
            );
        }
    }
    let tally = scene.tally(campaign).await;
    assert_eq!(
        tally.delivered + tally.refused,
        PEOPLE as u64,
        "seed {seed}"
    );
    assert_eq!(got.len() as u64, tally.delivered, "seed {seed}");
}

#[tokio::test]
async fn a_field_of_a_kind_of_data_that_is_not_held_is_not_written_into_the_mail() {
    let scene = Scene::with_people(1).await;
    let mut person = scene.bureau.person("bare@example.com", Said::Newsletter);
    person
        .collection
        .as_mut()
        .unwrap()
        .categories
        .retain(|c| c.as_str() == "email");
    scene.bureau.scope.contact_save(person).await.unwrap();
    let mut content = avow_testkit::short_content();
    content.subject = "News for {{ first_name | default('you') }}".to_owned();
    content.body = "<p>Hello {{ first_name | default('you') }}</p>".to_owned();
    let campaign = scene.bureau.campaign(content).await.unwrap();
    scene.bureau.start(campaign).await.unwrap();
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let caught = scene.catcher.caught();
    let text = |to: &str| {
        let mail = caught.iter().find(|c| c.rcpt_to == to).unwrap();
        String::from_utf8(mail.raw.clone()).unwrap()
    };
    assert!(text("person0@example.com").contains("News for Ada0"));
    assert!(text("bare@example.com").contains("News for you"));
}

impl Scene {
    /// The same policy, with at most one newsletter in thirty days.
    async fn limit_newsletters(&self) {
        self.say_of("newsletter", "frequency = \"1 per 30d\"").await;
    }

    /// A second version, in force, that says these lines more of a purpose.
    pub(super) async fn say_of(&self, purpose: &str, lines: &str) {
        let head = format!("[purpose.{purpose}]\n");
        let more = format!("{head}{lines}\n");
        self.publish(&|policy: &str| policy.replace(&head, &more))
            .await;
    }

    /// A second version, in force, that is the first with a change.
    pub(super) async fn publish(&self, change: &dyn Fn(&str) -> String) {
        let date = |text: &str| text.parse().unwrap();
        let source = avow_testkit::POLICY
            .replace("version = 1\n", "version = 2\n")
            .replace("2025-01-", "2025-02-");
        let source = change(&source);
        let version = avow_store::NewPolicyVersion {
            n: 2,
            source,
            published_at: date("2025-02-01T00:00:00Z"),
            effective_at: date("2025-02-08T00:00:00Z"),
        };
        self.bureau.scope.publish_policy(version).await.unwrap();
    }

    async fn sent_and_refused(&self) -> (u32, u32) {
        let campaign = self.campaign().await;
        let engine = self.engine().await;
        self.until(campaign, CampaignState::Finished).await;
        engine.leave().await;
        let tally = self.tally(campaign).await;
        (tally.delivered as u32, tally.refused as u32)
    }
}

#[tokio::test]
async fn a_second_newsletter_in_the_month_that_the_policy_promises_is_refused_to_those_who_got_one()
{
    let scene = Scene::with_people(10).await;
    scene.limit_newsletters().await;
    scene.catcher.treat(|rcpt| {
        if rcpt.starts_with("person4") {
            Manner::RefuseRecipient("550 5.7.1 Not today".to_owned())
        } else {
            Manner::Accept
        }
    });
    assert_eq!(scene.sent_and_refused().await, (9, 0));
    scene.catcher.treat(|_| Manner::Accept);
    assert_eq!(scene.sent_and_refused().await, (1, 9));
    scene
        .clock
        .advance(std::time::Duration::from_hours(30 * 24 + 1));
    assert_eq!(scene.sent_and_refused().await, (10, 0));
}
