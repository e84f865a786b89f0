//! Work that goes on behind the pages: files of people taken in and written.
//!
//! Promises: a job is done once, by one process; killed in its middle it is taken over within [`HELD_FOR`] and goes on;
//! told to stop it stops within a second; a file goes when its time is over. Never: more than [`AT_ONCE`] at a time in
//! one process.

mod export;
mod import;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use avow_model::Timestamp;
use avow_store::{JobEnding, JobHold, JobKind, JobProgress, JobRow, JobState, StoreError};
use tokio::sync::{Notify, watch};

use crate::App;

/// Jobs done side by side: a short one does not wait for a long one.
const AT_ONCE: usize = 2;
/// Between two looks for work that another process entered.
const LOOK: Duration = Duration::from_secs(2);
/// Between two notes of progress.
const NOTE: Duration = Duration::from_millis(500);
/// A process that has noted nothing for so long is taken to be gone.
const HELD_FOR: Duration = Duration::from_secs(15);
/// After a fault of the store nothing is tried for so long.
const REST: Duration = Duration::from_secs(5);

/// Wakes whoever does jobs in this process.
#[derive(Debug, Default)]
pub(crate) struct Bell(Notify);

impl Bell {
    /// Says that there is something to do. It would be seen within two seconds by itself.
    pub(crate) fn wake(&self) {
        self.0.notify_waiters();
    }
}

impl App {
    /// The name of a file below the folder of files, as jobs keep it.
    pub(crate) fn file_name(&self, path: &Path) -> String {
        let root = self.files.as_deref().unwrap_or(Path::new(""));
        let rest = path.strip_prefix(root).unwrap_or(path);
        rest.to_string_lossy().into_owned()
    }

    /// Where a file of a job lies.
    pub(crate) fn file_path(&self, name: &str) -> PathBuf {
        self.files.as_deref().unwrap_or(Path::new("")).join(name)
    }
}

/// How a piece of work ended.
enum End {
    Done {
        state: JobState,
        report: String,
        /// What is left of it.
        file: String,
        kept_for: Duration,
    },
    Stopped,
    /// Another process does it now.
    Lost,
    /// The server leaves: somebody goes on with it.
    Leaving,
}

/// Does jobs until the order to leave.
pub async fn keep(app: Arc<App>, leave: impl Future<Output = ()>) {
    let (order, leaving) = watch::channel(false);
    let workers = async {
        tokio::join!(
            worker(&app, leaving.clone(), 0),
            worker(&app, leaving.clone(), 1)
        );
    };
    let told = async {
        leave.await;
        order.send_replace(true);
    };
    const { assert!(AT_ONCE == 2, "as many as are joined above") };
    tokio::join!(workers, told);
}

/// One of those who do jobs.
async fn worker(app: &App, mut leaving: watch::Receiver<bool>, n: usize) {
    let mut seed = [0; 8];
    app.entropy.fill(&mut seed);
    let holder = format!("{:016x}-{n}", u64::from_be_bytes(seed));
    while !*leaving.borrow() {
        let rest = match next(app, &holder, &leaving).await {
            Ok(true) => continue,
            Ok(false) => LOOK,
            Err(cause) => {
                tracing::error!(%cause, "jobs behind the pages rest: the store failed");
                REST
            }
        };
        tokio::select! {
            () = app.jobs.0.notified() => {}
            () = tokio::time::sleep(rest) => {}
            _ = leaving.wait_for(|leaving| *leaving) => {}
        }
    }
}

fn hold(app: &App, holder: &str) -> JobHold {
    let now = app.now();
    JobHold {
        holder: holder.to_owned(),
        now,
        until: now + HELD_FOR,
    }
}

/// Does the next job; false when there is none.
async fn next(
    app: &App,
    holder: &str,
    leaving: &watch::Receiver<bool>,
) -> Result<bool, StoreError> {
    let Some(job) = app.store.job_take(&hold(app, holder)).await? else {
        sweep(app).await?;
        return Ok(false);
    };
    let scope = app.store.account(job.account);
    let end = match job.state {
        JobState::Stopping => End::Stopped,
        _ => done(app, &job, (holder, leaving.clone())).await,
    };
    let (state, report, file, expires_at) = match end {
        End::Lost => return Ok(true),
        End::Leaving => {
            scope.job_give_back(job.id, holder).await?;
            return Ok(true);
        }
        End::Stopped => stopped(app, &job),
        End::Done {
            state,
            report,
            file,
            kept_for,
        } => (state, report, file, app.now() + kept_for),
    };
    let ending = JobEnding {
        state,
        report,
        file,
        expires_at,
    };
    scope.job_end(job.id, holder, ending).await?;
    app.center.forget_totals();
    Ok(true)
}

/// A file that was to be taken in stays for going on; a part of one that was written goes.
fn stopped(app: &App, job: &JobRow) -> (JobState, String, String, Timestamp) {
    let file = match job.kind {
        JobKind::Import => job.file.clone(),
        JobKind::Export => {
            remove(app, &job.file);
            String::new()
        }
    };
    (JobState::Stopped, job.report.clone(), file, job.expires_at)
}

async fn done(
    app: &App,
    job: &JobRow,
    (holder, mut leaving): (&str, watch::Receiver<bool>),
) -> End {
    let (told, progress) = watch::channel(job.progress);
    let work = async {
        match job.kind {
            JobKind::Import => import::run(app, job, told).await,
            JobKind::Export => export::run(app, job, told).await,
        }
    };
    let left = async {
        let _ordered_or_orphaned = leaving.wait_for(|leaving| *leaving).await;
        End::Leaving
    };
    tokio::select! {
        biased;
        end = work => {
            // The last numbers stand in the row when the page is asked for again.
            let at = *progress.borrow();
            let scope = app.store.account(job.account);
            match scope.job_note(job.id, &hold(app, holder), at).await {
                Ok(Some(_)) => end,
                Ok(None) => End::Lost,
                Err(_) => End::Leaving,
            }
        }
        end = watched(app, job, (holder, progress.clone())) => end,
        end = left => end,
    }
}

/// Notes how far the work is, until it is told to stop.
async fn watched(
    app: &App,
    job: &JobRow,
    (holder, progress): (&str, watch::Receiver<JobProgress>),
) -> End {
    let scope = app.store.account(job.account);
    loop {
        tokio::time::sleep(NOTE).await;
        let at = *progress.borrow();
        match scope.job_note(job.id, &hold(app, holder), at).await {
            Ok(Some(JobState::Stopping)) => return End::Stopped,
            Ok(Some(_)) => {}
            Ok(None) => return End::Lost,
            // The hold lapses if this goes on; the work itself meets the same fault.
            Err(cause) => tracing::warn!(%cause, "the progress of a job could not be noted"),
        }
    }
}

/// Removes a file of a job; one that is gone already is no fault.
fn remove(app: &App, name: &str) {
    if name.is_empty() {
        return;
    }
    match std::fs::remove_file(app.file_path(name)) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%cause, "a file of a job could not be removed");
        }
        _ => {}
    }
}

/// Lets go of files past their time.
async fn sweep(app: &App) -> Result<(), StoreError> {
    for job in app.store.jobs_past(app.now()).await? {
        remove(app, &job.file);
        app.store.account(job.account).job_file_gone(job.id).await?;
    }
    Ok(())
}
