//! Pages that only show, and what forged tokens get.

use avow_compose::{Token, TokenKey};
use axum::http::StatusCode;

use super::world::{BASE, World};

#[tokio::test]
async fn forged_truncated_and_foreign_tokens_get_a_kind_page_that_tells_nothing() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let genuine = world.path(&Token::Unsubscribe(message));
    let token = genuine.strip_prefix("/u/").unwrap();
    let foreign = TokenKey::new([1; 32]).seal(&Token::Unsubscribe(message));
    let mut bodies = Vec::new();
    for path in ["/u/", "/p/", "/why/", "/v/", "/confirm/", "/c/"] {
        let half = &token[..token.len() / 2];
        let as_other = if path == "/u/" { "AAAA" } else { token };
        for bad in [half, foreign.as_str(), as_other, "%00", "x"] {
            let answer = world.get(&format!("{path}{bad}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}{bad}");
            bodies.push(answer.text());
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "all look the same");
    assert!(bodies[0].contains("This link does not work") && !bodies[0].contains("example.com"));
    assert_eq!(
        world
            .post(&format!("/u/{foreign}"), "List-Unsubscribe=One-Click")
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(world.withdrawals(message.contact).await, 0);
}

#[tokio::test]
async fn the_why_page_tells_when_under_what_and_by_which_permission() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let page = world.get(&world.path(&Token::Why(message))).await;
    let text = page.text();
    for part in [
        "2 May 2026",
        "version 1 of the privacy policy",
        "because you said yes on",
        "You get this because",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("ada@example.com"));
}

#[tokio::test]
async fn the_mail_in_a_browser_is_sandboxed_and_never_measured() {
    let world = World::start().await;
    let message = world
        .mailed("ada@example.com", &["newsletter", "measure"])
        .await;
    let page = world.get(&world.path(&Token::View(message))).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert!(
        page.header("content-security-policy")
            .starts_with("sandbox")
    );
    let text = page.text();
    assert!(
        text.contains("Three things.")
            && !text.contains("/o/")
            && !text.contains(&format!("{BASE}/c/"))
    );
}

#[tokio::test]
async fn the_policy_page_shows_the_version_in_force_and_its_history() {
    let world = World::start().await;
    let source = include_str!("../../../policies/imark/v1.toml")
        .replace("version = 1", "version = 2")
        .replace("2026-01-01T", "2026-05-28T")
        .replace("2026-01-08T", "2026-06-08T");
    world.stage.publish(2, &source).await;
    let text = world.get("/policy/imark").await.text();
    assert!(
        text.contains("Version 1, in force since 8 January 2026"),
        "{text}"
    );
    assert!(text.contains("announced"));
    let second = world.get("/policy/imark/2").await.text();
    assert!(second.contains("takes effect on 8 June 2026"), "{second}");
    assert_eq!(
        world.get("/policy/imark/3").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world.get("/policy/nobody").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn public_pages_set_no_cookie_and_run_no_script() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    world.stage.form("signup").await;
    let preferences = Token::Preferences {
        account: message.account,
        contact: message.contact,
    };
    let tokens = [
        Token::Unsubscribe(message),
        Token::Why(message),
        preferences,
    ];
    let mut paths: Vec<String> = tokens.iter().map(|t| world.path(t)).collect();
    paths.extend(["/f/imark/signup".to_owned(), "/policy/imark".to_owned()]);
    for path in paths {
        let answer = world.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.headers.contains_key("set-cookie"));
        assert!(!answer.text().contains("<script"), "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}
