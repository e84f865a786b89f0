//! The delivery engine: from open campaigns and single messages to accounted-for outcomes.
//!
//! Promises: each recipient's row ends in one outcome; nothing leaves without a permit that is fresh when it
//! leaves; an outcome that was seen is never lost; after a kill at any point at most as many messages
//! arrive twice as connections were open, byte for byte the same. Never: sends from two processes at once.
//!
//! The director looks which campaigns are open and gives each a drive; drives feed the ring; workers, one a
//! connection, take from it; the recorder writes outcomes. Every queue between them is bounded.
//! docs/delivery.md draws it. Tests: tests/it/delivery, tests/it/crash.rs.

mod aside;
mod breaker;
pub(crate) mod brief;
pub(crate) mod crew;
mod director;
mod drive;
pub(crate) mod duty;
mod edition;
pub(crate) mod fair;
mod feed;
mod figures;
pub(crate) mod gate;
mod halt;
mod handle;
mod hours;
pub(crate) mod known;
mod lane;
mod lease;
mod options;
mod owed;
mod pace;
mod quota;
mod recorder;
mod recover;
pub(crate) mod relays;
mod ring;
pub(crate) mod run;
mod shaping;
mod shares;
mod sites;
pub(crate) mod telling;
#[cfg(test)]
mod tests;
pub(crate) mod turn;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use avow_store::OutgoingKind;
use avow_store::journal::{Journal, JournalError};
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use brief::BriefFault;
pub use figures::{Figures, Held, Share, Site};
pub use handle::{EngineHandle, Progress, Stage};
pub use lease::{LeaseFault, is_busy};
pub use options::{EngineOptions, EngineParts, Folders, Signing};
pub use quota::{Budget, OverBudget, SendLimits};
pub use recover::{RecoverFault, Recovery};

use crew::Crew;
use director::Director;
use lane::{Lanes, Orders};
use lease::{Fence, FolderLock};
use owed::Owed;
use pace::{Bell, News};
use quota::Quotas;
use recorder::Report;
use worker::Worker;

use crate::outbound::SpareBuffers;
use crate::single;
use crate::tls_report::{self, Tally};

/// Why an engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    #[error(transparent)]
    Lease(#[from] LeaseFault),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Recover(#[from] RecoverFault),
}

/// An engine that may send: it holds the folder, and the store knows all that the journal knew.
pub struct Engine {
    crew: Arc<Crew>,
    reports: Receiver<Report>,
    orders: Orders,
    handle: EngineHandle,
    lock: FolderLock,
    /// What the start found in the journal.
    pub recovery: Recovery,
}

impl Engine {
    /// Takes the folder and recovers. `LeaseFault::Busy` when another process has it.
    pub async fn start(parts: EngineParts) -> Result<Self, StartFault> {
        let lock = FolderLock::take(&parts.folders.journal, &*parts.entropy)?;
        let (journal, found) = Journal::open(&parts.folders.journal)?;
        let now = parts.clock.now();
        let plan = parts.options.retry;
        let recovery = recover::recover(&parts.store, &journal, found, now, &plan).await?;
        if recovery != Recovery::default() {
            let Recovery { results, in_doubt } = recovery;
            tracing::warn!(
                results,
                in_doubt,
                "the last run ended in the middle of sending"
            );
        }
        let transport = Arc::new(parts.transport);
        let (sender, reports) = recorder::queue();
        let source = parts.client.egress.sources.first().into();
        let connections = parts.options.connections.max(1);
        let limits = (parts.rules, parts.options.limits.clone());
        let reports_tls = parts.options.tls_reports.is_some();
        let tally = reports_tls.then(|| Tally::new(&transport, &parts.client));
        let (lanes, orders) = Lanes::new(transport, source, limits, connections);
        let quotas = Arc::new(Quotas::new(
            parts.store.clone(),
            parts.options.limits.clone(),
        ));
        let crew = Arc::new(Crew {
            store: parts.store,
            shelf: parts.shelf,
            tokens: parts.tokens,
            urls: parts.urls,
            folders: parts.folders,
            client: parts.client,
            clock: parts.clock,
            entropy: parts.entropy,
            options: parts.options,
            inspection: parts.inspection,
            journal: Arc::new(journal),
            fence: Fence::default(),
            bell: Bell::new(),
            news: News::default(),
            halt: Arc::default(),
            lanes: Arc::new(lanes),
            counters: Arc::default(),
            owed: Owed::default(),
            quotas,
            tally: tally.flatten(),
            buffers: SpareBuffers::default(),
            leaving: AtomicBool::new(false),
            reports: sender,
        });
        Ok(Self {
            handle: EngineHandle::of(&crew),
            crew,
            reports,
            orders,
            lock,
            recovery,
        })
    }

    /// To wake the engine and to watch it.
    pub fn handle(&self) -> EngineHandle {
        self.handle.clone()
    }

    /// Runs until `leave` is ready; then starts nothing new, lets the wire run dry, records and gives the lease back.
    pub async fn run(self, leave: impl Future<Output = ()>) {
        let Self {
            crew,
            reports,
            orders,
            handle,
            lock,
            ..
        } = self;
        let recorder = recorder::record(
            reports,
            crew.journal.clone(),
            crew.halt.clone(),
            crew.counters.clone(),
            crew.pace(),
        );
        let staff = Staff {
            director: Director::new(crew.clone(), handle),
            workers: JoinSet::new(),
            orders,
            crew,
        };
        tokio::join!(recorder, staff.work(&lock, leave));
    }
}

/// All tasks but the recorder. Every clone of the crew is gone when it has worked, so the recorder ends.
struct Staff {
    crew: Arc<Crew>,
    director: Director,
    workers: JoinSet<()>,
    orders: Orders,
}

impl Staff {
    async fn work(mut self, lock: &FolderLock, leave: impl Future<Output = ()>) {
        let crew = self.crew.clone();
        for kind in OutgoingKind::ALL {
            self.workers.spawn(single::desk(crew.clone(), kind));
        }
        self.workers.spawn(tls_report::desk(crew.clone()));
        tokio::select! {
            () = self.director.direct() => {}
            () = oversee(&crew, &mut self.workers, &mut self.orders) => {}
            () = lease::keep(&crew, &lock.owner) => {}
            () = leave => {}
        }
        crew.leaving.store(true, Ordering::Release);
        crew.bell.ring();
        let drained = timeout(crew.options.drain, async {
            self.director.dismiss().await;
            crew.lanes.close();
            while self.workers.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            tracing::warn!(
                "some messages are still on the wire: they are in doubt, the next start looks after them"
            );
        }
        self.director.abandon();
        self.workers.shutdown().await;
        if let Some(tally) = &crew.tally {
            tally.flush(&crew.store).await;
        }
        if let Err(fault) = lease::release(&crew.store, &lock.owner).await {
            tracing::warn!(%fault, "the engine's lease could not be given back");
        }
    }
}

/// Gives each lane the workers it asks for, and each question its answer.
async fn oversee(crew: &Arc<Crew>, workers: &mut JoinSet<()>, orders: &mut Orders) {
    let mut questions = JoinSet::new();
    loop {
        tokio::select! {
            Some(lane) = orders.workers.recv() => {
                workers.spawn(Worker::new(crew.clone(), lane).work());
            }
            Some(domain) = orders.questions.recv() => {
                let crew = crew.clone();
                questions.spawn(async move {
                    crew.lanes.ask(&domain, || crew.clock.now()).await;
                });
            }
            Some(_) = questions.join_next() => {}
            Some(ended) = workers.join_next() => {
                if ended.is_err() {
                    tracing::error!("a worker ended by a fault in the program");
                }
            }
            else => return,
        }
    }
}
