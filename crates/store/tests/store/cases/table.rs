//! The table of contacts: what each filter finds, in which order, page by page; people put on lists and taken off.

use avow_model::{ContactId, FactKind, How, ListId};
use avow_store::{
    AccountScope, CameOrder, Mark, NewFact, PeopleFilter, Saved, StoreError, SubscriptionState,
};

use crate::people::{account, at, newsletter, person};

async fn fill(scope: &AccountScope, world: &crate::world::World) -> Vec<ContactId> {
    let mut ids = Vec::new();
    for name in ["ada", "bea", "cyd", "dan", "eve"] {
        let new = person(&format!("{name}@example.org"));
        ids.push(scope.contact_save(new).await.unwrap().0);
        world.clock.advance_us(1_000_000);
    }
    ids
}

async fn names(scope: &AccountScope, filter: &PeopleFilter) -> Vec<String> {
    let page = scope.people(filter, None, 50).await.unwrap();
    assert_eq!(page.looked_to, None);
    let name = |c: avow_store::ContactSummary| c.address.expose()[..3].to_owned();
    page.people.into_iter().map(name).collect()
}

#[tokio::test]
async fn each_filter_finds_those_it_means_and_nobody_else() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let ids = fill(&scope, &world).await;
    let other = account(&world, "other").await;
    other.contact_save(person("zoe@example.org")).await.unwrap();
    let list = scope.list_create(&"spring".parse().unwrap(), "Spring").await.unwrap();
    for (id, state) in [(ids[1], SubscriptionState::Confirmed), (ids[2], SubscriptionState::Ended)] {
        scope.subscribe(list, id, state).await.unwrap();
    }
    let no = FactKind::Withdraw { purpose: newsletter() };
    for id in [ids[1], ids[3]] {
        scope.record_fact(id, NewFact::new(no.clone(), at(50))).await.unwrap();
    }
    // One of them said yes again.
    let yes = NewFact::new(crate::people::grant(), at(60));
    scope.record_fact(ids[3], yes).await.unwrap();
    scope.record_fact(ids[4], NewFact::new(FactKind::Bounce, at(50))).await.unwrap();
    scope.record_fact(ids[0], NewFact::new(FactKind::Erase, at(70))).await.unwrap();
    let all = PeopleFilter::default();
    let with = |search: &str| PeopleFilter { search: search.into(), ..all.clone() };
    let told = [
        (all.clone(), vec!["eve", "dan", "cyd", "bea"]),
        (PeopleFilter { order: CameOrder::OldestFirst, ..all.clone() }, vec!["bea", "cyd", "dan", "eve"]),
        (with("EXAMPLE"), vec!["eve", "dan", "cyd", "bea"]),
        (with("d"), vec!["dan", "cyd"]),
        (with("%"), vec![]),
        (with("Cyd@Example.org"), vec!["cyd"]),
        (with("ada@example.org"), vec![]),
        (PeopleFilter { list: Some(list), ..all.clone() }, vec!["bea"]),
        (PeopleFilter { list: Some(ListId::from_i64(1)), ..all.clone() }, vec![]),
        (PeopleFilter { list: Some(list), ..with("cyd@example.org") }, vec![]),
        (PeopleFilter { mark: Some(Mark::SaidNo), ..all.clone() }, vec!["bea"]),
        (PeopleFilter { mark: Some(Mark::SaidNo), list: Some(list), ..with("b") }, vec!["bea"]),
        (PeopleFilter { mark: Some(Mark::Bounced), order: CameOrder::OldestFirst, ..all.clone() }, vec!["eve"]),
        (PeopleFilter { mark: Some(Mark::Bounced), list: Some(list), ..all.clone() }, vec![]),
        (PeopleFilter { how: Some(How::Direct), ..with("e@") }, vec!["eve"]),
        (PeopleFilter { how: Some(How::ImportAttested), ..all.clone() }, vec![]),
    ];
    for (filter, wanted) in told {
        assert_eq!(names(&scope, &filter).await, wanted, "{filter:?}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_both_ways_and_times_bound_them() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let ids = fill(&scope, &world).await;
    for (order, wanted) in [
        (CameOrder::OldestFirst, ids.clone()),
        (CameOrder::NewestFirst, ids.iter().rev().copied().collect()),
    ] {
        for search in ["", "example"] {
            let filter = PeopleFilter { order, search: search.into(), ..PeopleFilter::default() };
            let (mut after, mut seen) = (None, Vec::new());
            loop {
                let page = scope.people(&filter, after, 2).await.unwrap();
                seen.extend(page.people.iter().map(|c| c.id));
                after = seen.last().copied();
                if page.people.len() < 2 {
                    break;
                }
            }
            assert_eq!(seen, wanted, "{order:?} {search}");
        }
    }
    let row = scope.contact(ids[2]).await.unwrap().unwrap();
    let since = PeopleFilter { since: Some(row.created_at), ..PeopleFilter::default() };
    assert_eq!(names(&scope, &since).await, ["eve", "dan", "cyd"]);
    let until = PeopleFilter { until: Some(row.created_at), ..PeopleFilter::default() };
    assert_eq!(names(&scope, &until).await, ["bea", "ada"]);
}

#[tokio::test]
async fn staff_put_on_a_list_only_who_never_left_it_and_take_back_only_their_own_act() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let ids = fill(&scope, &world).await;
    let list = scope.list_create(&"spring".parse().unwrap(), "Spring").await.unwrap();
    scope.subscribe(list, ids[0], SubscriptionState::Ended).await.unwrap();
    scope.subscribe(list, ids[1], SubscriptionState::Confirmed).await.unwrap();
    world.clock.advance_us(1_000_000);
    let size = async || scope.list_size(list).await.unwrap();
    let stranger = ContactId::from_i64(7);
    let some = [ids[0], ids[1], ids[2], ids[3], stranger];
    let (n, put_at) = scope.list_put(list, &some).await.unwrap();
    assert_eq!((n, size().await), (2, 3));
    world.clock.advance_us(1_000_000);
    let (n, taken_at) = scope.list_take(list, &ids[1..3]).await.unwrap();
    assert_eq!((n, size().await), (2, 1));
    assert_eq!(scope.list_take_undo(list, &some, put_at).await.unwrap(), 0);
    assert_eq!(scope.list_take_undo(list, &some, taken_at).await.unwrap(), 2);
    let n = scope.list_put_undo(list, &some, put_at).await.unwrap();
    // The place that was taken and given back has another moment: it is not thrown away.
    assert_eq!((n, size().await), (1, 2));
    let missing = scope.list_put(ListId::from_i64(1), &some).await;
    assert!(matches!(missing, Err(StoreError::Missing(_))), "{missing:?}");
    scope.list_change(list, "Summer", "For warm days").await.unwrap();
    let row = scope.list(list).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.about.as_str()), ("Summer", "For warm days"));
}

#[tokio::test]
async fn staff_add_as_a_file_does_and_correct_what_is_held() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let (id, saved) = scope.contact_add(person("ada@example.org")).await.unwrap().unwrap();
    assert_eq!(saved, Saved::Created);
    let mut other = person("ada@example.org");
    other.fields.insert("name".into(), "Augusta".into());
    let (same, saved) = scope.contact_correct(other).await.unwrap().unwrap();
    assert_eq!((same, saved), (id, Saved::Updated));
    let row = scope.contact(id).await.unwrap().unwrap();
    assert_eq!(row.fields["name"], "Augusta");
    scope.record_fact(id, NewFact::new(FactKind::Erase, at(70))).await.unwrap();
    assert_eq!(scope.contact_add(person("ada@example.org")).await.unwrap(), None);
    assert_eq!(scope.contact_correct(person("ada@example.org")).await.unwrap(), None);
    assert_eq!(scope.contact(id).await.unwrap().unwrap().address, None);
}
