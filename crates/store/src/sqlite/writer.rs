//! The writer thread and its group commit.
//!
//! Batches that wait together share one transaction and one fsync; each gets its answer after the
//! commit. A savepoint stands around each but the first, so that one that fails leaves its neighbours
//! alone; when the whole transaction is lost (full disk), every batch of it is run alone.

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

/// A larger batch waits for a transaction of its own.
const JOINING_OPERATIONS_MAX: usize = 1_024;

/// A batch and where its answer goes.
struct Job {
    batch: Batch,
    done: oneshot::Sender<Result<Written, StoreError>>,
}

impl Job {
    /// Answers first and frees the batch then: the asker goes on meanwhile.
    fn answer(self, result: Result<Written, StoreError>) {
        let Self { batch, done } = self;
        // The caller may have gone; what was written stands all the same.
        let _ = done.send(result);
        drop(batch);
    }
}

/// Takes batches to the thread.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) fn start(mut connection: Connection) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel::<Job>(WAITING_MAX);
        let mut queue = Queue {
            waiting,
            carried: None,
        };
        connect::thread("avow-write", move || {
            while let Some(first) = queue.wait() {
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

/// What waits, and the large batch that was taken off it too early.
struct Queue {
    waiting: mpsc::Receiver<Job>,
    carried: Option<Job>,
}

impl Queue {
    /// The first batch of a group; `None` when the store is closed and all is written.
    fn wait(&mut self) -> Option<Job> {
        self.carried.take().or_else(|| self.waiting.blocking_recv())
    }

    /// One more for the group, if one waits. A large one begins the next group: behind a savepoint
    /// SQLite would keep a copy of every page it changes.
    fn join(&mut self) -> Option<Job> {
        let job = self.waiting.try_recv().ok()?;
        if job.batch.operations() > JOINING_OPERATIONS_MAX {
            self.carried = Some(job);
            return None;
        }
        Some(job)
    }
}

/// The batches of one transaction, each with what it came to.
struct Group {
    members: Vec<(Job, Result<Written, StoreError>)>,
    committed: Result<(), StoreError>,
}

impl Group {
    /// Runs `first` and whatever waits behind it in one transaction, and commits.
    fn commit(connection: &mut Connection, first: Job, queue: &mut Queue) -> Self {
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
        queue: &mut Queue,
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
        let mut operations = first.batch.operations();
        let result = execute(&transaction, &first.batch);
        let failed = result.is_err();
        self.members.push((first, result));
        if failed {
            // Nothing else is in the transaction: it is rolled back as it is dropped.
            return Ok(());
        }
        while operations < GROUP_OPERATIONS_MAX && opened.elapsed() < GROUP_AGE_MAX {
            let Some(job) = queue.join() else { break };
            operations += job.batch.operations();
            let result = savepoint(&transaction, &job.batch);
            self.members.push((job, result));
            if transaction.is_autocommit() {
                return Err(StoreError::Unavailable {
                    detail: "the transaction was rolled back".to_owned(),
                });
            }
        }
        transaction.commit().map_err(map)
    }

    /// Answers every member; a group that was not committed is done again, one batch at a time.
    fn answer(self, connection: &mut Connection) {
        for (job, result) in self.members {
            let result = match &self.committed {
                Ok(()) => result,
                Err(_) => run_alone(connection, &job.batch),
            };
            job.answer(result);
        }
    }
}

/// One batch behind others in the group's transaction, undone by itself when it fails.
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
