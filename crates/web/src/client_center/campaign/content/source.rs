//! MJML and HTML as source, with their faults at their lines, and the way from one mode to another.

use std::sync::Arc;

use avow_compose::blocks::Document;
use avow_compose::{ContentFault, Place};
use avow_deliver::engine::BriefFault;
use avow_model::{BodyKind, CampaignContent, SourceMode};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Json};

use super::answer::{Answer, Asks, Told, trouble};
use super::draft::Draft;
use super::frame;
use super::page::{self, Ask};
use super::posted::Posted;
use super::view::{LineFault, SourcePage};
use super::work::language;
use super::write;
use crate::client_center::campaign::head::View;
use crate::client_center::campaign::ready::{self, sentence};
use crate::client_center::shell::Noun;
use crate::{App, PageFault};

const HTML_STARTER: &str = include_str!("starter.html");
const MJML_STARTER: &str = include_str!("../starter.mjml");
/// What a faulty line shows of itself.
const LINE_CHARS: usize = 120;

/// Faults, warnings and links of a content.
#[derive(Default)]
struct Judged {
    faults: Vec<LineFault>,
    warnings: Vec<String>,
    links: Vec<String>,
}

/// Compiles it under the policy in force, or under none where there is none yet.
async fn judged(app: &App, draft: &Draft) -> Result<Judged, PageFault> {
    let content = &draft.source.content;
    let compiled = match ready::with(app, &draft.loaded, content).await? {
        Ok(ready) => return Ok(of(ready.compiled())),
        Err(BriefFault::Content(faults)) => Err(faults),
        Err(_) => frame::sample(content),
    };
    match compiled {
        Ok(compiled) => Ok(of(&compiled)),
        Err(faults) => Ok(Judged {
            faults: faults.iter().map(|f| line_fault(content, f)).collect(),
            ..Judged::default()
        }),
    }
}

fn of(compiled: &avow_compose::Compiled) -> Judged {
    let warnings = compiled.warnings().iter();
    Judged {
        faults: Vec::new(),
        warnings: warnings.map(|w| sentence(&w.to_string())).collect(),
        links: compiled.links().to_vec(),
    }
}

fn line_fault(content: &CampaignContent, fault: &ContentFault) -> LineFault {
    let in_body = matches!(fault.place(), None | Some(Place::Body));
    let line = fault.line().filter(|_| in_body);
    let source = line.and_then(|line| content.body.lines().nth(line.saturating_sub(1)));
    LineFault {
        line,
        text: sentence(&fault.to_string()),
        source: source
            .unwrap_or_default()
            .trim()
            .chars()
            .take(LINE_CHARS)
            .collect(),
    }
}

/// The page of a draft that is written as source.
pub(super) async fn page(
    app: &App,
    draft: &Draft,
    kind: BodyKind,
    ask: &Ask,
) -> Result<Html<String>, PageFault> {
    let judged = judged(app, draft).await?;
    let shown_as = ask.shown_as();
    let content = &draft.source.content;
    app.templates.show(&SourcePage {
        shell: draft.loaded.member.shell(Noun::Campaigns),
        head: draft.loaded.head(View::Content),
        content: draft.base(),
        revision: draft.source.revision,
        language: language(kind),
        body: content.body.clone(),
        text: content.text.clone().unwrap_or_default(),
        faults: judged.faults,
        warnings: judged.warnings,
        links: judged.links,
        frame: page::frame(draft, &shown_as),
        width: ask.width(),
        shown_as,
        modes: page::modes(draft.source.mode()),
    })
}

/// Keeps the source as it was typed: a draft may have faults, and says them.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    mut draft: Draft,
    Form(posted): Form<Posted>,
) -> Result<Response, PageFault> {
    let asks = Asks::of(&headers);
    match saved(&app, &mut draft, asks, &posted).await {
        Err(fault) => trouble(&draft, asks, fault),
        answer => answer,
    }
}

async fn saved(
    app: &App,
    draft: &mut Draft,
    asks: Asks,
    posted: &Posted,
) -> Result<Response, PageFault> {
    draft.must_be(posted.revision())?;
    if draft.source.document.is_some() {
        return Err(PageFault::Conflict(
            "this campaign is written in blocks by now; load the page again",
        ));
    }
    let text = posted.get("text");
    let text = (!text.trim().is_empty()).then(|| text.to_owned());
    let kind = draft.source.content.body_kind;
    let (scope, id) = (&draft.loaded.member.account, draft.loaded.campaign.id);
    let written = (kind, posted.get("body").to_owned(), text);
    let revision = write::body(scope, (id, &draft.source), written.clone()).await?;
    if asks == Asks::Page {
        return Ok(Redirect::to(&format!("{}?said=saved", draft.base())).into_response());
    }
    (draft.source.content.body, draft.source.content.text) = (written.1, written.2);
    draft.source.revision = revision;
    let judged = judged(app, draft).await?;
    let told = |f: LineFault| Told {
        field: "body",
        text: f.text,
    };
    Ok(Json(Answer {
        revision,
        faults: judged.faults.into_iter().map(told).collect(),
        ..Answer::default()
    })
    .into_response())
}

/// What a new campaign that is written as source begins with.
pub(in crate::client_center::campaign) fn starter(mode: SourceMode) -> (BodyKind, String) {
    match mode {
        SourceMode::Html => (BodyKind::Html, HTML_STARTER.to_owned()),
        SourceMode::Mjml | SourceMode::Blocks => (BodyKind::Mjml, MJML_STARTER.to_owned()),
    }
}

/// What stands in a mode at its beginning; from blocks to MJML, what was made from them.
fn beginning(from: SourceMode, to: SourceMode, body: &str) -> String {
    match (from, to) {
        (SourceMode::Blocks, SourceMode::Mjml) => body.to_owned(),
        (_, to) => starter(to).1,
    }
}

/// Goes on in another mode; what is lost by it must have been agreed to.
pub(super) async fn mode(draft: Draft, Form(posted): Form<Posted>) -> Result<Redirect, PageFault> {
    draft.must_be(posted.revision())?;
    let odd = || PageFault::Bad("Choose how to go on.".to_owned());
    let to = SourceMode::parse(posted.get("to")).ok_or_else(odd)?;
    if posted.get("sure") != "yes" {
        return Err(PageFault::Bad(
            "Tick that you know what goes; then it is done.".to_owned(),
        ));
    }
    let (scope, id) = (&draft.loaded.member.account, draft.loaded.campaign.id);
    let at = (id, &draft.source);
    let from = draft.source.mode();
    let body_kind = match to {
        SourceMode::Blocks => {
            write::document(scope, at, &Document::default()).await?;
            return Ok(Redirect::to(&draft.base()));
        }
        SourceMode::Mjml => BodyKind::Mjml,
        SourceMode::Html => BodyKind::Html,
    };
    let body = beginning(from, to, &draft.source.content.body);
    write::body(scope, at, (body_kind, body, None)).await?;
    Ok(Redirect::to(&draft.base()))
}
