//! A file taken in by the browser: it arrives, its columns are shown, its rows are counted, then they are taken in.
//!
//! Promises: nothing is written before somebody saw the counts of exactly what is about to happen; what is chosen
//! survives a reload and a restart. The work itself is done behind the page (`jobs`).

mod history;
mod shown;

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use avow_collect::import::{FirstLook, look};
use avow_policy::PolicySet;
use avow_store::{ActKind, JobKind, JobOrder, JobRow, JobState, NewAct, NewJob};
use axum::Form;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use tokio::task::JoinSet;

pub(super) use self::history::list;
pub(super) use self::shown::rejects;
pub(crate) use self::shown::sentence;

use super::edit::{Fields, Sheet};
use super::plan::{Choices, Outcome};
use super::view::Fault;
use super::work;
use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::upload::{self, FileType, UploadFault, UploadKind};
use crate::{App, PageFault};

/// A file that nobody takes in goes after this.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// Rows shown of a file.
const ROWS_SHOWN: usize = 4;

/// Takes a file, and counts it as its columns are guessed.
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    member: Member,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, PageFault> {
    let Ok(form) = form else {
        return history::page(&app, &member, Some(UploadFault::NoFile.to_string())).await;
    };
    let arrived = match upload::receive(&app, UploadKind::Contacts, form).await {
        Ok(arrived) => arrived,
        Err(fault) => {
            if let UploadFault::Disk(cause) = &fault {
                tracing::error!(%cause, "a file could not be written");
            }
            return history::page(&app, &member, Some(fault.to_string())).await;
        }
    };
    if arrived.file_type == FileType::Zip {
        let fault =
            "Workbooks are not read yet. Save the sheet as CSV (UTF-8) and choose that file.";
        return history::page(&app, &member, Some(fault.to_owned())).await;
    }
    let who = member.visitor.address.clone();
    let choices = Choices {
        only_count: true,
        signer: who.clone(),
        ..Choices::default()
    };
    let new = NewJob {
        kind: JobKind::Import,
        state: JobState::Waiting,
        title: arrived.name.clone(),
        file: app.file_name(arrived.file.path()),
        plan: choices.text(),
        total: arrived.bytes,
        who,
        expires_at: app.now() + KEPT_FOR,
    };
    let id = member.account.job_add(new, None).await?;
    arrived.file.keep();
    app.jobs.wake();
    Ok(Redirect::to(&format!("{}/imports/{id}", member.base())).into_response())
}

/// The beginning of the job's file, read away from the async threads.
async fn first_look(app: &App, job: &JobRow, set: &Arc<PolicySet>) -> Result<FirstLook, String> {
    let path = app.file_path(&job.file);
    let set = Arc::clone(set);
    let mut tasks = JoinSet::new();
    tasks.spawn_blocking(move || {
        let file = File::open(path).map_err(|_| "The file is gone. Choose it again.".to_owned())?;
        look(file, &set, ROWS_SHOWN).map_err(|fault| shown::sentence(&fault.to_string()))
    });
    let done = tasks.join_next().await;
    done.and_then(Result::ok)
        .unwrap_or_else(|| Err("The file could not be read. Choose it again.".to_owned()))
}

/// The page of one file.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageFault> {
    let job = work::job(&member, (&id, JobKind::Import)).await?;
    shown::page(&app, &member, job, None).await
}

/// Counts again, or begins, as the form says.
pub(super) async fn order(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageFault> {
    let job = work::job(&member, (&id, JobKind::Import)).await?;
    let sheet = Sheet::from(fields);
    let before = Choices::read(&job.plan);
    let there = Redirect::to(&format!("{}/imports/{id}", member.base())).into_response();
    if sheet.get("do") == "go-on" {
        // What was begun goes on as it was chosen.
        give(&app, &member, &job, before).await?;
        return Ok(there);
    }
    let set = gate::policies(&app, &member.account).await?.ok();
    let set = set.ok_or_else(|| PageFault::Bad("The published policy cannot be enforced as it stands. The policy page says what to mend.".to_owned()))?;
    let seen = match first_look(&app, &job, &set).await {
        Ok(seen) => seen,
        Err(fault) => return Err(PageFault::Bad(fault)),
    };
    let version = set.in_force(app.now());
    let evidence = sheet.evidence(version);
    let mut choices = Choices::of(&sheet, &seen, &evidence);
    choices.signer.clone_from(&member.visitor.address);
    let mut faults: Vec<Fault> = Vec::new();
    choices.plan((&job.title, app.now()), version, &mut faults);
    if !faults.is_empty() {
        let (_, body) = shown::page(&app, &member, job, Some((choices, faults)))
            .await?
            .into_parts();
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response());
    }
    let counted = Outcome::read(&job.report).is_some_and(|o| o.counted_only && o.fault.is_empty());
    let is_seen = counted && choices.mean_the_same(&before) && job.state == JobState::Draft;
    // Who changed something looks at the counts of that first.
    choices.only_count = !(sheet.get("do") == "run" && is_seen);
    give(&app, &member, &job, choices).await?;
    Ok(there)
}

/// Hands the job to whoever does it.
async fn give(app: &App, member: &Member, job: &JobRow, choices: Choices) -> Result<(), PageFault> {
    let now = app.now();
    let act = (!choices.only_count).then(|| NewAct {
        who: member.visitor.address.clone(),
        kind: ActKind::ImportStarted,
        about: job.title.clone(),
    });
    let choices = Choices {
        at: choices.at.or(Some(now)).filter(|_| !choices.only_count),
        ..choices
    };
    let order = JobOrder {
        state: JobState::Waiting,
        plan: choices.text(),
        expires_at: now + KEPT_FOR,
    };
    member.account.job_order(job.id, order, act).await?;
    app.jobs.wake();
    Ok(())
}
