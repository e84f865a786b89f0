//! The files that were imported, and what became of their rows.

use std::sync::Arc;

use avow_model::Timestamp;
use avow_store::{ImportRun, ImportState};
use axum::extract::State;
use axum::response::Html;

use super::guard::Member;
use super::shell::Noun;
use super::view::{ImportLine, ImportsPage};
use super::words::{Badge, Tone, When};
use crate::{App, PageFault};

fn line(run: ImportRun, now: Timestamp) -> ImportLine {
    let badge = match run.state {
        ImportState::Running => Badge {
            tone: Tone::Notice,
            label: "Running",
        },
        ImportState::Finished => Badge {
            tone: Tone::Good,
            label: "Finished",
        },
    };
    ImportLine {
        file: run.file_name,
        badge,
        created: run.counts.created as i64,
        updated: run.counts.updated as i64,
        unchanged: run.counts.unchanged as i64,
        rejected: (run.counts.rejected + run.counts.erased) as i64,
        when: When::new(run.started_at, now),
    }
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    let runs = member.account.imports().await?;
    let now = app.now();
    app.templates.show(&ImportsPage {
        shell: member.shell(Noun::Contacts),
        imports: runs.into_iter().map(|run| line(run, now)).collect(),
    })
}
