//! Walks all pages as a stranger, as a member of another account, and as a member.

use std::path::Path;
use std::sync::Arc;

use avow_compose::TokenKey;
use avow_model::{BodyKind, CampaignContent, Clock as _};
use avow_policy::Shelf;
use avow_store::{
    AccountSettings, NewAccount, NewCampaign, NewNotice, NewPolicyVersion, NewSession, NewUser,
    Role, Stated, Store, StoreOptions, Target,
};
use avow_testkit::{SeededEntropy, VirtualClock};
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use tower::ServiceExt as _;

use crate::session::{SESSION_LIFE, Token};
use crate::{App, AppParts, Edition, WebSettings, password, router};

const PASSWORD: &str = "correct horse battery";

pub(crate) struct World {
    _folder: tempfile::TempDir,
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<VirtualClock>,
    /// A draft of the account `ours`.
    campaign: String,
    pub(crate) member: String,
    pub(super) stranger: String,
    pub(super) analyst: String,
    ours: avow_model::AccountId,
}

fn entropy() -> Arc<SeededEntropy> {
    Arc::new(SeededEntropy::new(5))
}

async fn open(folder: &Path, clock: Arc<VirtualClock>) -> Store {
    let options = StoreOptions {
        target: Target::Sqlite(folder.join("avow.db")),
        clock,
        entropy: entropy(),
        marker_key: [3; 32],
    };
    Store::open(options).await.unwrap()
}

async fn account(store: &Store, slug: &str) -> avow_model::AccountId {
    let settings = AccountSettings {
        brand: slug.parse().unwrap(),
        sending_domain: format!("{slug}.example"),
        from_name: slug.to_owned(),
        from_address: format!("news@{slug}.example"),
        reply_to: None,
    };
    let new = NewAccount {
        slug: slug.parse().unwrap(),
        name: slug.to_owned(),
        settings,
    };
    store.create_account(new).await.unwrap()
}

/// A user with a running session in the account; gives the cookie.
pub(super) async fn user(
    store: &Store,
    app: &App,
    name: &str,
    place: (avow_model::AccountId, Role),
) -> String {
    let new = NewUser {
        address: format!("{name}@example.org").parse().unwrap(),
        name: name.to_owned(),
        password_hash: password::hash(PASSWORD, app.entropy.as_ref()).unwrap(),
    };
    let user = store.create_user(new).await.unwrap();
    store.add_membership(place.0, user, place.1).await.unwrap();
    let token = Token::new(app.entropy.as_ref());
    let session = NewSession {
        token_hash: token.hash(),
        user,
        agent: "test".to_owned(),
        now: app.now(),
        expires_at: app.now() + SESSION_LIFE,
    };
    store.session_open(session).await.unwrap();
    token
        .set_cookie(false)
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

pub(super) fn draft() -> NewCampaign {
    NewCampaign {
        name: "Spring".to_owned(),
        purpose: "newsletter".parse().unwrap(),
        list: None,
        segment: None,
        content: CampaignContent {
            subject: "Hello".to_owned(),
            preheader: String::new(),
            from_name: "Ours".to_owned(),
            from_address: "news@ours.example".to_owned(),
            reply_to: None,
            body_kind: BodyKind::Html,
            body: "<p>Hello</p>".to_owned(),
            text: None,
            about: None,
            offers: Vec::new(),
        },
    }
}

impl World {
    /// The folder for files.
    pub(crate) fn files(&self) -> std::path::PathBuf {
        self.app.files.clone().unwrap()
    }

    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(VirtualClock::new());
        let store = open(folder.path(), clock.clone()).await;
        let app = App::new(AppParts {
            store: store.clone(),
            shelf: Arc::new(Shelf::default()),
            tokens: Arc::new(TokenKey::new([4; 32])),
            engine: None,
            sink: None,
            clock: clock.clone(),
            entropy: entropy(),
            settings: WebSettings {
                base_url: "http://avow.test".to_owned(),
                edition: Edition::World,
            },
        });
        let app = Arc::new(app.with_files(folder.path().join("files")));
        let (ours, theirs) = (
            account(&store, "ours").await,
            account(&store, "theirs").await,
        );
        let campaign = store.account(ours).campaign_create(draft()).await.unwrap();
        Self {
            member: user(&store, &app, "ada", (ours, Role::Owner)).await,
            analyst: user(&store, &app, "alan", (ours, Role::Analyst)).await,
            stranger: user(&store, &app, "eve", (theirs, Role::Owner)).await,
            campaign: campaign.to_string(),
            _folder: folder,
            app,
            clock,
            ours,
        }
    }

    /// The session of the owner of `ours`.
    pub(crate) fn owner(&self) -> &str {
        &self.member
    }

    /// The account `ours`.
    pub(crate) fn ours(&self) -> avow_store::AccountScope {
        self.app.store.account(self.ours)
    }

    /// Puts the example policy in force.
    pub(crate) async fn publish(&self) {
        let instant = |text: &str| text.parse().unwrap();
        let version = NewPolicyVersion {
            n: 1,
            source: avow_testkit::POLICY.replace("acme/main", "ours/main"),
            published_at: instant("2025-01-01T00:00:00Z"),
            effective_at: instant("2025-01-08T00:00:00Z"),
        };
        self.ours().publish_policy(version).await.unwrap();
    }

    /// Sends a form with a file, its boundary being `b`, as the owner.
    pub(crate) async fn send_file(&self, path: &str, body: Vec<u8>) -> Response {
        let request = Request::post(path)
            .header("host", "avow.test")
            .header("origin", "http://avow.test")
            .header(COOKIE, &self.member)
            .header(CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap();
        router(self.app.clone()).oneshot(request).await.unwrap()
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        cookie: &str,
        form: &str,
    ) -> Response {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "avow.test")
            .header("origin", "http://avow.test")
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        router(self.app.clone()).oneshot(request).await.unwrap()
    }

    pub(super) async fn get(&self, path: &str, cookie: &str) -> Response {
        self.ask(Method::GET, path, cookie, "").await
    }

    /// A path of the account `ours`, with something in each place.
    pub(crate) fn fill(&self, path: &str) -> String {
        path.replace("{account}", "ours")
            .replace("{campaign}", &self.campaign)
            .replace("{contact}", "ct_0000000000001")
            .replace("{form}", "fm_0000000000001")
            .replace("{segment}", "sg_0000000000001")
            .replace("{seq}", "1")
            .replace("{template}", "letter")
            .replace("{message}", "og_0000000000001")
            .replace("{mail}", "1")
            .replace("{list}", "ls_0000000000001")
            .replace("{job}", "jb_0000000000001")
            .replace("{n}", "1")
    }
}

pub(super) async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn header(headers: &HeaderMap, name: axum::http::HeaderName) -> &str {
    headers.get(name).map_or("", |v| v.to_str().unwrap())
}

#[tokio::test]
async fn a_member_sees_each_page_and_none_may_run_foreign_or_inline_code() {
    let world = World::new().await;
    let base = format!("/a/ours/campaigns/{}", world.campaign);
    let paths =
        ["", "/edit", "/check", "/preview", "/report", "/people"].map(|p| format!("{base}{p}"));
    let others = [
        "/accounts",
        "/a/ours/campaigns",
        "/a/ours/campaigns/new",
        "/a/ours/contacts?q=x",
        "/a/ours/delivery",
        "/a/ours/contacts/new",
        "/a/ours/exports",
        "/a/ours/imports",
        "/a/ours/lists",
        "/a/ours/policy",
    ];
    for path in paths.iter().map(String::as_str).chain(others) {
        let page = world.get(path, &world.member).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        let policy = header(page.headers(), CONTENT_SECURITY_POLICY);
        assert!(
            policy.contains("script-src 'self'") && !policy.contains("unsafe"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_another_site_sends_is_refused_whatever_the_cookie() {
    let world = World::new().await;
    let request = Request::post(format!("/a/ours/campaigns/{}/state", world.campaign))
        .header("host", "avow.test")
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://evil.test")
        .header(COOKIE, &world.member)
        .body(Body::from("to=cancelled"))
        .unwrap();
    let answer = router(world.app.clone()).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_analyst_looks_and_changes_nothing() {
    let world = World::new().await;
    let base = format!("/a/ours/campaigns/{}", world.campaign);
    assert_eq!(
        world.get(&base, &world.analyst).await.status(),
        StatusCode::OK
    );
    for (path, form) in [
        (format!("{base}/state"), "to=preparing"),
        (format!("{base}/edit"), "name=x"),
        (format!("{base}/tests"), ""),
        ("/a/ours/campaigns".to_owned(), "name=x"),
    ] {
        let answer = world.ask(Method::POST, &path, &world.analyst, form).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_campaign_without_a_policy_is_not_started_and_the_page_says_why() {
    let world = World::new().await;
    let base = format!("/a/ours/campaigns/{}", world.campaign);
    let check = text(world.get(&format!("{base}/check"), &world.member).await).await;
    assert!(check.contains("No policy version is in force") && check.contains("Cannot send yet"));
    let answer = world
        .ask(
            Method::POST,
            &format!("{base}/state"),
            &world.member,
            "to=preparing",
        )
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(answer).await.contains("No policy version is in force"));
}

#[tokio::test]
async fn a_form_with_faults_keeps_what_was_typed_and_names_each_field() {
    let world = World::new().await;
    let form = "name=Summer&purpose=newsletter&list=&from_name=Ours&from_address=a%40elsewhere.test&subject=&body=%3Cp%3Etyped%3C/p%3E&body_kind=html";
    let answer = world
        .ask(Method::POST, "/a/ours/campaigns", &world.member, form)
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(answer).await;
    assert!(page.contains("The sender must be at ours.example"));
    assert!(page.contains("Write a subject.") && page.contains("typed"));
}

#[tokio::test]
async fn logging_in_opens_a_session_and_eight_wrong_passwords_close_the_door_for_five_minutes() {
    let world = World::new().await;
    let right = format!(
        "address=ada%40example.org&password={}&back=/a/ours/campaigns",
        PASSWORD.replace(' ', "+")
    );
    let answer = world.ask(Method::POST, "/login", "", &right).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = header(answer.headers(), SET_COOKIE)
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        world.get("/a/ours/campaigns", &cookie).await.status(),
        StatusCode::OK
    );
    for _ in 0..8 {
        let answer = world
            .ask(
                Method::POST,
                "/login",
                "",
                "address=ada%40example.org&password=wrong",
            )
            .await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    let answer = world.ask(Method::POST, "/login", "", &right).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    world.clock.advance(std::time::Duration::from_mins(5));
    let answer = world.ask(Method::POST, "/login", "", &right).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn logging_out_ends_the_session_and_an_old_one_ends_by_itself() {
    let world = World::new().await;
    let answer = world.ask(Method::POST, "/logout", &world.member, "").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        world.get("/accounts", &world.member).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        world.get("/accounts", &world.analyst).await.status(),
        StatusCode::OK
    );
    let before = world.clock.now();
    world.clock.advance(SESSION_LIFE);
    assert!(world.clock.now() > before);
    assert_eq!(
        world.get("/accounts", &world.analyst).await.status(),
        StatusCode::SEE_OTHER
    );
}

/// Publishes two versions in the account `ours`, the second with its notice; gives the notice.
async fn announce(world: &World) -> String {
    let scope = world.app.store.account(world.ours);
    let first = avow_testkit::POLICY.replacen("acme/main", "ours/main", 1);
    let second = first
        .replacen("version = 1", "version = 2", 1)
        .replace("2025-01-", "2026-05-");
    let mut made = None;
    for (n, source, at) in [(1, first, "2025-01-"), (2, second, "2026-05-")] {
        let new = NewPolicyVersion {
            n,
            published_at: format!("{at}01T00:00:00Z").parse().unwrap(),
            effective_at: format!("{at}08T00:00:00Z").parse().unwrap(),
            source,
        };
        let stated = Stated::of_texts(&new.source, &[]);
        let notice = NewNotice {
            name: format!("Notice of version {n}"),
            purpose: "service".parse().unwrap(),
            content: draft().content,
        };
        let notice = (n == 2).then_some(&notice);
        made = scope.publish_announced(new, stated, notice).await.unwrap();
    }
    made.unwrap().to_string()
}

#[tokio::test]
async fn a_notice_is_shown_as_one_with_its_numbers_and_is_nobodys_to_cancel() {
    let world = World::new().await;
    let id = announce(&world).await;
    let page = text(world.get("/a/ours/policy", &world.member).await).await;
    let page = page.replace("&#x2f;", "/");
    assert!(
        page.contains("Who was told by mail") && page.contains(&format!("/campaigns/{id}")),
        "{page}"
    );
    assert!(page.contains("It was not through on 8 May 2026"), "{page}");
    let list = text(world.get("/a/ours/campaigns", &world.member).await).await;
    assert!(
        list.contains("Notice of policy version 2, made by the program"),
        "{list}"
    );
    let base = format!("/a/ours/campaigns/{id}");
    let page = text(world.get(&base, &world.member).await).await;
    assert!(
        page.contains("value=\"paused\"") && !page.contains("value=\"cancelled\""),
        "{page}"
    );
    for (method, path) in [(Method::POST, "state"), (Method::GET, "edit")] {
        let path = format!("{base}/{path}");
        let answer = world.ask(method, &path, &world.member, "to=cancelled");
        let answer = answer.await;
        assert_eq!(answer.status(), StatusCode::CONFLICT, "{path}");
    }
}
