//! Segments: kept, changed, removed; what a campaign keeps of its own; who was passed over.

use avow_model::{BodyKind, CampaignContent, CampaignState, ContactId, RecipientState, SegmentId};
use avow_store::{
    AccountScope, AudienceChunk, NewCampaign, NewRecipient, PassedOver, SegmentText, StoreError,
    SubscriptionState,
};

use crate::people::{account, person};

use CampaignState as S;

fn words(canonical: &str) -> SegmentText {
    SegmentText {
        text: format!(" {canonical} "),
        canonical: canonical.to_owned(),
    }
}

fn to(segment: Option<SegmentId>) -> NewCampaign {
    NewCampaign {
        name: "May".into(),
        purpose: "newsletter".parse().unwrap(),
        list: None,
        segment,
        content: CampaignContent {
            subject: "News".into(),
            preheader: String::new(),
            from_name: "Acme".into(),
            from_address: "news@acme.example".into(),
            reply_to: None,
            body_kind: BodyKind::Html,
            body: "<p>Hello</p>".into(),
            text: None,
            about: None,
            offers: Vec::new(),
        },
    }
}

async fn cooks(scope: &AccountScope) -> SegmentId {
    let slug = "cooks".parse().unwrap();
    scope.segment_create(&slug, &words("job = \"cook\"")).await.unwrap()
}

#[tokio::test]
async fn a_started_campaign_keeps_the_words_that_its_segment_had_and_a_draft_follows_them() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let id = cooks(&scope).await;
    let taken = scope.segment_create(&"cooks".parse().unwrap(), &words("x = 1")).await;
    assert!(matches!(taken, Err(StoreError::Duplicate { .. })), "{taken:?}");
    let started = scope.campaign_create(to(Some(id))).await.unwrap();
    let draft = scope.campaign_create(to(Some(id))).await.unwrap();
    scope.campaign_move(started, &[S::Draft], S::Preparing).await.unwrap();
    scope.segment_change(id, &words("job = \"baker\"")).await.unwrap();
    let rows = scope.segments().await.unwrap();
    assert_eq!((rows.len(), rows[0].text.as_str()), (1, " job = \"baker\" "));
    let text = async |campaign| {
        let row = scope.campaign(campaign).await.unwrap().unwrap();
        let segment = row.segment.unwrap();
        (segment.slug.to_string(), segment.text)
    };
    assert_eq!(text(started).await, ("cooks".into(), "job = \"cook\"".into()));
    assert_eq!(text(draft).await, ("cooks".into(), "job = \"baker\"".into()));
    let in_use = scope.segment_remove(id).await;
    assert!(matches!(in_use, Err(StoreError::Conflict(_))), "{in_use:?}");
    scope.campaign_update_draft(draft, to(None)).await.unwrap();
    assert_eq!(scope.campaign(draft).await.unwrap().unwrap().segment, None);
    scope.campaign_move(started, &[S::Preparing], S::Paused).await.unwrap();
    scope.segment_remove(id).await.unwrap();
    scope.campaign_move(started, &[S::Paused], S::Preparing).await.unwrap();
    assert_eq!(text(started).await, ("cooks".into(), "job = \"cook\"".into()));
    assert!(scope.segment_by_slug(&"cooks".parse().unwrap()).await.unwrap().is_none());
    let gone = scope.campaign_create(to(Some(id))).await;
    assert!(matches!(gone, Err(StoreError::Conflict(_))), "{gone:?}");
}

#[tokio::test]
async fn a_segment_belongs_to_its_account() {
    let Some(world) = super::world().await else {
        return;
    };
    let (acme, abel) = (account(&world, "acme").await, account(&world, "abel").await);
    let id = cooks(&acme).await;
    assert!(abel.segments().await.unwrap().is_empty());
    assert!(abel.segment_change(id, &words("x = 1")).await.is_err());
    assert!(abel.segment_remove(id).await.is_err());
    assert!(abel.campaign_create(to(Some(id))).await.is_err());
    assert_eq!(acme.segments().await.unwrap()[0].canonical, "job = \"cook\"");
}

#[tokio::test]
async fn who_is_passed_over_is_counted_once_also_when_a_page_is_appended_twice() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let segment = cooks(&scope).await;
    for i in 0..4 {
        scope.contact_save(person(&format!("p{i}@example.org"))).await.unwrap();
    }
    let people = scope.audience_page(None, ContactId::from_i64(0), 10).await.unwrap();
    let id = scope.campaign_create(to(Some(segment))).await.unwrap();
    scope.campaign_move(id, &[S::Draft], S::Preparing).await.unwrap();
    let chunk = |rows: &[ContactId], through: ContactId, outside| AudienceChunk {
        first_seq: 1,
        recipients: rows
            .iter()
            .map(|contact| NewRecipient {
                contact: *contact,
                state: RecipientState::Waiting,
                reasons: String::new(),
                due_at: None,
            })
            .collect(),
        prepared_through: through,
        passed_over: PassedOver { outside, untold: 1 },
        prepared: false,
        zones: Vec::new(),
    };
    for _ in 0..2 {
        scope.recipients_append(id, chunk(&[], people[1], 1)).await.unwrap();
    }
    for _ in 0..2 {
        let append = scope.recipients_append(id, chunk(&people[3..], people[3], 2));
        append.await.unwrap();
    }
    let row = scope.campaign(id).await.unwrap().unwrap();
    let counted = PassedOver { outside: 2, untold: 1 };
    assert_eq!((row.audience, row.passed_over), (1, counted));
    assert_eq!(scope.tally(id).await.unwrap().audience(), 1);
}

#[tokio::test]
async fn what_tells_who_is_meant_is_read_for_many_at_once_and_of_nobody_who_was_erased() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let mut people = Vec::new();
    for i in 0..3 {
        let saved = scope.contact_save(person(&format!("p{i}@example.org"))).await.unwrap();
        people.push(saved.0);
    }
    let list = scope.list_create(&"events".parse().unwrap(), "Events").await.unwrap();
    let other = scope.list_create(&"other".parse().unwrap(), "Other").await.unwrap();
    scope.subscribe(list, people[0], SubscriptionState::Confirmed).await.unwrap();
    scope.subscribe(list, people[1], SubscriptionState::Pending).await.unwrap();
    scope.subscribe(other, people[2], SubscriptionState::Confirmed).await.unwrap();
    let erase = avow_store::NewFact::new(avow_model::FactKind::Erase, crate::people::at(5));
    scope.record_fact(people[2], erase).await.unwrap();
    let names = ["email".to_owned(), "name".to_owned(), "job".to_owned()];
    let mut fields = scope.choosing_fields(&people, &names).await.unwrap();
    fields.sort();
    assert_eq!(fields.len(), 2);
    assert_eq!(fields[0].1["email"], "p0@example.org");
    assert_eq!((fields[0].1.len(), fields[0].1["name"].as_str()), (2, "Ada"));
    let lists = ["events".parse().unwrap(), "none".parse().unwrap()];
    let on = scope.choosing_lists(&people, &lists).await.unwrap();
    assert_eq!(on, [(people[0], "events".parse().unwrap())]);
}
