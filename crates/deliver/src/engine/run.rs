//! One campaign while the engine has it in hand: its orders, and what of it is in memory.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use avow_model::{CampaignId, CampaignState, RecipientState};
use tokio::sync::Notify;

use super::brief::Brief;
use super::fair::Flow;
use super::pace::News;

/// What may happen with messages of a campaign now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Order {
    /// Send.
    Go = 0,
    /// Start nothing new: paused, or the engine is leaving.
    Hold = 1,
    /// Cancelled.
    Stop = 2,
}

impl Order {
    /// What a campaign's row says.
    pub(crate) const fn of(state: Option<CampaignState>) -> Self {
        match state {
            Some(CampaignState::Preparing | CampaignState::Sending) => Self::Go,
            Some(CampaignState::Cancelled) => Self::Stop,
            Some(CampaignState::Draft | CampaignState::Paused | CampaignState::Finished) | None => {
                Self::Hold
            }
        }
    }
}

/// A campaign in hand. Its rows in memory are counted, so that nobody reads them again meanwhile.
pub(crate) struct Run {
    pub(crate) campaign: CampaignId,
    pub(crate) brief: Brief,
    order: AtomicU8,
    recalled: AtomicBool,
    in_hand: AtomicUsize,
    retries: Mutex<HashSet<u32>>,
    quiet: Notify,
    called_off: Notify,
    news: News,
    counts: [AtomicU64; 7],
}

impl Run {
    pub(crate) fn new(campaign: CampaignId, brief: Brief, news: News) -> Arc<Self> {
        Arc::new(Self {
            campaign,
            brief,
            order: AtomicU8::new(Order::Go as u8),
            recalled: AtomicBool::new(false),
            in_hand: AtomicUsize::new(0),
            retries: Mutex::default(),
            quiet: Notify::new(),
            called_off: Notify::new(),
            news,
            counts: Default::default(),
        })
    }

    /// Whose turn its messages wait for.
    pub(crate) fn flow(&self) -> Flow {
        Flow {
            rank: self.brief.rank,
            account: self.brief.gate.scope.id(),
            campaign: self.campaign,
            owed: self.brief.notice.is_some(),
        }
    }

    pub(crate) fn order(&self) -> Order {
        match self.order.load(Ordering::Acquire) {
            0 => Order::Go,
            1 => Order::Hold,
            _ => Order::Stop,
        }
    }

    pub(crate) fn give(&self, order: Order) {
        self.order.store(order as u8, Ordering::Release);
        self.called_off.notify_waiters();
    }

    /// Waits until the order is no longer to send.
    pub(crate) async fn called_off(&self) {
        loop {
            let called_off = self.called_off.notified();
            if self.order() != Order::Go {
                return;
            }
            called_off.await;
        }
    }

    /// What is ready is being taken back, and what comes back from now on is let go of.
    pub(crate) fn recall(&self) {
        self.recalled.store(true, Ordering::SeqCst);
        self.called_off.notify_waiters();
    }

    /// Waits until a message that has not left need not leave: the order is no longer to send, or its time ran out.
    pub(crate) async fn let_go(&self) {
        loop {
            let called_off = self.called_off.notified();
            if self.order() != Order::Go || self.is_recalled() {
                return;
            }
            called_off.await;
        }
    }

    pub(crate) fn is_recalled(&self) -> bool {
        self.recalled.load(Ordering::SeqCst)
    }

    /// Takes a row into memory; `None` when it is there already.
    pub(crate) fn take(self: &Arc<Self>, seq: u32, retry: bool) -> Option<InHand> {
        if retry && !self.retries().insert(seq) {
            return None;
        }
        self.in_hand.fetch_add(1, Ordering::AcqRel);
        Some(InHand {
            run: self.clone(),
            seq,
            retry,
        })
    }

    fn retries(&self) -> MutexGuard<'_, HashSet<u32>> {
        self.retries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many rows are in memory: ready, on the wire, or waiting to be recorded.
    pub(crate) fn in_hand(&self) -> usize {
        self.in_hand.load(Ordering::Acquire)
    }

    /// Waits until no row is in memory.
    pub(crate) async fn quiet(&self) {
        loop {
            let quiet = self.quiet.notified();
            if self.in_hand() == 0 {
                return;
            }
            quiet.await;
        }
    }

    pub(crate) fn count(&self, state: RecipientState) {
        if let Some(count) = self.counts.get(state.code() as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many rows this engine has moved to the state since it took the campaign in hand.
    pub(crate) fn counted(&self, state: RecipientState) -> u64 {
        self.counts
            .get(state.code() as usize)
            .map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

/// One row in memory. Let go when dropped: after its outcome is in the store, or when it is given up unsent.
pub(crate) struct InHand {
    pub(crate) run: Arc<Run>,
    pub(crate) seq: u32,
    retry: bool,
}

impl Drop for InHand {
    fn drop(&mut self) {
        if self.retry {
            self.run.retries().remove(&self.seq);
        }
        if self.run.in_hand.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.run.quiet.notify_waiters();
        }
        self.run.news.tell();
    }
}
