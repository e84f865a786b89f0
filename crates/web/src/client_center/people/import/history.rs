//! The files that were taken in, by the browser and on the command line, and the form for the next.

use std::sync::Arc;

use avow_model::{Action, Timestamp};
use avow_store::{ImportRun, ImportState, JobKind, JobRow, JobState};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::shown::sentence_of;
use crate::client_center::guard::Member;
use crate::client_center::people::plan::Outcome;
use crate::client_center::people::view::{ImportsPage, JobLine, RunLine};
use crate::client_center::people::work::badge;
use crate::client_center::shell::Noun;
use crate::client_center::words::{Badge, Tone, When, people};
use crate::templates::thousands;
use crate::upload::UploadKind;
use crate::{App, PageFault};

/// Files of one page.
const SHOWN: u32 = 100;

fn job(row: JobRow, now: Timestamp) -> JobLine {
    let outcome = Outcome::read(&row.report).unwrap_or_default();
    let told = match row.state {
        JobState::Draft if !outcome.fault.is_empty() => outcome.fault,
        JobState::Draft => "Counted; nothing is written yet.".to_owned(),
        JobState::Finished => sentence_of(&outcome),
        JobState::Failed => outcome.fault,
        JobState::Stopped => "What was taken in before it was stopped is in.".to_owned(),
        _ => String::new(),
    };
    JobLine {
        id: row.id.to_string(),
        title: row.title,
        badge: badge(row.state),
        people: row.progress.people as i64,
        who: row.who,
        when: When::new(row.created_at, now),
        told,
        has_file: !row.file.is_empty() && row.state == JobState::Finished,
    }
}

fn run(run: ImportRun, now: Timestamp) -> RunLine {
    let badge = match run.state {
        ImportState::Running => Badge {
            tone: Tone::Notice,
            label: told!("job-not-finished"),
        },
        ImportState::Finished => Badge {
            tone: Tone::Good,
            label: told!("import-finished"),
        },
    };
    let c = run.counts;
    RunLine {
        told: format!(
            "{} new, {} changed, {} as before, {} rejected",
            people(c.created as i64),
            thousands(c.updated as i64),
            thousands(c.unchanged as i64),
            thousands((c.rejected + c.erased) as i64)
        ),
        file: run.file_name,
        badge,
        when: When::new(run.started_at, now),
    }
}

pub(super) async fn page(
    app: &App,
    member: &Member,
    fault: Option<String>,
) -> Result<Response, PageFault> {
    let now = app.now();
    let jobs = member.account.jobs(JobKind::Import, None, SHOWN).await?;
    let runs = member.account.imports().await?;
    // A file of the browser is one line, not two.
    let by_hand = |r: &ImportRun| !jobs.iter().any(|j| j.title == r.file_name);
    let runs: Vec<ImportRun> = runs.into_iter().filter(by_hand).collect();
    let max_bytes = UploadKind::Contacts.bytes_max();
    let status = fault
        .as_ref()
        .map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let html = app.templates.show(&ImportsPage {
        shell: member.shell(Noun::Contacts),
        keeps: member.may(Action::KeepContacts),
        jobs: jobs.into_iter().map(|row| job(row, now)).collect(),
        runs: runs.into_iter().map(|row| run(row, now)).collect(),
        fault,
        max_text: format!("{} MB", thousands((max_bytes / (1024 * 1024)) as i64)),
        max_bytes,
    })?;
    Ok((status, html).into_response())
}

/// The page.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    page(&app, &member, None).await
}
