//! Who may see a page: a member of the account in the address, with a running session.
//!
//! Promises: a handler that takes a `Member` cannot run for anybody else, nor for a role that may not do what its
//! route names; an account one is not a member of looks like one that does not exist. Role and membership are read
//! anew for each request: a change holds from the next one on.

use std::sync::Arc;

use avow_model::{Action, Language, Timestamp, UserId};
use avow_store::{AccountScope, Membership, SessionRow, UserRow};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};

use super::forms;
use super::route::Asked;
use super::segments;
use super::settings;
use super::shell::{Noun, Shell};
use crate::app::Edition;
use crate::language::speak;
use crate::session::{self, SESSION_LIFE, Token};
use crate::{App, PageFault};

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub user: UserId,
    pub address: String,
    pub token_hash: [u8; 32],
    /// What they chose to read in.
    pub language: Option<Language>,
    /// When the screen was last used before this request.
    pub active_at: Timestamp,
}

/// A member of the account in the address.
#[derive(Clone)]
pub(crate) struct Member {
    pub visitor: Visitor,
    pub membership: Membership,
    pub account: AccountScope,
    /// Where to come back to.
    pub back: String,
    rehearsal: bool,
    said: Option<String>,
}

/// Where to come back to after the log-in: only pages can be come back to.
fn back(method: &Method, uri: &Uri) -> String {
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    if method == Method::GET { path } else { "/" }.to_owned()
}

/// A running session and its user.
struct Running {
    session: SessionRow,
    user: UserRow,
    token_hash: [u8; 32],
}

/// A session whose screen was left alone.
pub(super) struct Locked {
    pub user: UserRow,
    pub token_hash: [u8; 32],
}

async fn running(app: &App, headers: &HeaderMap) -> Result<Option<Running>, PageFault> {
    let Some(token) = Token::of(headers, app.settings.is_https()) else {
        return Ok(None);
    };
    let token_hash = token.hash();
    let Some(session) = app.store.session_find(token_hash, app.now()).await? else {
        return Ok(None);
    };
    let user = app.store.user(session.user).await?;
    Ok(user.map(|user| Running {
        session,
        user,
        token_hash,
    }))
}

/// The session of the request, where its screen is locked.
pub(super) async fn locked(app: &App, headers: &HeaderMap) -> Result<Option<Locked>, PageFault> {
    let running = running(app, headers).await?;
    let locked = running.filter(|r| session::is_locked(r.session.active_at, app.now()));
    Ok(locked.map(|r| Locked {
        user: r.user,
        token_hash: r.token_hash,
    }))
}

/// True for what a page fetches by itself: nobody need be at the screen for it (Fetch Metadata, `empty`). What a hand
/// did and a script sends says so.
fn is_by_itself(headers: &HeaderMap) -> bool {
    if headers.contains_key("x-hand") {
        return false;
    }
    let says = |name: &str, word: &str| headers.get(name).is_some_and(|v| v == word);
    // What htmx asks for, somebody typed or pressed.
    if says("hx-request", "true") {
        return false;
    }
    let streams = says(ACCEPT.as_str(), "text/event-stream");
    streams || says("sec-fetch-dest", "empty") || says("x-part", "1")
}

async fn visitor(parts: &Parts, app: &App) -> Result<Option<Visitor>, PageFault> {
    let Some(running) = running(app, &parts.headers).await? else {
        return Ok(None);
    };
    let Running {
        session,
        user,
        token_hash,
    } = running;
    if let Some(language) = user.language {
        speak(language);
    }
    let now = app.now();
    if session::is_locked(session.active_at, now) {
        let back = back(&parts.method, &parts.uri);
        return Err(PageFault::Locked { back });
    }
    if session::needs_touch(session.seen_at, now) {
        let touched = app.store.session_touch(token_hash, now, now + SESSION_LIFE);
        touched.await?;
    }
    if session::needs_active(session.active_at, now) && !is_by_itself(&parts.headers) {
        app.store.session_active(token_hash, now).await?;
    }
    Ok(Some(Visitor {
        user: user.id,
        address: user.address.expose().to_owned(),
        token_hash,
        language: user.language,
        active_at: session.active_at,
    }))
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PageFault> {
        let back = back(&parts.method, &parts.uri);
        let found = visitor(parts, app).await?;
        found.ok_or(PageFault::LoginNeeded { back })
    }
}

impl FromRequestParts<Arc<App>> for Member {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PageFault> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let params = RawPathParams::from_request_parts(parts, app).await;
        let params = params.map_err(|_| PageFault::NotFound)?;
        let slug = params.iter().find(|(key, _)| *key == "account");
        let slug = slug.map(|(_, value)| value).ok_or(PageFault::NotFound)?;
        let memberships = app.store.memberships(visitor.user).await?;
        let membership = memberships.into_iter().find(|m| m.slug.as_str() == slug);
        let membership = membership.ok_or(PageFault::NotFound)?;
        must_be_allowed(parts, &membership)?;
        Ok(Self {
            visitor,
            account: app.store.account(membership.account),
            membership,
            back: back(&parts.method, &parts.uri),
            rehearsal: app.settings.edition == Edition::Rehearsal,
            said: said(&parts.uri),
        })
    }
}

/// A route that does not say what it does lets nobody in.
fn must_be_allowed(parts: &Parts, membership: &Membership) -> Result<(), PageFault> {
    let Some(Asked(action)) = parts.extensions.get::<Asked>().copied() else {
        return Err(PageFault::Forbidden);
    };
    let role = membership.role;
    if role.may(action) {
        return Ok(());
    }
    Err(PageFault::RoleTooSmall { role, action })
}

/// What was just done, from the word in the address: a closed list, so that no address can put words on a page.
fn said(uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    let word = query.split('&').find_map(|p| p.strip_prefix("said="))?;
    Some(match word {
        "saved" => say!("said-saved"),
        "sending" => say!("said-sending"),
        "paused" => say!("said-paused"),
        "resumed" => say!("said-resumed"),
        "cancelled" => say!("said-cancelled"),
        "tested" => say!("said-tested"),
        "set-up" => say!("setup-said-done"),
        "live" => say!("setup-said-live"),
        "scheduled" => say!("reports-said-scheduled"),
        "unscheduled" => say!("reports-said-unscheduled"),
        "duplicated" => say!("reports-said-duplicated"),
        "acknowledged" => say!("said-acknowledged"),
        "undone" => say!("contacts-said-undone"),
        "list-made" => say!("contacts-said-list-made"),
        "list-changed" => say!("contacts-said-list-changed"),
        "contact-added" => say!("contacts-said-added"),
        "contact-changed" => say!("contacts-said-changed"),
        "faults" => say!("said-faults"),
        "archived" => say!("archive-done-on"),
        "unarchived" => say!("archive-done-off"),
        word => {
            let known = segments::said(word).or_else(|| forms::said(word));
            return settings::said(word).or(known.map(str::to_owned));
        }
    })
}

impl Member {
    /// `/a/<account>`.
    pub(crate) fn base(&self) -> String {
        format!("/a/{}", self.membership.slug)
    }

    /// The frame of a page.
    pub(crate) fn shell(&self, noun: Noun) -> Shell {
        Shell {
            slug: self.membership.slug.to_string(),
            account: self.membership.account_name.clone(),
            user: self.visitor.address.clone(),
            noun,
            rehearsal: self.rehearsal,
            setting_up: self.membership.setting_up && self.may(Action::SetUp),
            said: self.said.clone(),
        }
    }

    /// For what goes on without a new request: whoever was put out, signed out or left the screen is told no more.
    pub(crate) async fn must_be_in_still(&self, app: &App) -> Result<(), PageFault> {
        let (hash, now) = (self.visitor.token_hash, app.now());
        let session = app.store.session_find(hash, now).await?;
        let open = session.is_some_and(|s| !session::is_locked(s.active_at, now));
        let memberships = app.store.memberships(self.visitor.user).await?;
        let same =
            |m: &Membership| m.account == self.membership.account && m.role == self.membership.role;
        if open && memberships.iter().any(same) {
            return Ok(());
        }
        Err(PageFault::Forbidden)
    }

    /// True when the member's role allows it: what they cannot do is not offered to them.
    pub(crate) fn may(&self, action: Action) -> bool {
        self.membership.role.may(action)
    }
}
