//! The writing task and its group commit.
//!
//! Batches that wait together share one transaction. When anything in it fails, it is rolled back
//! and every batch is run alone, so that a bad one does not take its neighbours down.

use std::time::{Duration, Instant};

use deadpool_postgres::{Client, Pool};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::fault::{pool_fault, postgres_fault};
use super::pipeline::{self, Prepared};
use crate::batch::{Batch, Written};
use crate::error::StoreError;

/// Batches that may wait for the writer; more callers wait in `write` itself.
const WAITING_MAX: usize = 1_024;
/// A group is closed at this many statement executions ...
const GROUP_OPERATIONS_MAX: usize = 4_096;
/// ... or at this age, whichever comes first.
const GROUP_AGE_MAX: Duration = Duration::from_millis(5);
/// Two processes that wrote the same rows undo each other: how often one tries again.
const TRIES_MAX: usize = 3;

struct Job {
    batch: Batch,
    done: oneshot::Sender<Result<Written, StoreError>>,
}

/// Takes batches to the task.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    /// Ends with the store: whoever waits for an answer holds the store open.
    _task: JoinSet<()>,
}

impl Writer {
    pub(super) fn start(pool: Pool) -> Self {
        let (jobs, mut queue) = mpsc::channel(WAITING_MAX);
        let mut task = JoinSet::new();
        task.spawn(async move {
            while let Some(first) = queue.recv().await {
                let group = gather(first, &mut queue);
                answer(&pool, group).await;
            }
        });
        Self { jobs, _task: task }
    }

    pub(super) async fn write(&self, batch: Batch) -> Result<Written, StoreError> {
        let (done, answer) = oneshot::channel();
        let sent = self.jobs.send(Job { batch, done }).await;
        sent.map_err(|_| StoreError::stopped())?;
        answer.await.map_err(|_| StoreError::stopped())?
    }
}

/// `first` and what waits behind it.
fn gather(first: Job, queue: &mut mpsc::Receiver<Job>) -> Vec<Job> {
    let opened = Instant::now();
    let mut operations = first.batch.operations();
    let mut group = vec![first];
    while operations < GROUP_OPERATIONS_MAX && opened.elapsed() < GROUP_AGE_MAX {
        let Ok(next) = queue.try_recv() else { break };
        operations += next.batch.operations();
        group.push(next);
    }
    group
}

async fn answer(pool: &Pool, group: Vec<Job>) {
    let batches: Vec<&Batch> = group.iter().map(|job| &job.batch).collect();
    let together = transact(pool, &batches).await;
    match together {
        Ok(all) => {
            for (job, written) in group.into_iter().zip(all) {
                // The caller may have gone; the batch stands all the same.
                let _ = job.done.send(Ok(written));
            }
        }
        // In doubt: running a batch again could apply it twice.
        Err(StoreError::Unconfirmed) => {
            for job in group {
                let _ = job.done.send(Err(StoreError::Unconfirmed));
            }
        }
        Err(_) => {
            for job in group {
                let result = alone(pool, &job.batch).await;
                let _ = job.done.send(result);
            }
        }
    }
}

async fn alone(pool: &Pool, batch: &Batch) -> Result<Written, StoreError> {
    let mut last = StoreError::Locked;
    for _ in 0..TRIES_MAX {
        match transact(pool, &[batch]).await {
            Ok(mut written) => return Ok(written.pop().unwrap_or_default()),
            Err(StoreError::Locked) => last = StoreError::Locked,
            Err(fault) => return Err(fault),
        }
    }
    Err(last)
}

/// One transaction around the batches.
async fn transact(pool: &Pool, batches: &[&Batch]) -> Result<Vec<Written>, StoreError> {
    let client = pool.get().await.map_err(pool_fault)?;
    let prepared = Prepared::make(&client, batches).await?;
    let map = |fault| postgres_fault(&fault, "BEGIN");
    client.batch_execute("BEGIN").await.map_err(map)?;
    match pipeline::run(&client, &prepared, batches).await {
        Ok(written) => commit(&client).await.map(|()| written),
        Err(fault) => {
            if client.batch_execute("ROLLBACK").await.is_err() {
                // A connection in an unknown state does not go back to the pool.
                drop(Client::take(client));
            }
            Err(fault)
        }
    }
}

async fn commit(client: &Client) -> Result<(), StoreError> {
    let committed = client.batch_execute("COMMIT").await;
    committed.map_err(|fault| match fault.as_db_error() {
        Some(_) => postgres_fault(&fault, "COMMIT"),
        // The line broke between the question and the answer.
        None => StoreError::Unconfirmed,
    })
}
