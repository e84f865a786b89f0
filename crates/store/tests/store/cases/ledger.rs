//! The ledger in the store: appended with the change, numbered later, proved, checked, erased.

use avow_ledger::{
    EntryKind, Freezing, FrozenState, Payload, inclusion_tiles, leaf_hash, prove_inclusion,
    verify_inclusion,
};
use avow_model::{ContactId, FactKind, SuppressionClass, SuppressionScope};
use avow_store::{
    AccountScope, ChainEntry, ChainOf, NewEntry, NewFact, NewPolicyVersion, NewSuppression,
    StoreError,
};

use crate::people::{account, at, grant, newsletter, person};

const ALL: u64 = 1_000_000;

fn own() -> NewEntry {
    NewEntry::own(Payload::Freeze(Freezing {
        state: FrozenState::Frozen,
        reason: "a test".to_owned(),
        at: at(1),
    }))
}

async fn chain(scope: &AccountScope, of: ContactId) -> Vec<ChainEntry> {
    scope.chain(ChainOf::Person(of), 0, 1_000).await.unwrap()
}

fn kinds(chain: &[ChainEntry]) -> Vec<EntryKind> {
    chain.iter().map(|e| e.kind).collect()
}

/// The proof that entry `index` is in the log of `size` entries, checked.
async fn is_included(scope: &AccountScope, index: u64) -> bool {
    let head = scope.ledger_head().await.unwrap();
    let tiles = inclusion_tiles(head.size, index).unwrap();
    let tiles = scope.ledger_tiles(&tiles).await.unwrap();
    let proof = prove_inclusion(head.size, index, &tiles).unwrap();
    let leaf = scope.leaves(index, 1).await.unwrap()[0];
    verify_inclusion(&head, index, &leaf_hash(&leaf), &proof).is_ok()
}

#[tokio::test]
async fn what_happens_to_a_person_is_told_in_their_chain_in_its_order() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let no = NewFact::new(FactKind::Withdraw { purpose: newsletter() }, at(5));
    scope.record_fact(ada, no.clone()).await.unwrap();
    assert_eq!(scope.ledger_standing().await.unwrap().waiting, 3);
    assert!(chain(&scope, ada).await.is_empty(), "nothing has a number yet");

    assert_eq!(scope.sequence(ALL).await.unwrap().entries, 3);
    let chain = chain(&scope, ada).await;
    assert_eq!(kinds(&chain), [EntryKind::Collection, EntryKind::Choice, EntryKind::Choice]);
    let Payload::Choice(fact) = chain[2].opening.read().unwrap() else { panic!("not a choice") };
    assert_eq!((fact.kind, fact.at), (no.kind, no.at));
    assert_eq!(scope.facts(ada).await.unwrap().events[0].kind, grant());
    let Payload::Choice(first) = chain[1].opening.read().unwrap() else { panic!("not a choice") };
    assert_eq!(first, scope.facts(ada).await.unwrap().events[0], "as the gate reads it");
    for entry in &chain {
        assert!(is_included(&scope, entry.index).await);
    }
    assert_eq!(scope.ledger_verify(|_| {}).await.unwrap().opened, 3);
}

#[tokio::test]
async fn numbers_go_on_over_tiles_and_passes_and_a_second_pass_finds_nothing() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let mut size = 0;
    for count in [1_usize, 254, 1, 1, 600, 64] {
        let entries: Vec<NewEntry> = (0..count).map(|_| own()).collect();
        scope.append_entries(&entries).await.unwrap();
        let done = scope.sequence(ALL).await.unwrap();
        size += count as u64;
        assert_eq!((done.entries, done.size), (count as u64, size));
        assert_eq!(scope.ledger_verify(|_| {}).await.unwrap().head.size, size);
    }
    assert_eq!(scope.sequence(ALL).await.unwrap().entries, 0);
    for index in [0, 255, 256, 511, 512, size - 1] {
        assert!(is_included(&scope, index).await, "{index}");
    }
    let office = scope.chain(ChainOf::Office, 900, 100).await.unwrap();
    assert_eq!((office.len(), office[0].n, office[0].index), (21, 901, 900));
}

#[tokio::test]
async fn two_that_number_at_once_give_each_number_once() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let other = world.open_again().await.account(scope.id());
    let entries: Vec<NewEntry> = (0..500).map(|_| own()).collect();
    scope.append_entries(&entries).await.unwrap();
    let (a, b) = tokio::join!(scope.sequence(ALL), other.sequence(ALL));
    let sum: u64 = [a, b].into_iter().map(|d| d.map_or(0, |d| d.entries)).sum();
    assert_eq!(sum, 500);
    let checked = scope.ledger_verify(|_| {}).await.unwrap();
    assert_eq!((checked.head.size, checked.opened), (500, 500));
}

#[tokio::test]
async fn a_version_and_a_suppression_are_told_and_leaves_name_the_version_in_force() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let version = NewPolicyVersion {
        n: 1,
        source: "policy = \"acme/main\"".to_owned(),
        published_at: at(1),
        effective_at: at(2),
    };
    scope.publish_policy(version).await.unwrap();
    let suppression = |reach| NewSuppression {
        class: SuppressionClass::Choice,
        reach,
        purpose: None,
        brand: None,
        list: None,
        cause: "a letter".to_owned(),
        at: at(3),
    };
    let bob = "bob@example.org".parse().unwrap();
    scope.suppress(&bob, suppression(SuppressionScope::Account)).await.unwrap();
    let (bob, _) = scope.contact_save(person("bob@example.org")).await.unwrap();
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let address = "ada@example.org".parse().unwrap();
    scope.suppress(&address, suppression(SuppressionScope::Global)).await.unwrap();
    scope.sequence(ALL).await.unwrap();

    let policy = scope.chain(ChainOf::Policy, 0, 10).await.unwrap();
    let Payload::Publication(published) = policy[0].opening.read().unwrap() else { panic!() };
    assert_eq!((published.version, published.published), (1, at(1)));
    let leaves = scope.leaves(0, 10).await.unwrap();
    assert!(leaves[0].policy.is_zero(), "published before it was in force here");
    assert_eq!(leaves[1].policy, published.policy);
    assert_eq!(kinds(&chain(&scope, bob).await), [EntryKind::Suppression, EntryKind::Collection, EntryKind::Choice], "it waited for him");
    let ada = chain(&scope, ada).await;
    assert_eq!(kinds(&ada), [EntryKind::Collection, EntryKind::Choice, EntryKind::Suppression]);
    let Payload::Suppression(told) = ada[2].opening.read().unwrap() else { panic!() };
    assert_eq!((told.reach, told.at), (SuppressionScope::Global, at(3)));
}

#[tokio::test]
async fn an_erasure_takes_the_key_and_leaves_every_leaf_provable() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let (bob, _) = scope.contact_save(person("bob@example.org")).await.unwrap();
    scope.sequence(ALL).await.unwrap();
    let before = scope.ledger_head().await.unwrap();
    let first = chain(&scope, ada).await;
    let tiles = inclusion_tiles(before.size, first[0].index).unwrap();
    let tiles = scope.ledger_tiles(&tiles).await.unwrap();
    let proof = prove_inclusion(before.size, first[0].index, &tiles).unwrap();
    let leaf = scope.leaves(first[0].index, 1).await.unwrap()[0];

    // A no that still waits for its number when the erasure comes.
    scope.record_fact(ada, NewFact::new(FactKind::Complaint, at(6))).await.unwrap();
    scope.record_fact(ada, NewFact::new(FactKind::Erase, at(7))).await.unwrap();
    scope.sequence(ALL).await.unwrap();
    assert!(chain(&scope, ada).await.is_empty(), "nothing about her opens");
    assert_eq!(chain(&scope, bob).await.len(), 2);
    assert_eq!(scope.leaves(first[0].index, 1).await.unwrap()[0], leaf, "the leaf stays");
    let hash = leaf_hash(&leaf);
    assert!(verify_inclusion(&before, first[0].index, &hash, &proof).is_ok(), "the old proof holds");
    assert!(is_included(&scope, first[0].index).await, "and a new one is made");
    // She, who kept her opening, can still show what was recorded.
    assert_eq!(first[0].opening.commitment(), leaf.commitment);
    let office = scope.chain(ChainOf::Office, 0, 10).await.unwrap();
    let Payload::Erasure(tombstone) = office[0].opening.read().unwrap() else { panic!() };
    assert_eq!((tombstone.seeds, tombstone.entries), (1, 2));
    let checked = scope.ledger_verify(|_| {}).await.unwrap();
    assert_eq!((checked.head.size, checked.opened), (before.size + 2, 3));
}

#[tokio::test]
async fn who_comes_back_after_an_erasure_begins_a_new_chain_that_tells_the_old_facts() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    scope.record_fact(ada, NewFact::new(FactKind::Erase, at(7))).await.unwrap();
    // An entry about her meanwhile is a leaf that nobody can open.
    scope.record_fact(ada, NewFact::new(FactKind::Bounce, at(8))).await.unwrap();
    world.clock.advance_us(1_000_000);
    let mut again = person("ada@example.org");
    again.facts = vec![NewFact::new(grant(), at(9))];
    assert_eq!(scope.contact_save(again).await.unwrap().0, ada);
    scope.sequence(ALL).await.unwrap();
    let told: Vec<_> = chain(&scope, ada).await;
    assert_eq!(told[0].n, 1);
    let facts: Vec<_> = told
        .iter()
        .filter_map(|e| match e.opening.read().unwrap() {
            Payload::Choice(fact) => Some(fact),
            _ => None,
        })
        .collect();
    assert_eq!(facts, scope.facts(ada).await.unwrap().events, "the chain tells what the gate reads");
    scope.ledger_verify(|_| {}).await.unwrap();
}

#[tokio::test]
async fn an_entry_about_a_person_needs_the_person() {
    let Some(world) = super::world().await else { return };
    let scope = account(&world, "acme").await;
    let fact = scope.facts(ContactId::from_i64(9)).await.unwrap();
    assert!(fact.events.is_empty());
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let complaint = scope.facts(ada).await.unwrap().events.remove(0);
    let nobody = NewEntry { person: None, payload: Payload::Choice(complaint) };
    assert!(matches!(scope.append_entry(nobody).await, Err(StoreError::Missing(_))));
}
