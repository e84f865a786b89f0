//! Global Privacy Control: a browser's no to sale and sharing is never taken as a yes, whatever box is ticked.

use avow_compose::Token;
use avow_model::{ContactId, FactKind, Purpose, PurposeSelector};
use avow_store::FormSettings;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use super::world::{Answer, BASE, World, encode};

const GPC: (&str, &str) = ("sec-gpc", "1");
const SAID: &str = "Global Privacy Control";
const FORM: &str = "/f/exacttarget/signup";

async fn post(
    world: &World,
    path: &str,
    pairs: &[(&str, &str)],
    signal: &[(&str, &str)],
) -> Answer {
    let body: Vec<String> = pairs
        .iter()
        .map(|(n, v)| format!("{}={}", encode(n), encode(v)))
        .collect();
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in signal {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.join("&"))).unwrap();
    world.send(request).await
}

/// An account with a form for product news and for passing data on to a partner.
async fn world() -> World {
    let world = World::of("exacttarget").await;
    let settings = FormSettings {
        title: "Meet our partners".to_owned(),
        intro: String::new(),
        purposes: ["product_news", "introduction"]
            .map(|p| p.parse().unwrap())
            .to_vec(),
        categories: ["email", "name"].map(|c| c.parse().unwrap()).to_vec(),
        list: None,
        button: "Go".to_owned(),
        thanks: String::new(),
        face: avow_store::FormFace::default(),
    };
    let slug = "signup".parse().unwrap();
    world
        .stage
        .scope()
        .form_create(&slug, &settings)
        .await
        .unwrap();
    world
}

/// Reads the form and sends it with both boxes ticked.
async fn sign_up(world: &World, signal: &[(&str, &str)]) -> Answer {
    let page = world.get(FORM).await.text();
    let notice = page.split("name=\"notice\" value=\"").nth(1).unwrap();
    let notice = notice.split('"').next().unwrap();
    world.advance(10);
    let pairs = [
        ("notice", notice),
        ("homepage", ""),
        ("email", "ada@example.com"),
        ("name", "Ada"),
        ("purpose", "product_news"),
        ("purpose", "introduction"),
    ];
    post(world, FORM, &pairs, signal).await
}

async fn ada(world: &World) -> ContactId {
    let scope = world.stage.scope();
    let address = "ada@example.com".parse().unwrap();
    scope
        .contact_by_address(&address)
        .await
        .unwrap()
        .unwrap()
        .id
}

/// The purposes that facts of this kind are about.
async fn about(world: &World, pick: impl Fn(&FactKind) -> Option<&PurposeSelector>) -> Vec<String> {
    let events = world.events(ada(world).await).await;
    let named = events.iter().filter_map(|f| match pick(&f.kind)? {
        PurposeSelector::One(purpose) => Some(purpose.to_string()),
        PurposeSelector::AllMarketing | PurposeSelector::Any => None,
    });
    let mut named: Vec<String> = named.collect();
    named.sort();
    named
}

const fn granted(kind: &FactKind) -> Option<&PurposeSelector> {
    match kind {
        FactKind::Grant { purpose, .. } => Some(purpose),
        _ => None,
    }
}

const fn confirmed(kind: &FactKind) -> Option<&PurposeSelector> {
    match kind {
        FactKind::Confirm { purpose } => purpose.as_ref(),
        _ => None,
    }
}

const fn withdrawn(kind: &FactKind) -> Option<&PurposeSelector> {
    match kind {
        FactKind::Withdraw { purpose } => Some(purpose),
        _ => None,
    }
}

async fn link(world: &World) -> String {
    let mails = world.confirmations_due().await;
    let text = String::from_utf8_lossy(&mails[0].body)
        .replace("=\r\n", "")
        .replace("=3D", "=");
    let after = text.split(&format!("{BASE}/confirm/")).nth(1).unwrap();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let end = after.find(|c| !word(c)).unwrap_or(after.len());
    format!("/confirm/{}", &after[..end])
}

#[tokio::test]
async fn a_form_that_comes_with_the_signal_gives_no_yes_to_sharing_and_keeps_the_rest() {
    let world = world().await;
    let shown = world.asks(Method::GET, FORM, &[GPC]).await.text();
    assert_eq!(
        shown.matches("disabled aria-describedby").count(),
        1,
        "{shown}"
    );
    assert!(shown.contains(SAID), "{shown}");
    let answer = sign_up(&world, &[GPC]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert!(answer.text().contains(SAID), "{}", answer.text());
    assert_eq!(about(&world, granted).await, ["product_news"]);
}

#[tokio::test]
async fn anything_but_an_exact_one_is_no_signal_and_neither_is_do_not_track() {
    for other in [
        ("sec-gpc", "0"),
        ("sec-gpc", "1, 1"),
        ("sec-gpc", "true"),
        ("dnt", "1"),
    ] {
        let world = world().await;
        let answer = sign_up(&world, &[other]).await;
        assert!(!answer.text().contains(SAID), "{other:?}");
        let both = ["introduction", "product_news"];
        assert_eq!(about(&world, granted).await, both, "{other:?}");
    }
}

#[tokio::test]
async fn a_signal_at_the_confirmation_confirms_all_but_sharing() {
    let world = world().await;
    sign_up(&world, &[]).await;
    let link = link(&world).await;
    let answer = post(&world, &link, &[], &[GPC]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains(SAID), "{}", answer.text());
    assert_eq!(about(&world, confirmed).await, ["product_news"]);
    // Without the signal the same link confirms the rest.
    world.advance(60);
    let answer = post(&world, &link, &[], &[]).await;
    assert!(
        answer.text().contains("You are signed up"),
        "{}",
        answer.text()
    );
    assert_eq!(
        about(&world, confirmed).await,
        ["introduction", "product_news"]
    );
}

async fn preferences(world: &World, grants: &[&str]) -> String {
    let contact = world.stage.contact("ada@example.com", grants).await;
    let account = world.stage.account;
    world.path(&Token::Preferences { account, contact })
}

#[tokio::test]
async fn the_preference_page_shows_the_signal_as_off_and_records_it_as_a_no() {
    let world = World::of("exacttarget").await;
    let path = preferences(&world, &["product_news", "introduction"]).await;
    let page = world.asks(Method::GET, &path, &[GPC]).await.text();
    assert!(
        page.contains("name=\"shown\" value=\"introduction:off\""),
        "{page}"
    );
    assert!(page.contains(SAID), "{page}");
    assert!(
        about(&world, withdrawn).await.is_empty(),
        "a GET records nothing"
    );
    // The page had been opened by another browser, which showed both as on.
    world.advance(60);
    let pairs = [
        ("version", "1"),
        ("do", "save"),
        ("shown", "product_news:on"),
        ("on", "product_news"),
        ("shown", "introduction:on"),
        ("on", "introduction"),
    ];
    let answer = post(&world, &path, &pairs, &[GPC]).await;
    assert!(answer.text().contains(SAID), "{}", answer.text());
    assert_eq!(about(&world, withdrawn).await, ["introduction"]);
    let page = world.get(&path).await.text();
    let off = "name=\"shown\" value=\"introduction:off\"";
    assert!(page.contains(off), "off without the signal, too: {page}");
}

#[tokio::test]
async fn a_switch_turned_on_against_the_signal_is_not_recorded_and_sharing_by_default_ends() {
    let world = World::of("strongmail").await;
    let path = preferences(&world, &[]).await;
    let pairs = [
        ("version", "1"),
        ("do", "save"),
        ("shown", "newsletter:off"),
        ("on", "newsletter"),
        ("shown", "partner:off"),
        ("on", "partner"),
    ];
    world.advance(60);
    post(&world, &path, &pairs, &[GPC]).await;
    assert_eq!(about(&world, granted).await, ["newsletter"]);
    let partner: Purpose = "partner".parse().unwrap();
    assert_eq!(about(&world, withdrawn).await, [partner.to_string()]);
    // The same press again adds nothing.
    world.advance(60);
    post(&world, &path, &pairs, &[GPC]).await;
    assert_eq!(about(&world, withdrawn).await.len(), 1);
}
