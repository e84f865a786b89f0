//! Accounts, users, sessions, leases: what hangs on no person of an account.

use avow_model::{EmailAddress, Slug, Timestamp};
use avow_store::{LeaseWish, NewSession, NewUser, Role, StoreError};

use crate::people::{account, settings};

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

#[tokio::test]
async fn an_account_is_found_by_its_slug_and_a_slug_is_taken_once() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let found = world.store.account_by_slug(&slug("acme")).await.unwrap();
    assert_eq!(found.unwrap(), scope.row().await.unwrap());
    assert_eq!(scope.slug().await.unwrap(), slug("acme"));
    let again = world.store.create_account(crate::people::new_account("acme"));
    assert!(matches!(again.await, Err(StoreError::Duplicate { .. })));
    account(&world, "abel").await;
    let all = world.store.accounts().await.unwrap();
    let slugs: Vec<_> = all.iter().map(|a| a.slug.as_str()).collect();
    assert_eq!(slugs, ["abel", "acme"]);
    let mut changed = settings("acme");
    changed.from_name = "Acme News".into();
    let id = scope.id();
    world.store.account_settings_set(id, &changed).await.unwrap();
    assert_eq!(scope.row().await.unwrap().settings, changed);
    let nobody = avow_model::AccountId::from_i64(5);
    let missing = world.store.account_settings_set(nobody, &changed).await;
    assert!(matches!(missing, Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn a_user_is_found_whatever_the_case_of_the_address_and_enters_only_given_accounts() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let address: EmailAddress = "Ada@Example.org".parse().unwrap();
    let new = NewUser {
        address: address.clone(),
        name: "Ada".into(),
        password_hash: "$argon2id$".into(),
    };
    let store = &world.store;
    let user = store.create_user(new.clone()).await.unwrap();
    let again = store.create_user(new).await;
    assert!(matches!(again, Err(StoreError::Duplicate { .. })));
    let found = store.user_by_address(&"ada@example.org".parse().unwrap()).await;
    assert_eq!(found.unwrap().unwrap().id, user);
    assert!(store.memberships(user).await.unwrap().is_empty());
    store.add_membership(scope.id(), user, Role::Analyst).await.unwrap();
    store.add_membership(scope.id(), user, Role::Owner).await.unwrap();
    let member = store.memberships(user).await.unwrap();
    assert_eq!((member.len(), member[0].role), (1, Role::Owner));
    let german = Some(avow_model::Language::German);
    store.user_language_set(user, german).await.unwrap();
    let found = store.user(user).await.unwrap().unwrap();
    assert_eq!(found.language, german);
    store.user_language_set(user, None).await.unwrap();
    let found = store.user(user).await.unwrap().unwrap();
    assert_eq!(found.language, None);
    store.user_password_set(user, "other").await.unwrap();
    assert_eq!(store.user(user).await.unwrap().unwrap().password_hash, "other");
}

#[tokio::test]
async fn a_session_ends_at_its_time_and_at_its_close() {
    let Some(world) = super::world().await else {
        return;
    };
    let store = &world.store;
    let user = store
        .create_user(NewUser {
            address: "ada@example.org".parse().unwrap(),
            name: "Ada".into(),
            password_hash: String::new(),
        })
        .await
        .unwrap();
    let at = |s: i64| Timestamp::from_second(1_800_000_000 + s).unwrap();
    let open = |hash: u8, until: i64| NewSession {
        token_hash: [hash; 32],
        user,
        agent: "ü".repeat(300),
        now: at(0),
        expires_at: at(until),
    };
    store.session_open(open(1, 10)).await.unwrap();
    store.session_open(open(2, 99)).await.unwrap();
    let found = store.session_find([1; 32], at(9)).await.unwrap().unwrap();
    assert!(found.user == user && found.agent.len() <= 200);
    assert!(store.session_find([1; 32], at(10)).await.unwrap().is_none());
    store.session_touch([1; 32], at(9), at(30)).await.unwrap();
    assert!(store.session_find([1; 32], at(29)).await.unwrap().is_some());
    store.session_close([1; 32]).await.unwrap();
    assert!(store.session_find([1; 32], at(9)).await.unwrap().is_none());
    store.sessions_close(user).await.unwrap();
    assert!(store.session_find([2; 32], at(9)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_lease_has_one_owner_and_each_new_owner_a_higher_epoch() {
    let Some(world) = super::world().await else {
        return;
    };
    let at = |s: i64| Timestamp::from_second(1_800_000_000 + s).unwrap();
    let take = async |owner: &str, now: i64, until: i64| {
        let wish = LeaseWish {
            name: "engine".into(),
            owner: owner.into(),
            now: at(now),
            until: at(until),
        };
        world.store.lease_take(wish).await.unwrap()
    };
    assert_eq!(take("a", 0, 10).await, Some(1));
    assert_eq!(take("b", 5, 15).await, None);
    assert_eq!(take("a", 9, 19).await, Some(1));
    assert_eq!(take("b", 19, 29).await, Some(2));
    world.store.lease_release("engine", "a").await.unwrap();
    assert_eq!(take("a", 20, 30).await, None);
    world.store.lease_release("engine", "b").await.unwrap();
    assert_eq!(take("a", 20, 30).await, Some(3));
}
