//! All segments of an account.

use std::sync::Arc;

use avow_model::Action;
use axum::extract::State;
use axum::response::Html;

use super::view::{ListPage, SegmentLine};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::When;
use crate::{App, PageFault};

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    let now = app.now();
    let segments = member.account.segments().await?.into_iter();
    let line = |s: avow_store::SegmentRow| SegmentLine {
        id: s.id.to_string(),
        name: s.slug.to_string(),
        words: s.canonical,
        meant: None,
        counted: None,
        made: When::new(s.created_at, now),
    };
    app.templates.show(&ListPage {
        shell: member.shell(Noun::Segments),
        segments: segments.map(line).collect(),
        writes: member.may(Action::Write),
        purpose: None,
    })
}
