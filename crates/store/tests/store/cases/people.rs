//! People: what is taken in, what happened, what the gate is told.

use std::collections::BTreeMap;

use avow_model::{
    Datum, FactKind, How, Jurisdiction, PurposeSelector, Scope, StoreHealth, SuppressionClass,
    SuppressionScope,
};
use avow_store::{
    ContactFilter, Evidence, EvidenceKind, LedgerEntry, NewFact, NewSuppression, Saved, StoreError,
    SubscriptionState,
};

use crate::people::{account, at, grant, newsletter, person};

#[tokio::test]
async fn a_person_is_taken_in_once_and_the_same_again_changes_nothing() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let (id, saved) = scope.contact_save(person("Ada@Example.org")).await.unwrap();
    assert_eq!(saved, Saved::Created);
    let again = scope.contact_save(person("ada@EXAMPLE.org")).await.unwrap();
    assert_eq!(again, (id, Saved::Unchanged));
    let mut more = person("ada@example.org");
    more.fields = BTreeMap::from([("job".into(), "Engineer".into()), ("name".into(), String::new())]);
    more.jurisdiction = Jurisdiction::parse("de");
    assert_eq!(scope.contact_save(more).await.unwrap(), (id, Saved::Updated));
    let found = scope.contact_by_address(&"ADA@example.org".parse().unwrap()).await;
    let found = found.unwrap().unwrap();
    assert_eq!(found.address.unwrap().expose(), "Ada@Example.org");
    assert_eq!(found.fields["name"], "Ada");
    assert_eq!(found.fields["job"], "Engineer");
    assert_eq!(found.jurisdiction.as_str(), "de");
    assert_eq!(scope.contact_count().await.unwrap(), 1);
}

#[tokio::test]
async fn facts_come_back_as_they_were_given_with_the_data_and_their_binding() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let (id, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    let narrow = Scope {
        account: None,
        brand: Some("acme".parse().unwrap()),
        list: Some("monthly".parse().unwrap()),
    };
    let kinds = every_kind();
    for (n, kind) in kinds.iter().enumerate() {
        let mut fact = NewFact::new(kind.clone(), at(10 + n as i64));
        fact.scope = narrow.clone();
        scope.record_fact(id, fact).await.unwrap();
    }
    let facts = scope.facts(id).await.unwrap();
    let datum = |category: &str| Datum {
        category: category.parse().unwrap(),
        version: Some(1),
        how: How::Direct,
        account: "acme".parse().unwrap(),
    };
    assert_eq!(facts.data, [datum("email"), datum("name")]);
    assert_eq!(facts.events[0].kind, grant());
    let read: Vec<_> = facts.events[1..].iter().map(|f| f.kind.clone()).collect();
    assert_eq!(read, kinds);
    assert!(facts.events[1..].iter().all(|f| f.scope == narrow));
    assert!(facts.events.iter().all(|f| f.recorded_at >= f.at));
    assert_eq!(facts.store, StoreHealth::Up);
}

/// All but `Erase`, which has a case of its own.
fn every_kind() -> Vec<FactKind> {
    vec![
        FactKind::Confirm { purpose: None },
        FactKind::Refuse { purpose: newsletter() },
        FactKind::Withdraw { purpose: PurposeSelector::AllMarketing },
        FactKind::Object { purpose: PurposeSelector::Any },
        FactKind::Complaint,
        FactKind::Notice { version: 2 },
        FactKind::Bounce,
        FactKind::ConfirmAddress,
        FactKind::Recollect,
        FactKind::Restrict,
        FactKind::Unrestrict,
        FactKind::Used { purpose: Some("raffle".parse().unwrap()) },
    ]
}

#[tokio::test]
async fn a_no_moves_the_restriction_counter_of_its_account_only() {
    let Some(world) = super::world().await else {
        return;
    };
    let (acme, abel) = (account(&world, "acme").await, account(&world, "abel").await);
    let (id, _) = acme.contact_save(person("ada@example.org")).await.unwrap();
    let before = acme.restriction_counter();
    acme.record_fact(id, NewFact::new(grant(), at(5))).await.unwrap();
    assert_eq!(acme.restriction_counter(), before);
    let no = FactKind::Withdraw { purpose: newsletter() };
    acme.record_fact(id, NewFact::new(no, at(6))).await.unwrap();
    assert!(acme.restriction_counter() > before);
    assert_eq!(world.store.account(acme.id()).restriction_counter(), acme.restriction_counter());
    assert_eq!(abel.restriction_counter(), 0);
}

fn suppression(reach: SuppressionScope) -> NewSuppression {
    NewSuppression {
        class: SuppressionClass::Choice,
        reach,
        purpose: None,
        brand: None,
        list: None,
        cause: "asked by letter".into(),
        at: at(7),
    }
}

#[tokio::test]
async fn a_suppression_matches_wide_and_reaches_as_far_as_it_says() {
    let Some(world) = super::world().await else {
        return;
    };
    let (acme, abel) = (account(&world, "acme").await, account(&world, "abel").await);
    let (ada, _) = acme.contact_save(person("ada+news@example.org")).await.unwrap();
    let (bob, _) = acme.contact_save(person("bob@example.org")).await.unwrap();
    let (other, _) = abel.contact_save(person("ada@example.org")).await.unwrap();
    let address = "ADA@example.org".parse().unwrap();
    let own = suppression(SuppressionScope::Account);
    acme.suppress(&address, own).await.unwrap();
    let reaches = async |scope: &avow_store::AccountScope, id| {
        let facts = scope.facts(id).await.unwrap();
        facts.suppressions.iter().map(|s| s.reach).collect::<Vec<_>>()
    };
    assert_eq!(reaches(&acme, ada).await, [SuppressionScope::Account]);
    assert!(reaches(&acme, bob).await.is_empty());
    assert!(reaches(&abel, other).await.is_empty());
    let global = suppression(SuppressionScope::Global);
    acme.suppress(&address, global).await.unwrap();
    assert_eq!(reaches(&abel, other).await, [SuppressionScope::Global]);
    assert_eq!(abel.restriction_counter(), 1);
}

#[tokio::test]
async fn a_page_of_facts_keeps_the_order_and_an_unknown_contact_has_none() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let mut ids = Vec::new();
    for n in 0..7 {
        let mut new = person(&format!("p{n}@example.org"));
        new.age = Some(20 + n);
        ids.push(scope.contact_save(new).await.unwrap().0);
    }
    ids.push(avow_model::ContactId::from_i64(i64::MAX));
    let page = scope.facts_page(&ids).await.unwrap();
    let ages: Vec<_> = page.iter().map(|f| f.age).collect();
    assert_eq!(ages[..7], [20, 21, 22, 23, 24, 25, 26].map(Some));
    assert_eq!(page[7], avow_model::Facts::default());
    let nobody = scope.record_fact(ids[7], NewFact::new(grant(), at(1))).await;
    assert!(matches!(nobody, Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn an_erased_person_leaves_facts_and_suppressions_and_no_address_anywhere() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let mut new = person("ada@example.org");
    new.facts[0].ip = Some("192.0.2.7".into());
    let (id, _) = scope.contact_save(new.clone()).await.unwrap();
    let address = "ada@example.org".parse().unwrap();
    let protect = suppression(SuppressionScope::Account);
    scope.suppress(&address, protect).await.unwrap();
    let demo = ["demo".parse().unwrap()];
    scope.request_add(id, &demo[0], at(8)).await.unwrap();
    scope.record_fact(id, NewFact::new(FactKind::Erase, at(9))).await.unwrap();
    assert_eq!(scope.requests_of(&[id], &demo).await.unwrap(), []);
    let contact = scope.contact(id).await.unwrap().unwrap();
    assert!(contact.address.is_none() && contact.fields.is_empty());
    assert!(scope.contact_by_address(&address).await.unwrap().is_none());
    let ledger = scope.ledger(id, 10).await.unwrap();
    assert_eq!(ledger.len(), 3);
    assert!(ledger.iter().all(|line| line.ip.is_none()));
    let all = ContactFilter::default();
    assert!(scope.contacts_page(&all, None, 10).await.unwrap().is_empty());
    let (again, saved) = scope.contact_save(new).await.unwrap();
    assert_eq!((again, saved), (id, Saved::Updated));
    let facts = scope.facts(id).await.unwrap();
    assert_eq!(facts.suppressions.len(), 1);
    let recollected = |f: &avow_model::Fact| f.kind == FactKind::Recollect;
    assert!(facts.events.iter().any(recollected));
}

#[tokio::test]
async fn the_ledger_tells_what_happened_on_what_evidence_newest_first() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let evidence = Evidence {
        kind: EvidenceKind::Page,
        source: "preferences".into(),
        wording: "Stop the newsletter".into(),
        at: at(2),
    };
    let proof = scope.evidence_add(evidence.clone()).await.unwrap();
    let (id, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    world.clock.advance_us(1_000_000);
    let mut no = NewFact::new(FactKind::Withdraw { purpose: newsletter() }, at(3));
    no.evidence = Some(proof);
    no.ip = Some("192.0.2.7".into());
    scope.record_fact(id, no).await.unwrap();
    let ledger = scope.ledger(id, 10).await.unwrap();
    assert_eq!(ledger.len(), 3);
    assert_eq!(ledger[0].evidence.as_ref(), Some(&evidence));
    assert_eq!(ledger[0].ip.as_deref(), Some("192.0.2.7"));
    let collected = |l: &avow_store::LedgerLine| matches!(l.entry, LedgerEntry::Collection { .. });
    assert!(ledger[1..].iter().any(collected));
}

#[tokio::test]
async fn contacts_are_paged_searched_and_listed() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let list = scope.list_create(&"monthly".parse().unwrap(), "Monthly").await.unwrap();
    let mut ids = Vec::new();
    for (name, state) in [
        ("Ada", Some(SubscriptionState::Confirmed)),
        ("b_b", Some(SubscriptionState::Pending)),
        ("bxb", None),
    ] {
        let mut new = person(&format!("{name}@example.org"));
        new.subscribe = state.map(|state| (list, state));
        ids.push(scope.contact_save(new).await.unwrap().0);
    }
    let find = async |search: &str, list| {
        let filter = ContactFilter { search: Some(search.into()), list };
        let page = scope.contacts_page(&filter, None, 10).await.unwrap();
        page.iter().map(|c| c.id).collect::<Vec<_>>()
    };
    assert_eq!(find("", None).await, ids);
    assert_eq!(find("ADA", None).await, [ids[0]]);
    assert_eq!(find("b_b", None).await, [ids[1]]);
    assert_eq!(find("bxb@example.org", None).await, [ids[2]]);
    assert_eq!(find("", Some(list)).await, [ids[0]]);
    assert_eq!(scope.list_size(list).await.unwrap(), 1);
    let after = scope.contacts_page(&ContactFilter::default(), Some(ids[1]), 10).await;
    assert_eq!(after.unwrap().len(), 1);
    scope.subscribe(list, ids[1], SubscriptionState::Confirmed).await.unwrap();
    assert_eq!(find("", Some(list)).await, ids[..2]);
    let places = scope.subscriptions(ids[1]).await.unwrap();
    assert_eq!(places[0].state, SubscriptionState::Confirmed);
}
