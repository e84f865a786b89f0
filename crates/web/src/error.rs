//! The one map from faults to answers: people read what to do, the log holds the cause.

use std::any::Any;

use avow_model::{Action, Role};
use avow_policy::Code;
use avow_store::StoreError;
use axum::body::Body;
use axum::http::{Response as HttpResponse, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use tower_http::catch_panic::ResponseForPanic;

use crate::language::Told;
use crate::{Templates, codes};

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
    /// Somebody guesses, or reloads too often.
    #[error("too many tries")]
    TooManyTries,
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
    pub title: Told,
    pub what: Told,
    pub next: Told,
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
            Self::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> Words {
        let status = self.status().as_u16();
        let (title, what, next) = match self {
            Self::NotFound => (
                told!("error-not-found"),
                told!("error-not-found-what"),
                told!("error-not-found-next"),
            ),
            Self::Forbidden => (
                told!("error-forbidden"),
                told!("error-forbidden-what"),
                told!("error-forbidden-next"),
            ),
            Self::RoleTooSmall { role, action } => (
                told!("error-role"),
                told!(
                    "error-role-what",
                    role = role_name(*role),
                    deed = deed(*action)
                ),
                told!("error-role-next"),
            ),
            Self::NotShown(code) => not_shown(*code),
            Self::Conflict(reason) => (
                told!("error-conflict"),
                told!("error-conflict-what", reason = reason.trim_end_matches('.')),
                told!("error-conflict-next"),
            ),
            Self::Store(cause) if cause.is_passing() => (
                told!("error-passing"),
                told!("error-passing-what"),
                told!("error-passing-next"),
            ),
            Self::Bad(reason) => (
                told!("error-bad"),
                told!("error-bad-what", reason = reason),
                told!("error-bad-next"),
            ),
            Self::DoorShut => (
                told!("error-door"),
                told!("error-door-what"),
                told!("error-door-next"),
            ),
            Self::TooManyTries => (
                told!("setup-tries"),
                told!("setup-tries-what"),
                told!("setup-tries-next"),
            ),
            Self::LoginNeeded { .. } | Self::Locked { .. } => (
                told!("error-login"),
                told!("error-login-what"),
                told!("error-login-next"),
            ),
            Self::Store(_) | Self::Template(_) => (
                told!("error-ours"),
                told!("error-ours-what"),
                told!("error-ours-next"),
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
pub(crate) const fn role_name(role: Role) -> Told {
    match role {
        Role::Owner => told!("role-owner"),
        Role::Editor => told!("role-editor"),
        Role::Analyst => told!("role-analyst"),
        Role::PrivacyOfficer => told!("role-privacy-officer"),
        Role::Support => told!("role-support"),
    }
}

/// What an action is, after "you cannot".
const fn deed(action: Action) -> Told {
    match action {
        Action::Look => told!("deed-look"),
        Action::Acknowledge => told!("deed-acknowledge"),
        Action::OwnLogin => told!("deed-own-login"),
        Action::Write => told!("deed-write"),
        Action::Send => told!("deed-send"),
        Action::Rehearse => told!("deed-rehearse"),
        Action::KeepContacts => told!("deed-keep-contacts"),
        Action::ExportContacts => told!("deed-export-contacts"),
        Action::SeeStaff => told!("deed-see-staff"),
        Action::ManageStaff => told!("deed-manage-staff"),
        Action::SeeKeys => told!("deed-see-keys"),
        Action::ManageKeys => told!("deed-manage-keys"),
        Action::SeeAudit => told!("deed-see-audit"),
        Action::SetUp => told!("setup-deed"),
    }
}

fn not_shown(code: Code) -> (Told, Told, Told) {
    let (what, next) = codes::explained_code(code);
    let next = match code {
        Code::DNotAcknowledged => told!("error-not-shown-read"),
        Code::DTrainingOverdue => told!("error-not-shown-train"),
        _ => next,
    };
    let what = told!("error-not-shown-what", reason = what);
    (told!("error-not-shown"), what, next)
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
