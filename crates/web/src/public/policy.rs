//! The privacy policy with its history: `/policy/{account}`, `/policy/{account}/{version}`, its cookies.

pub(super) mod changes;

use std::sync::Arc;

use avow_model::{Slug, Timestamp};
use avow_policy::{
    Standing, Version, cookie_list_html, history, policy_page_in, recipient_register_html,
    safeguards_html,
};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::governed::Leaf;
use super::letter::{Fault, Room, day};
use super::tongue::{Language, Tongue};
use crate::App;
use crate::language::Told;

#[derive(Debug, Serialize)]
struct PolicyPage {
    standing: String,
    text: String,
    languages: Vec<Language>,
    cookies_url: String,
    versions: Vec<VersionView>,
}

#[derive(Debug, Serialize)]
struct VersionView {
    n: u32,
    url: String,
    shown: bool,
    effective: String,
    effective_text: String,
    mark: Option<Told>,
    in_force: bool,
    /// What changed from the version before it; `None` for the first.
    changes_url: Option<String>,
}

/// The version in force.
pub(super) async fn current(
    State(app): State<Arc<App>>,
    Path(account): Path<String>,
    tongue: Tongue,
) -> Response {
    app.answer(show(&app, (&account, None), &tongue).await)
}

/// One version, whenever it was or will be in force.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path((account, n)): Path<(String, String)>,
    tongue: Tongue,
) -> Response {
    app.answer(show(&app, (&account, Some(&n)), &tongue).await)
}

/// The cookies of the version in force.
pub(super) async fn cookies(
    State(app): State<Arc<App>>,
    Path(account): Path<String>,
    tongue: Tongue,
) -> Response {
    let shown = async {
        let room = room(&app, &account).await?;
        let version = room.version(app.now()).ok_or(Fault::NoPolicy)?;
        let n = version.n();
        let spoken = tongue.spoken(version).ok_or(Fault::NoPolicy)?;
        let context = PolicyPage {
            standing: say!("policy-cookies-what", n = n),
            text: cookie_list_html(&spoken),
            languages: tongue.languages(version),
            cookies_url: String::new(),
            versions: Vec::new(),
        };
        app.sheet(
            "policy",
            (
                &app.letter(&room, told!("policy-cookies")),
                &say!("policy-cookies"),
            ),
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
    tongue: &Tongue,
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
    let context = PolicyPage {
        standing: standing(&room, version, now),
        text: whole(version, tongue, now),
        languages: tongue.languages(version),
        cookies_url: format!("/policy/{}/cookies", room.row.slug),
        versions: versions(&room, version, now),
    };
    let letter = app.letter(&room, told!("sheet-policy"));
    app.sheet("policy", (&letter, &say!("sheet-policy")), &context)
}

fn whole(version: &Version, tongue: &Tongue, now: Timestamp) -> String {
    let Some(text) = tongue.text(version) else {
        return String::new();
    };
    let spoken = version.spoken(&text.locale);
    let mut page = policy_page_in(version, &text.locale);
    page += &recipient_register_html(&spoken, now);
    page += &safeguards_html(&spoken, now);
    page
}

fn standing(room: &Room, version: &Version, now: Timestamp) -> String {
    let (n, from) = (version.n(), day(version.effective_at()));
    let entries = history(&room.policies, now);
    let standing = entries.iter().find(|e| e.version.n() == n);
    match standing.map_or(Standing::Announced, |e| e.standing) {
        Standing::Governs => say!("policy-governs", n = n, from = from),
        Standing::Announced => {
            say!("policy-announced", n = n, from = from)
        }
        Standing::Past { until } => say!("policy-past", n = n, from = from, until = day(until)),
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
                Standing::Governs => Some(told!("policy-mark-in-force")),
                Standing::Announced => Some(told!("policy-mark-announced")),
                Standing::Past { .. } => None,
            },
            in_force: matches!(entry.standing, Standing::Governs),
            changes_url: (first != Some(version.n())).then(|| format!("{url}/changes")),
            url,
        }
    };
    history(&room.policies, now).into_iter().map(view).collect()
}
