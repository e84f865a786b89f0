//! Contacts written to a file: whom a filter means, behind the page, for a day.
//!
//! Promises: each export is in the audit log; under a policy that claims `need_to_know` the file shows what the table
//! shows, addresses masked. Never: leads anybody but a member of the account to a file.

use std::sync::Arc;
use std::time::Duration;

use avow_model::Timestamp;
use avow_store::{ActKind, JobKind, JobRow, JobState, NewAct, NewJob};
use axum::Form;
use axum::extract::{Path, Query as Address, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use super::bulk::ticked;
use super::query::Query;
use super::view::{ExportPage, ExportsPage, JobLine};
use super::work::{self, badge, part};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::staff::{self, Veil};
use crate::client_center::words::{When, people};
use crate::export::{Format, attached};
use crate::upload::fresh;
use crate::{App, PageFault};

/// A file is there for so long.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// Files of one page.
const SHOWN: u32 = 100;

/// What is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    pub whom: Query,
    /// Only these, where somebody ticked them.
    pub ids: Vec<String>,
    pub format: String,
    /// Addresses are masked, and no field is written.
    pub veiled: bool,
}

impl Wish {
    /// As a job keeps it.
    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    fn text(&self) -> String {
        serde_json::to_string(self).expect("invariant: texts become JSON")
    }

    fn format(&self) -> Format {
        Format::parse(&self.format).unwrap_or(Format::Csv)
    }

    /// Who is meant, in a few words.
    fn title(&self) -> String {
        let whom = match (self.ids.len(), self.whom.is_everybody()) {
            (0, true) => "All contacts".to_owned(),
            (0, false) => "Contacts by a filter".to_owned(),
            (n, _) => format!("{} ticked", people(n as i64)),
        };
        format!("{whom}, {}", self.format().as_str().to_uppercase())
    }
}

fn line(row: JobRow, now: Timestamp) -> JobLine {
    let written = people(row.progress.people as i64);
    JobLine {
        told: match row.state {
            JobState::Finished if row.file.is_empty() => format!("{written}; the file is gone"),
            JobState::Finished => format!(
                "{written}; there until {}",
                When::new(row.expires_at, now).exact
            ),
            JobState::Failed => row.report,
            _ => String::new(),
        },
        id: row.id.to_string(),
        title: row.title,
        badge: badge(row.state),
        people: row.progress.people as i64,
        who: row.who,
        when: When::new(row.created_at, now),
        has_file: row.state == JobState::Finished && !row.file.is_empty(),
    }
}

/// Files that were written, and the form for the next: whom the address means.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    member: Member,
    Address(query): Address<Query>,
) -> Result<Html<String>, PageFault> {
    let jobs = member.account.jobs(JobKind::Export, None, SHOWN).await?;
    let now = app.now();
    let query = query.whom();
    app.templates.show(&ExportsPage {
        shell: member.shell(Noun::Contacts),
        jobs: jobs.into_iter().map(|row| line(row, now)).collect(),
        is_everybody: query.is_everybody(),
        veiled: staff::veil(&app, &member).await? == Veil::On,
        query,
    })
}

type Fields = Vec<(String, String)>;

/// Begins to write.
pub(super) async fn begin(
    State(app): State<Arc<App>>,
    member: Member,
    Form(fields): Form<Fields>,
) -> Result<Redirect, PageFault> {
    let root = app.files.as_deref().ok_or_else(|| {
        PageFault::Bad(
            "This server keeps no files. Whoever runs it can give it a data folder.".to_owned(),
        )
    })?;
    let get = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map_or_else(String::new, |(_, value)| value.clone())
    };
    let whom = Query {
        q: get("q"),
        list: get("list"),
        state: get("state"),
        how: get("how"),
        since: get("since"),
        until: get("until"),
        ..Query::default()
    };
    let wish = Wish {
        whom,
        ids: ticked(&fields).iter().map(ToString::to_string).collect(),
        format: get("format"),
        veiled: staff::veil(&app, &member).await? == Veil::On,
    };
    let place = fresh(root, "exports", app.entropy.as_ref());
    let (scrap, _) = place.map_err(|cause| {
        tracing::error!(%cause, "a file for an export could not be made");
        PageFault::Bad("The file could not be made on this server: its disk may be full. Tell whoever runs it.".to_owned())
    })?;
    let total = match wish.ids.len() {
        0 if wish.whom.is_everybody() => app.center.total(&member.account, None, app.now()).await?,
        n => n as i64,
    };
    let who = member.visitor.address.clone();
    let new = NewJob {
        kind: JobKind::Export,
        state: JobState::Waiting,
        title: wish.title(),
        file: app.file_name(scrap.path()),
        plan: wish.text(),
        total: total as u64,
        who: who.clone(),
        expires_at: app.now() + KEPT_FOR,
    };
    let act = NewAct {
        who,
        kind: ActKind::ExportStarted,
        about: wish.title(),
    };
    let id = member.account.job_add(new, Some(act)).await?;
    scrap.keep();
    app.jobs.wake();
    Ok(Redirect::to(&format!("{}/exports/{id}", member.base())))
}

/// The page of one file.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Html<String>, PageFault> {
    let job = work::job(&member, (&id, JobKind::Export)).await?;
    let now = app.now();
    let has_file = job.state == JobState::Finished && !job.file.is_empty();
    let sentence = match job.state {
        JobState::Finished => format!(
            "{} written. The file goes on {}.",
            people(job.progress.people as i64),
            When::new(job.expires_at, now).exact
        ),
        JobState::Stopped => "It was stopped; nothing of it is left.".to_owned(),
        _ => String::new(),
    };
    app.templates.show(&ExportPage {
        shell: member.shell(Noun::Contacts),
        part: part(&member.base(), &job, now),
        fault: (job.state == JobState::Failed).then(|| job.report.clone()),
        badge: badge(job.state),
        title: job.title,
        id,
        sentence,
        has_file,
    })
}

/// The file itself.
pub(super) async fn file(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageFault> {
    let job = work::job(&member, (&id, JobKind::Export)).await?;
    if job.state != JobState::Finished || job.file.is_empty() || job.expires_at <= app.now() {
        return Err(PageFault::NotFound);
    }
    let format = Wish::read(&job.plan).format();
    let name = format!(
        "contacts-{}.{}",
        job.created_at.strftime("%Y-%m-%d"),
        format.as_str()
    );
    let body = crate::export::body_of(app.file_path(&job.file));
    Ok((attached(&name, format.media_type()), body).into_response())
}
