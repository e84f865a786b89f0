//! The privacy policy with its history: `/policy/{account}`, `/policy/{account}/{version}`, its cookies.

pub(super) mod changes;

use std::sync::Arc;

use avow_model::{Slug, Timestamp};
use avow_policy::{
    LocaleText, Standing, Version, cookie_list_html, history, locales, policy_page_in,
    recipient_register_html, safeguards_html, text_for,
};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::governed::Leaf;
use super::letter::{Fault, Room, day};
use crate::App;

#[derive(Debug, Serialize)]
struct PolicyPage {
    standing: String,
    text: String,
    languages: Vec<Language>,
    cookies_url: String,
    versions: Vec<VersionView>,
}

#[derive(Debug, Serialize)]
struct Language {
    tag: String,
    url: String,
    shown: bool,
}

#[derive(Debug, Serialize)]
struct VersionView {
    n: u32,
    url: String,
    shown: bool,
    effective: String,
    effective_text: String,
    mark: Option<&'static str>,
    /// What changed from the version before it; `None` for the first.
    changes_url: Option<String>,
}

/// What a reader asks for besides a version.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wish {
    /// A language, by its tag.
    lang: Option<String>,
}

/// The version in force.
pub(super) async fn current(
    State(app): State<Arc<App>>,
    Path(account): Path<String>,
    wish: Query<Wish>,
    headers: HeaderMap,
) -> Response {
    app.answer(show(&app, (&account, None), (&wish, &headers)).await)
}

/// One version, whenever it was or will be in force.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path((account, n)): Path<(String, String)>,
    wish: Query<Wish>,
    headers: HeaderMap,
) -> Response {
    app.answer(show(&app, (&account, Some(&n)), (&wish, &headers)).await)
}

/// The cookies of the version in force.
pub(super) async fn cookies(State(app): State<Arc<App>>, Path(account): Path<String>) -> Response {
    let shown = async {
        let room = room(&app, &account).await?;
        let version = room.version(app.now()).ok_or(Fault::NoPolicy)?;
        let n = version.n();
        let context = PolicyPage {
            standing: format!("What version {n} of the privacy policy lets this site set."),
            text: cookie_list_html(version),
            languages: Vec::new(),
            cookies_url: String::new(),
            versions: Vec::new(),
        };
        app.sheet(
            "policy",
            (&app.letter(&room, "Cookies"), "Cookies"),
            &context,
        )
    };
    app.answer(shown.await)
}

pub(super) async fn room(app: &App, account: &str) -> Result<Room, Fault> {
    let slug: Slug = account.parse().map_err(|_| Fault::Gone)?;
    let row = app.store.account_by_slug(&slug).await?.ok_or(Fault::Gone)?;
    app.room_of(row).await
}

async fn show(
    app: &App,
    (account, n): (&str, Option<&str>),
    (wish, headers): (&Wish, &HeaderMap),
) -> Result<Leaf, Fault> {
    let room = room(app, account).await?;
    let now = app.now();
    let version = match n {
        None => room.version(now).ok_or(Fault::NoPolicy)?,
        Some(n) => {
            let n = n.parse().map_err(|_| Fault::Gone)?;
            room.policies.version(n).ok_or(Fault::Gone)?
        }
    };
    let accept = headers.get(ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok());
    let text = text_for(version, wish.lang.as_deref(), accept);
    let context = PolicyPage {
        standing: standing(&room, version, now),
        text: whole(version, text, now),
        languages: languages(version, text),
        cookies_url: format!("/policy/{}/cookies", room.row.slug),
        versions: versions(&room, version, now),
    };
    let letter = app.letter(&room, "Privacy policy");
    app.sheet("policy", (&letter, "Privacy policy"), &context)
}

fn whole(version: &Version, text: Option<&LocaleText>, now: Timestamp) -> String {
    let mut page = text.map_or_else(String::new, |t| policy_page_in(version, &t.locale));
    page += &recipient_register_html(version, now);
    page += &safeguards_html(version, now);
    page
}

/// Links to the languages of a version that has more than one.
fn languages(version: &Version, shown: Option<&LocaleText>) -> Vec<Language> {
    let all: Vec<Language> = locales(version)
        .map(|locale| Language {
            tag: locale.to_string(),
            url: format!("?lang={locale}"),
            shown: shown.is_some_and(|t| t.locale == *locale),
        })
        .collect();
    if all.len() > 1 { all } else { Vec::new() }
}

fn standing(room: &Room, version: &Version, now: Timestamp) -> String {
    let (n, from) = (version.n(), day(version.effective_at()));
    let entries = history(&room.policies, now);
    let standing = entries.iter().find(|e| e.version.n() == n);
    match standing.map_or(Standing::Announced, |e| e.standing) {
        Standing::Governs => format!(
            "Version {n}, in force since {from}. What it does not name, this server refuses to do."
        ),
        Standing::Announced => {
            format!("Version {n} takes effect on {from}. Until then the version before it holds.")
        }
        Standing::Past { until } => format!(
            "Version {n} was in force from {from} until {}. Data collected under it is still bound to it.",
            day(until)
        ),
    }
}

fn versions(room: &Room, shown: &Version, now: Timestamp) -> Vec<VersionView> {
    let first = room.policies.versions().next().map(Version::n);
    let view = |entry: avow_policy::HistoryEntry<'_>| {
        let version = entry.version;
        let url = format!("/policy/{}/{}", room.row.slug, version.n());
        VersionView {
            n: version.n(),
            shown: version.n() == shown.n(),
            effective: version.effective_at().to_string(),
            effective_text: day(version.effective_at()),
            mark: match entry.standing {
                Standing::Governs => Some("in force"),
                Standing::Announced => Some("announced"),
                Standing::Past { .. } => None,
            },
            changes_url: (first != Some(version.n())).then(|| format!("{url}/changes")),
            url,
        }
    };
    history(&room.policies, now).into_iter().map(view).collect()
}
