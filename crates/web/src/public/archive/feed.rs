//! The newest campaigns of the archive as an Atom feed (RFC 4287): `/archive/{account}/feed`.

use std::sync::Arc;

use avow_store::Archived;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{LISTED, base, for_everybody, room};
use crate::App;
use crate::language;
use crate::public::letter::{Fault, Room};

const KIND: &str = "application/atom+xml; charset=utf-8";

#[derive(Debug, Serialize)]
struct Feed {
    tag: &'static str,
    title: String,
    author: String,
    /// The archive; with `/feed` the feed's own address, which is its id (RFC 4287, 4.2.6).
    home: String,
    updated: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    url: String,
    title: String,
    summary: String,
    published: String,
    updated: String,
}

/// The feed.
pub(in crate::public) async fn get(
    State(app): State<Arc<App>>,
    Path(account): Path<String>,
) -> Response {
    let told = async {
        let room = room(&app, &account).await?;
        let rows = room.scope.archive(None, LISTED).await?;
        let text = app
            .templates
            .text("public/archive.xml", &feed(&app, &room, &rows))?;
        Ok::<_, Fault>(([(CONTENT_TYPE, KIND)], text).into_response())
    };
    app.answer(told.await)
}

fn feed(app: &App, room: &Room, rows: &[Archived]) -> Feed {
    let home = format!("{}{}", app.urls.base(), base(room));
    let author = room.version(app.now()).map(|v| v.controller().name.clone());
    let author = author.unwrap_or_else(|| room.row.name.clone());
    // A feed without entries changed when its account came to be; nobody sees that it is said to be now.
    let newest = rows.iter().map(|row| row.published_at).max();
    Feed {
        tag: language::current().tag(),
        title: say!("archive-feed", name = &author),
        author,
        updated: newest.unwrap_or_else(|| app.now()).to_string(),
        entries: rows.iter().map(|row| entry(row, &home)).collect(),
        home,
    }
}

fn entry(row: &Archived, home: &str) -> Entry {
    Entry {
        url: format!("{home}/{}", row.campaign),
        title: for_everybody(&row.content.subject),
        summary: for_everybody(&row.content.preheader),
        published: row.sent_at.to_string(),
        updated: row.published_at.to_string(),
    }
}
