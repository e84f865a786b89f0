//! How far a job is: the part that renews itself, and the order to stop.

use std::sync::Arc;

use avow_model::{JobId, Timestamp};
use avow_store::{JobKind, JobRow, JobState};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{Redirect, Response};

use super::view::WorkPart;
use crate::client_center::guard::Member;
use crate::client_center::words::{Badge, Tone, length};
use crate::{App, PageFault};

/// A rate over less than this says nothing.
const RATE_AFTER_S: i64 = 2;

/// The badge of a job's state.
pub(super) fn badge(state: JobState) -> Badge {
    let (tone, label) = match state {
        JobState::Draft => (Tone::Neutral, told!("job-draft")),
        JobState::Waiting => (Tone::Neutral, told!("outcome-waiting")),
        JobState::Running => (Tone::Notice, told!("import-running")),
        JobState::Stopping => (Tone::Notice, told!("job-stopping")),
        JobState::Stopped => (Tone::Neutral, told!("job-stopped")),
        JobState::Finished => (Tone::Good, told!("import-finished")),
        JobState::Failed => (Tone::Bad, told!("job-failed")),
    };
    Badge { tone, label }
}

const fn folder(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Import => "imports",
        JobKind::Export => "exports",
    }
}

/// The part of a job that is under way; `None` of any other.
pub(super) fn part(base: &str, job: &JobRow, now: Timestamp) -> Option<WorkPart> {
    job.state.is_open().then(|| {
        let at = job.progress;
        let share = (at.done.min(at.total) * 1000).checked_div(at.total);
        let share = share.unwrap_or_default() as i64;
        let elapsed = job
            .started_at
            .map_or(0, |start| now.as_second() - start.as_second());
        let told = elapsed >= RATE_AFTER_S && at.done > 0;
        let rate = told.then(|| at.people as i64 / elapsed);
        let left = told.then(|| at.total.saturating_sub(at.done) as i64 * elapsed / at.done as i64);
        WorkPart {
            base: format!("{base}/{}/{}", folder(job.kind), job.id),
            state: job.state.as_str(),
            told: done_so_far(job),
            share,
            percent: format!("{} %", share / 10),
            rate: rate.map(|n| say!("contacts-work-speed", n = n)),
            left: left.filter(|_| at.total > 0).map(length),
            stopping: job.state == JobState::Stopping,
        }
    })
}

/// What a job did so far, in words.
fn done_so_far(job: &JobRow) -> String {
    let n = job.progress.people as i64;
    match job.kind {
        JobKind::Export => say!("contacts-work-written", n = n),
        JobKind::Import if job.plan.contains("\"only_count\":true") => {
            say!("contacts-work-looked", n = n)
        }
        JobKind::Import => say!("contacts-work-taken", n = n),
    }
}

/// The job of an address.
pub(super) async fn job(member: &Member, (id, kind): (&str, JobKind)) -> Result<JobRow, PageFault> {
    let id: JobId = id.parse().map_err(|_| PageFault::NotFound)?;
    let job = member.account.job(id).await?;
    job.filter(|job| job.kind == kind)
        .ok_or(PageFault::NotFound)
}

/// What an address under `imports` or `exports` is about: a role may do the one and not the other.
fn kind_of(uri: &Uri) -> JobKind {
    if uri.path().contains("/exports/") {
        JobKind::Export
    } else {
        JobKind::Import
    }
}

/// The part that renews itself, told as it changes.
pub(super) async fn events(
    State(app): State<Arc<App>>,
    member: Member,
    uri: Uri,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageFault> {
    let kind = kind_of(&uri);
    job(&member, (&id, kind)).await?;
    let shared = Arc::new((Arc::clone(&app), member, (id, kind)));
    let look = move || told(Arc::clone(&shared));
    Ok(app.streams.open(look))
}

type Watched = (Arc<App>, Member, (String, JobKind));

async fn told(shared: Arc<Watched>) -> Result<String, PageFault> {
    let (app, member, (id, kind)) = &*shared;
    member.must_be_in_still(app).await?;
    let job = job(member, (id, *kind)).await?;
    // What has ended is told by the page.
    let part = part(&member.base(), &job, app.now()).ok_or(PageFault::NotFound)?;
    Ok(app.templates.show(&part)?.0)
}

/// Tells whoever does it to stop.
pub(super) async fn stop(
    State(app): State<Arc<App>>,
    member: Member,
    uri: Uri,
    Path((_, id)): Path<(String, String)>,
) -> Result<Redirect, PageFault> {
    let job = job(&member, (&id, kind_of(&uri))).await?;
    member.account.job_stop(job.id).await?;
    app.jobs.wake();
    let to = format!("{}/{}/{id}", member.base(), folder(job.kind));
    Ok(Redirect::to(&to))
}
