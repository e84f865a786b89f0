//! Campaigns from draft to the last outcome, each recipient accounted for.

use avow_model::{
    BodyKind, CampaignContent, CampaignId, CampaignState, ContactId, FactKind, HitKind, Outcome,
    RecipientState, Timestamp, Verdict,
};
use avow_store::{
    AccountScope, AudienceChunk, HitBinding, HitTally, NewCampaign, NewFact, NewHit, NewOutgoing, NewRecipient, PassedOver,
    OutcomeRow, OutgoingKind, OutgoingOutcome, REASON_CANCELLED, RecipientFilter, StoreError, Tally,
};

use crate::people::{account, at, person};
use crate::world::World;

use CampaignState as S;

const WAITING: RecipientState = RecipientState::Waiting;

pub(super) fn new_campaign(name: &str) -> NewCampaign {
    NewCampaign {
        name: name.into(),
        purpose: "newsletter".parse().unwrap(),
        list: None,
        segment: None,
        content: CampaignContent {
            subject: "News".into(),
            preheader: String::new(),
            from_name: "Acme".into(),
            from_address: "news@acme.example".into(),
            reply_to: None,
            body_kind: BodyKind::Html,
            body: "<p>Hello {{ name }}</p>".into(),
            text: None,
            about: None,
            offers: Vec::new(),
        },
    }
}

/// An account with `n` people and a campaign whose rows all wait.
async fn sending(world: &World, n: usize) -> (AccountScope, CampaignId, Vec<ContactId>) {
    let scope = account(world, "acme").await;
    for i in 0..n {
        scope.contact_save(person(&format!("p{i}@example.org"))).await.unwrap();
    }
    let id = scope.campaign_create(new_campaign("May")).await.unwrap();
    scope.campaign_move(id, &[S::Draft], S::Preparing).await.unwrap();
    let people = scope.audience_page(None, ContactId::from_i64(0), 1_000).await.unwrap();
    scope.recipients_append(id, chunk(1, &people, true)).await.unwrap();
    scope.campaign_move(id, &[S::Preparing], S::Sending).await.unwrap();
    (scope, id, people)
}

fn chunk(first_seq: u32, people: &[ContactId], prepared: bool) -> AudienceChunk {
    let row = |contact: &ContactId| NewRecipient {
        contact: *contact,
        state: WAITING,
        reasons: "A_OPT_IN A_IN_POLICY".into(),
        due_at: None,
    };
    AudienceChunk {
        first_seq,
        recipients: people.iter().map(row).collect(),
        prepared_through: people.last().copied().unwrap_or(ContactId::from_i64(0)),
        passed_over: PassedOver::default(),
        prepared,
        zones: Vec::new(),
    }
}

fn outcome(seq: u32, outcome: Outcome, attempts: u32) -> OutcomeRow {
    OutcomeRow {
        seq,
        state: RecipientState::At(outcome),
        attempts,
        next_at: (outcome == Outcome::Deferred).then(|| at(60)),
        reply_code: Some(if outcome == Outcome::Delivered { 250 } else { 451 }),
        reply: Some("as it was said".into()),
        reasons: None,
        at: at(50),
    }
}

#[tokio::test]
async fn a_campaign_moves_only_along_its_states_and_only_a_draft_can_be_rewritten() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let id = scope.campaign_create(new_campaign("May")).await.unwrap();
    let conflict = |r: Result<(), StoreError>| assert!(matches!(r, Err(StoreError::Conflict(_))));
    conflict(scope.campaign_move(id, &[S::Sending], S::Paused).await);
    conflict(scope.campaign_move(id, &[S::Draft], S::Sending).await);
    scope.campaign_update_draft(id, new_campaign("June")).await.unwrap();
    scope.campaign_links_set(id, &["https://b.example/".into(), "https://a.example/".into()]).await.unwrap();
    scope.campaign_links_set(id, &["https://a.example/".into()]).await.unwrap();
    assert_eq!(scope.campaign_links(id).await.unwrap(), ["https://a.example/"]);
    assert!(world.store.campaigns_open().await.unwrap().is_empty());
    scope.campaign_move(id, &[S::Draft], S::Preparing).await.unwrap();
    conflict(scope.campaign_update_draft(id, new_campaign("July")).await);
    let open = world.store.campaigns_open().await.unwrap();
    assert_eq!((open.len(), open[0].name.as_str()), (1, "June"));
    assert!(open[0].started_at.is_some() && open[0].finished_at.is_none());
    let started = open[0].started_at;
    world.clock.advance_us(5_000_000);
    scope.campaign_move(id, &[S::Preparing], S::Paused).await.unwrap();
    scope.campaign_move(id, &[S::Paused], S::Sending).await.unwrap();
    scope.campaign_move(id, &[S::Sending], S::Finished).await.unwrap();
    let end = scope.campaign(id).await.unwrap().unwrap();
    assert!(end.started_at == started && end.finished_at.is_some());
    let other = account(&world, "abel").await;
    assert!(other.campaign(id).await.unwrap().is_none());
    assert!(other.campaigns().await.unwrap().is_empty());
    assert!(other.campaigns_under_way(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_chunk_appended_twice_is_there_once_and_a_gap_is_refused() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    for n in 0..5 {
        scope.contact_save(person(&format!("p{n}@example.org"))).await.unwrap();
    }
    let id = scope.campaign_create(new_campaign("May")).await.unwrap();
    let first = scope.audience_page(None, ContactId::from_i64(0), 3).await.unwrap();
    let rest = scope.audience_page(None, first[2], 3).await.unwrap();
    assert_eq!((first.len(), rest.len()), (3, 2));
    for _ in 0..2 {
        scope.recipients_append(id, chunk(1, &first, false)).await.unwrap();
    }
    let gap = scope.recipients_append(id, chunk(5, &rest, true)).await;
    assert!(matches!(gap, Err(StoreError::Conflict(_))));
    for _ in 0..2 {
        scope.recipients_append(id, chunk(4, &rest, true)).await.unwrap();
    }
    let campaign = scope.campaign(id).await.unwrap().unwrap();
    assert_eq!((campaign.audience, campaign.prepared), (5, true));
    let due = scope.recipients_waiting(id, 0, 10).await.unwrap();
    let seqs: Vec<_> = due.iter().map(|d| d.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5]);
    assert_eq!(due[4].person.as_ref().unwrap().address, "p4@example.org");
    assert_eq!(scope.recipients_waiting(id, 3, 1).await.unwrap()[0].seq, 4);
}

#[tokio::test]
async fn a_final_row_never_moves_and_replayed_outcomes_change_nothing() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, _) = sending(&world, 4).await;
    let results = vec![
        outcome(2, Outcome::Deferred, 1),
        outcome(1, Outcome::Delivered, 1),
        outcome(3, Outcome::Bounced, 1),
    ];
    for _ in 0..2 {
        scope.record_outcomes(id, results.clone()).await.unwrap();
    }
    scope.record_outcomes(id, vec![outcome(1, Outcome::Bounced, 2), outcome(3, Outcome::Deferred, 2)]).await.unwrap();
    let tally = Tally { waiting: 1, delivered: 1, deferred: 1, bounced: 1, ..Tally::default() };
    assert_eq!(scope.tally(id).await.unwrap(), tally);
    assert_eq!((tally.audience(), tally.settled()), (4, 2));
    scope.record_outcomes(id, vec![outcome(2, Outcome::Delivered, 2)]).await.unwrap();
    scope.record_outcomes(id, results).await.unwrap();
    let line = scope.recipient(id, 2).await.unwrap().unwrap();
    assert_eq!((line.state, line.attempts), (RecipientState::At(Outcome::Delivered), 2));
    assert_eq!(line.reasons, "A_OPT_IN A_IN_POLICY");
    let attempts = scope.attempts(id, 2).await.unwrap();
    assert_eq!((attempts.len(), attempts[0].reply_code), (1, Some(451)));
}

#[tokio::test]
async fn what_went_to_people_of_late_is_found_page_by_page_and_by_purpose() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, people) = sending(&world, 5).await;
    let results = [(1, Outcome::Delivered), (3, Outcome::Unknown), (4, Outcome::Bounced), (5, Outcome::Delivered)];
    let results = results.map(|(seq, end)| outcome(seq, end, 1)).to_vec();
    scope.record_outcomes(id, results).await.unwrap();
    let newsletter = ["newsletter".parse().unwrap()];
    let asked = async |people: &[ContactId], after| {
        let found = scope.sent_to(people, &newsletter, after).await.unwrap();
        found.into_iter().map(|(contact, _)| contact).collect::<Vec<_>>()
    };
    assert_eq!(asked(&people, at(0)).await, [people[0], people[2], people[4]]);
    assert_eq!(asked(&people[1..3], at(0)).await, [people[2]]);
    assert_eq!(asked(&[people[1], people[4]], at(0)).await, [people[4]]);
    assert!(asked(&people, at(50)).await.is_empty());
    assert!(asked(&[], at(0)).await.is_empty());
    let other = ["offers".parse().unwrap()];
    assert!(scope.sent_to(&people, &other, at(0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn deferred_rows_come_back_when_their_time_has_come() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, people) = sending(&world, 3).await;
    assert_eq!(scope.next_deferred_at(id).await.unwrap(), None);
    let mut late = outcome(1, Outcome::Deferred, 1);
    late.next_at = Some(at(90));
    scope.record_outcomes(id, vec![late, outcome(2, Outcome::Deferred, 1)]).await.unwrap();
    assert_eq!(scope.next_deferred_at(id).await.unwrap(), Some(at(60)));
    let start = (at(0), 0);
    assert!(scope.recipients_deferred_due(id, (start, at(59)), 10).await.unwrap().is_empty());
    let due = scope.recipients_deferred_due(id, (start, at(60)), 10).await.unwrap();
    assert_eq!((due.len(), due[0].seq, due[0].attempts), (1, 2, 1));
    assert_eq!(due[0].next_at, Some(at(60)));
    scope.record_fact(people[1], NewFact::new(FactKind::Erase, at(60))).await.unwrap();
    let later = scope.recipients_deferred_due(id, ((at(60), 2), at(95)), 10).await.unwrap();
    assert_eq!(later.iter().map(|d| d.seq).collect::<Vec<_>>(), [1]);
    let open = scope.recipients_at(id, &[3, 2, 99]).await.unwrap();
    assert_eq!(open.iter().map(|d| d.seq).collect::<Vec<_>>(), [2, 3]);
    let due = scope.recipients_deferred_due(id, (start, at(95)), 10).await.unwrap();
    let persons: Vec<_> = due.iter().map(|d| (d.seq, d.person.is_some())).collect();
    assert_eq!(persons, [(2, false), (1, true)]);
    assert_eq!(scope.recipient(id, 2).await.unwrap().unwrap().reply, None);
    assert_eq!(scope.attempts(id, 2).await.unwrap()[0].reply, None);
}

#[tokio::test]
async fn every_number_of_a_report_opens_into_its_people() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, people) = sending(&world, 6).await;
    let mut refused = outcome(5, Outcome::Refused, 0);
    refused.reasons = Some("D_WITHDREW D_NO_PURPOSE".into());
    refused.reply_code = None;
    let rows = vec![outcome(1, Outcome::Delivered, 1), outcome(2, Outcome::Delivered, 1), refused];
    scope.record_outcomes(id, rows).await.unwrap();
    let find = async |filter: RecipientFilter| {
        let page = scope.recipients_page(id, &filter, 0, 10).await.unwrap();
        page.iter().map(|l| l.seq).collect::<Vec<_>>()
    };
    let by_state = |state| RecipientFilter { state: Some(state), ..Default::default() };
    let by_reason = |r: &str| RecipientFilter { reason: Some(r.into()), ..Default::default() };
    assert_eq!(find(by_state(RecipientState::At(Outcome::Delivered))).await, [1, 2]);
    assert_eq!(find(by_state(WAITING)).await, [3, 4, 6]);
    assert_eq!(find(by_reason("D_WITHDREW")).await, [5]);
    assert!(find(by_reason("D_WITH")).await.is_empty());
    let code = RecipientFilter { reply_code: Some(250), ..Default::default() };
    assert_eq!(find(code).await, [1, 2]);
    for (n, contact) in people.iter().enumerate() {
        let line = scope.recipient_of(id, *contact).await.unwrap().unwrap();
        assert_eq!((line.seq, line.contact), (n as u32 + 1, *contact));
        assert_eq!(scope.recipients_of(*contact).await.unwrap().len(), 1);
    }
    let stranger = scope.recipient_of(id, ContactId::from_i64(77)).await.unwrap();
    assert!(stranger.is_none());
    let reasons = scope.reasons_tally(id).await.unwrap();
    assert_eq!(reasons.iter().map(|r| r.n).sum::<u64>(), 6);
}

#[tokio::test]
async fn a_cancelled_campaign_is_settled_once_and_what_was_delivered_stays_so() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, _) = sending(&world, 4).await;
    let rows = vec![outcome(1, Outcome::Delivered, 1), outcome(2, Outcome::Deferred, 1)];
    scope.record_outcomes(id, rows).await.unwrap();
    scope.campaign_settle(id).await.unwrap();
    assert_eq!(scope.tally(id).await.unwrap().waiting, 2);
    scope.campaign_move(id, &[S::Sending], S::Cancelled).await.unwrap();
    assert_eq!(world.store.campaigns_open().await.unwrap().len(), 1);
    for _ in 0..2 {
        scope.campaign_settle(id).await.unwrap();
    }
    let tally = Tally { delivered: 1, refused: 3, ..Tally::default() };
    assert_eq!(scope.tally(id).await.unwrap(), tally);
    assert!(world.store.campaigns_open().await.unwrap().is_empty());
    let line = scope.recipient(id, 3).await.unwrap().unwrap();
    assert_eq!(line.reasons, REASON_CANCELLED);
}

#[tokio::test]
async fn hits_tell_people_from_machines_and_count_each_person_once() {
    let Some(world) = super::world().await else {
        return;
    };
    let (scope, id, people) = sending(&world, 3).await;
    let hit = |seq: u32, kind, verdict| NewHit {
        campaign: id,
        seq,
        contact: people[seq as usize - 1],
        kind,
        verdict,
        at: at(70),
        bound: HitBinding {
            purpose: "measure".parse().unwrap(),
            version: 1,
        },
    };
    let click = HitKind::Click { link: 2 };
    let hits = vec![
        hit(1, HitKind::Open, Verdict::Human),
        hit(1, HitKind::Open, Verdict::Human),
        hit(2, click, Verdict::Human),
        hit(3, HitKind::Open, Verdict::Prefetch),
        hit(3, click, Verdict::Scanner),
    ];
    scope.hits_add(hits).await.unwrap();
    let tally = HitTally {
        human_opens: 2,
        human_openers: 2,
        human_clicks: 1,
        human_clickers: 1,
        machine_opens: 1,
        machine_clicks: 1,
    };
    assert_eq!(scope.hit_tally(id).await.unwrap(), tally);
    // What people did, by person, with what it is bound to; machines are nobody.
    let mut hits = scope.conduct_hits(&people).await.unwrap();
    hits.sort_by_key(|hit| hit.contact);
    let of: Vec<_> = hits.iter().map(|hit| (hit.contact, hit.kind, hit.version)).collect();
    let open = (people[0], HitKind::Open, Some(1));
    assert_eq!(of, [open, open, (people[1], click, Some(1))]);
    assert_eq!(scope.conduct_got(&people, &[id]).await.unwrap(), []);
    scope.record_outcomes(id, vec![outcome(2, Outcome::Delivered, 1)]).await.unwrap();
    let got = scope.conduct_got(&people[1..], &[id]).await.unwrap();
    assert_eq!(got.iter().map(|g| g.contact).collect::<Vec<_>>(), [people[1]]);
    assert_eq!(scope.conduct_campaigns().await.unwrap()[0].campaign, id);
    let links = scope.link_tally(id).await.unwrap();
    assert_eq!((links.len(), links[0].link, links[0].clickers), (1, 2, 1));
    let own = scope.hits_of(people[2], 10).await.unwrap();
    assert_eq!(own.iter().map(|h| h.kind).collect::<Vec<_>>(), [click, HitKind::Open]);
}

#[tokio::test]
async fn a_single_message_is_due_until_it_is_final_and_goes_with_its_erased_person() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let new = |contact| NewOutgoing {
        kind: OutgoingKind::Confirmation,
        contact,
        mail_from: "b@acme.example".into(),
        rcpt_to: "ada@example.org".into(),
        body: b"Subject: x\r\n\r\n\0".to_vec(),
    };
    let id = scope.outgoing_add(new(None)).await.unwrap();
    let hers = scope.outgoing_add(new(Some(ada))).await.unwrap();
    let far: Timestamp = "2100-01-01T00:00:00Z".parse().unwrap();
    let heads = world.store.outgoing_heads(OutgoingKind::Confirmation, far, 10).await.unwrap();
    assert_eq!(heads.len(), 2);
    assert_eq!((heads[0].account, heads[0].id, heads[0].rcpt_to.as_str()), (scope.id(), id, "ada@example.org"));
    let due = world.store.outgoing_of(&[(scope.id(), id)], far).await.unwrap();
    assert_eq!((due.len(), due[0].body.as_slice()), (1, new(None).body.as_slice()));
    assert!(world.store.outgoing_of(&[(scope.id(), id)], Timestamp::MIN).await.unwrap().is_empty());
    assert!(world.store.outgoing_next_at().await.unwrap().is_some());
    let done = |state, next_at| OutgoingOutcome {
        account: scope.id(),
        id,
        state: RecipientState::At(state),
        attempts: 1,
        next_at,
        reply_code: Some(250),
        reply: None,
        at: at(9),
    };
    let open = scope.outgoing_open().await.unwrap();
    assert_eq!((open.len(), open[0].waiting, open[0].deferred), (1, 2, 0));
    world.store.outgoing_record(vec![done(Outcome::Delivered, None)]).await.unwrap();
    world.store.outgoing_record(vec![done(Outcome::Deferred, Some(at(10)))]).await.unwrap();
    let state = scope.outgoing_state(id).await.unwrap().unwrap();
    assert_eq!(state.state, RecipientState::At(Outcome::Delivered));
    let sent = || scope.confirmations_sent(ada, at(5));
    assert!(sent().await.unwrap().is_empty());
    let hers_done = OutgoingOutcome { id: hers, ..done(Outcome::Delivered, None) };
    world.store.outgoing_record(vec![hers_done]).await.unwrap();
    assert_eq!(sent().await.unwrap(), [at(9)]);
    assert!(scope.confirmations_sent(ada, at(9)).await.unwrap().is_empty());
    scope.record_fact(ada, NewFact::new(FactKind::Erase, at(9))).await.unwrap();
    assert!(scope.outgoing_state(hers).await.unwrap().is_none());
    assert!(world.store.outgoing_heads(OutgoingKind::Confirmation, far, 10).await.unwrap().is_empty());
}
