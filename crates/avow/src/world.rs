//! The world a command works in: data folder, keys, store, policies. Built once, handed down.

use std::sync::Arc;

use anyhow::{Context, Result};
use avow_compose::TokenKey;
use avow_deliver::engine::EngineHandle;
use avow_deliver::sink::SinkHandle;
use avow_model::{SharedClock, SharedEntropy, Slug};
use avow_policy::Shelf;
use avow_store::{AccountRow, AccountScope, Store, StoreOptions, Target};
use avow_web::{App, AppParts, Edition, WebSettings};

use crate::config::{Config, Relay};
use crate::secret::{Secret, Use};
use crate::system;

const DATABASE_FILE: &str = "avow.db";
/// What a restored backup erases again before it serves.
const ERASURES_FILE: &str = "erasures.log";
/// The folder of the data folder for files that people send or ask for.
const FILES: &str = "files";

/// Everything that commands share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) clock: SharedClock,
    pub(crate) entropy: SharedEntropy,
    pub(crate) store: Store,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) tokens: Arc<TokenKey>,
}

impl World {
    /// Opens the data folder, making it and everything in it on first use.
    pub(crate) async fn open(config: Config) -> Result<Self> {
        std::fs::create_dir_all(&config.data)
            .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
        let (clock, entropy) = (system::clock(), system::entropy());
        let secret = Secret::open(&config.data, &*entropy)?;
        let target = match &config.database {
            Some(url) => Target::Postgres(url.clone()),
            None => Target::Sqlite(config.data.join(DATABASE_FILE)),
        };
        let options = StoreOptions {
            target,
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            marker_key: secret.derive(Use::Marker),
        };
        let store = Store::open(options).await?;
        let again = store
            .keep_erasures(&config.data.join(ERASURES_FILE))
            .await?;
        if again > 0 {
            tracing::warn!(
                again,
                "the database is an older one: its erasures were done again"
            );
        }
        Ok(Self {
            store,
            shelf: Arc::new(Shelf::default()),
            tokens: Arc::new(TokenKey::new(secret.derive(Use::Token))),
            config,
            clock,
            entropy,
        })
    }

    /// What the web server is handed.
    pub(crate) fn app(&self, engine: Option<EngineHandle>, sink: Option<SinkHandle>) -> App {
        let edition = if sink.is_some() {
            Edition::Rehearsal
        } else {
            Edition::World
        };
        let base_url = self.config.base_url.clone();
        App::new(AppParts {
            store: self.store.clone(),
            shelf: Arc::clone(&self.shelf),
            tokens: Arc::clone(&self.tokens),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            settings: WebSettings { base_url, edition },
            engine,
            sink,
        })
        .relayed(self.config.relays.iter().map(relay_told).collect())
        .with_files(self.config.data.join(FILES))
    }

    /// The account of this short name, with its scope; an error that lists the others.
    pub(crate) async fn account(&self, slug: &str) -> Result<(AccountRow, AccountScope)> {
        let known = match slug.parse::<Slug>() {
            Ok(slug) => self.store.account_by_slug(&slug).await?,
            Err(_) => None,
        };
        if let Some(row) = known {
            let scope = self.store.account(row.id);
            return Ok((row, scope));
        }
        let all = self.store.accounts().await?;
        let names: Vec<&str> = all.iter().map(|row| row.slug.as_str()).collect();
        let there = if names.is_empty() {
            "none yet: avow account add".into()
        } else {
            names.join(", ")
        };
        anyhow::bail!("there is no account `{slug}` (there are: {there})")
    }
}

/// A relay as the settings page names it.
fn relay_told(relay: &Relay) -> String {
    let Relay { host, port, .. } = relay;
    match relay.senders.as_slice() {
        [] => format!("{host}:{port}"),
        senders => format!("{host}:{port} (for {})", senders.join(", ")),
    }
}
