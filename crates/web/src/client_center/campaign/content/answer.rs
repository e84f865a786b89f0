//! What a change answers: a page to a browser, a part of it to the editor's script.

use avow_compose::blocks::{BlockId, Document};
use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::draft::Draft;
use super::page;
use super::posted::Posted;
use super::work::{Open, Sight, Typed, shelf};
use crate::client_center::campaign::view::FieldFault;
use crate::{App, PageFault};

/// Who asks: the header is set by our script, which no other site can do without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Page,
    Script,
}

impl Asks {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        if headers.get("x-hand").is_some_and(|v| v == "editor") {
            Self::Script
        } else {
            Self::Page
        }
    }
}

/// A fault beside its field, for the script.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub field: &'static str,
    pub text: String,
}

/// What the script is told.
#[derive(Debug, Serialize, Default)]
pub(super) struct Answer {
    pub revision: u32,
    /// The part of the page, made anew.
    pub html: String,
    /// For the live region.
    pub said: String,
    /// The block that it was about.
    pub focus: Option<u32>,
    pub faults: Vec<Told>,
    /// What stops the change as a whole.
    pub trouble: Option<String>,
}

/// A change that was kept.
pub(super) struct Kept {
    pub document: Document,
    pub revision: u32,
    pub open: Open,
    pub said: String,
    pub focus: Option<BlockId>,
}

/// To where the change can be seen.
pub(super) async fn kept(
    app: &App,
    draft: &Draft,
    asks: Asks,
    kept: Kept,
) -> Result<Response, PageFault> {
    if asks == Asks::Page {
        let focus = kept.focus.map(|id| format!("#b{}", id.0));
        let to = format!(
            "{}?open={}{}",
            draft.base(),
            kept.open.word(),
            focus.unwrap_or_default()
        );
        return Ok(Redirect::to(&to).into_response());
    }
    let shelf = shelf(draft).await?;
    let (document, open) = (&kept.document, kept.open);
    let sight = Sight {
        document,
        open,
        typed: None,
        shelf: &shelf,
    };
    let work = sight.work(draft.base(), kept.revision);
    Ok(Json(Answer {
        revision: kept.revision,
        html: app.templates.show(&work)?.0,
        said: kept.said,
        focus: kept.focus.map(|id| id.0),
        ..Answer::default()
    })
    .into_response())
}

/// What was typed and cannot be taken: nothing of it is kept, and nothing of it is lost.
pub(super) async fn refused(
    app: &App,
    draft: &Draft,
    asks: Asks,
    (open, posted, faults): (Open, &Posted, Vec<FieldFault>),
) -> Result<Response, PageFault> {
    if asks == Asks::Script {
        let told = |f: FieldFault| Told {
            field: f.field,
            text: f.text,
        };
        let answer = Answer {
            revision: draft.source.revision,
            faults: faults.into_iter().map(told).collect(),
            ..Answer::default()
        };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(answer)).into_response());
    }
    let typed = Typed {
        posted,
        faults: &faults,
    };
    let html = page::blocks(app, draft, open, Some(typed)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html).into_response())
}

/// A change that cannot be made at all.
pub(super) fn trouble(draft: &Draft, asks: Asks, fault: PageFault) -> Result<Response, PageFault> {
    let status = match &fault {
        PageFault::Conflict(_) => StatusCode::CONFLICT,
        PageFault::Bad(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => return Err(fault),
    };
    if asks == Asks::Page {
        return Err(fault);
    }
    let answer = Answer {
        revision: draft.source.revision,
        trouble: Some(crate::client_center::campaign::ready::sentence(
            &fault.to_string(),
        )),
        ..Answer::default()
    };
    Ok((status, Json(answer)).into_response())
}
