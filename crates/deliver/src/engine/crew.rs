//! What all tasks of one engine share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use avow_compose::{TokenKey, Urls};
use avow_model::{SharedClock, SharedEntropy};
use avow_policy::Shelf;
use avow_store::Store;
use avow_store::journal::Journal;
use tokio::sync::mpsc::Sender;

use super::figures::Counters;
use super::halt::Halt;
use super::lane::Lanes;
use super::lease::Fence;
use super::options::{EngineOptions, Folders};
use super::owed::Owed;
use super::pace::{Bell, News, Pace};
use super::quota::Quotas;
use super::recorder::Report;
use crate::outbound::SpareBuffers;
use crate::smtp::ClientOptions;
use crate::standing::Inspection;
use crate::tls_report::Tally;

/// Shared by feeders, workers and the director; immutable but for what locks itself.
pub(crate) struct Crew {
    pub(crate) store: Store,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) tokens: Arc<TokenKey>,
    pub(crate) urls: Urls,
    pub(crate) folders: Folders,
    pub(crate) client: ClientOptions,
    pub(crate) clock: SharedClock,
    pub(crate) entropy: SharedEntropy,
    pub(crate) options: EngineOptions,
    pub(crate) inspection: Option<Inspection>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) fence: Fence,
    pub(crate) bell: Bell,
    pub(crate) news: News,
    pub(crate) halt: Arc<Halt>,
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) owed: Owed,
    pub(crate) quotas: Arc<Quotas>,
    /// `None`: nobody is told what TLS did.
    pub(crate) tally: Option<Tally>,
    pub(crate) buffers: SpareBuffers,
    /// True once the engine was told to leave.
    pub(crate) leaving: AtomicBool,
    pub(crate) reports: Sender<Report>,
}

impl Crew {
    pub(crate) fn pace(&self) -> Pace {
        self.bell.pace(self.clock.clone())
    }

    /// True while this process may start something: not told to leave, and the lease holds.
    pub(crate) fn may_start(&self) -> bool {
        !self.is_leaving() && self.fence.holds(self.clock.now())
    }

    /// True once the engine was told to leave.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
    }

    /// Any number, for jitter.
    pub(crate) fn dice(&self) -> u32 {
        let mut bytes = [0; 4];
        self.entropy.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }
}
