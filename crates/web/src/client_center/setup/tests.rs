//! The set-up as those meet it who should, and as those meet it who should not.

use std::sync::Arc;

use avow_compose::TokenKey;
use avow_policy::Shelf;
use avow_store::{Role, Store, StoreOptions, Target};
use avow_testkit::{SeededEntropy, VirtualClock};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use tower::ServiceExt as _;

use super::ClaimLink;
use crate::client_center::walk_test::{text, user};
use crate::{App, AppParts, Edition, WebSettings, router};

const BASE: &str = "http://avow.test";
const OWNER: &str = "address=ada%40example.org&password=correct+horse+battery";

/// An installation that nobody has.
struct Fresh {
    _folder: tempfile::TempDir,
    app: Arc<App>,
    clock: Arc<VirtualClock>,
    path: String,
}

impl Fresh {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(VirtualClock::new());
        let entropy = Arc::new(SeededEntropy::new(9));
        let options = StoreOptions {
            target: Target::Sqlite(folder.path().join("avow.db")),
            clock: clock.clone(),
            entropy: entropy.clone(),
            marker_key: [3; 32],
        };
        let store = Store::open(options).await.unwrap();
        let app = App::new(AppParts {
            store,
            shelf: Arc::new(Shelf::default()),
            tokens: Arc::new(TokenKey::new([4; 32])),
            engine: None,
            sink: None,
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: WebSettings {
                base_url: BASE.to_owned(),
                edition: Edition::Rehearsal,
            },
        });
        let link = ClaimLink::new(&*entropy, BASE, app.now());
        Self {
            _folder: folder,
            clock,
            path: link.address.replacen(BASE, "", 1),
            app: Arc::new(app.claimed_by(&link)),
        }
    }

    async fn ask(&self, method: Method, path: &str, (cookie, form): (&str, &str)) -> Response {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "avow.test")
            .header("origin", BASE)
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        router(self.app.clone()).oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str, cookie: &str) -> Response {
        self.ask(Method::GET, path, (cookie, "")).await
    }

    async fn post(&self, path: &str, cookie: &str, form: &str) -> Response {
        self.ask(Method::POST, path, (cookie, form)).await
    }

    /// The owner's session.
    async fn claimed(&self) -> String {
        let answer = self.post(&self.path, "", OWNER).await;
        assert_eq!(to(&answer), "/accounts/new");
        let cookie = answer.headers().get(SET_COOKIE).unwrap();
        cookie
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    }

    /// The same, with the account `tea`.
    async fn founded(&self) -> String {
        let cookie = self.claimed().await;
        let answer = self.post("/accounts/new", &cookie, TEA).await;
        assert_eq!(to(&answer), "/a/tea-sons/setup/policy");
        cookie
    }
}

const TEA: &str = "name=Tea+%26+Sons&slug=&domain=tea.example&post=1+Quay%2C+Bristol";

fn to(answer: &Response) -> &str {
    let to = answer.headers().get(LOCATION);
    to.map_or("", |to| to.to_str().unwrap())
}

#[tokio::test]
async fn without_the_token_nobody_takes_an_installation() {
    let fresh = Fresh::new().await;
    assert_eq!(to(&fresh.get("/", "").await), "/login?back=/");
    let page = text(fresh.get("/login", "").await).await;
    assert!(page.contains("Nobody has set this up yet"), "{page}");
    for guess in [
        "/setup/x",
        "/setup/",
        "/setup/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let answer = fresh.post(guess, "", OWNER).await;
        assert_ne!(answer.status(), StatusCode::SEE_OTHER, "{guess}");
        assert!(answer.headers().get(SET_COOKIE).is_none(), "{guess}");
    }
    assert_eq!(
        to(&fresh.get("/accounts/new", "").await),
        "/login?back=/accounts/new"
    );
    assert!(fresh.app.store.is_unclaimed().await.unwrap());
}

#[tokio::test]
async fn an_installation_is_taken_once_and_the_token_opens_nothing_afterwards() {
    let fresh = Fresh::new().await;
    assert_eq!(fresh.get(&fresh.path, "").await.status(), StatusCode::OK);
    let short = fresh
        .post(&fresh.path, "", "address=ada%40example.org&password=short")
        .await;
    assert_eq!(short.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(short).await;
    assert!(page.contains("value=\"ada@example.org\"") && !page.contains("value=\"short\""));
    fresh.claimed().await;
    for answer in [
        fresh.get(&fresh.path, "").await,
        fresh
            .post(
                &fresh.path,
                "",
                "address=eve%40example.org&password=correct+horse+battery",
            )
            .await,
    ] {
        assert_eq!(answer.status(), StatusCode::GONE);
    }
    let page = text(fresh.get("/login", "").await).await;
    assert!(!page.contains("Nobody has set this up yet"));
}

#[tokio::test]
async fn a_token_ends_after_a_day_and_guessing_is_held_back_before_it_finds_anything() {
    let fresh = Fresh::new().await;
    let mut held = 0;
    for n in 0..40 {
        let answer = fresh.get(&format!("/setup/guess-{n}"), "").await;
        held += usize::from(answer.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(held, 20, "of forty tries in one minute");
    let right = fresh.get(&fresh.path, "").await;
    assert_eq!(right.status(), StatusCode::TOO_MANY_REQUESTS);
    fresh.clock.advance(std::time::Duration::from_mins(10));
    assert_eq!(fresh.get(&fresh.path, "").await.status(), StatusCode::OK);
    fresh.clock.advance(std::time::Duration::from_hours(24));
    assert_eq!(fresh.get(&fresh.path, "").await.status(), StatusCode::GONE);
}

#[tokio::test]
async fn an_account_is_founded_and_its_policy_published_by_pages_alone() {
    let fresh = Fresh::new().await;
    let cookie = fresh.claimed().await;
    assert_eq!(to(&fresh.get("/", &cookie).await), "/accounts/new");
    let answer = fresh
        .post("/accounts/new", &cookie, "name=&slug=&domain=x&post=")
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(answer).await;
    assert!(page.contains("href=\"#domain\"") && page.contains("id=\"post-fault\""));
    let answer = fresh.post("/accounts/new", &cookie, TEA).await;
    assert_eq!(to(&answer), "/a/tea-sons/setup/policy");
    assert_eq!(to(&fresh.get("/", &cookie).await), "/a/tea-sons/setup");
    let page = text(fresh.get("/a/tea-sons/setup/policy", &cookie).await).await;
    assert!(page.contains("value=\"1 Quay, Bristol\"") && page.contains("privacy@tea.example"));
    let words = "name=Tea+%26+Sons&post=1+Quay&email=privacy%40tea.example&kind=shop&places=uk&places=eu\
        &measure=ask&sharing=nobody";
    let answer = fresh.post("/a/tea-sons/setup/policy", &cookie, words).await;
    assert_eq!(to(&answer), "/a/tea-sons/setup/policy/review");
    let page = text(fresh.get(to(&answer), &cookie).await).await;
    assert!(page.contains("How Tea &amp; Sons treats"), "{page}");
    let answer = fresh
        .post("/a/tea-sons/setup/policy/review", &cookie, "")
        .await;
    assert_eq!(to(&answer), "/a/tea-sons/setup/domain");
    let slug = "tea-sons".parse().unwrap();
    let account = fresh
        .app
        .store
        .account_by_slug(&slug)
        .await
        .unwrap()
        .unwrap();
    let scope = fresh.app.store.account(account.id);
    let published = scope.published().await.unwrap();
    assert_eq!(published.versions.len(), 1);
    assert!(published.versions[0].source.contains("tea.example"));
    assert!(
        scope
            .form_by_slug(&"signup".parse().unwrap())
            .await
            .unwrap()
            .is_some()
    );
    // Once: the next press finds a version.
    let again = fresh
        .post("/a/tea-sons/setup/policy/review", &cookie, "")
        .await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    let form = fresh.get("/f/tea-sons/signup", "").await;
    assert_eq!(form.status(), StatusCode::OK, "people can sign up");
}

#[tokio::test]
async fn a_set_up_that_has_ended_cannot_be_entered_and_one_of_others_is_not_there() {
    let fresh = Fresh::new().await;
    let cookie = fresh.founded().await;
    let store = &fresh.app.store;
    let slug = "tea-sons".parse().unwrap();
    let account = store.account_by_slug(&slug).await.unwrap().unwrap().id;
    let editor = user(store, &fresh.app, "editor", (account, Role::Editor)).await;
    let refused = fresh.get("/a/tea-sons/setup/policy", &editor).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let others = crate::founding::new_account(
        &"others".parse().unwrap(),
        "Others",
        "others.example".to_owned(),
    );
    let others = store.create_account(others).await.unwrap();
    let eve = user(store, &fresh.app, "eve", (others, Role::Owner)).await;
    for path in ["", "/policy", "/domain", "/people", "/campaign", "/live"] {
        let path = format!("/a/tea-sons/setup{path}");
        assert_eq!(
            fresh.get(&path, &eve).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    // Who owns one account of two makes no third.
    assert_eq!(
        fresh.get("/accounts/new", &eve).await.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        fresh.get("/accounts/new", &cookie).await.status(),
        StatusCode::NOT_FOUND
    );
    let answer = fresh
        .post("/a/tea-sons/setup/live", &cookie, "stay=yes")
        .await;
    assert_eq!(to(&answer), "/a/tea-sons/campaigns?said=set-up");
    for path in ["", "/policy", "/domain", "/people", "/campaign", "/live"] {
        let path = format!("/a/tea-sons/setup{path}");
        assert_eq!(
            fresh.get(&path, &cookie).await.status(),
            StatusCode::CONFLICT,
            "{path}"
        );
    }
    let again = fresh.post("/a/tea-sons/setup/live", &cookie, "").await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    // An account that a command made has no set-up.
    assert_eq!(
        fresh.get("/a/others/setup", &eve).await.status(),
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn whoever_sets_up_signs_up_like_everybody_and_is_asked_by_mail() {
    let fresh = Fresh::new().await;
    let cookie = fresh.founded().await;
    let early = fresh
        .post("/a/tea-sons/setup/people", &cookie, "purpose=newsletter")
        .await;
    assert_eq!(
        early.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "no policy yet"
    );
    let words = "name=Tea&post=1+Quay&email=privacy%40tea.example&kind=newsletter&places=everywhere\
        &measure=ask&sharing=nobody";
    fresh.post("/a/tea-sons/setup/policy", &cookie, words).await;
    fresh
        .post("/a/tea-sons/setup/policy/review", &cookie, "")
        .await;
    let none = fresh.post("/a/tea-sons/setup/people", &cookie, "").await;
    assert_eq!(
        none.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "no box is no yes"
    );
    let answer = fresh
        .post("/a/tea-sons/setup/people", &cookie, "purpose=newsletter")
        .await;
    assert_eq!(to(&answer), "/a/tea-sons/setup/people");
    let page = text(fresh.get("/a/tea-sons/setup/people", &cookie).await).await;
    assert!(page.contains("Confirm it from the mailbox"), "{page}");
    let answer = fresh
        .post(
            "/a/tea-sons/setup/campaign",
            &cookie,
            "subject=Hello&words=Good+day.",
        )
        .await;
    assert!(to(&answer).ends_with("/check"), "{}", to(&answer));
    let page = text(fresh.get(to(&answer), &cookie).await).await;
    assert!(
        page.contains("still being set up"),
        "the way back stands on the page"
    );
    let page = text(fresh.get("/a/tea-sons/setup/campaign", &cookie).await).await;
    assert!(page.contains("Go to the check"), "{page}");
    let twice = fresh
        .post(
            "/a/tea-sons/setup/campaign",
            &cookie,
            "subject=Hello&words=Good+day.",
        )
        .await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    // Nothing leaves an address that readers cannot reach.
    let page = text(fresh.get("/a/tea-sons/setup/live", &cookie).await).await;
    assert!(
        page.contains("Something below still stands in the way"),
        "{page}"
    );
    let answer = fresh.post("/a/tea-sons/setup/live", &cookie, "").await;
    assert_eq!(to(&answer), "/a/tea-sons/setup/live");
    assert_eq!(
        fresh.app.store.instance_mode().await.unwrap(),
        Some(avow_store::InstanceMode::Rehearsal)
    );
}
