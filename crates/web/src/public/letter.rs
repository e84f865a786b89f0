//! What all public pages share: whose letter it is, opening tokens, and kind words when something is off.

use std::fmt::Write as _;
use std::sync::Arc;

use avow_compose::{Token, TokenFault};
use avow_model::{AccountId, EmailAddress, Timestamp};
use avow_policy::{PolicySet, Version};
use avow_store::{AccountRow, AccountScope, StoreError};
use axum::http::StatusCode;
use axum::http::header::{HeaderName, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::governed::{Governing, Leaf};
use super::tongue::Tongue;
use crate::language::Told;
pub(super) use crate::language::{day, instant};
use crate::{App, Edition, PageFault};

/// How long a client waits after too many requests, and after a fault of the store.
const RETRY_AFTER_S: &str = "60";

/// Letterhead and foot.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Letter {
    sender: String,
    post: String,
    email: String,
    phone: Option<String>,
    about: String,
    policy_url: String,
    /// A version that is published and not in effect yet.
    announced: Option<Announced>,
    rehearsal: bool,
    #[serde(skip)]
    governing: Option<Governing>,
    /// The address of a style sheet that goes after our own.
    pub(super) theme: Option<String>,
    /// It stands in a frame of another site's page: without letterhead, and its links open beside it.
    pub(super) embedded: bool,
    #[serde(skip)]
    pub(super) framed_by: Option<Vec<String>>,
}

/// What the banner says of a version to come.
#[derive(Debug, Clone, Serialize)]
struct Announced {
    from: String,
    url: String,
}

/// Whatever a template needs beside its own context.
#[derive(Debug, Serialize)]
struct Sheet<'a, C: Serialize> {
    letter: &'a Letter,
    title: &'a str,
    #[serde(flatten)]
    own: &'a C,
}

/// An account that a token or an address named.
#[derive(Debug)]
pub(super) struct Room {
    pub row: AccountRow,
    pub scope: AccountScope,
    pub policies: Arc<PolicySet>,
}

/// Why a page cannot be shown as asked.
#[derive(Debug)]
pub(super) enum Fault {
    /// Forged, incomplete, or of something that is gone: all look the same.
    Gone,
    /// A genuine confirmation that came too late.
    Expired,
    /// Too many requests from one address.
    TooMany,
    /// No policy is in force: nothing may be asked or shown.
    NoPolicy,
    /// The policy in force does not name the form among the places where data are collected.
    NotAPoint,
    Store(StoreError),
    Page(PageFault),
}

impl From<StoreError> for Fault {
    fn from(fault: StoreError) -> Self {
        Self::Store(fault)
    }
}

impl From<PageFault> for Fault {
    fn from(fault: PageFault) -> Self {
        Self::Page(fault)
    }
}

impl From<TokenFault> for Fault {
    fn from(_: TokenFault) -> Self {
        Self::Gone
    }
}

/// A page of plain paragraphs.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    pub paragraphs: Vec<String>,
    pub link: Option<Link>,
}

/// A way on.
#[derive(Debug, Serialize)]
pub(super) struct Link {
    pub url: String,
    pub text: String,
}

impl Message {
    pub(super) fn of(paragraphs: Vec<String>) -> Self {
        Self {
            paragraphs,
            link: None,
        }
    }
}

impl App {
    /// The account with its policies; `Gone` where there is none.
    pub(super) async fn room(&self, account: AccountId) -> Result<Room, Fault> {
        let row = self.store.account_row(account).await?.ok_or(Fault::Gone)?;
        self.room_of(row).await
    }

    pub(super) async fn room_of(&self, row: AccountRow) -> Result<Room, Fault> {
        let scope = self.store.account(row.id);
        let published = scope.published().await?;
        let policies = self.shelf.open(row.id, &published).map_err(|faults| {
            tracing::error!(account = %row.id, faults = faults.len(), "the published policy does not compile");
            Fault::NoPolicy
        })?;
        if let Some(version) = policies.in_force(self.now()) {
            Tongue::of_request().speak(version);
        }
        Ok(Room {
            row,
            scope,
            policies,
        })
    }

    /// Opens a token of one kind; anything else is `Gone`.
    pub(super) fn open<T>(
        &self,
        text: &str,
        pick: impl FnOnce(Token) -> Option<T>,
    ) -> Result<T, Fault> {
        Ok(self.tokens.open_as(text, pick)?)
    }

    /// Renders a public page.
    pub(super) fn sheet(
        &self,
        name: &str,
        (letter, title): (&Letter, &str),
        own: &impl Serialize,
    ) -> Result<Leaf, Fault> {
        let sheet = Sheet { letter, title, own };
        let page = self
            .templates
            .text(&format!("public/{name}.html"), &sheet)?;
        Ok(Leaf {
            page,
            governing: letter.governing.clone(),
            framed_by: letter.framed_by.clone(),
        })
    }

    /// The letter of an account; `about` is what the page is about, at the right of its head.
    pub(super) fn letter(&self, room: &Room, about: Told) -> Letter {
        let version = room.version(self.now());
        let controller = version.map(Version::controller);
        Letter {
            sender: controller.map_or(room.row.name.clone(), |c| c.name.clone()),
            post: controller.map(|c| c.post.clone()).unwrap_or_default(),
            email: controller.map(|c| c.email.clone()).unwrap_or_default(),
            phone: controller.and_then(|c| c.phone.clone()),
            about: about.into(),
            policy_url: format!("/policy/{}", room.row.slug),
            announced: announced(room, self.now()),
            governing: version.map(|v| Governing {
                policies: Arc::clone(&room.policies),
                n: v.n(),
                at: self.now(),
            }),
            rehearsal: self.settings.edition == Edition::Rehearsal,
            theme: None,
            embedded: false,
            framed_by: None,
        }
    }

    fn nobodys_letter(&self) -> Letter {
        Letter {
            rehearsal: self.settings.edition == Edition::Rehearsal,
            ..Letter::default()
        }
    }

    /// Turns the result of a page into an answer.
    pub(super) fn answer(&self, result: Result<impl IntoResponse, Fault>) -> Response {
        match result {
            Ok(page) => page.into_response(),
            Err(fault) => self.apology(&fault),
        }
    }

    fn apology(&self, fault: &Fault) -> Response {
        match fault {
            Fault::Store(cause) => tracing::error!(%cause, "a public page could not be served"),
            Fault::Page(cause) => tracing::error!(%cause, "a public page could not be made"),
            Fault::Gone | Fault::Expired | Fault::TooMany | Fault::NoPolicy | Fault::NotAPoint => {}
        }
        let (status, title, paragraphs) = words(fault);
        let letter = self.nobodys_letter();
        let page = self.sheet("message", (&letter, &title), &Message::of(paragraphs));
        let page = page.unwrap_or_else(|_| Leaf {
            page: format!("<!doctype html><title>{title}</title><h1>{title}</h1>"),
            governing: None,
            framed_by: None,
        });
        let retry: Option<[(HeaderName, &str); 1]> = (status.is_server_error()
            || status == StatusCode::TOO_MANY_REQUESTS)
            .then_some([(RETRY_AFTER, RETRY_AFTER_S)]);
        match retry {
            Some(retry) => (status, retry, page).into_response(),
            None => (status, page).into_response(),
        }
    }
}

impl Room {
    /// The policy version in force.
    pub(super) fn version(&self, now: Timestamp) -> Option<&Version> {
        self.policies.in_force(now)
    }
}

fn announced(room: &Room, now: Timestamp) -> Option<Announced> {
    let coming = avow_policy::announced(&room.policies, now)?;
    let (slug, n) = (&room.row.slug, coming.n());
    Some(Announced {
        from: day(coming.effective_at()),
        // A first version changes nothing that was there before.
        url: match room.version(now) {
            Some(_) => format!("/policy/{slug}/{n}/changes"),
            None => format!("/policy/{slug}/{n}"),
        },
    })
}

/// The status, the title, and what to do.
fn words(fault: &Fault) -> (StatusCode, String, Vec<String>) {
    let (status, title, paragraphs) = match fault {
        Fault::Gone => (
            StatusCode::NOT_FOUND,
            told!("fault-gone"),
            vec![told!("fault-gone-what"), told!("fault-gone-next")],
        ),
        Fault::Expired => (
            StatusCode::GONE,
            told!("fault-expired"),
            vec![told!("fault-expired-what"), told!("fault-expired-next")],
        ),
        Fault::TooMany => (
            StatusCode::TOO_MANY_REQUESTS,
            told!("fault-many"),
            vec![told!("fault-many-what")],
        ),
        Fault::NoPolicy => (
            StatusCode::SERVICE_UNAVAILABLE,
            told!("fault-no-policy"),
            vec![told!("fault-no-policy-what")],
        ),
        Fault::NotAPoint => (
            StatusCode::SERVICE_UNAVAILABLE,
            told!("fault-closed"),
            vec![told!("fault-closed-what")],
        ),
        Fault::Store(_) | Fault::Page(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            told!("fault-ours"),
            vec![told!("fault-ours-what")],
        ),
    };
    let paragraphs = paragraphs.into_iter().map(String::from).collect();
    (status, title.into(), paragraphs)
}

/// `a...@example.com`: enough to know one's own address by, not enough to learn it.
pub(crate) fn masked(address: &EmailAddress) -> String {
    let shown = address.expose();
    let (local, domain) = shown.rsplit_once('@').unwrap_or((shown, ""));
    let mut out: String = local.chars().take(1).collect();
    let _ = write!(out, "\u{2026}@{domain}");
    out
}
