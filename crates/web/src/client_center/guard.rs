//! Who may see a page: a member of the account in the address, with a running session.
//!
//! Promises: a handler that takes a `Member` cannot run for anybody else; an account one is not a member of
//! looks like one that does not exist.

use std::sync::Arc;

use avow_model::{Timestamp, UserId};
use avow_store::{AccountScope, Membership, Role};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{Method, Uri};

use super::shell::{Noun, Shell};
use crate::app::Edition;
use crate::session::{self, SESSION_LIFE, Token};
use crate::{App, PageFault};

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub user: UserId,
    pub address: String,
    pub token_hash: [u8; 32],
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

/// A page that renews itself says nothing of whether somebody still sits before it.
fn is_stream(parts: &Parts) -> bool {
    let accept = parts.headers.get(ACCEPT);
    accept.is_some_and(|kind| kind.as_bytes() == b"text/event-stream")
}

async fn visitor(parts: &Parts, app: &App) -> Result<Option<Visitor>, PageFault> {
    let Some(token) = Token::of(&parts.headers, app.settings.is_https()) else {
        return Ok(None);
    };
    let (hash, now) = (token.hash(), app.now());
    let Some(session) = app.store.session_find(hash, now).await? else {
        return Ok(None);
    };
    if session::needs_touch(session.seen_at, now) {
        let touched = app.store.session_touch(hash, now, now + SESSION_LIFE);
        touched.await?;
    }
    if session::needs_active(session.active_at, now) && !is_stream(parts) {
        app.store.session_active(hash, now).await?;
    }
    let user = app.store.user(session.user).await?;
    Ok(user.map(|user| Visitor {
        user: user.id,
        address: user.address.expose().to_owned(),
        token_hash: hash,
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

/// What was just done, from the word in the address: a closed list, so that no address can put words on a page.
fn said(uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    let word = query.split('&').find_map(|p| p.strip_prefix("said="))?;
    let sentence = match word {
        "saved" => "The campaign is saved.",
        "sending" => "The campaign has started. This page shows where it stands.",
        "paused" => "The campaign is paused. What was on the wire has ended; nothing new starts.",
        "resumed" => "The campaign goes on.",
        "cancelled" => {
            "The campaign is cancelled. Whoever has not got the message will not get it."
        }
        "tested" => "The test is on its way.",
        "acknowledged" => "Noted: you read this version of the policy.",
        "faults" => "The receiving server behaves so from now on.",
        _ => return None,
    };
    Some(sentence.to_owned())
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
            said: self.said.clone(),
        }
    }

    /// Lets only those go on who may write and send.
    pub(crate) fn must_write(&self) -> Result<(), PageFault> {
        match self.membership.role {
            Role::Owner | Role::Editor => Ok(()),
            Role::Analyst | Role::PrivacyOfficer | Role::Support => Err(PageFault::RoleTooSmall),
        }
    }
}
