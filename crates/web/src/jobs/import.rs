//! A file of people taken in, or only counted.

use std::fs::File;
use std::time::Duration;

use avow_collect::import::{self, ImportError, ImportPlan, Progress};
use avow_store::{JobProgress, JobRow, JobState};
use tokio::sync::watch;

use super::{End, remove};
use crate::App;
use crate::client_center::people::{Choices, Outcome};
use crate::client_center::policies;

/// Rejected rows are there for so long.
const REJECTS_KEPT_FOR: Duration = Duration::from_hours(30 * 24);
/// A file that somebody still has to say something about.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// The folder of rejected rows, in the folder of files.
const REJECTS: &str = "rejects";

fn failed(job: &JobRow, state: JobState, fault: String) -> End {
    End::Done {
        state,
        report: Outcome::failed(fault).text(),
        file: job.file.clone(),
        kept_for: KEPT_FOR,
    }
}

/// What a fault means to who sent the file.
fn sentence(fault: &ImportError) -> String {
    crate::client_center::people::sentence(&fault.to_string())
}

fn done(app: &App, job: &JobRow, report: import::ImportReport, counted: bool) -> End {
    let rejects = report.rejects.clone();
    let report = Outcome::of(report, counted).text();
    if counted {
        return End::Done {
            state: JobState::Draft,
            report,
            file: job.file.clone(),
            kept_for: KEPT_FOR,
        };
    }
    remove(app, &job.file);
    End::Done {
        state: JobState::Finished,
        report,
        file: rejects.map(|path| app.file_name(&path)).unwrap_or_default(),
        kept_for: REJECTS_KEPT_FOR,
    }
}

/// Takes the file in, from where an earlier try stopped.
pub(super) async fn run(app: &App, job: &JobRow, told: watch::Sender<JobProgress>) -> End {
    let choices = Choices::read(&job.plan);
    let counted = choices.only_count;
    // What cannot be counted is chosen anew; what broke while it was taken in is told as a fault.
    let broken = if counted {
        JobState::Draft
    } else {
        JobState::Failed
    };
    let scope = app.store.account(job.account);
    let set = match policies(app, &scope).await {
        Ok(Ok(set)) => set,
        Ok(Err(_)) => {
            let fault = "The published policy cannot be enforced as it stands; the policy page says what to mend.";
            return failed(job, broken, fault.to_owned());
        }
        Err(_) => return End::Leaving,
    };
    let Ok(file) = File::open(app.file_path(&job.file)) else {
        let fault = "The file is not on this server any more. Choose it again.";
        return failed(job, JobState::Failed, fault.to_owned());
    };
    let mut faults = Vec::new();
    let plan = choices.plan(
        (&job.title, app.now()),
        set.in_force(app.now()),
        &mut faults,
    );
    if let Some(fault) = faults.into_iter().next() {
        return failed(job, broken, fault.text);
    }
    let rejects = app.file_path(REJECTS).join(format!("{}.csv", job.id));
    let plan = ImportPlan {
        rejects: (!counted).then_some(rejects),
        ..plan
    };
    let show = move |p: &Progress| {
        told.send_replace(JobProgress {
            done: p.position,
            total: p.bytes,
            people: p.counts.rows,
        });
    };
    match import::run(plan, &scope, &set, file, show).await {
        Ok(report) => done(app, job, report, counted),
        // It goes on when the store answers again.
        Err(ImportError::Store(fault)) if fault.is_passing() => {
            tracing::warn!(cause = %fault, "an import waits for the store");
            End::Leaving
        }
        Err(fault) => failed(job, broken, sentence(&fault)),
    }
}
