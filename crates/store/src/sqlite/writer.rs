//! The writer thread and its group commit.
//!
//! Batches that wait together share one transaction and one fsync; each gets its answer after the
//! commit. A savepoint stands around each batch, so that one that fails leaves its neighbours alone;
//! when the whole transaction is lost (full disk), every batch of it is run alone.

use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::connect;
use super::fault::lite_fault;
use super::statement;
use crate::batch::{Batch, Written};
use crate::error::StoreError;

/// Batches that may wait for the writer; more callers wait in `write` itself.
const WAITING_MAX: usize = 1_024;
/// A group is closed at this many statement executions ...
const GROUP_OPERATIONS_MAX: usize = 4_096;
/// ... or at this age, whichever comes first: what an answer is held up at most by its neighbours.
const GROUP_AGE_MAX: Duration = Duration::from_millis(5);

/// A batch and where its answer goes.
struct Job {
    batch: Batch,
    done: oneshot::Sender<Result<Written, StoreError>>,
}

/// Takes batches to the thread.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) fn start(mut connection: Connection) -> Result<Self, StoreError> {
        let (jobs, mut queue) = mpsc::channel::<Job>(WAITING_MAX);
        connect::thread("avow-write", move || {
            while let Some(first) = queue.blocking_recv() {
                let group = Group::commit(&mut connection, first, &mut queue);
                group.answer(&mut connection);
            }
        })?;
        Ok(Self { jobs })
    }

    pub(super) async fn write(&self, batch: Batch) -> Result<Written, StoreError> {
        let (done, answer) = oneshot::channel();
        let sent = self.jobs.send(Job { batch, done }).await;
        sent.map_err(|_| StoreError::stopped())?;
        answer.await.map_err(|_| StoreError::stopped())?
    }
}

/// The batches of one transaction, each with what it came to.
struct Group {
    members: Vec<(Job, Result<Written, StoreError>)>,
    committed: Result<(), StoreError>,
}

impl Group {
    /// Runs `first` and whatever waits behind it in one transaction, and commits.
    fn commit(connection: &mut Connection, first: Job, queue: &mut mpsc::Receiver<Job>) -> Self {
        let mut group = Self {
            members: Vec::new(),
            committed: Ok(()),
        };
        group.committed = group.run(connection, first, queue);
        group
    }

    fn run(
        &mut self,
        connection: &mut Connection,
        first: Job,
        queue: &mut mpsc::Receiver<Job>,
    ) -> Result<(), StoreError> {
        let map = |fault| lite_fault(fault, "COMMIT");
        let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = match begun {
            Ok(transaction) => transaction,
            Err(fault) => {
                self.members.push((first, Ok(Written::default())));
                return Err(map(fault));
            }
        };
        let opened = Instant::now();
        let mut operations = 0;
        let mut next = Some(first);
        while let Some(job) = next {
            operations += job.batch.operations();
            let result = savepoint(&transaction, &job.batch);
            self.members.push((job, result));
            if transaction.is_autocommit() {
                return Err(StoreError::Unavailable {
                    detail: "the transaction was rolled back".to_owned(),
                });
            }
            let open = operations < GROUP_OPERATIONS_MAX && opened.elapsed() < GROUP_AGE_MAX;
            next = open.then(|| queue.try_recv().ok()).flatten();
        }
        transaction.commit().map_err(map)
    }

    /// Answers every member; a group that was not committed is done again, one batch at a time.
    fn answer(self, connection: &mut Connection) {
        let alone = self.members.len() == 1;
        for (job, result) in self.members {
            let result = match (&self.committed, result) {
                (Ok(()), result) => result,
                // A batch that was alone already has its own error, or the commit's.
                (Err(_), Err(fault)) if alone => Err(fault),
                (Err(_), _) => run_alone(connection, &job.batch),
            };
            // The caller may have gone; the batch stands all the same.
            let _ = job.done.send(result);
        }
    }
}

/// One batch inside the group's transaction, undone by itself when it fails.
fn savepoint(connection: &Connection, batch: &Batch) -> Result<Written, StoreError> {
    let control = |text: &str| {
        let run = connection
            .prepare_cached(text)
            .and_then(|mut s| s.execute(()));
        run.map(drop)
            .map_err(|fault| lite_fault(fault, "SAVEPOINT"))
    };
    control("SAVEPOINT batch")?;
    let result = execute(connection, batch);
    if result.is_err() && !connection.is_autocommit() {
        control("ROLLBACK TO batch")?;
    }
    if !connection.is_autocommit() {
        control("RELEASE batch")?;
    }
    result
}

fn run_alone(connection: &mut Connection, batch: &Batch) -> Result<Written, StoreError> {
    let map = |fault| lite_fault(fault, "COMMIT");
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(map)?;
    let written = execute(&transaction, batch)?;
    transaction.commit().map_err(map)?;
    Ok(written)
}

fn execute(connection: &Connection, batch: &Batch) -> Result<Written, StoreError> {
    let rows = batch
        .steps()
        .iter()
        .map(|step| statement::execute(connection, step));
    Ok(Written {
        rows: rows.collect::<Result<_, _>>()?,
    })
}
