//! The reader threads: each has its own connection and takes the next job.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::connect::{self, Limits};
use crate::error::StoreError;

/// More readers than cores only wait for each other; two keep a long report from holding up a page.
const READERS_MIN: usize = 2;
const READERS_MAX: usize = 8;

pub(super) type Job = Box<dyn FnOnce(&Connection) + Send>;

/// Hands jobs to the threads. What waits is bounded by the callers: each waits for its answer.
#[derive(Debug)]
pub(super) struct Readers {
    jobs: Sender<Job>,
}

impl Readers {
    pub(super) fn start(path: &Path, limits: Limits) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let cores = std::thread::available_parallelism().map_or(READERS_MIN, usize::from);
        for _ in 0..cores.clamp(READERS_MIN, READERS_MAX) {
            let connection = connect::reader(path, limits)?;
            let queue = Arc::clone(&queue);
            connect::thread("avow-read", move || serve(&connection, &queue))?;
        }
        Ok(Self { jobs })
    }

    pub(super) fn submit(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.send(job).map_err(|_| StoreError::stopped())
    }
}

fn serve(connection: &Connection, queue: &Mutex<Receiver<Job>>) {
    loop {
        // The lock is held while waiting: whoever has it takes the next job and lets go.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        job(connection);
    }
}
