//! The page on which a campaign's content is written.

use std::sync::Arc;

use avow_model::{BodyKind, SourceMode};
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::draft::Draft;
use super::source;
use super::view::{BlocksPage, ModeView};
use super::work::{Open, Sight, Typed, shelf};
use crate::client_center::campaign::head::View;
use crate::client_center::shell::Noun;
use crate::error::encode;
use crate::{App, PageFault};

/// `?open=`, `?width=`, `?as=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ask {
    open: String,
    width: String,
    #[serde(rename = "as")]
    shown_as: String,
}

impl Ask {
    pub(super) fn width(&self) -> &'static str {
        if self.width == "phone" {
            "phone"
        } else {
            "wide"
        }
    }

    pub(super) fn shown_as(&self) -> String {
        self.shown_as.trim().to_owned()
    }
}

/// Where the frame's message comes from.
pub(super) fn frame(draft: &Draft, shown_as: &str) -> String {
    format!(
        "{}/frame?as={}&r={}",
        draft.base(),
        encode(shown_as),
        draft.source.revision
    )
}

const FRESH_BLOCKS: &str = "Blocks begin anew: the source that you see now goes.";

/// What else it could be written in. What is lost stands beside each.
pub(super) fn modes(mode: SourceMode) -> Vec<ModeView> {
    let view = |(to, label, lost)| ModeView {
        word: SourceMode::as_str(to),
        label,
        lost,
    };
    let all = match mode {
        SourceMode::Blocks => vec![
            (
                SourceMode::Mjml,
                "Go on in MJML",
                "You edit the MJML that was made from the blocks. Nothing leads back: the blocks themselves go.",
            ),
            (
                SourceMode::Html,
                "Write HTML instead",
                "The blocks go, and you begin with an empty page of HTML.",
            ),
        ],
        SourceMode::Mjml => vec![
            (SourceMode::Blocks, "Write in blocks instead", FRESH_BLOCKS),
            (
                SourceMode::Html,
                "Write HTML instead",
                "The MJML goes, and you begin with an empty page of HTML.",
            ),
        ],
        SourceMode::Html => vec![
            (SourceMode::Blocks, "Write in blocks instead", FRESH_BLOCKS),
            (
                SourceMode::Mjml,
                "Write MJML instead",
                "The HTML goes, and you begin with a short letter in MJML.",
            ),
        ],
    };
    all.into_iter().map(view).collect()
}

/// The page as the address asks for it.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    draft: Draft,
    Query(ask): Query<Ask>,
) -> Result<Response, PageFault> {
    match draft.source.mode() {
        SourceMode::Blocks => {
            let page = page(&app, &draft, (Open::parse(&ask.open), None), &ask).await?;
            Ok(page.into_response())
        }
        SourceMode::Mjml => Ok(source::page(&app, &draft, BodyKind::Mjml, &ask)
            .await?
            .into_response()),
        SourceMode::Html => Ok(source::page(&app, &draft, BodyKind::Html, &ask)
            .await?
            .into_response()),
    }
}

/// The page of blocks with what was typed in the place of what is kept.
pub(super) async fn blocks(
    app: &App,
    draft: &Draft,
    open: Open,
    typed: Option<Typed<'_>>,
) -> Result<Html<String>, PageFault> {
    page(app, draft, (open, typed), &Ask::default()).await
}

async fn page(
    app: &App,
    draft: &Draft,
    (open, typed): (Open, Option<Typed<'_>>),
    ask: &Ask,
) -> Result<Html<String>, PageFault> {
    let document = draft.blocks()?;
    let shelf = shelf(draft).await?;
    let faults = typed.as_ref().map_or_else(Vec::new, |t| {
        t.faults.iter().map(|f| f.text.clone()).collect()
    });
    let sight = Sight {
        document: &document,
        open,
        typed,
        shelf: &shelf,
    };
    let shown_as = ask.shown_as();
    app.templates.show(&BlocksPage {
        shell: draft.loaded.member.shell(Noun::Campaigns),
        head: draft.loaded.head(View::Content),
        work: sight.work(draft.base(), draft.source.revision),
        faults,
        subject: draft.source.content.subject.clone(),
        frame: frame(draft, &shown_as),
        width: ask.width(),
        shown_as,
        modes: modes(SourceMode::Blocks),
    })
}
