//! From the notice of a wider version to the person's own yes: what it opens, and for whom it opens nothing.

use std::collections::BTreeMap;

use avow_compose::Token;
use avow_model::{CampaignId, CampaignState, ContactId, How, Outcome, RecipientState, Timestamp};
use avow_policy::{Request, Shelf, SiteAddress, decide, notice_due};
use avow_store::{
    AudienceChunk, ContactFlags, NewCollection, NewContact, NewNotice, NewPolicyVersion,
    NewRecipient, OutcomeRow, PassedOver, Stated,
};
use avow_testkit::letter;
use axum::http::StatusCode;

use super::policy::second;
use super::world::{BASE, World};

/// Until version 2 is in effect.
const TO_EFFECT_S: u64 = 11 * 24 * 3_600;

/// Somebody who told their job under version 1, where the newsletter does not read it, and who gets the newsletter.
async fn reader(world: &World, address: &str) -> ContactId {
    let contact = world.stage.contact(address, &["newsletter"]).await;
    let more = NewContact {
        address: address.parse().unwrap(),
        fields: BTreeMap::new(),
        flags: ContactFlags::default(),
        jurisdiction: None,
        age: None,
        soft_opt_in: false,
        collection: Some(NewCollection {
            categories: vec!["job".parse().unwrap()],
            version: Some(1),
            how: How::Direct,
            evidence: None,
            at: world.stage.clock.now(),
        }),
        facts: Vec::new(),
        subscribe: None,
    };
    world.stage.scope().contact_save(more).await.unwrap();
    contact
}

/// Publishes version 2 with its notice, which reaches the first of these people and bounces for the others.
async fn publish(world: &World, people: &[ContactId]) -> CampaignId {
    let scope = world.stage.scope();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let new = NewPolicyVersion {
        n: 2,
        source: second(),
        published_at: at("2026-05-28T00:00:00Z"),
        effective_at: at("2026-06-11T00:00:00Z"),
    };
    let stated = Stated::of_texts(&new.source, &[]);
    let notice = NewNotice {
        name: "Notice of version 2".to_owned(),
        purpose: "service".parse().unwrap(),
        content: letter(),
    };
    let id = scope.publish_announced(new, stated, Some(&notice)).await;
    let id = id.unwrap().unwrap();
    let row = |contact: &ContactId| NewRecipient {
        contact: *contact,
        state: RecipientState::Waiting,
        reasons: "A_POLICY_NOTICE".to_owned(),
        due_at: None,
    };
    let chunk = AudienceChunk {
        first_seq: 1,
        recipients: people.iter().map(row).collect(),
        prepared_through: *people.last().unwrap(),
        passed_over: PassedOver::default(),
        prepared: true,
        zones: Vec::new(),
    };
    scope.recipients_append(id, chunk).await.unwrap();
    let from = [CampaignState::Preparing];
    scope
        .campaign_move(id, &from, CampaignState::Sending)
        .await
        .unwrap();
    let outcome = |seq: u32| OutcomeRow {
        seq,
        state: RecipientState::At(match seq {
            1 => Outcome::Delivered,
            _ => Outcome::Bounced,
        }),
        attempts: 1,
        next_at: None,
        reply_code: None,
        reply: None,
        reasons: None,
        at: world.stage.clock.now(),
    };
    let rows = (1..=people.len() as u32).map(outcome).collect();
    scope
        .record_notice_outcomes((id, 2), rows, &[])
        .await
        .unwrap();
    id
}

/// Whether the newsletter may read the job of this person now.
async fn may_read_job(world: &World, contact: ContactId) -> bool {
    let scope = world.stage.scope();
    let published = scope.published().await.unwrap();
    let policies = Shelf::default().open(world.stage.account, &published);
    let account = world.stage.slug.clone();
    let [newsletter, send] = ["newsletter", "send"];
    let request = Request {
        reads: vec!["email".parse().unwrap(), "job".parse().unwrap()],
        ..Request::new(
            account.clone(),
            account,
            newsletter.parse().unwrap(),
            send.parse().unwrap(),
        )
    };
    let facts = scope.facts(contact).await.unwrap();
    decide(
        &request,
        &facts,
        world.stage.clock.now(),
        &policies.unwrap(),
    )
    .is_allowed()
}

#[tokio::test]
async fn told_of_a_wider_version_a_person_opens_older_data_by_their_own_yes_and_nobody_else_does() {
    let world = World::start().await;
    let told = reader(&world, "ada@example.com").await;
    let untold = reader(&world, "bea@example.com").await;
    publish(&world, &[told, untold]).await;
    world.advance(TO_EFFECT_S);
    let path = |contact| {
        let account = world.stage.account;
        world.path(&Token::Preferences { account, contact })
    };
    for (contact, asked) in [(told, true), (untold, false)] {
        assert!(!may_read_job(&world, contact).await);
        let page = world.get(&path(contact)).await.text();
        let words = "Also use for this what I gave before 11 June 2026";
        assert_eq!(page.contains(words), asked, "{page}");
        // Saving without the box changes nothing.
        let plain = "version=2&shown=newsletter%3Aon&on=newsletter&do=save";
        assert_eq!(
            world.post(&path(contact), plain).await.status,
            StatusCode::OK
        );
        assert!(!may_read_job(&world, contact).await);
        world.advance(60);
        let again = format!("{plain}&again=newsletter");
        let page = world.post(&path(contact), &again).await.text();
        assert_eq!(may_read_job(&world, contact).await, asked);
        assert!(!page.contains(words), "{page}");
    }
}

#[tokio::test]
async fn a_notice_shows_in_a_browser_and_says_why_it_came_with_nothing_to_stop() {
    let world = World::start().await;
    let told = reader(&world, "ada@example.com").await;
    let campaign = publish(&world, &[told]).await;
    let message = avow_compose::MessageRef {
        account: world.stage.account,
        campaign,
        seq: 1,
        contact: told,
    };
    let why = world.get(&world.path(&Token::Why(message))).await.text();
    assert!(why.contains("holds data about you and its privacy policy changes"));
    assert!(
        why.contains("told to everybody whose data it is about"),
        "{why}"
    );
    assert!(
        !why.contains("Stop this mail") && why.contains("not recorded"),
        "{why}"
    );
    let view = world.get(&world.path(&Token::View(message))).await.text();
    assert!(view.contains("Your choices") && !view.contains("Unsubscribe"));
}

#[tokio::test]
async fn a_notice_is_due_by_the_rule_of_the_version_being_left() {
    let world = World::start().await;
    world.stage.publish(2, &second()).await;
    let third = second()
        .replace("version = 2", "version = 3")
        .replace("2026-05-28T", "2026-06-01T")
        .replace("2026-06-11T", "2026-07-01T")
        .replace("email = \"material\"", "email = \"any_change\"");
    world.stage.publish(3, &third).await;
    let words = third
        .replace("version = 3", "version = 4")
        .replace("2026-06-01T", "2026-06-02T")
        .replace("2026-07-01T", "2026-07-02T")
        .replace("Newsletter\"", "Our newsletter\"");
    world.stage.publish(4, &words).await;
    let published = world.stage.scope().published().await.unwrap();
    let set = Shelf::default().open(world.stage.account, &published);
    let set = set.unwrap();
    let site = SiteAddress {
        base_url: BASE,
        policy_path: "/policy/imark",
    };
    assert_eq!(notice_due(&set, 1, site), None, "there is nobody to tell");
    let wider = notice_due(&set, 2, site).unwrap();
    assert_eq!((wider.n, wider.left), (2, 1));
    for part in [
        "From 11 June 2026 on, version 2",
        "Permits more, or promises less:",
        "Job function",
        "unless you say yes to that yourself",
    ] {
        assert!(wider.text.contains(part), "{part} in {}", wider.text);
    }
    // Version 2 promises a mail for material changes only; version 3 promises one for any.
    assert_eq!(notice_due(&set, 3, site), None);
    let other = notice_due(&set, 4, site).unwrap();
    assert!(other.text.contains("Your choices stay as they are."));
}
