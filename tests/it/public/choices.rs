//! Unsubscribe and preferences: GET changes nothing, a POST counts before its answer.

use avow_compose::Token;
use avow_model::{FactKind, PurposeSelector};
use avow_policy::{Request, Shelf, decide};
use axum::http::{Method, StatusCode};

use super::world::World;

const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

/// The gate's answer to a newsletter now, from what the store holds.
async fn may_mail(world: &World, contact: avow_model::ContactId) -> bool {
    may(world, contact, ("newsletter", "send")).await
}

async fn may(world: &World, contact: avow_model::ContactId, (purpose, verb): (&str, &str)) -> bool {
    let scope = world.stage.scope();
    let published = scope.published().await.unwrap();
    let policies = Shelf::default()
        .open(world.stage.account, &published)
        .unwrap();
    let account = world.stage.slug.clone();
    let request = Request::new(
        account.clone(),
        account,
        purpose.parse().unwrap(),
        verb.parse().unwrap(),
    );
    let facts = scope.facts(contact).await.unwrap();
    decide(&request, &facts, world.stage.clock.now(), &policies).is_allowed()
}

#[tokio::test]
async fn opening_the_unsubscribe_page_changes_nothing() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let path = world.path(&Token::Unsubscribe(message));
    for method in [Method::GET, Method::HEAD] {
        let answer = world.asks(method, &path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    assert_eq!(world.withdrawals(message.contact).await, 0);
    assert!(may_mail(&world, message.contact).await);
}

#[tokio::test]
async fn one_click_withdraws_before_the_answer_from_any_origin_without_cookie_or_redirect() {
    let world = World::start().await;
    let message = world
        .mailed("ada@example.com", &["newsletter", "measure"])
        .await;
    let path = world.path(&Token::Unsubscribe(message));
    let foreign = [
        ("origin", "https://webmail.example"),
        ("sec-fetch-site", "cross-site"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let mut request = axum::http::Request::builder()
        .method(Method::POST)
        .uri(&path);
    for (name, value) in foreign {
        request = request.header(name, value);
    }
    let answer = world.send(request.body(ONE_CLICK.into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.headers.contains_key("location"));
    assert!(!may_mail(&world, message.contact).await);
    assert!(
        may(&world, message.contact, ("measure", "track.open")).await,
        "only this purpose"
    );
}

#[tokio::test]
async fn a_repeated_one_click_adds_nothing() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let path = world.path(&Token::Unsubscribe(message));
    for _ in 0..3 {
        assert_eq!(world.post(&path, ONE_CLICK).await.status, StatusCode::OK);
    }
    assert_eq!(world.withdrawals(message.contact).await, 1);
}

#[tokio::test]
async fn the_wider_buttons_stop_what_they_say() {
    let world = World::start().await;
    let message = world
        .mailed("ada@example.com", &["newsletter", "measure"])
        .await;
    let path = world.path(&Token::Unsubscribe(message));
    world.post(&path, "stop=marketing").await;
    assert!(!may(&world, message.contact, ("measure", "track.open")).await);
    world.post(&path, "stop=any").await;
    let events = world.events(message.contact).await;
    let any = FactKind::Withdraw {
        purpose: PurposeSelector::Any,
    };
    assert!(events.iter().any(|f| f.kind == any));
}

#[tokio::test]
async fn preferences_show_a_switch_for_each_purpose_and_a_mask_of_the_address() {
    let world = World::start().await;
    let message = world
        .mailed("ada.lovelace@example.com", &["newsletter"])
        .await;
    let token = Token::Preferences {
        account: message.account,
        contact: message.contact,
    };
    let page = world.get(&world.path(&token)).await.text();
    assert!(page.contains("value=\"newsletter\" checked"), "{page}");
    assert!(page.contains("value=\"measure\">") && page.contains("Stop everything"));
    assert!(page.contains("a\u{2026}@example.com") && !page.contains("ada.lovelace"));
}

#[tokio::test]
async fn saved_preferences_count_before_the_page_shows() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let token = Token::Preferences {
        account: message.account,
        contact: message.contact,
    };
    let path = world.path(&token);
    let body = "version=1&shown=newsletter%3Aon&shown=measure%3Aoff&on=measure&do=save";
    assert_eq!(world.post(&path, body).await.status, StatusCode::OK);
    assert!(!may_mail(&world, message.contact).await);
    assert!(may(&world, message.contact, ("measure", "track.click")).await);
    world.advance(60);
    world.post(&path, "do=stop").await;
    assert!(!may(&world, message.contact, ("measure", "track.click")).await);
}

#[tokio::test]
async fn a_yes_to_a_wording_that_changed_meanwhile_is_not_recorded_but_a_no_is() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let token = Token::Preferences {
        account: message.account,
        contact: message.contact,
    };
    let body = "version=7&shown=newsletter%3Aon&shown=measure%3Aoff&on=measure&do=save";
    let page = world.post(&world.path(&token), body).await.text();
    assert!(page.contains("policy changed"), "{page}");
    assert!(!may_mail(&world, message.contact).await);
    assert!(!may(&world, message.contact, ("measure", "track.click")).await);
}
