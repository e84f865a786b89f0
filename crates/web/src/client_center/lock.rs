//! The idle lock: a screen left alone asks for the password, and nothing is lost (P126).
//!
//! Promises: after ten minutes without a request of a person no page of the Client Center is shown; a form that was
//! sent to a locked screen is kept in the page that asks, and sent on by one press of a button. The session goes on
//! under a new token. Never: keeps a form that holds a password.

use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest as _, Query, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::enter::{is_right, key_of, safe_back};
use super::guard::{self, Locked};
use super::login::is_rehearsal;
use super::view::{Kept, LockedPage, WayOnPage};
use crate::session::Token;
use crate::{App, PageFault};

/// Before the names of kept fields: the page has fields of its own.
const KEPT: &str = "kept.";

/// `?back=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    back: String,
}

type Fields = Vec<(String, String)>;

/// What the page that asks is about.
struct Asking {
    /// The page, or where the form goes.
    back: String,
    kept: Vec<Kept>,
    fault: Option<Refused>,
}

/// Why the screen stays locked.
#[derive(Debug, Clone, Copy)]
enum Refused {
    Wrong,
    TooMany,
}

/// Keeps a form that came to a locked screen; lets everything else through.
pub(super) async fn keep(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let locked = match guard::locked(&app, request.headers()).await {
        Ok(None) => return next.run(request).await,
        Ok(Some(locked)) => locked,
        Err(fault) => return fault.into_response(),
    };
    let back = request.uri().path().to_owned();
    if matches!(
        back.as_str(),
        "/locked" | "/logout" | "/login" | "/login/code"
    ) {
        return next.run(request).await;
    }
    let typed = Form::<Fields>::from_request(request, &()).await;
    let asking = asking(&back, typed.map(|form| form.0).unwrap_or_default());
    page(&app, &locked, asking).unwrap_or_else(IntoResponse::into_response)
}

/// A form without a password is kept; of any other form the start page is left.
fn asking(back: &str, typed: Fields) -> Asking {
    let secret = typed.iter().any(|(name, _)| name.contains("password"));
    let kept = |(name, value): (String, String)| Kept {
        name: format!("{KEPT}{name}"),
        value,
    };
    Asking {
        back: if secret { "/" } else { back }.to_owned(),
        kept: if secret {
            Vec::new()
        } else {
            typed.into_iter().map(kept).collect()
        },
        fault: None,
    }
}

fn page(app: &App, locked: &Locked, asking: Asking) -> Result<Response, PageFault> {
    let status = match asking.fault {
        Some(Refused::TooMany) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNAUTHORIZED,
    };
    let page = app.templates.show(&LockedPage {
        rehearsal: is_rehearsal(app),
        fault: asking.fault.map(|why| match why {
            Refused::Wrong => told!("locked-wrong"),
            Refused::TooMany => told!("login-wait"),
        }),
        address: locked.user.address.expose().to_owned(),
        back: safe_back(&asking.back),
        has_form: !asking.kept.is_empty(),
        kept: asking.kept,
    })?;
    Ok((status, page).into_response())
}

/// The page that asks, after a page was asked for.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(query): Query<Back>,
) -> Result<Response, PageFault> {
    let asking = Asking {
        back: safe_back(&query.back),
        kept: Vec::new(),
        fault: None,
    };
    match guard::locked(&app, &headers).await? {
        None => Ok(Redirect::to(&asking.back).into_response()),
        Some(locked) => {
            let (_, body) = page(&app, &locked, asking)?.into_parts();
            Ok(Response::new(body))
        }
    }
}

/// Opens the screen again.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(typed): Form<Fields>,
) -> Result<Response, PageFault> {
    let field = |wanted: &str| {
        let found = typed.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, value)| value.as_str())
    };
    let back = safe_back(field("back"));
    let Some(locked) = guard::locked(&app, &headers).await? else {
        return Ok(Redirect::to(&back).into_response());
    };
    let key = key_of(locked.user.address.expose());
    let fault = if !app.center.throttle(|t| t.take(key, app.now())) {
        Some(Refused::TooMany)
    } else if is_right(&app, Some(&locked.user), field("password")).await {
        None
    } else {
        Some(Refused::Wrong)
    };
    let form = typed.iter().filter(|(name, _)| name.starts_with(KEPT));
    let kept = form.map(|(name, value)| Kept {
        name: name.clone(),
        value: value.clone(),
    });
    let kept: Vec<Kept> = kept.collect();
    if fault.is_some() {
        return page(&app, &locked, Asking { back, kept, fault });
    }
    app.center.throttle(|t| t.succeeded(key));
    go_on(&app, &locked, (back, kept)).await
}

/// The session under a new token; then the page, or the button that sends the form.
async fn go_on(
    app: &App,
    locked: &Locked,
    (back, kept): (String, Vec<Kept>),
) -> Result<Response, PageFault> {
    let token = Token::new(app.entropy.as_ref());
    app.store
        .session_unlock(locked.token_hash, token.hash())
        .await?;
    let cookie = [(SET_COOKIE, token.set_cookie(app.settings.is_https()))];
    if kept.is_empty() {
        return Ok((cookie, Redirect::to(&back)).into_response());
    }
    let bare = |k: Kept| Kept {
        name: k.name[KEPT.len()..].to_owned(),
        ..k
    };
    let page = app.templates.show(&WayOnPage {
        rehearsal: is_rehearsal(app),
        to: back,
        kept: kept.into_iter().map(bare).collect(),
    })?;
    Ok((cookie, page).into_response())
}
