//! The engine against a real store and a real socket, with a clock that the test moves.

mod addresses;
mod checks;
mod conduct;
mod contents;
mod direct;
mod gates;
mod hours;
mod leases;
mod ledger;
mod notices;
mod orders;
mod outcomes;
mod quotas;
mod relays;
mod restart;
mod running;
mod segments;
mod simulation;
mod singles;
mod standing;
mod tls_reports;
mod wishes;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use avow_compose::{TokenKey, Urls};
use avow_model::{CampaignId, CampaignState};
use avow_policy::Shelf;
use avow_store::journal::JournalError;
use avow_store::{Store, Tally};
use avow_testkit::{Bureau, Catcher, People, Said, SeededEntropy, VirtualClock, short_content};
use tokio::sync::oneshot;
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

use super::{
    Engine, EngineHandle, EngineOptions, EngineParts, Folders, Progress, Signing, StartFault,
};
use crate::route::{Relays, Transport};
use crate::shape::Rules;
use crate::smtp::{ClientOptions, Egress, Habits, Route, Timeouts, TlsMode};
use crate::standing::Inspection;
use crate::tls::TlsClients;

/// A test that waits this long waits for ever: on the slowest machine they take seconds.
const HANGS: Duration = Duration::from_mins(5);

/// An account, a mail server that keeps what it gets, and a clock.
struct Scene {
    /// The engine that was started last: its news say when to look again.
    watched: Mutex<Option<EngineHandle>>,
    clock: Arc<VirtualClock>,
    bureau: Bureau,
    catcher: Catcher,
    inspection: Option<Inspection>,
}

/// A running engine. Dropping it is as rude as a kill can be inside one process.
struct Running {
    handle: EngineHandle,
    leave: oneshot::Sender<()>,
    tasks: JoinSet<()>,
}

impl Running {
    /// Tells it to leave and waits until it has.
    async fn leave(mut self) {
        let _ = self.leave.send(());
        while self.tasks.join_next().await.is_some() {}
    }

    /// Ends it at once, wherever it stands.
    async fn kill(mut self) {
        self.tasks.shutdown().await;
    }
}

impl Scene {
    async fn new() -> Self {
        let clock = Arc::new(VirtualClock::new());
        Self {
            bureau: Bureau::open(clock.clone()).await.unwrap(),
            catcher: Catcher::start().await.unwrap(),
            watched: Mutex::default(),
            clock,
            inspection: None,
        }
    }

    /// With so many people who all said yes to the newsletter: `person0@example.com` and on.
    async fn with_people(count: usize) -> Self {
        let scene = Self::new().await;
        scene.take_in(count, &|_| Said::Newsletter).await;
        scene
    }

    async fn take_in(&self, count: usize, said: &dyn Fn(usize) -> Said) {
        let people = People {
            count,
            address: &|n| format!("person{n}@example.com"),
            said,
        };
        self.bureau.people(people).await.unwrap();
    }

    /// A started campaign.
    async fn campaign(&self) -> CampaignId {
        let campaign = self.bureau.campaign(short_content()).await.unwrap();
        self.bureau.start(campaign).await.unwrap();
        campaign
    }

    fn parts(&self, store: Store, options: EngineOptions) -> EngineParts {
        let folder = self.bureau.folder.path();
        EngineParts {
            store,
            shelf: Arc::new(Shelf::default()),
            tokens: Arc::new(TokenKey::new([3; 32])),
            urls: Urls::new("https://mail.acme.example"),
            folders: Folders {
                journal: folder.join("journal"),
                keys: folder.join("keys"),
            },
            transport: relay(self.catcher.addr()),
            client: ClientOptions {
                ehlo: "acme.example".to_owned(),
                timeouts: Timeouts::default(),
                egress: Egress::default(),
                tls: TlsClients::new(None).unwrap(),
                habits: Arc::new(Habits::new(self.clock.clone())),
            },
            clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::new(2)),
            options,
            inspection: self.inspection.clone(),
            rules: Arc::new(Rules::none()),
        }
    }

    /// An engine with three connections.
    async fn engine(&self) -> Running {
        self.engine_with(options()).await
    }

    async fn engine_with(&self, options: EngineOptions) -> Running {
        loop {
            let parts = self.parts(self.bureau.store.clone(), options.clone());
            match Engine::start(parts).await {
                Ok(engine) => return self.launch(engine),
                // Tasks of one that was killed in this process let its files go one after the other.
                Err(StartFault::Journal(JournalError::InUse { .. })) => yield_now().await,
                Err(fault) => panic!("{fault}"),
            }
        }
    }

    /// Runs an engine, and hears its news from now on.
    fn launch(&self, engine: Engine) -> Running {
        let running = launch(engine);
        *self.watched.lock().unwrap() = Some(running.handle.clone());
        running
    }

    /// Looks at every news of the engine until it sees what is wanted. It never asks the store in between:
    /// tests that did so starved each other.
    async fn until_seen<T>(&self, look: impl AsyncFn() -> Option<T>) -> Option<T> {
        let engine = self.watched();
        let seen = async {
            loop {
                let news = engine.news();
                if let Some(seen) = look().await {
                    return seen;
                }
                news.await;
            }
        };
        timeout(HANGS, seen).await.ok()
    }

    fn watched(&self) -> EngineHandle {
        let watched = self.watched.lock().unwrap();
        watched.clone().expect("an engine was started")
    }

    async fn until_true(&self, campaign: CampaignId, look: impl AsyncFn() -> bool) {
        let seen = self.until_seen(async || look().await.then_some(())).await;
        let stage = self.watched().progress(campaign);
        let tally = self.tally(campaign).await;
        assert!(seen.is_some(), "hangs at {tally:?}, {stage:?}");
    }

    /// Waits until the campaign stands there.
    async fn until(&self, campaign: CampaignId, state: CampaignState) {
        let there = async || self.state(campaign).await == state;
        self.until_true(campaign, there).await;
    }

    /// Waits until the engine's own view of the campaign is as wanted.
    async fn until_progress(
        &self,
        campaign: CampaignId,
        wanted: impl Fn(Option<Progress>) -> bool,
    ) {
        let engine = self.watched();
        let there = async || wanted(engine.progress(campaign));
        self.until_true(campaign, there).await;
    }

    async fn state(&self, campaign: CampaignId) -> CampaignState {
        let row = self.bureau.scope.campaign(campaign).await.unwrap();
        row.unwrap().state
    }

    async fn tally(&self, campaign: CampaignId) -> Tally {
        self.bureau.scope.tally(campaign).await.unwrap()
    }

    /// Waits until the tally is as wanted.
    async fn until_tally(&self, campaign: CampaignId, wanted: impl Fn(&Tally) -> bool) {
        let there = async || wanted(&self.tally(campaign).await);
        self.until_true(campaign, there).await;
    }
}

fn options() -> EngineOptions {
    EngineOptions {
        connections: 3,
        signing: Signing::Off,
        ..EngineOptions::default()
    }
}

fn relay(addr: SocketAddr) -> Transport {
    Transport::Relay(Relays::from(vec![Route {
        host: addr.ip().to_string(),
        port: addr.port(),
        addresses: vec![addr.ip()],
        tls: TlsMode::Clear,
        auth: None,
    }]))
}

fn launch(engine: Engine) -> Running {
    let handle = engine.handle();
    let (leave, left) = oneshot::channel();
    let mut tasks = JoinSet::new();
    tasks.spawn(engine.run(async {
        let _ = left.await;
    }));
    Running {
        handle,
        leave,
        tasks,
    }
}
