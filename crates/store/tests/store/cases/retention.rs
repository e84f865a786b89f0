//! What is past its time is blanked in pages; time passes when the case says so.

use avow_ledger::Payload;
use avow_model::{CampaignId, ContactId, HitKind, How, Timestamp, Verdict};
use avow_store::{AccountScope, ChainOf, HitBinding, KeptAfter, NewCollection, NewHit, Past};

use crate::people::{account, at, person};

fn names(after: KeptAfter, cutoff: Timestamp) -> Past {
    Past {
        category: "name".parse().unwrap(),
        version: Some(1),
        after,
        cutoff,
    }
}

async fn name_of(scope: &AccountScope, id: ContactId) -> Option<String> {
    let contact = scope.contact(id).await.unwrap().unwrap();
    contact.fields.get("name").cloned()
}

/// Blanks page after page; how many in all.
async fn retire(scope: &AccountScope, past: &Past) -> u64 {
    let (mut after, mut all) = (None, 0);
    loop {
        let page = scope.retire_fields(past, |f| f == "name", after, 2).await.unwrap();
        all += page.blanked;
        if page.through.is_none() {
            return all;
        }
        after = page.through;
    }
}

#[tokio::test]
async fn names_past_their_time_are_blanked_once_and_counted_in_the_ledger() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let saved = scope.contact_save(person(&format!("p{n}@example.org"))).await;
        ids.push(saved.unwrap().0);
    }
    // One was active later, one gave the name again under the next version.
    scope.contact_active(ids[1], at(100)).await.unwrap();
    let mut again = person("p2@example.org");
    again.collection = Some(NewCollection {
        categories: vec!["name".parse().unwrap()],
        version: Some(2),
        how: How::Direct,
        evidence: None,
        at: at(100),
    });
    scope.contact_save(again).await.unwrap();

    let early = names(KeptAfter::LastActivity, at(0));
    assert_eq!(retire(&scope, &early).await, 0, "nothing is past yet");
    let past = names(KeptAfter::LastActivity, at(50));
    assert_eq!(retire(&scope, &past).await, 3);
    let mut held = Vec::new();
    for id in &ids {
        held.push(name_of(&scope, *id).await.is_some());
    }
    assert_eq!(held, [false, true, true, false, false]);
    assert_eq!(retire(&scope, &past).await, 0, "a second time changes nothing");
    let by_collection = names(KeptAfter::Collection, at(50));
    assert_eq!(retire(&scope, &by_collection).await, 1, "activity does not count here");
    assert_eq!(scope.past_page(&by_collection, None, 10).await.unwrap().len(), 4);

    scope.sequence(1_000).await.unwrap();
    let office = scope.chain(ChainOf::Office, 0, 10).await.unwrap();
    let counted: u32 = office
        .iter()
        .map(|e| match e.opening.read().unwrap() {
            Payload::Erasure(t) => t.rows,
            other => panic!("{other:?}"),
        })
        .sum();
    assert_eq!(counted, 4);
}

#[tokio::test]
async fn hits_past_their_time_go_and_later_ones_stay() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let campaign = CampaignId::from_i64(7);
    let hit = |seconds| NewHit {
        campaign,
        seq: 1,
        contact: ada,
        kind: HitKind::Open,
        verdict: Verdict::Human,
        at: at(seconds),
        bound: HitBinding {
            purpose: "measure".parse().unwrap(),
            version: 1,
        },
    };
    scope.hits_add((1..=5).map(hit).collect()).await.unwrap();
    assert_eq!(scope.retire_hits(campaign, at(3), 2).await.unwrap(), 2);
    assert_eq!(scope.retire_hits(campaign, at(3), 2).await.unwrap(), 1);
    assert_eq!(scope.retire_hits(campaign, at(3), 2).await.unwrap(), 0);
    assert_eq!(scope.retire_hits(campaign, at(9), 10).await.unwrap(), 2, "the later ones stayed");
}
