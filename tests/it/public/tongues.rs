//! Pages speak the reader's language as far as the policy has it, and what people said yes to is kept in the words they read.

use avow_compose::Token;
use avow_model::ContactId;
use axum::http::{Method, StatusCode};

use super::world::{Answer, World, encode};

const QUESTION: &str = "Schickt mir den Rundbrief.";
const FORM: &str = "/f/imark/signup";

/// A version in force whose newsletter and address have German names, too.
fn german() -> String {
    let english =
        "title = \"Newsletter\"\nask = \"Send me the IMark newsletter about connected marketing.\"";
    let both = "title = { en = \"Newsletter\", de = \"Rundbrief\" }\n\
                ask.en = \"Send me the IMark newsletter about connected marketing.\"\n\
                ask.de = \"Schickt mir den Rundbrief.\"";
    let first = include_str!("../../../policies/imark/v1.toml");
    assert!(first.contains(english));
    first
        .replace("version = 1", "version = 2")
        .replace("2026-01-01T", "2026-02-01T")
        .replace("2026-01-08T", "2026-02-11T")
        .replace(english, both)
        + "\n[text.de]\nmarkdown = \"\"\"\n# Datenschutz\n## A {#register}\n## B {#visits}\n## C {#newsletter}\n\
           ## D {#measure}\n## E {#service}\n## F {#friends}\n\"\"\"\n"
}

async fn world() -> World {
    let world = World::start().await;
    world.stage.form("signup").await;
    world.stage.publish(2, &german()).await;
    world
}

/// What people agreed to, in the words that are on record.
async fn wordings(world: &World, contact: ContactId) -> Vec<String> {
    let lines = world.stage.scope().ledger(contact, 100).await.unwrap();
    let evidence = lines.into_iter().filter_map(|line| line.evidence);
    evidence.map(|e| e.wording).collect()
}

async fn read_in(world: &World, path: &str, accept: &str) -> Answer {
    let headers = [("accept-language", accept)];
    world.asks(Method::GET, path, &headers).await
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(n, v)| format!("{}={}", encode(n), encode(v)));
    pairs.collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn a_form_asks_in_the_readers_language_and_keeps_the_words_that_were_read() {
    let world = world().await;
    for path in [FORM, "/f/imark/signup?lang=fr"] {
        let page = read_in(&world, path, "en").await.text();
        assert!(page.contains("Send me the IMark newsletter"), "{page}");
        assert!(!page.contains(QUESTION), "{page}");
    }
    let page = read_in(&world, FORM, "de-CH, en;q=0.5").await.text();
    assert!(
        page.contains(&format!("<span lang=\"de\" dir=\"auto\">{QUESTION}</span>")),
        "{page}"
    );
    let after = page.split("name=\"notice\" value=\"").nth(1).unwrap();
    let notice = after.split('"').next().unwrap().to_owned();
    world.advance(10);
    // A browser that says another language when it sends: what counts is what was served.
    let pairs = [
        ("notice", notice.as_str()),
        ("homepage", ""),
        ("email", "ada@example.com"),
        ("name", "Ada"),
        ("purpose", "newsletter"),
    ];
    let answer = world.post(&format!("{FORM}?lang=en"), &form(&pairs)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let address = "ada@example.com".parse().unwrap();
    let ada = world.stage.scope().contact_by_address(&address).await;
    let kept = wordings(&world, ada.unwrap().unwrap().id).await;
    assert!(kept.iter().any(|w| w == QUESTION), "{kept:?}");
    assert!(!kept.iter().any(|w| w.contains("Send me")), "{kept:?}");
}

#[tokio::test]
async fn the_preference_page_asks_in_the_readers_language_and_stays_in_it() {
    let world = world().await;
    let contact = world.stage.contact("ada@example.com", &[]).await;
    let token = Token::Preferences {
        account: world.stage.account,
        contact,
    };
    let path = world.path(&token);
    assert!(!read_in(&world, &path, "en").await.text().contains(QUESTION));
    let page = read_in(&world, &path, "de").await.text();
    assert!(
        page.contains(QUESTION) && page.contains("<strong>Rundbrief</strong>"),
        "{page}"
    );
    let action = format!("{path}?lang=de");
    assert!(page.replace("&#x2f;", "/").contains(&action), "{page}");
    world.advance(60);
    let pairs = [
        ("do", "save"),
        ("version", "2"),
        ("on", "newsletter"),
        ("shown", "newsletter:off"),
    ];
    let saved = world.post(&action, &form(&pairs)).await.text();
    assert!(
        saved.contains("Gespeichert am") && saved.contains(QUESTION),
        "{saved}"
    );
    let kept = wordings(&world, contact).await;
    assert!(kept.iter().any(|w| w == QUESTION), "{kept:?}");
}

#[tokio::test]
async fn the_policy_page_names_purposes_in_the_language_of_its_text() {
    let world = world().await;
    let english = world.get("/policy/imark?lang=en").await.text();
    assert!(
        english.contains("Newsletter") && !english.contains("Rundbrief"),
        "{english}"
    );
    let page = world.get("/policy/imark?lang=de").await.text();
    assert!(
        page.contains("<h1>Datenschutz</h1>") && page.contains("Rundbrief"),
        "{page}"
    );
}

#[tokio::test]
async fn the_way_out_of_a_mail_is_named_in_the_readers_language() {
    let world = world().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let stop = world.path(&Token::Unsubscribe(message));
    let page = read_in(&world, &stop, "de").await.text();
    assert!(
        page.contains("\u{201e}Rundbrief\u{201c} abstellen"),
        "{page}"
    );
    assert!(
        read_in(&world, &stop, "en")
            .await
            .text()
            .contains("Stop \u{201c}Newsletter\u{201d}")
    );
}
