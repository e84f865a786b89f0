//! Drafts that leave by themselves, rows with an hour of their own, and the list of campaigns.

use avow_model::{CampaignState as S, ContactId, Hour, RecipientState, SendPlan, Timestamp, WallTime, Zone};
use avow_store::{
    ActKind, AudienceChunk, CampaignFilter, DueSpan, NewAct, NewRecipient, PassedOver, StartDue, StoreError, ZoneGroup,
};

use super::campaigns::new_campaign;
use crate::people::{account, at, person};

fn act(kind: ActKind) -> NewAct {
    NewAct {
        who: "grace@example.org".into(),
        kind,
        about: "May".into(),
    }
}

fn plan(hour: Hour) -> SendPlan {
    SendPlan {
        wall: WallTime::parse("2026-11-25T09:00").unwrap(),
        zone: Zone::parse("Europe/Berlin").unwrap(),
        hour,
    }
}

#[tokio::test]
async fn a_draft_leaves_once_when_its_hour_has_come_and_cannot_be_rewritten_before() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let id = scope.campaign_create(new_campaign("May")).await.unwrap();
    assert_eq!(scope.last_plan().await.unwrap(), None);
    assert_eq!(world.store.campaigns_next_start().await.unwrap(), None);
    let plan = plan(Hour::OneForAll);
    let scheduled = || act(ActKind::CampaignScheduled);
    scope.campaign_schedule(id, (&plan, at(500)), scheduled()).await.unwrap();
    scope.campaign_schedule(id, (&plan, at(100)), scheduled()).await.unwrap();
    let draft = scope.campaign(id).await.unwrap().unwrap();
    assert_eq!((draft.plan, draft.starts_at), (Some(plan.clone()), Some(at(100))));
    assert_eq!(scope.last_plan().await.unwrap(), Some(plan.clone()));
    assert_eq!(world.store.campaigns_next_start().await.unwrap(), Some(at(100)));
    let rewritten = scope.campaign_update_draft(id, new_campaign("June")).await;
    assert!(matches!(rewritten, Err(StoreError::Conflict(_))));

    assert!(world.store.campaigns_due(at(99), 10).await.unwrap().is_empty());
    let due = world.store.campaigns_due(at(100), 10).await.unwrap();
    let it = StartDue {
        account: scope.id(),
        campaign: id,
    };
    assert_eq!(due, [it]);
    world.store.campaigns_start(&due, at(120)).await.unwrap();
    world.store.campaigns_start(&due, at(130)).await.unwrap();
    let started = scope.campaign(id).await.unwrap().unwrap();
    assert_eq!((started.state, started.started_at), (S::Preparing, Some(at(120))));
    assert_eq!((started.plan, started.starts_at), (Some(plan), None));
    assert!(world.store.campaigns_due(at(900), 10).await.unwrap().is_empty());
    let late = scope.campaign_unschedule(id, act(ActKind::CampaignUnscheduled)).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn what_is_sent_by_hand_or_taken_off_leaves_by_no_plan() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let plan = plan(Hour::EachTheirOwn { field: "time_zone".into() });
    let mut ids = Vec::new();
    for name in ["one", "two"] {
        let id = scope.campaign_create(new_campaign(name)).await.unwrap();
        let scheduled = scope.campaign_schedule(id, (&plan, at(100)), act(ActKind::CampaignScheduled));
        scheduled.await.unwrap();
        ids.push(id);
    }
    scope.campaign_unschedule(ids[0], act(ActKind::CampaignUnscheduled)).await.unwrap();
    scope.campaign_move(ids[1], &[S::Draft], S::Preparing).await.unwrap();
    assert!(world.store.campaigns_due(at(900), 10).await.unwrap().is_empty());
    for id in ids {
        let row = scope.campaign(id).await.unwrap().unwrap();
        assert_eq!((row.plan, row.starts_at), (None, None));
    }
}

#[tokio::test]
async fn rows_with_an_hour_of_their_own_are_read_in_its_span_and_counted_by_zone() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    for n in 0..4 {
        scope.contact_save(person(&format!("p{n}@example.org"))).await.unwrap();
    }
    let id = scope.campaign_create(new_campaign("May")).await.unwrap();
    scope.campaign_move(id, &[S::Draft], S::Preparing).await.unwrap();
    let people = scope.audience_page(None, ContactId::from_i64(0), 10).await.unwrap();
    let zone = |zone: &str, due_at, people| ZoneGroup {
        zone: zone.into(),
        due_at,
        people,
    };
    let chunk = |first_seq: u32, rows: &[(ContactId, Option<Timestamp>)], zones| AudienceChunk {
        first_seq,
        recipients: rows
            .iter()
            .map(|(contact, due_at)| NewRecipient {
                contact: *contact,
                state: RecipientState::Waiting,
                reasons: "A_OPT_IN".into(),
                due_at: *due_at,
            })
            .collect(),
        prepared_through: rows.last().unwrap().0,
        passed_over: PassedOver::default(),
        prepared: false,
        zones,
    };
    let first = [(people[0], Some(at(20))), (people[1], None)];
    let second = [(people[2], Some(at(10))), (people[3], Some(at(20)))];
    let zones = vec![zone("Asia/Tokyo", at(20), 1)];
    let append = |chunk| scope.recipients_append(id, chunk);
    append(chunk(1, &first, zones)).await.unwrap();
    let zones = vec![zone("Asia/Tokyo", at(20), 1), zone("Pacific/Apia", at(10), 1)];
    append(chunk(3, &second, zones.clone())).await.unwrap();
    append(chunk(3, &second, zones)).await.unwrap();

    let counted = scope.campaign_zones(id).await.unwrap();
    assert_eq!(counted, [zone("Pacific/Apia", at(10), 1), zone("Asia/Tokyo", at(20), 2)]);
    let seqs = async |after, through| {
        let span = DueSpan { after, through };
        let rows = scope.recipients_waiting_due(id, 0, span, 10).await.unwrap();
        rows.iter().map(|r| (r.seq, r.due_at)).collect::<Vec<_>>()
    };
    assert_eq!(seqs(None, at(9)).await, [(2, None)]);
    assert_eq!(seqs(None, at(10)).await, [(2, None), (3, Some(at(10)))]);
    assert_eq!(seqs(Some(at(10)), at(20)).await, [(1, Some(at(20))), (4, Some(at(20)))]);
    assert_eq!(scope.recipients_waiting(id, 0, 10).await.unwrap().len(), 4);
}

#[tokio::test]
async fn the_list_of_campaigns_is_filtered_and_paged_newest_first() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let mut ids = Vec::new();
    for name in ["Spring news", "Summer news", "Autumn letter"] {
        ids.push(scope.campaign_create(new_campaign(name)).await.unwrap());
    }
    let plan = plan(Hour::OneForAll);
    scope.campaign_schedule(ids[1], (&plan, at(100)), act(ActKind::CampaignScheduled)).await.unwrap();
    scope.campaign_move(ids[2], &[S::Draft], S::Preparing).await.unwrap();
    let names = async |states: &[S], scheduled, words: Option<&str>, before| {
        let filter = CampaignFilter {
            states: states.to_vec(),
            scheduled,
            words: words.map(str::to_owned),
        };
        let lines = scope.campaign_lines(&filter, before, 2).await.unwrap();
        lines.into_iter().map(|l| l.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&S::ALL, None, None, None).await, ["Autumn letter", "Summer news"]);
    assert_eq!(names(&S::ALL, None, None, Some(ids[1])).await, ["Spring news"]);
    assert_eq!(names(&S::ALL, None, Some("NEWS"), None).await, ["Summer news", "Spring news"]);
    assert_eq!(names(&[S::Draft], Some(true), None, None).await, ["Summer news"]);
    assert_eq!(names(&[S::Draft], Some(false), None, None).await, ["Spring news"]);
    assert!(names(&[S::Finished], None, None, None).await.is_empty());
    let line = &scope.campaign_lines(&CampaignFilter { states: S::ALL.to_vec(), ..CampaignFilter::default() }, Some(ids[1]), 1).await.unwrap()[0];
    assert_eq!((line.subject.as_str(), line.starts_at), ("News", None));
}
