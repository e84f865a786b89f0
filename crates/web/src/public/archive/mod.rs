//! The archive: `/archive/{account}`, the campaigns that an account chose to show to everybody, with a feed.
//!
//! Promises: what is shown is shown as it stands for everybody: no field of a person, no measuring, no way into
//! anybody's choices. Never: a campaign that was not published by a switch.

pub(super) mod feed;
pub(super) mod one;

use std::sync::Arc;

use avow_compose::{Fields, fill_line};
use avow_model::{CampaignId, Slug};
use avow_store::Archived;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::governed::Leaf;
use super::letter::{Fault, Room, day};
use super::tongue::{Language, Tongue};
use crate::App;

/// Campaigns on a page, and in the feed: what a reader takes in at a look.
const LISTED: u32 = 20;

/// `?before=`: the last campaign of the page before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    before: String,
}

#[derive(Debug, Serialize)]
struct ArchivePage {
    campaigns: Vec<Line>,
    languages: Vec<Language>,
    feed: String,
    /// It is not the first page: the newest are elsewhere.
    newest: Option<String>,
    older: Option<String>,
}

/// A campaign.
#[derive(Debug, Serialize)]
struct Line {
    url: String,
    subject: String,
    preheader: String,
    date: String,
    day: String,
}

/// Lists them, the newest first.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(account): Path<String>,
    Query(place): Query<Place>,
    tongue: Tongue,
) -> Response {
    let shown = async {
        let room = room(&app, &account).await?;
        page(&app, &room, &place, &tongue).await
    };
    app.answer(shown.await)
}

async fn room(app: &App, account: &str) -> Result<Room, Fault> {
    let slug: Slug = account.parse().map_err(|_| Fault::Gone)?;
    let row = app.store.account_by_slug(&slug).await?.ok_or(Fault::Gone)?;
    app.room_of(row).await
}

/// `/archive/{account}`.
fn base(room: &Room) -> String {
    format!("/archive/{}", room.row.slug)
}

async fn page(app: &App, room: &Room, place: &Place, tongue: &Tongue) -> Result<Leaf, Fault> {
    let before: Option<CampaignId> = match place.before.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| Fault::Gone)?),
    };
    let mut rows = room.scope.archive(before, LISTED + 1).await?;
    let more = rows.len() > LISTED as usize;
    rows.truncate(LISTED as usize);
    let last = rows.last().filter(|_| more);
    let base = base(room);
    let version = room.version(app.now());
    let context = ArchivePage {
        older: last.map(|row| format!("{base}?before={}", row.campaign)),
        newest: before.map(|_| base.clone()),
        languages: version.map_or_else(Vec::new, |v| tongue.languages(v)),
        feed: format!("{base}/feed"),
        campaigns: rows.iter().map(|row| line(row, &base)).collect(),
    };
    let letter = app.letter(room, told!("archive-about"));
    app.sheet("archive", (&letter, &say!("archive-title")), &context)
}

fn line(row: &Archived, base: &str) -> Line {
    Line {
        url: format!("{base}/{}", row.campaign),
        subject: for_everybody(&row.content.subject),
        preheader: for_everybody(&row.content.preheader),
        date: row.sent_at.to_string(),
        day: day(row.sent_at),
    }
}

/// A line with what stands in it for somebody of whom nothing is known.
fn for_everybody(line: &str) -> String {
    fill_line(line, &Fields::default())
}
