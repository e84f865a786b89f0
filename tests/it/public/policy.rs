//! The policy on the public pages: languages, history, changes, cookies, headers, well-known files.

use avow_compose::Token;
use axum::http::{Method, StatusCode};

use super::world::World;

/// A second version that takes effect on 11 June 2026, and reads one category more.
pub(super) fn second() -> String {
    include_str!("../../../policies/imark/v1.toml")
        .replace("version = 1", "version = 2")
        .replace("2026-01-01T", "2026-05-28T")
        .replace("2026-01-08T", "2026-06-11T")
        .replace(
            "reads = [\"email\", \"name\", \"interest\"]",
            "reads = [\"email\", \"name\", \"interest\", \"job\"]",
        )
}

/// The same, in effect since February.
fn second_in_force() -> String {
    second()
        .replace("2026-05-28T", "2026-02-01T")
        .replace("2026-06-11T", "2026-02-11T")
}

#[tokio::test]
async fn a_policy_page_speaks_the_readers_language_where_its_text_has_it() {
    let world = World::start().await;
    let german = second_in_force()
        + "\n[text.de]\nmarkdown = \"\"\"\n# Datenschutz\n## A {#register}\n## B {#visits}\n## C {#newsletter}\n\
           ## D {#measure}\n## E {#service}\n## F {#friends}\n\"\"\"\n";
    world.stage.publish(2, &german).await;
    let lang = |page: &str| page.contains("<h1>Datenschutz</h1>");
    assert!(!lang(&world.get("/policy/imark").await.text()));
    assert!(lang(&world.get("/policy/imark?lang=de").await.text()));
    let accept = [("accept-language", "fr, de;q=0.7")];
    let page = world.asks(Method::GET, "/policy/imark", &accept).await;
    assert!(lang(&page.text()), "{}", page.text());
    let odd = world.get("/policy/imark?lang=%3Cscript%3E").await.text();
    assert!(!lang(&odd) && !odd.contains("<script"));
}

#[tokio::test]
async fn what_a_version_changes_is_told_before_it_takes_effect_on_every_page() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let unsubscribe = world.path(&Token::Unsubscribe(message));
    assert!(
        !world
            .get(&unsubscribe)
            .await
            .text()
            .contains("class=\"coming\"")
    );
    world.stage.publish(2, &second()).await;
    for path in ["/policy/imark", unsubscribe.as_str()] {
        let page = world.get(path).await.text();
        assert!(
            page.contains("From 11 June 2026 a new privacy policy is in effect"),
            "{page}"
        );
        assert!(
            page.replace("&#x2f;", "/")
                .contains("/policy/imark/2/changes")
        );
    }
    let changes = world.get("/policy/imark/2/changes").await;
    assert_eq!(changes.status, StatusCode::OK, "{}", changes.text());
    let text = changes.text();
    assert!(
        text.contains("Permits more, or promises less") && text.contains("Job function"),
        "{text}"
    );
    for none in [
        "/policy/imark/1/changes",
        "/policy/imark/9/changes",
        "/policy/imark/x/changes",
    ] {
        assert_eq!(
            world.get(none).await.status,
            StatusCode::NOT_FOUND,
            "{none}"
        );
    }
    world.advance(30 * 24 * 3_600);
    assert!(
        !world
            .get("/policy/imark")
            .await
            .text()
            .contains("class=\"coming\"")
    );
}

#[tokio::test]
async fn no_public_page_sets_a_cookie_where_the_policys_mode_is_none() {
    let world = World::of("dynamics").await;
    let message = world
        .mailed("ada@example.com", &["newsletter", "measure"])
        .await;
    let account = world.stage.account;
    let contact = message.contact;
    let tokens = [
        Token::Unsubscribe(message),
        Token::Preferences { account, contact },
        Token::Why(message),
        Token::View(message),
        Token::Open(message),
        Token::Click { message, link: 0 },
    ];
    let mut paths: Vec<String> = tokens.iter().map(|t| world.path(t)).collect();
    let fixed = [
        "/policy/dynamics",
        "/policy/dynamics/1",
        "/policy/dynamics/2/changes",
        "/policy/dynamics/cookies",
        "/.well-known/gpc.json",
        "/.well-known/security.txt",
        "/f/dynamics/signup",
        "/confirm/x",
        "/u/x",
    ];
    paths.extend(fixed.map(str::to_owned));
    for path in &paths {
        let got = world.get(path).await;
        assert!(!got.status.is_server_error(), "{path}: {}", got.status);
        let posted = world.post(path, "do=stop&List-Unsubscribe=One-Click").await;
        for answer in [got, posted] {
            assert!(!answer.headers.contains_key("set-cookie"), "{path}");
        }
    }
    let page = world.get("/policy/dynamics/cookies").await.text();
    assert!(page.contains("No cookie is set"), "{page}");
}

#[tokio::test]
async fn public_pages_load_only_from_hosts_that_need_no_choice() {
    let world = World::start().await;
    let hosts = "\n[host.pictures]\ntitle = \"Pictures\"\norigin = \"https://pictures.example.com\"\nloads = [\"image\"]\n\
        \n[host.counter]\ntitle = \"Counter\"\norigin = \"https://counter.example.com\"\nloads = [\"image\"]\npurpose = \"measure\"\n";
    let source = second_in_force() + hosts;
    world.stage.publish(2, &source).await;
    let page = world.get("/policy/imark").await;
    let header = page.header("content-security-policy");
    assert!(
        header.contains("img-src 'self' data: https://pictures.example.com;"),
        "{header}"
    );
    assert!(!header.contains("counter.example.com") && !header.contains("unsafe"));
}

#[tokio::test]
async fn the_well_known_files_speak_for_the_account() {
    let world = World::start().await;
    let gpc = world.get("/.well-known/gpc.json").await;
    assert_eq!(gpc.text(), "{\"gpc\":true,\"lastUpdate\":\"2026-01-08\"}");
    assert_eq!(gpc.header("content-type"), "application/json");
    let asked = [("host", "WWW.imark.example:8443")];
    let security = world
        .asks(Method::GET, "/.well-known/security.txt", &asked)
        .await;
    assert_eq!(security.header("content-type"), "text/plain; charset=utf-8");
    let text = security.text();
    assert!(
        text.contains("Contact: mailto:privacy@imark.example\nExpires: 2026-"),
        "{text}"
    );
    assert!(
        text.contains("Policy: https://mail.example.com/policy/imark\n"),
        "{text}"
    );
}
