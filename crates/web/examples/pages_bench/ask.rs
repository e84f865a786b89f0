//! The pages, asked through the router without a network.

use std::sync::Arc;
use std::time::Instant;

use avow_compose::TokenKey;
use avow_model::{CampaignState, SharedClock};
use avow_policy::Shelf;
use avow_store::{AccountScope, Campaign, NewSession, NewUser, Role, Store, StoreOptions, Target};
use avow_testkit::SeededEntropy;
use avow_web::{App, AppParts, Edition, WebSettings};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

use crate::{Fallible, SystemClock};

const COOKIE: &str = "bench";
/// A page is read to its end; none is larger.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What is asked of: the account, the campaign that went to all, one that is a draft, a contact in the middle.
struct Asked {
    scope: AccountScope,
    sent: Campaign,
    draft: Campaign,
    people: u32,
}

impl Asked {
    async fn find(store: &Store) -> Fallible<Self> {
        let accounts = store.accounts().await?;
        let account = accounts.first().ok_or("the database was not filled")?;
        let scope = store.account(account.id);
        let campaigns = scope.campaigns().await?;
        let sent = campaigns.iter().max_by_key(|c| c.audience);
        let draft = campaigns.iter().find(|c| c.state == CampaignState::Draft);
        let sent = sent.ok_or("nothing was sent")?.clone();
        let draft = draft.ok_or("the draft is gone")?.clone();
        let people = sent.audience;
        Ok(Self {
            scope,
            sent,
            draft,
            people,
        })
    }

    /// Each page under a name of its own.
    async fn paths(&self) -> Fallible<Vec<(&'static str, String)>> {
        let base = "/a/acme";
        let (sent, draft) = (self.sent.id, self.draft.id);
        let half = self.people / 2;
        let middle = format!("person{half}@example{}.test", half % 7);
        let contact = self.scope.contact_by_address(&middle.parse()?).await?;
        let contact = contact.ok_or("the person in the middle is gone")?.id;
        let one = self.people - 2;
        Ok(vec![
            ("campaigns", format!("{base}/campaigns")),
            ("campaign", format!("{base}/campaigns/{sent}")),
            ("report", format!("{base}/campaigns/{sent}/report")),
            ("people", format!("{base}/campaigns/{sent}/people")),
            (
                "people, bounced",
                format!("{base}/campaigns/{sent}/people?state=bounced"),
            ),
            (
                "people, none",
                format!("{base}/campaigns/{sent}/people?state=unknown"),
            ),
            (
                "message",
                format!("{base}/campaigns/{sent}/messages/{half}"),
            ),
            ("check", format!("{base}/campaigns/{draft}/check")),
            ("preview", format!("{base}/campaigns/{draft}/preview")),
            ("edit", format!("{base}/campaigns/{draft}/edit")),
            ("contacts", format!("{base}/contacts")),
            (
                "contacts, whole address",
                format!("{base}/contacts?q={middle}"),
            ),
            (
                "contacts, part, many",
                format!("{base}/contacts?q=example3"),
            ),
            (
                "contacts, part, one",
                format!("{base}/contacts?q=person{one}%40"),
            ),
            (
                "contacts, part, none",
                format!("{base}/contacts?q=nobody-of-this-name"),
            ),
            ("contact", format!("{base}/contacts/{contact}")),
            ("imports", format!("{base}/imports")),
            ("delivery", format!("{base}/delivery")),
            ("policy", format!("{base}/policy")),
            ("settings, people", format!("{base}/settings/people")),
            ("settings, audit", format!("{base}/settings/audit")),
        ])
    }
}

/// Asks every page in turn, as often as said.
pub(crate) async fn run(target: Target, rounds: usize) -> Fallible<Value> {
    let clock: SharedClock = Arc::new(SystemClock);
    let store = Store::open(StoreOptions {
        target,
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(2)),
        marker_key: [7; 32],
    })
    .await?;
    let asked = Asked::find(&store).await?;
    let router = pages(store, &asked.scope, clock).await?;
    let mut results = Map::new();
    for (name, path) in asked.paths().await? {
        results.insert(name.to_owned(), measure(&router, &path, rounds).await?);
    }
    Ok(Value::Object(results))
}

/// The pages, and a session of an owner.
async fn pages(store: Store, scope: &AccountScope, clock: SharedClock) -> Fallible<Router> {
    let entropy = Arc::new(SeededEntropy::new(1));
    let now = clock.now();
    let user = NewUser {
        address: format!("grace{}@example.org", now.as_second()).parse()?,
        name: "Grace".to_owned(),
        password_hash: avow_web::password::hash("a password for the bench", &*entropy)?,
    };
    let user = store.create_user(user).await?;
    store.add_membership(scope.id(), user, Role::Owner).await?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, COOKIE.as_bytes());
    let session = NewSession {
        token_hash: digest.as_ref().try_into()?,
        user,
        agent: "bench".to_owned(),
        now,
        expires_at: now + jiff::SignedDuration::from_hours(24),
    };
    store.session_open(session).await?;
    let app = App::new(AppParts {
        store,
        shelf: Arc::new(Shelf::default()),
        tokens: Arc::new(TokenKey::new([2; 32])),
        engine: None,
        sink: None,
        clock,
        entropy,
        settings: WebSettings {
            base_url: "http://127.0.0.1".to_owned(),
            edition: Edition::World,
        },
    });
    Ok(avow_web::router(Arc::new(app)))
}

/// One answer, in milliseconds.
async fn ask(router: &Router, path: &str) -> Fallible<f64> {
    let request = Request::get(path).header(header::COOKIE, format!("avow={COOKIE}"));
    let began = Instant::now();
    let answer = router.clone().oneshot(request.body(Body::empty())?).await?;
    let status = answer.status();
    to_bytes(answer.into_body(), PAGE_BYTES_MAX).await?;
    let took = began.elapsed().as_secs_f64() * 1_000.0;
    if status.is_success() {
        Ok(took)
    } else {
        Err(format!("{path} answers {status}").into())
    }
}

async fn measure(router: &Router, path: &str, rounds: usize) -> Fallible<Value> {
    let first = ask(router, path).await?;
    let mut rest = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        rest.push(ask(router, path).await?);
    }
    rest.sort_unstable_by(f64::total_cmp);
    let shown = |ms: f64| (ms * 100.0).round() / 100.0;
    let at = |share: usize| rest.get(rest.len() * share / 100).copied().unwrap_or(first);
    let slowest = rest.last().copied().unwrap_or(first);
    Ok(json!({
        "first_ms": shown(first), "median_ms": shown(at(50)), "p99_ms": shown(at(99)), "slowest_ms": shown(slowest)
    }))
}
