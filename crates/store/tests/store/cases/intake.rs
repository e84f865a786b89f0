//! Imports: whole batches, again and again, and what they may not do.

use std::collections::BTreeMap;

use avow_model::FactKind;
use avow_store::{
    AccountScope, ImportContact, ImportCounts, ImportState, ImportStep, NewFact, StoreError,
    SubscriptionState,
};

use crate::people::{account, at, newsletter, person};

async fn step(scope: &AccountScope, position: u64, rows: u64) -> ImportStep {
    let run = scope.import_begin("people.csv", [9; 32]).await.unwrap();
    ImportStep {
        run: run.id,
        position,
        counts: ImportCounts { rows, ..run.counts },
    }
}

fn people(from: u32, to: u32) -> Vec<ImportContact> {
    (from..to).map(|n| person(&format!("p{n}@example.org"))).collect()
}

#[tokio::test]
async fn a_batch_creates_updates_and_leaves_alone_and_moves_the_import() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let first = step(&scope, 100, 50).await;
    let result = scope.import_batch(&people(0, 50), first).await.unwrap();
    assert_eq!((result.created, result.updated, result.unchanged), (50, 0, 0));
    let mut next = people(40, 60);
    next[0].fields = BTreeMap::from([("name".into(), "Grace".into())]);
    let result = scope.import_batch(&next, step(&scope, 200, 70).await).await.unwrap();
    assert_eq!((result.created, result.updated, result.unchanged), (10, 1, 9));
    let run = scope.import_begin("same again.csv", [9; 32]).await.unwrap();
    assert_eq!((run.position, run.counts), (200, result.counts));
    assert_eq!((run.counts.rows, run.counts.created), (70, 60));
    scope.import_finish(run.id, &run.counts).await.unwrap();
    let runs = scope.imports().await.unwrap();
    assert_eq!((runs.len(), runs[0].state), (1, ImportState::Finished));
    assert_eq!(scope.contact_count().await.unwrap(), 60);
    let ada = scope.contact_by_address(&"p3@example.org".parse().unwrap()).await;
    let facts = scope.facts(ada.unwrap().unwrap().id).await.unwrap();
    assert_eq!((facts.data.len(), facts.events.len()), (2, 1));
}

#[tokio::test]
async fn an_import_that_another_process_has_carried_further_is_refused_whole() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let stale = step(&scope, 100, 5).await;
    scope.import_batch(&people(0, 5), step(&scope, 300, 5).await).await.unwrap();
    let refused = scope.import_batch(&people(5, 9), stale).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    assert_eq!(scope.contact_count().await.unwrap(), 5);
}

#[tokio::test]
async fn one_address_twice_in_a_batch_is_one_contact_with_the_facts_of_both() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let mut twice = vec![person("Ada@example.org"), person("ada@EXAMPLE.org")];
    let no = FactKind::Withdraw { purpose: newsletter() };
    twice[1].facts.push(NewFact::new(no, at(8)));
    let before = scope.restriction_counter();
    let result = scope.import_batch(&twice, step(&scope, 9, 2).await).await.unwrap();
    assert_eq!((result.created, result.unchanged), (1, 1));
    assert!(scope.restriction_counter() > before);
    let ada = scope.contact_by_address(&"ada@example.org".parse().unwrap()).await;
    let facts = scope.facts(ada.unwrap().unwrap().id).await.unwrap();
    assert_eq!(facts.events.len(), 2);
}

#[tokio::test]
async fn a_file_neither_brings_back_the_erased_nor_changes_a_place_on_a_list() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let list = scope.list_create(&"monthly".parse().unwrap(), "Monthly").await.unwrap();
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let (bob, _) = scope.contact_save(person("bob@example.org")).await.unwrap();
    scope.record_fact(ada, NewFact::new(FactKind::Erase, at(9))).await.unwrap();
    scope.subscribe(list, bob, SubscriptionState::Ended).await.unwrap();
    let mut rows = vec![person("ada@example.org"), person("bob@example.org")];
    for row in &mut rows {
        row.subscribe = Some((list, SubscriptionState::Confirmed));
    }
    let result = scope.import_batch(&rows, step(&scope, 9, 2).await).await.unwrap();
    assert_eq!((result.erased, result.unchanged, result.updated), (1, 1, 0));
    assert!(scope.contact(ada).await.unwrap().unwrap().address.is_none());
    let places = scope.subscriptions(bob).await.unwrap();
    assert_eq!(places[0].state, SubscriptionState::Ended);
}

#[tokio::test]
async fn a_batch_that_was_planned_before_an_erasure_does_not_bring_the_person_back() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let mut row = person("ada@example.org");
    row.fields.insert("city".into(), "Ghent".into());
    let marked = scope.import_mark(vec![row]);
    let (ahead, rows) = scope.import_plan(marked, step(&scope, 9, 1).await).await.unwrap();
    scope.record_fact(ada, NewFact::new(FactKind::Erase, at(9))).await.unwrap();
    let result = scope.import_write(&ahead, rows).await.unwrap();
    assert_eq!((result.erased, result.updated), (1, 0));
    let erased = scope.contact(ada).await.unwrap().unwrap();
    assert!(erased.address.is_none() && erased.fields.is_empty());
}

#[tokio::test]
async fn a_batch_that_was_planned_before_a_correction_does_not_write_the_old_values_back() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let mut row = person("ada@example.org");
    row.fields = [("city".to_owned(), "Ghent".to_owned())].into();
    let marked = scope.import_mark(vec![row]);
    let (ahead, rows) = scope.import_plan(marked, step(&scope, 9, 1).await).await.unwrap();
    let corrected = [("name".to_owned(), "Augusta".to_owned())].into();
    scope.contact_fields_set(ada, &corrected).await.unwrap();
    let result = scope.import_write(&ahead, rows).await.unwrap();
    assert_eq!((result.erased, result.updated), (0, 1));
    let held = scope.contact(ada).await.unwrap().unwrap().fields;
    assert_eq!((held["name"].as_str(), held["city"].as_str()), ("Augusta", "Ghent"));
}

#[tokio::test]
async fn an_address_that_was_given_up_stays_given_up_through_an_erasure() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    scope.contact_retire(ada, at(3)).await.unwrap();
    scope.record_fact(ada, NewFact::new(FactKind::Erase, at(9))).await.unwrap();
    let (again, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    assert_eq!(again, ada);
    assert_eq!(scope.facts(ada).await.unwrap().retired, Some(at(3)));
}

#[tokio::test]
async fn an_objection_and_the_step_that_it_is_done_are_one() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let object = || NewFact::new(FactKind::Object { purpose: newsletter() }, at(9));
    let before = scope.ledger_standing().await.unwrap().waiting;
    scope.record_objection(ada, object()).await.unwrap();
    assert_eq!(scope.ledger_standing().await.unwrap().waiting, before + 2);
    let nobody = avow_model::ContactId::from_i64(1);
    scope.record_objection(nobody, object()).await.unwrap_err();
    assert_eq!(scope.ledger_standing().await.unwrap().waiting, before + 2);
}
