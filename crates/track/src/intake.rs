//! Many hits, one commit: what comes in while one batch is being written forms the next.
//!
//! Promises: `add` returns after the hit is in the store, or with the fault that kept it out. A caller
//! that goes away meanwhile loses nothing that was handed over.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use avow_model::AccountId;
use avow_store::{AccountScope, NewHit, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::lock;

/// Hits that may wait for the batch before them; beyond it the callers wait to hand theirs over.
const WAITING_MAX: usize = 65_536;
/// Hits in one batch: the store commits after so many operations anyway.
const BATCH_MAX: usize = 4_096;

/// Why a hit is not in the store.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum IntakeFault {
    /// All hits of one batch share its fault.
    #[error(transparent)]
    Store(Arc<StoreError>),
    #[error("the server is stopping; the hit was not kept")]
    Stopping,
}

type Answer = Result<(), IntakeFault>;

struct Waiting {
    scope: AccountScope,
    hit: NewHit,
    done: oneshot::Sender<Answer>,
}

/// The way in. Its task starts with the first hit and ends with the value.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    way: OnceLock<mpsc::Sender<Waiting>>,
    task: Mutex<JoinSet<()>>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting(..)")
    }
}

impl Intake {
    /// Hands a hit over and waits for the commit.
    pub(crate) async fn add(&self, scope: &AccountScope, hit: NewHit) -> Answer {
        let (done, answer) = oneshot::channel();
        let waiting = Waiting {
            scope: scope.clone(),
            hit,
            done,
        };
        let handed = self.way().send(waiting).await;
        handed.map_err(|_| IntakeFault::Stopping)?;
        answer.await.unwrap_or(Err(IntakeFault::Stopping))
    }

    fn way(&self) -> &mpsc::Sender<Waiting> {
        self.way.get_or_init(|| {
            let (send, receive) = mpsc::channel(WAITING_MAX);
            lock(&self.task).spawn(write(receive));
            send
        })
    }
}

async fn write(mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
        for (scope, hits, done) in by_account(&mut batch) {
            let result = scope.hits_add(hits).await;
            let result = result.map_err(|fault| IntakeFault::Store(Arc::new(fault)));
            for waiter in done {
                // A waiter that is gone had its hit kept all the same.
                let _ = waiter.send(result.clone());
            }
        }
    }
}

type Share = (AccountScope, Vec<NewHit>, Vec<oneshot::Sender<Answer>>);

fn by_account(batch: &mut Vec<Waiting>) -> Vec<Share> {
    let mut shares: BTreeMap<AccountId, Share> = BTreeMap::new();
    for w in batch.drain(..) {
        let share = shares.entry(w.scope.id());
        let (_, hits, done) = share.or_insert_with(|| (w.scope, Vec::new(), Vec::new()));
        hits.push(w.hit);
        done.push(w.done);
    }
    shares.into_values().collect()
}
