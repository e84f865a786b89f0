//! `/.well-known/gpc.json` and `/.well-known/security.txt`: for the account whose policy speaks for the
//! host that was asked, else for the installation's first account.

use std::sync::Arc;

use avow_model::Timestamp;
use avow_policy::{SiteAddress, Version, gpc_json, security_txt};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};

use super::letter::{Fault, Room};
use crate::App;

/// Accounts that are looked through for a host: more live behind one address nowhere.
const ACCOUNTS_MAX: usize = 1_000;

/// Global Privacy Control is honoured.
pub(super) async fn gpc(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let made = async {
        let room = asked(&app, &headers).await?;
        let version = room.version(app.now()).ok_or(Fault::NoPolicy)?;
        Ok::<_, Fault>(([(CONTENT_TYPE, "application/json")], gpc_json(version)).into_response())
    };
    app.answer(made.await)
}

/// Whom to tell of a weakness.
pub(super) async fn security(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let made = async {
        let room = asked(&app, &headers).await?;
        let text = text(&app, &room, app.now())?;
        Ok::<_, Fault>(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
    };
    app.answer(made.await)
}

fn text(app: &App, room: &Room, now: Timestamp) -> Result<String, Fault> {
    let version = room.version(now).ok_or(Fault::NoPolicy)?;
    let site = SiteAddress {
        base_url: &app.settings.base_url,
        policy_path: &format!("/policy/{}", room.row.slug),
    };
    Ok(security_txt(version, site, now))
}

async fn asked(app: &App, headers: &HeaderMap) -> Result<Room, Fault> {
    let host = host(headers);
    let mut first = None;
    for row in app.store.accounts().await?.into_iter().take(ACCOUNTS_MAX) {
        // An account whose policy does not compile speaks for nobody.
        let Ok(room) = app.room_of(row).await else {
            continue;
        };
        if room.version(app.now()).is_some_and(|v| is_of(v, &host)) {
            return Ok(room);
        }
        first = first.or(Some(room));
    }
    first.ok_or(Fault::Gone)
}

/// The host asked for, in lower case and without a port.
fn host(headers: &HeaderMap) -> String {
    let said = headers.get(HOST).and_then(|h| h.to_str().ok());
    let host = said.unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.to_ascii_lowercase()
}

/// A host of one of the policy's domains, or under one.
fn is_of(version: &Version, host: &str) -> bool {
    let mut domains = version.domains().iter();
    domains.any(|domain| {
        let head = host.strip_suffix(domain.as_str());
        head.is_some_and(|head| head.is_empty() || head.ends_with('.'))
    })
}
