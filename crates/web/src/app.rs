//! What the pages are handed, and the router over all of them.

use std::path::PathBuf;
use std::sync::Arc;

use avow_compose::{Mailing, TokenKey, Urls};
use avow_deliver::engine::EngineHandle;
use avow_deliver::hooks::Reach;
use avow_deliver::sink::SinkHandle;
use avow_deliver::standing::Inspection;
use avow_model::{SharedClock, SharedEntropy, Timestamp};
use avow_policy::Shelf;
use avow_store::Store;
use avow_track::Tracker;
use axum::Router;
use tokio::sync::Notify;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::client_center::memory::Memory;
use crate::client_center::setup::{Claim, ClaimLink};
use crate::jobs::Bell;
use crate::live::Streams;
use crate::templates::Templates;
use crate::{api, assets, client_center, design, error, headers, language, metrics, public};

/// Largest request body: a campaign's HTML and text with room; the routes of uploads have limits of their own.
pub(crate) const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Whether mail leaves for the world or stays in the rehearsal mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Mail is delivered.
    World,
    /// All mail is kept in the rehearsal mailbox: pages carry the striped edge and the word.
    Rehearsal,
}

/// What the operator sets for the pages.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Scheme and host that people reach us by, without a slash at the end.
    pub base_url: String,
    pub edition: Edition,
}

impl WebSettings {
    /// True when the pages are reached over TLS: cookies are then marked for it.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// What `App` is made of. A struct, so that a new part breaks no caller by position.
pub struct AppParts {
    pub store: Store,
    /// Compiled policies, shared with the delivery engine.
    pub shelf: Arc<Shelf>,
    /// Seals and opens the tokens in public addresses.
    pub tokens: Arc<TokenKey>,
    /// The engine of this process; `None` where another process sends.
    pub engine: Option<EngineHandle>,
    /// The rehearsal mailbox; `None` where mail leaves for the world.
    pub sink: Option<SinkHandle>,
    pub clock: SharedClock,
    pub entropy: SharedEntropy,
    pub settings: WebSettings,
}

/// Who looks whether receivers would believe a sending domain, and where its keys lie.
pub struct DomainDesk {
    pub inspection: Inspection,
    /// The folder with one folder for each domain; only the room that signs opens what is in it.
    pub keys: PathBuf,
}

/// Who can say what a sending domain has to publish, and look it up: in a rehearsal as well.
pub struct RecordsDesk {
    pub inspection: Inspection,
    /// The folder with one folder for each domain.
    pub keys: PathBuf,
    /// The host that takes what is returned to the sending domain itself; `None` where nothing does.
    pub back: Option<String>,
}

/// Everything a handler may use. Shared by all requests; holds no state of a request.
pub struct App {
    pub store: Store,
    pub shelf: Arc<Shelf>,
    pub tokens: Arc<TokenKey>,
    /// The engine of this process; `None` where another process sends.
    pub engine: Option<EngineHandle>,
    /// The rehearsal mailbox; `None` where mail leaves for the world.
    pub sink: Option<SinkHandle>,
    pub clock: SharedClock,
    pub entropy: SharedEntropy,
    pub settings: WebSettings,
    pub templates: Templates,
    /// `None`: nobody looks at sending domains.
    pub(crate) domains: Option<DomainDesk>,
    /// `None`: this process can look nothing up.
    pub(crate) records: Option<RecordsDesk>,
    /// The address by which an installation that nobody has is taken; `None`: it cannot be.
    pub(crate) claim: Option<Claim>,
    /// Has the server end its work and begin again in the mode that the store holds; `None`: it cannot.
    pub(crate) again: Option<Arc<Notify>>,
    /// The folder for files that people send or ask for; `None`: there are none.
    pub(crate) files: Option<PathBuf>,
    /// Who takes the mail; empty: each domain's own servers.
    pub(crate) relays: Vec<String>,
    pub(crate) urls: Urls,
    pub(crate) tracker: Tracker,
    pub(crate) limits: public::Limits,
    pub(crate) api: api::Limits,
    pub(crate) center: Memory,
    pub(crate) streams: Streams,
    pub(crate) jobs: Bell,
}

impl App {
    /// Puts the parts together and compiles the templates.
    pub fn new(parts: AppParts) -> Self {
        Self {
            urls: Urls::new(&parts.settings.base_url),
            tracker: Tracker::new(parts.store.clone(), Arc::clone(&parts.shelf)),
            limits: public::Limits::default(),
            api: api::Limits::default(),
            center: Memory::default(),
            streams: Streams::default(),
            jobs: Bell::default(),
            store: parts.store,
            shelf: parts.shelf,
            tokens: parts.tokens,
            engine: parts.engine,
            sink: parts.sink,
            clock: parts.clock,
            entropy: parts.entropy,
            settings: parts.settings,
            templates: Templates::embedded(),
            domains: None,
            records: None,
            claim: None,
            again: None,
            files: None,
            relays: Vec::new(),
        }
    }

    /// The same, and the sheet before sending says what the name servers say of the sending domain.
    #[must_use]
    pub fn with_domains(self, desk: DomainDesk) -> Self {
        Self {
            domains: Some(desk),
            ..self
        }
    }

    /// The same, and pages show what sending domains publish, and look it up.
    #[must_use]
    pub fn with_records(self, desk: RecordsDesk) -> Self {
        Self {
            records: Some(desk),
            ..self
        }
    }

    /// The same, and whoever has the link takes the installation, while nobody has it.
    #[must_use]
    pub fn claimed_by(self, link: &ClaimLink) -> Self {
        Self {
            claim: Some(Claim::new(link)),
            ..self
        }
    }

    /// The same, and going live has the server begin again.
    #[must_use]
    pub fn beginning_again(self, again: Arc<Notify>) -> Self {
        Self {
            again: Some(again),
            ..self
        }
    }

    /// The same, and files that people send or ask for lie in this folder, which is nobody else's.
    #[must_use]
    pub fn with_files(self, folder: PathBuf) -> Self {
        Self {
            files: Some(folder),
            ..self
        }
    }

    /// The same, and the settings name the relays that take the mail.
    #[must_use]
    pub fn relayed(self, relays: Vec<String>) -> Self {
        Self { relays, ..self }
    }

    /// The same, and messages that are written here name where mail to us arrives.
    #[must_use]
    pub fn receiving(self, mail: Mailing) -> Self {
        Self {
            urls: self.urls.receiving(mail),
            ..self
        }
    }

    /// Tells the engine that there is something to do. It would see it within a second by itself.
    pub(crate) fn wake(&self) {
        if let Some(engine) = &self.engine {
            engine.wake();
        }
    }

    /// Who may be told of events.
    pub(crate) fn reach(&self) -> Reach {
        match self.settings.edition {
            Edition::World => Reach::World,
            Edition::Rehearsal => Reach::Rehearsal,
        }
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// All routes: assets, public pages, Client Center, the API; with security headers, body limit and compression.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(assets::routes())
        .merge(design::routes())
        .merge(public::routes())
        .merge(api::routes())
        .merge(metrics::router())
        .fallback(error::not_found)
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        // Its routes have a limit each.
        .merge(client_center::routes(&app))
        .layer(axum::middleware::from_fn(api::large_body))
        .layer(CompressionLayer::new())
        .layer(axum::middleware::from_fn(headers::secure))
        .layer(CatchPanicLayer::custom(error::Panicked))
        .layer(axum::middleware::from_fn(language::ambient::layer))
        .with_state(app)
}
