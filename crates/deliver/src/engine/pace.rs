//! Waiting for an instant of the engine's clock, with a bell that ends or shortens every wait.

use std::sync::Arc;
use std::time::Duration;

use avow_model::{SharedClock, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

/// However long a wait is, the clock is looked at again after this: a virtual or stepped clock, and
/// changes made by another process, are seen within a second.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The engine's bell: rung when something changed that a sleeping task may care about.
#[derive(Debug, Clone)]
pub(crate) struct Bell(watch::Sender<u64>);

impl Bell {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Wakes every task that waits.
    pub(crate) fn ring(&self) {
        self.0.send_modify(|n| *n = n.wrapping_add(1));
    }

    pub(crate) fn pace(&self, clock: SharedClock) -> Pace {
        Pace {
            clock,
            heard: self.0.subscribe(),
        }
    }
}

/// What the engine did, told to those outside who watch: an outcome recorded, a campaign begun or ended,
/// a line lost or found.
#[derive(Debug, Clone, Default)]
pub(crate) struct News(Arc<Notify>);

impl News {
    /// Wakes everybody who waits for news.
    pub(crate) fn tell(&self) {
        self.0.notify_waiters();
    }

    /// The next news, at most one look away. Hears from the moment of the call, not of the first poll:
    /// taken before a look at the state, nothing that happens after that look goes unheard.
    pub(crate) fn next(&self) -> impl Future<Output = ()> + '_ {
        let told = self.0.notified();
        async move {
            // Running out of time is an answer: another process tells this one nothing.
            let _ = timeout(LOOK_AGAIN, told).await;
        }
    }
}

/// One task's ear for the bell, and its clock.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    clock: SharedClock,
    heard: watch::Receiver<u64>,
}

impl Pace {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits for the bell, at most one look.
    pub(crate) async fn look(&mut self) {
        self.nap(LOOK_AGAIN).await;
    }

    /// Waits until `at`, however the clock gets there.
    pub(crate) async fn until(&mut self, at: Timestamp) {
        while self.clock.now() < at {
            self.toward(at).await;
        }
    }

    /// Waits for `at` or the bell, at most one look.
    pub(crate) async fn toward(&mut self, at: Timestamp) {
        if let Ok(left) = Duration::try_from(at.duration_since(self.clock.now())) {
            self.nap(left.min(LOOK_AGAIN)).await;
        }
    }

    async fn nap(&mut self, longest: Duration) {
        tokio::select! {
            () = tokio::time::sleep(longest) => {}
            rung = self.heard.changed() => {
                if rung.is_err() {
                    tokio::time::sleep(longest).await;
                }
            }
        }
    }
}
