//! Notices of policy versions: one mailing a version, one fact a person, from the transaction of the outcome.

use avow_ledger::Payload;
use avow_model::{
    BodyKind, CampaignContent, CampaignId, CampaignState as S, ContactId, Fact, FactKind, Outcome,
    RecipientState, Timestamp,
};
use avow_store::{
    AccountScope, AudienceChunk, ChainOf, NewCampaign, NewNotice, NewPolicyVersion, NewRecipient, PassedOver,
    OutcomeRow, REASON_RETRACTED, RecipientFilter, Stated, StoreError, Tally,
};

use crate::people::{account, at, person};
use crate::world::World;

fn content() -> CampaignContent {
    CampaignContent {
        subject: "Changes".into(),
        preheader: String::new(),
        from_name: "Acme".into(),
        from_address: "news@acme.example".into(),
        reply_to: None,
        body_kind: BodyKind::Html,
        body: "<p>What changes</p>".into(),
        text: None,
        about: None,
        offers: Vec::new(),
    }
}

fn notice(n: u32) -> NewNotice {
    NewNotice {
        name: format!("Notice of version {n}"),
        purpose: "service".parse().unwrap(),
        content: content(),
    }
}

/// A version that takes effect a week after the case begins.
fn version(n: u32) -> NewPolicyVersion {
    NewPolicyVersion {
        n,
        source: format!("version = {n}"),
        published_at: at(0),
        effective_at: at(7 * 24 * 3_600),
    }
}

fn stated(n: u32) -> Stated {
    Stated {
        policy: avow_ledger::Digest::of(&n.to_be_bytes()),
        packs: Vec::new(),
        notice_seconds: 0,
    }
}

async fn publish(scope: &AccountScope, n: u32, notice: Option<NewNotice>) -> Option<CampaignId> {
    let published = scope.publish_announced(version(n), stated(n), notice.as_ref());
    published.await.unwrap()
}

/// An account with so many people and a notice of version 2 whose rows all wait.
async fn told(world: &World, n: usize) -> (AccountScope, CampaignId, Vec<ContactId>) {
    let scope = account(world, "acme").await;
    for i in 0..n {
        scope.contact_save(person(&format!("p{i}@example.org"))).await.unwrap();
    }
    assert_eq!(publish(&scope, 1, None).await, None);
    let id = publish(&scope, 2, Some(notice(2))).await.unwrap();
    let people = scope.audience_page(None, ContactId::from_i64(0), 1_000).await.unwrap();
    let row = |contact: &ContactId| NewRecipient {
        contact: *contact,
        state: RecipientState::Waiting,
        reasons: "A_POLICY_NOTICE".into(),
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
    scope.campaign_move(id, &[S::Preparing], S::Sending).await.unwrap();
    (scope, id, people)
}

fn outcome(seq: u32, outcome: Outcome, (attempts, when): (u32, Timestamp)) -> OutcomeRow {
    OutcomeRow {
        seq,
        state: RecipientState::At(outcome),
        attempts,
        next_at: (outcome == Outcome::Deferred).then_some(when),
        reply_code: Some(250),
        reply: None,
        reasons: None,
        at: when,
    }
}

async fn facts(scope: &AccountScope, contact: ContactId) -> Vec<Fact> {
    let mut events = scope.facts(contact).await.unwrap().events;
    events.retain(|f| matches!(f.kind, FactKind::Notice { .. }));
    events
}

#[tokio::test]
async fn a_version_and_its_notice_are_published_together_and_the_notice_goes_before_campaigns() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    publish(&scope, 1, None).await;
    let plain = NewCampaign {
        name: "May".into(),
        purpose: "newsletter".parse().unwrap(),
        list: None,
        segment: None,
        content: content(),
    };
    let earlier = scope.campaign_create(plain.clone()).await.unwrap();
    scope.campaign_move(earlier, &[S::Draft], S::Preparing).await.unwrap();
    let id = publish(&scope, 2, Some(notice(2))).await.unwrap();
    let open = world.store.campaigns_open().await.unwrap();
    let order: Vec<_> = open.iter().map(|c| (c.id, c.notice)).collect();
    assert_eq!(order, [(id, Some(2)), (earlier, None)]);
    assert!(open[0].state == S::Preparing && open[0].started_at.is_some());
    // Not a user's to write, nor to call off.
    let refused = |r: Result<(), StoreError>| assert!(matches!(r, Err(StoreError::Conflict(_))));
    refused(scope.campaign_update_draft(id, plain).await);
    refused(scope.campaign_move(id, &[S::Preparing], S::Cancelled).await);
    // A publication that is refused announces nothing.
    let third = notice(3);
    let wrong = scope.publish_announced(version(2), stated(2), Some(&third));
    assert!(matches!(wrong.await, Err(StoreError::Conflict(_))));
    assert_eq!(scope.campaigns().await.unwrap().len(), 2);
}

#[tokio::test]
async fn who_got_a_notice_has_been_told_once_whatever_is_replayed() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, people) = told(&world, 4).await;
    let (first, later) = ((1, at(50)), (2, at(90)));
    let round = vec![
        outcome(2, Outcome::Deferred, first),
        outcome(1, Outcome::Delivered, first),
        outcome(3, Outcome::Bounced, first),
        outcome(4, Outcome::Unknown, first),
    ];
    for _ in 0..2 {
        scope.record_notice_outcomes((id, 2), round.clone(), &[]).await.unwrap();
    }
    assert_eq!(facts(&scope, people[0]).await.len(), 1);
    for untold in &people[1..] {
        assert!(facts(&scope, *untold).await.is_empty());
    }
    for _ in 0..2 {
        let again = vec![outcome(2, Outcome::Delivered, later)];
        scope.record_notice_outcomes((id, 2), again, &[]).await.unwrap();
    }
    let told = facts(&scope, people[1]).await;
    assert_eq!((told.len(), told[0].at), (1, at(90)));
    assert_eq!(scope.attempts(id, 2).await.unwrap().len(), 1);
    // The person's chain says the same.
    scope.sequence(u64::MAX).await.unwrap();
    let chain = scope.chain(ChainOf::Person(people[1]), 0, 100).await.unwrap();
    let notices = chain.iter().filter(|entry| {
        let payload = entry.opening.read().unwrap();
        matches!(payload, Payload::Choice(fact) if fact == told[0])
    });
    assert_eq!(notices.count(), 1);
}

#[tokio::test]
async fn the_standing_of_notices_adds_up_and_tells_who_was_late() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, _) = told(&world, 5).await;
    let week = 7 * 24 * 3_600;
    let rows = vec![
        outcome(1, Outcome::Delivered, (1, at(60))),
        outcome(2, Outcome::Delivered, (1, at(week - 1))),
        outcome(3, Outcome::Delivered, (1, at(week))),
        outcome(4, Outcome::Bounced, (1, at(60))),
    ];
    scope.record_notice_outcomes((id, 2), rows, &[]).await.unwrap();
    let empty = publish(&scope, 3, Some(notice(3))).await.unwrap();
    let all = scope.notices().await.unwrap();
    let [third, second] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!((third.version, third.campaign), (3, empty));
    assert_eq!((third.tally, third.prepared), (Tally::default(), false));
    assert_eq!((second.version, second.campaign, second.late), (2, id, 1));
    assert_eq!(second.tally, scope.tally(id).await.unwrap());
    assert_eq!((second.tally.audience(), second.tally.delivered), (5, 3));
    let other = account(&world, "abel").await;
    assert!(other.notices().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_version_taken_back_tells_nobody_any_more() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, people) = told(&world, 3).await;
    let got = vec![outcome(1, Outcome::Delivered, (1, at(60)))];
    scope.record_notice_outcomes((id, 2), got, &[]).await.unwrap();
    scope.retract_policy(2, at(90)).await.unwrap();
    let open = world.store.campaigns_open().await.unwrap();
    assert_eq!((open.len(), open[0].state), (1, S::Cancelled));
    scope.campaign_settle(id).await.unwrap();
    let tally = scope.tally(id).await.unwrap();
    assert_eq!((tally.delivered, tally.refused, tally.audience()), (1, 2, 3));
    let filter = RecipientFilter {
        reason: Some(REASON_RETRACTED.to_owned()),
        ..RecipientFilter::default()
    };
    assert_eq!(scope.recipients_page(id, &filter, 0, 10).await.unwrap().len(), 2);
    assert_eq!(facts(&scope, people[0]).await.len(), 1, "what was told stays told");
}

#[tokio::test]
async fn a_notice_does_not_count_into_how_often_people_are_written_to() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, people) = told(&world, 1).await;
    let got = vec![outcome(1, Outcome::Delivered, (1, at(60)))];
    scope.record_notice_outcomes((id, 2), got, &[]).await.unwrap();
    let service = ["service".parse().unwrap()];
    let sent = scope.sent_to(&people, &service, at(0)).await.unwrap();
    assert!(sent.is_empty(), "{sent:?}");
}
