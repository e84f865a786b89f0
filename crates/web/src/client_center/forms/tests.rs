//! Forms through HTTP: designed from what the policy declares, published, in frames of named sites, counted; bad designs.

use avow_model::FormId;
use avow_store::FormStanding;
use axum::http::header::{CONTENT_SECURITY_POLICY, LOCATION};
use axum::http::{Method, StatusCode};

use crate::client_center::walk_test::{World, text};
use crate::error::encode;

const GOOD: [(&str, &str); 12] = [
    ("name", "signup"),
    ("title", "Letters"),
    ("button", "Sign up"),
    ("category", "email"),
    ("category-email", "2"),
    ("category", "name"),
    ("category-name", "1"),
    ("purpose", "newsletter"),
    ("look", "own"),
    ("accent", "#0f5040"),
    ("ground", "#ffffff"),
    ("sites", "https://shop.example\nhttps://blog.example/"),
];

fn body(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", encode(value));
    let all: Vec<String> = pairs.iter().map(pair).collect();
    all.join("&")
}

/// The same with another value, or with one field more.
fn with<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut pairs: Vec<_> = GOOD.iter().copied().filter(|(n, _)| *n != name).collect();
    pairs.push((name, value));
    pairs
}

impl World {
    async fn design(&self, pairs: &[(&str, &str)]) -> (StatusCode, String) {
        let answer = self
            .ask(
                Method::POST,
                "/a/ours/forms/new",
                &self.member,
                &body(pairs),
            )
            .await;
        let status = answer.status();
        let to = answer
            .headers()
            .get(LOCATION)
            .map(|to| to.to_str().unwrap().to_owned());
        (status, to.unwrap_or(text(answer).await))
    }

    async fn made(&self) -> (FormId, String) {
        let (status, to) = self.design(&GOOD).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let id = self.ours().forms().await.unwrap()[0].id;
        (id, format!("/a/ours/forms/{id}"))
    }
}

/// An open form, as it stands alone, in a frame and as a field of another page.
async fn framed_by_named_sites_only(world: &World) {
    let answer = world.get("/f/ours/signup", "").await;
    let policy = answer.headers()[CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(!policy.contains("shop.example"), "{policy}");
    let page = text(answer).await;
    assert!(
        page.contains("/f/ours/signup/theme.css") || page.contains("theme.css"),
        "{page}"
    );
    let css = text(world.get("/f/ours/signup/theme.css", "").await).await;
    assert!(css.contains("--accent: #0f5040"), "{css}");

    let answer = world.get("/f/ours/signup?embed=1", "").await;
    let policy = answer.headers()[CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("frame-ancestors 'self' https://shop.example https://blog.example"),
        "{policy}"
    );
    assert_eq!(policy.matches("frame-ancestors").count(), 1, "{policy}");

    // A field in another site's page leads to the form with the address in it; nothing was sent yet.
    let typed = body(&[("begin", "1"), ("email", "ada@example.org")]);
    let answer = world.ask(Method::POST, "/f/ours/signup", "", &typed).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = text(answer).await;
    assert!(
        page.contains("value=\"ada@example.org\"") && !page.contains("Nothing was sent yet"),
        "{page}"
    );
}

#[tokio::test]
async fn a_form_is_designed_published_framed_by_named_sites_and_closed() {
    let world = World::new().await;
    world.readers(&[]).await;
    let page = text(world.get("/a/ours/forms/new", &world.member).await).await;
    assert!(
        page.contains("Send me the newsletter.") && page.contains("Every form asks for it"),
        "{page}"
    );
    let (id, base) = world.made().await;
    let form = world.ours().form(id).await.unwrap().unwrap();
    let asked: Vec<_> = form
        .settings
        .categories
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(asked, ["name", "email"], "in the order of the numbers");
    assert_eq!(
        form.settings.face.sites,
        ["https://shop.example", "https://blog.example"]
    );
    assert_eq!(form.settings.face.standing, FormStanding::Draft);
    assert_eq!(
        world.get("/f/ours/signup", "").await.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "a draft takes nothing"
    );

    let open = world
        .ask(
            Method::POST,
            &format!("{base}/standing"),
            &world.member,
            "to=open",
        )
        .await;
    assert_eq!(open.status(), StatusCode::SEE_OTHER);
    framed_by_named_sites_only(&world).await;
    let page = text(world.get(&base, &world.member).await).await;
    assert!(
        page.contains("views in 30 days") && page.contains("opened 3 times"),
        "{page}"
    );
    world
        .ask(
            Method::POST,
            &format!("{base}/standing"),
            &world.member,
            "to=closed",
        )
        .await;
    assert_eq!(
        world.get("/f/ours/signup", "").await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one journey, step by step")]
async fn what_is_refused_is_counted_with_its_reason() {
    let world = World::new().await;
    world.readers(&[]).await;
    let (_, base) = world.made().await;
    world
        .ask(
            Method::POST,
            &format!("{base}/standing"),
            &world.member,
            "to=open",
        )
        .await;
    let stale = body(&[("email", "ada@example.org"), ("purpose", "newsletter")]);
    let answer = world.ask(Method::POST, "/f/ours/signup", "", &stale).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(world.get("/f/ours/signup", "").await).await;
    let notice = page
        .split("name=\"notice\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let send = async |more: &[(&str, &str)]| {
        let mut pairs = vec![
            ("notice", notice.as_str()),
            ("email", "ada@example.org"),
            ("name", "Ada"),
        ];
        pairs.extend(more);
        world
            .ask(Method::POST, "/f/ours/signup", "", &body(&pairs))
            .await
            .status()
    };
    assert_eq!(
        send(&[]).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "too fast"
    );
    world.clock.advance(std::time::Duration::from_secs(5));
    assert_eq!(
        send(&[("homepage", "x")]).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        send(&[]).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "nothing ticked"
    );
    assert_eq!(send(&[("purpose", "newsletter")]).await, StatusCode::OK);
    let page = text(world.get(&base, &world.member).await).await;
    assert!(
        page.contains("1 person signed up, 0 of them confirmed."),
        "{page}"
    );
    for label in ["too fast", "decoys", "stale", "given back"] {
        let n = page
            .split(&format!("<strong>{label}</strong>"))
            .next()
            .unwrap()
            .rsplit("class=\"n\">")
            .next()
            .unwrap();
        assert!(n.starts_with('1'), "{label}: {n}");
    }
    let people = text(
        world
            .get(&format!("{base}/people?who=all"), &world.member)
            .await,
    )
    .await;
    assert!(
        people.contains("ada@example.org") && people.contains("not yet"),
        "{people}"
    );
}

#[tokio::test]
async fn a_form_that_cannot_stand_is_not_kept_and_each_fault_names_its_field() {
    let world = World::new().await;
    world.readers(&[]).await;
    for (pairs, place, told) in [
        (with("title", " "), "title", "Write it"),
        (with("category", "salary"), "categories", "does not declare"),
        (with("purpose", "resale"), "purposes", "does not declare"),
        (with("accent", "#ffff66"), "theme", "contrast must be 4.5"),
        (with("accent", "red; } body {"), "theme", "six digits"),
        (
            with("sites", "https://shop.example/cart"),
            "sites",
            "is no site",
        ),
        (with("sites", "*"), "sites", "is no site"),
        (with("name", "Sign Up"), "name", "Give it a short name"),
    ] {
        let (status, page) = world.design(&pairs).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{place} {told}");
        assert!(
            page.contains(told) && page.contains(&format!("href=\"#{place}\"")),
            "{place} {told}: {page}"
        );
    }
    let none: Vec<_> = GOOD
        .iter()
        .copied()
        .filter(|(n, _)| *n != "purpose")
        .collect();
    let (_, page) = world.design(&none).await;
    assert!(page.contains("Choose at least one thing"), "{page}");
    assert!(world.ours().forms().await.unwrap().is_empty());
}
