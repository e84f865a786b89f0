//! What a version changed: `/policy/{account}/{version}/changes`, in sentences and word for word.

use std::sync::Arc;

use avow_policy::{Change, ChangeClass, TextLine, Version, text_changes};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::super::governed::Leaf;
use super::super::letter::{Fault, Room, day};
use super::room;
use crate::App;
use crate::language::Told;

#[derive(Debug, Serialize)]
struct ChangesPage {
    lead: String,
    groups: Vec<Group>,
    lines: Vec<Line>,
    /// The language of the lines.
    text_lang: String,
    version_url: String,
    before_url: String,
    n: u32,
    before: u32,
}

#[derive(Debug, Serialize)]
struct Group {
    title: Told,
    sentences: Vec<String>,
}

/// A line of the text.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// `same`, `gone` or `new`.
    pub kind: &'static str,
    pub text: String,
}

/// What changed from the version before.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Path((account, n)): Path<(String, String)>,
) -> Response {
    app.answer(show(&app, &account, &n).await)
}

async fn show(app: &App, account: &str, n: &str) -> Result<Leaf, Fault> {
    let room = room(app, account).await?;
    let n: u32 = n.parse().map_err(|_| Fault::Gone)?;
    let (before, version) = pair(&room, n).ok_or(Fault::Gone)?;
    let change = room.policies.change(before.n(), n).ok_or(Fault::Gone)?;
    let url = |n: u32| format!("/policy/{}/{n}", room.row.slug);
    let context = ChangesPage {
        lead: lead(version, &change),
        groups: groups(&change),
        lines: lines(before, version),
        text_lang: version
            .texts()
            .first()
            .map_or_else(String::new, |t| t.locale.to_string()),
        version_url: url(n),
        before_url: url(before.n()),
        n,
        before: before.n(),
    };
    let title = say!("changes-title", n = n);
    let letter = app.letter(&room, told!("sheet-policy"));
    app.sheet("changes", (&letter, &title), &context)
}

/// A version and the one before it.
fn pair(room: &Room, n: u32) -> Option<(&Version, &Version)> {
    let version = room.policies.version(n)?;
    let before = room.policies.versions().filter(|v| v.n() < n).last()?;
    Some((before, version))
}

fn lead(version: &Version, change: &Change) -> String {
    let (published, from) = (day(version.published_at()), day(version.effective_at()));
    let weight = match change.class {
        ChangeClass::Patch => say!("changes-patch"),
        ChangeClass::Minor => say!("changes-minor"),
        ChangeClass::Major => say!("changes-major"),
    };
    say!(
        "changes-lead",
        published = published,
        from = from,
        weight = weight
    )
}

const fn heading(class: ChangeClass) -> Told {
    match class {
        ChangeClass::Major => told!("changes-heading-major"),
        ChangeClass::Minor => told!("changes-heading-minor"),
        ChangeClass::Patch => told!("changes-heading-patch"),
    }
}

fn groups(change: &Change) -> Vec<Group> {
    let classes = [ChangeClass::Major, ChangeClass::Minor, ChangeClass::Patch];
    let group = |class| Group {
        title: heading(class),
        sentences: change.of_class(class).map(|i| i.sentence.clone()).collect(),
    };
    let groups = classes.into_iter().map(group);
    groups.filter(|g| !g.sentences.is_empty()).collect()
}

/// A line without the marks of a heading and its anchor.
fn plain(line: &str) -> &str {
    let text = line.trim_start_matches('#').trim_start();
    let text = text.split_once("{#").map_or(text, |(head, _)| head);
    text.trim_end()
}

/// The two texts in the language to fall back to, line by line.
pub(crate) fn lines(before: &Version, version: &Version) -> Vec<Line> {
    let line = |line| {
        let (kind, text) = match line {
            TextLine::Same(text) => ("same", text),
            TextLine::Gone(text) => ("gone", text),
            TextLine::New(text) => ("new", text),
        };
        Line {
            kind,
            text: plain(text).to_owned(),
        }
    };
    let told = text_changes(before.text_markdown(), version.text_markdown());
    told.into_iter().map(line).collect()
}
