//! The one map from faults to answers: people read what to do, the log holds the cause.

use std::any::Any;

use avow_model::{Action, Role};
use avow_policy::{Code, explain_code};
use avow_store::StoreError;
use axum::body::Body;
use axum::http::{Response as HttpResponse, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use tower_http::catch_panic::ResponseForPanic;

use crate::Templates;

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PageFault {
    /// Nothing here, or not for this user: both look the same, so that nobody learns what exists.
    #[error("there is no such page")]
    NotFound,
    /// A request that only a foreign page or a mistake makes.
    #[error("the request is not allowed")]
    Forbidden,
    /// What was sent cannot be used; the text says what to mend.
    #[error("{0}")]
    Bad(String),
    /// No session: log in and come back to the path.
    #[error("log in first")]
    LoginNeeded { back: String },
    /// The screen was left alone: the password opens it again, and the page comes back.
    #[error("the screen is locked")]
    Locked { back: String },
    /// A link of ours that opened once, or too long ago.
    #[error("the link opens nothing any more")]
    DoorShut,
    /// A member whose role does not allow it.
    #[error("the role does not allow it")]
    RoleTooSmall { role: Role, action: Action },
    /// The gate does not show a person's data to this member.
    #[error("the person's data are not shown")]
    NotShown(Code),
    /// Somebody was faster; the text says what to do.
    #[error("{0}")]
    Conflict(&'static str),
    /// The store did not answer, or holds what it must not.
    #[error("the store failed")]
    Store(#[source] StoreError),
    /// A template failed: a fault of ours.
    #[error("a page template failed")]
    Template(#[from] minijinja::Error),
}

impl From<StoreError> for PageFault {
    fn from(fault: StoreError) -> Self {
        match fault {
            StoreError::Missing(_) => Self::NotFound,
            StoreError::Conflict(what) => Self::Conflict(what),
            StoreError::Duplicate { .. } => Self::Bad(fault.to_string()),
            fault => Self::Store(fault),
        }
    }
}

/// What an error page says.
#[derive(Debug, Serialize)]
pub(crate) struct Words {
    pub status: u16,
    pub title: &'static str,
    pub what: String,
    pub next: &'static str,
}

impl PageFault {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::RoleTooSmall { .. } | Self::NotShown(_) => {
                StatusCode::FORBIDDEN
            }
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Store(cause) if cause.is_passing() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Bad(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::LoginNeeded { .. } | Self::Locked { .. } => StatusCode::UNAUTHORIZED,
            Self::DoorShut => StatusCode::GONE,
            Self::Store(_) | Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> Words {
        let status = self.status().as_u16();
        let (title, what, next) = match self {
            Self::NotFound => (
                "This page is not here",
                "The address is wrong, the thing was removed, or it belongs to an account that you are not a member of.".to_owned(),
                "Check the address, or start from the list of campaigns.",
            ),
            Self::Forbidden => (
                "This was not done",
                "The request came from another site, or from a page that was open too long.".to_owned(),
                "Open the page again here and repeat what you did.",
            ),
            Self::RoleTooSmall { role, action } => (
                "Your role does not allow this",
                format!("As {} of this account you cannot {}.", role_name(*role), deed(*action)),
                "Ask an owner of the account to do it, or to give you another role.",
            ),
            Self::NotShown(code) => not_shown(*code),
            Self::Conflict(reason) => (
                "Something changed in the meantime",
                format!("{}.", reason.trim_end_matches('.')),
                "Open the page again and look where it stands.",
            ),
            Self::Store(cause) if cause.is_passing() => (
                "The database does not answer",
                "Nothing was changed. What was saved before is safe.".to_owned(),
                "Try again in a minute. If it stays, tell the person who runs this server: the log says what is wrong.",
            ),
            Self::Bad(reason) => (
                "This cannot be used as sent",
                reason.clone(),
                "Go back, mend it and send it again. What you typed is still in the form.",
            ),
            Self::DoorShut => (
                "This link opens nothing any more",
                "It was used before, its time is over, or a newer one took its place.".to_owned(),
                "Ask for a new one: from the log-in page for a password, from an owner of the account for an invitation.",
            ),
            Self::LoginNeeded { .. } | Self::Locked { .. } => (
                "Log in first",
                "This page needs a log-in.".to_owned(),
                "Log in and open it again.",
            ),
            Self::Store(_) | Self::Template(_) => (
                "A fault on our side",
                "The page could not be made. Nothing was lost: what you had saved is saved.".to_owned(),
                "Try again in a minute. If it stays, tell the person who runs this server: the log has the cause.",
            ),
        };
        Words {
            status,
            title,
            what,
            next,
        }
    }
}

/// A role as sentences name it.
pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Editor => "editor",
        Role::Analyst => "analyst",
        Role::PrivacyOfficer => "privacy officer",
        Role::Support => "support",
    }
}

/// What an action is, after "you cannot".
const fn deed(action: Action) -> &'static str {
    match action {
        Action::Look => "look at its pages",
        Action::Acknowledge => "confirm its policy",
        Action::OwnLogin => "change your log-in",
        Action::Write => "write or change a campaign",
        Action::Send => "start, pause or stop a campaign",
        Action::Rehearse => "set the faults of a rehearsal",
        Action::KeepContacts => "add or change contacts",
        Action::ExportContacts => "have contacts written to a file",
        Action::SeeStaff => "see who is let in",
        Action::ManageStaff => "let people in or put them out",
        Action::SeeKeys => "see its API keys",
        Action::ManageKeys => "give or take away API keys",
        Action::SeeAudit => "see what the staff did",
    }
}

fn not_shown(code: Code) -> (&'static str, String, &'static str) {
    let (what, next) = explain_code(code.as_str()).unwrap_or(("The policy does not allow it", ""));
    let next = match code {
        Code::DNotAcknowledged => {
            "Open the policy page, read the version in force and press the button below it."
        }
        Code::DTrainingOverdue => {
            "Take the training; whoever runs this server then notes it with avow user trained."
        }
        _ => next,
    };
    (
        "This person's data are not shown to you",
        format!("{what}."),
        next,
    )
}

fn error_page(words: &Words) -> String {
    Templates::embedded()
        .text("parts/error_page.html", words)
        .unwrap_or_else(|_| format!("<!doctype html><title>{0}</title><h1>{0}</h1>", words.title))
}

impl IntoResponse for PageFault {
    fn into_response(self) -> Response {
        if let Self::LoginNeeded { back } = &self {
            return Redirect::to(&format!("/login?back={}", encode(back))).into_response();
        }
        if let Self::Locked { back } = &self {
            return Redirect::to(&format!("/locked?back={}", encode(back))).into_response();
        }
        if let Self::Template(cause) = &self {
            tracing::error!(cause = %cause, template = cause.name(), line = cause.line(), "a page template failed");
        }
        if let Self::Store(cause) = &self {
            tracing::error!(%cause, "the store failed under a page");
        }
        (self.status(), Html(error_page(&self.words()))).into_response()
    }
}

/// Percent-encodes for a query value (RFC 3986 unreserved and `/` stay).
pub(crate) fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

/// The fallback of the router.
pub(crate) async fn not_found() -> PageFault {
    PageFault::NotFound
}

/// Answers for a handler that panicked; the panic itself is in the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panicked;

impl ResponseForPanic for Panicked {
    type ResponseBody = Body;

    fn response_for_panic(&mut self, _: Box<dyn Any + Send>) -> HttpResponse<Body> {
        tracing::error!("a page handler panicked");
        let words = PageFault::Template(minijinja::Error::new(
            minijinja::ErrorKind::InvalidOperation,
            "a handler panicked",
        ))
        .words();
        (StatusCode::INTERNAL_SERVER_ERROR, Html(error_page(&words))).into_response()
    }
}
