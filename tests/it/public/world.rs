//! One account with its pages, and a client for them.

use std::sync::Arc;
use std::time::Duration;

use avow_compose::{MessageRef, Token, TokenKey, Urls};
use avow_model::{CampaignId, ContactId, Fact, FactKind, SharedClock};
use avow_policy::Shelf;
use avow_store::{OutgoingKind, OutgoingRow, Target};
use avow_testkit::{SeededEntropy, Stage, VirtualClock, due_mail, letter};
use avow_web::{App, AppParts, Edition, WebSettings, router};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::database::Database;

pub(crate) const BASE: &str = "https://mail.example.com";
pub(crate) const LINKS: [&str; 3] = [
    "https://www.example.com/one",
    "https://www.example.com/two",
    "https://www.example.com/three",
];
pub(crate) const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0";

pub(crate) struct World {
    pub(crate) stage: Stage,
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) tokens: Arc<TokenKey>,
    pub(crate) urls: Urls,
    pub(crate) router: Router,
    /// After the stage, so that its connections are closed first.
    _database: Option<Database>,
}

/// The account on a database of its own.
async fn stage(slug: &str, clock: SharedClock) -> (Stage, Option<Database>) {
    let entropy = Arc::new(SeededEntropy::new(1));
    let Some(database) = Database::fresh() else {
        return (Stage::open(slug, clock, entropy).await, None);
    };
    let folder = tempfile::tempdir().unwrap();
    let target = Target::Postgres(database.url());
    let stage = Stage::open_on(target, folder, slug, (clock, entropy)).await;
    (stage, Some(database))
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |v| v.to_str().unwrap_or("?"))
    }
}

impl World {
    /// The confirmation mails that wait to be sent, the longest due first.
    pub(crate) async fn confirmations_due(&self) -> Vec<OutgoingRow> {
        let now = self.stage.clock.now();
        due_mail(&self.stage.store, OutgoingKind::Confirmation, now).await
    }

    pub(crate) async fn start() -> Self {
        Self::of("imark").await
    }

    /// A world whose account has the example policy of this name.
    pub(crate) async fn of(slug: &str) -> Self {
        let clock = Arc::new(VirtualClock::new());
        let (stage, database) = stage(slug, clock.clone()).await;
        let tokens = Arc::new(TokenKey::new([9; 32]));
        let app = App::new(AppParts {
            engine: None,
            sink: None,
            store: stage.store.clone(),
            shelf: Arc::new(Shelf::default()),
            tokens: tokens.clone(),
            clock: clock.clone(),
            entropy: stage.entropy.clone(),
            settings: WebSettings {
                base_url: BASE.to_owned(),
                edition: Edition::World,
            },
        });
        let router = router(Arc::new(app));
        Self {
            stage,
            clock,
            tokens,
            urls: Urls::new(BASE),
            router,
            _database: database,
        }
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The address of a token, without scheme and host.
    pub(crate) fn path(&self, token: &Token) -> String {
        let address = self.urls.of(&self.tokens, token);
        address
            .strip_prefix(BASE)
            .expect("our own address")
            .to_owned()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router never fails");
        let (parts, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .expect("a whole body")
            .to_bytes()
            .to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.asks(Method::GET, path, &[]).await
    }

    pub(crate) async fn asks(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "user-agent") {
            request = request.header(header::USER_AGENT, BROWSER);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()));
        self.send(request.expect("a request")).await
    }

    /// A letter, delivered an hour ago, to one person who granted these purposes.
    pub(crate) async fn mailed(&self, address: &str, grants: &[&str]) -> MessageRef {
        let contact = self.stage.contact(address, grants).await;
        let campaign = self.campaign(&[contact]).await;
        self.advance(3_600);
        MessageRef {
            account: self.stage.account,
            campaign,
            seq: 1,
            contact,
        }
    }

    pub(crate) async fn campaign(&self, people: &[ContactId]) -> CampaignId {
        self.stage.delivered(letter(), &LINKS, people).await
    }

    pub(crate) async fn events(&self, contact: ContactId) -> Vec<Fact> {
        self.stage
            .scope()
            .facts(contact)
            .await
            .expect("facts")
            .events
    }

    pub(crate) async fn withdrawals(&self, contact: ContactId) -> usize {
        let events = self.events(contact).await;
        events
            .iter()
            .filter(|f| matches!(f.kind, FactKind::Withdraw { .. }))
            .count()
    }
}

/// Percent-encodes a form value.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
