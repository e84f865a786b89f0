//! Every public page in each of five languages, from right to left too; and the archive that everybody may read.

use avow_compose::Token;
use avow_model::CampaignState;
use axum::http::{Method, StatusCode};

use super::world::{Answer, World};

/// Tag, direction, what the foot of each page says, and a text of the policy.
pub(crate) const TONGUES: [(&str, &str, &str, &str); 5] = [
    (
        "en",
        "ltr",
        "This page sets no cookies and runs no scripts.",
        "How IMark treats your data",
    ),
    (
        "de",
        "ltr",
        "Diese Seite setzt keine Cookies",
        "Wie IMark mit Ihren Daten umgeht",
    ),
    (
        "fr",
        "ltr",
        "Cette page ne dépose aucun cookie",
        "Comment IMark traite vos données",
    ),
    (
        "es",
        "ltr",
        "Esta página no usa cookies",
        "Cómo trata IMark sus datos",
    ),
    (
        "ar",
        "rtl",
        "لا تضع هذه الصفحة ملفات تعريف ارتباط",
        "كيف تتعامل IMark مع بياناتك",
    ),
];

/// The example policy with its newsletter and its text in all of them, in force since February.
pub(crate) fn in_all() -> String {
    let first = include_str!("../../../policies/imark/v1.toml");
    let english =
        "title = \"Newsletter\"\nask = \"Send me the IMark newsletter about connected marketing.\"";
    assert!(first.contains(english));
    let all = "title = { en = \"Newsletter\", de = \"Rundbrief\", fr = \"Lettre\", es = \"Boletín\", ar = \"النشرة\" }\n\
        ask.en = \"Send me the IMark newsletter about connected marketing.\"\n\
        ask.de = \"Schickt mir den Rundbrief.\"\nask.fr = \"Envoyez-moi la lettre.\"\n\
        ask.es = \"Envíenme el boletín.\"\nask.ar = \"أرسلوا إليّ النشرة.\"";
    let text = |(tag, _, _, title): &(&str, &str, &str, &str)| {
        let anchors = [
            "register",
            "visits",
            "newsletter",
            "measure",
            "service",
            "friends",
        ];
        let sections: Vec<String> = anchors
            .iter()
            .map(|a| format!("## {title} {{#{a}}}\n"))
            .collect();
        let sections = sections.concat();
        format!("\n[text.{tag}]\nmarkdown = \"\"\"\n# {title}\n{sections}\"\"\"\n")
    };
    let texts: String = TONGUES[1..].iter().map(text).collect();
    first
        .replace("version = 1", "version = 2")
        .replace("2026-01-01T", "2026-02-01T")
        .replace("2026-01-08T", "2026-02-11T")
        .replace(english, all)
        + texts.as_str()
}

/// A world that speaks all of them, and the path of every page of one person.
pub(crate) async fn world() -> (World, Vec<String>) {
    let world = World::start().await;
    world.stage.form("signup").await;
    world.stage.publish(2, &in_all()).await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let now = world.stage.clock.now();
    let scope = world.stage.scope();
    scope.archive_put(message.campaign, now).await.unwrap();
    let preferences = world.path(&Token::Preferences {
        account: message.account,
        contact: message.contact,
    });
    let mut paths = vec![format!("{preferences}/receipts"), preferences];
    let tokens = [Token::Unsubscribe(message), Token::Why(message)];
    paths.extend(tokens.iter().map(|token| world.path(token)));
    let fixed = [
        "/f/imark/signup",
        "/policy/imark",
        "/policy/imark/cookies",
        "/policy/imark/2/changes",
        "/archive/imark",
        "/u/forged",
    ];
    paths.extend(fixed.map(str::to_owned));
    (world, paths)
}

async fn read_in(world: &World, path: &str, accept: &str) -> Answer {
    let headers = [("accept-language", accept)];
    world.asks(Method::GET, path, &headers).await
}

#[tokio::test]
async fn every_page_speaks_each_language_of_the_policy_without_cookie_or_script() {
    let (world, paths) = world().await;
    for path in &paths {
        for (tag, dir, foot, _) in TONGUES {
            let answer = read_in(&world, path, &format!("{tag}-XX, xx;q=0.9")).await;
            let page = answer.text();
            let html = format!("<html lang=\"{tag}\" dir=\"{dir}\">");
            assert!(page.contains(&html), "{path} in {tag}: {page}");
            assert!(page.contains(foot), "{path} in {tag}");
            assert_eq!(answer.header("content-language"), tag, "{path}");
            assert!(!answer.headers.contains_key("set-cookie"), "{path}");
            assert!(!page.contains("<script"), "{path}");
            let asked = world.get(&format!("{path}?lang={tag}")).await.text();
            assert!(asked.contains(&html), "{path}?lang={tag}");
        }
    }
}

#[tokio::test]
async fn a_page_speaks_no_language_that_its_policy_has_not() {
    let world = World::start().await;
    world.stage.form("signup").await;
    let page = read_in(&world, "/f/imark/signup", "ar, de;q=0.5")
        .await
        .text();
    assert!(page.contains("<html lang=\"en\" dir=\"ltr\">"), "{page}");
}

#[tokio::test]
async fn the_archive_shows_what_was_published_to_everybody_and_nothing_of_a_reader() {
    let (world, _) = world().await;
    let list = world.get("/archive/imark").await.text();
    assert!(list.contains("What broke in May"), "{list}");
    let path = list
        .split("href=\"")
        .find(|p| p.contains("imark") && p.contains("cp_"));
    let path = path
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#x2f;", "/");
    let answer = world.get(&path).await;
    let page = answer.text();
    assert_eq!(answer.status, StatusCode::OK, "{page}");
    assert!(page.contains("https://www.example.com/one"), "{page}");
    for own in [
        "/o/",
        "/c/",
        "/u/",
        "/p/",
        "/why/",
        "/v/",
        "ada@example.com",
    ] {
        assert!(!page.contains(own), "{own}: {page}");
    }
    assert!(answer.header("content-security-policy").contains("sandbox"));
    let campaign = path.rsplit('/').next().unwrap().parse().unwrap();
    world.stage.scope().archive_take(campaign).await.unwrap();
    assert_eq!(world.get(&path).await.status, StatusCode::NOT_FOUND);
    let empty = world.get("/archive/imark").await.text();
    assert!(!empty.contains("What broke in May"), "{empty}");
}

#[tokio::test]
async fn a_campaign_that_nobody_published_is_not_in_the_archive() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let path = format!("/archive/imark/{}", message.campaign);
    assert_eq!(world.get(&path).await.status, StatusCode::NOT_FOUND);
    for bad in [
        "/archive/nobody",
        "/archive/imark/x",
        "/archive/imark?before=x",
    ] {
        assert_eq!(world.get(bad).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

#[tokio::test]
async fn a_reader_pages_through_the_archive_and_finds_each_campaign_once() {
    let world = World::start().await;
    let contact = world
        .stage
        .contact("ada@example.com", &["newsletter"])
        .await;
    let scope = world.stage.scope();
    for _ in 0..23 {
        let campaign = world.campaign(&[contact]).await;
        let now = world.stage.clock.now();
        scope.archive_put(campaign, now).await.unwrap();
    }
    let first = world
        .get("/archive/imark")
        .await
        .text()
        .replace("&#x2f;", "/");
    assert_eq!(first.matches("/archive/imark/cp_").count(), 20);
    let older = first
        .split("href=\"")
        .find(|p| p.contains("?before="))
        .unwrap();
    let second = world.get(older.split('"').next().unwrap()).await.text();
    let second = second.replace("&#x2f;", "/");
    assert_eq!(second.matches("/archive/imark/cp_").count(), 3, "{second}");
    assert!(!second.contains("?before="), "{second}");
}

#[tokio::test]
async fn the_feed_names_the_newest_campaigns_by_addresses_that_stay() {
    let (world, _) = world().await;
    let answer = read_in(&world, "/archive/imark/feed", "de").await;
    let feed = answer.text().replace("&#x2f;", "/");
    assert!(
        answer
            .header("content-type")
            .starts_with("application/atom+xml")
    );
    assert!(feed.contains("xml:lang=\"de\""), "{feed}");
    assert!(feed.contains("<title>What broke in May</title>"), "{feed}");
    assert!(
        feed.contains("<id>https://mail.example.com/archive/imark/cp_"),
        "{feed}"
    );
    for tag in [
        "feed", "entry", "author", "summary", "id", "title", "updated",
    ] {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        let opens = feed.matches(&open).count() + usize::from(tag == "feed");
        assert_eq!(opens, feed.matches(&close).count(), "{tag}: {feed}");
    }
}

#[tokio::test]
async fn a_cancelled_campaign_leaves_the_archive() {
    let world = World::start().await;
    let message = world.mailed("ada@example.com", &["newsletter"]).await;
    let scope = world.stage.scope();
    let now = world.stage.clock.now();
    scope.archive_put(message.campaign, now).await.unwrap();
    let path = format!("/archive/imark/{}", message.campaign);
    assert_eq!(world.get(&path).await.status, StatusCode::OK);
    let moved = scope.campaign_move(
        message.campaign,
        &[CampaignState::Sending],
        CampaignState::Cancelled,
    );
    moved.await.unwrap();
    assert_eq!(world.get(&path).await.status, StatusCode::NOT_FOUND);
}
