//! Log in, log out, choose the account.

use std::sync::Arc;

use avow_model::EmailAddress;
use avow_store::{NewSession, UserRow};
use aws_lc_rs::digest::{SHA256, digest};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::guard::Visitor;
use super::view::{AccountLine, AccountsPage, LoginPage};
use crate::app::Edition;
use crate::session::{SESSION_LIFE, Token, clear_cookie};
use crate::{App, PageFault, password};

const WRONG: &str = "The address or the password is wrong.";
const WAIT: &str = "Too many attempts for this address. Wait five minutes and try again.";

/// `?back=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    back: String,
}

/// The form.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct LoginForm {
    address: String,
    password: String,
    back: String,
}

/// Only paths of ours: `//host` and `/\host` would leave it.
fn safe_back(back: &str) -> String {
    let mut chars = back.chars();
    let ours = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    let plain = back.chars().all(|c| !c.is_control());
    if ours && plain { back } else { "/" }.to_owned()
}

fn is_rehearsal(app: &App) -> bool {
    app.settings.edition == Edition::Rehearsal
}

/// The form to log in.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Query(query): Query<Back>,
) -> Result<Html<String>, PageFault> {
    app.templates.show(&LoginPage {
        rehearsal: is_rehearsal(&app),
        fault: None,
        address: String::new(),
        back: safe_back(&query.back),
    })
}

fn key(address: &str) -> [u8; 32] {
    let mut out = [0; 32];
    let folded = address.trim().to_lowercase();
    out.copy_from_slice(digest(&SHA256, folded.as_bytes()).as_ref());
    out
}

/// The user whose password this is. Hashing runs beside the async threads, few at a time: each takes 19 MiB.
async fn verified(app: &App, form: &LoginForm) -> Result<Option<UserRow>, PageFault> {
    let user = match form.address.parse::<EmailAddress>() {
        Ok(address) => app.store.user_by_address(&address).await?,
        Err(_) => None,
    };
    let stored = user.as_ref().map(|u| u.password_hash.clone());
    let typed = form.password.clone();
    let _turn = app.center.hashing.acquire().await;
    let check = tokio::task::spawn_blocking(move || password::verify(&typed, stored.as_deref()));
    let right = check.await.unwrap_or(false);
    Ok(user.filter(|_| right))
}

/// Opens a session, or says that the pair is wrong without saying which of the two.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Result<Response, PageFault> {
    let (key, now) = (key(&form.address), app.now());
    if !app.center.throttle(|t| t.may_try(key, now)) {
        return refused(&app, form, WAIT, StatusCode::TOO_MANY_REQUESTS);
    }
    let Some(user) = verified(&app, &form).await? else {
        app.center.throttle(|t| t.failed(key, now));
        return refused(&app, form, WRONG, StatusCode::UNAUTHORIZED);
    };
    app.center.throttle(|t| t.succeeded(key));
    let token = Token::new(app.entropy.as_ref());
    let agent = headers.get(USER_AGENT).and_then(|v| v.to_str().ok());
    let session = NewSession {
        token_hash: token.hash(),
        user: user.id,
        agent: agent.unwrap_or("").to_owned(),
        now,
        expires_at: now + SESSION_LIFE,
    };
    app.store.session_open(session).await?;
    let cookie = token.set_cookie(app.settings.is_https());
    let to = Redirect::to(&safe_back(&form.back));
    Ok(([(SET_COOKIE, cookie)], to).into_response())
}

fn refused(
    app: &App,
    form: LoginForm,
    fault: &'static str,
    status: StatusCode,
) -> Result<Response, PageFault> {
    let page = app.templates.show(&LoginPage {
        rehearsal: is_rehearsal(app),
        fault: Some(fault),
        address: form.address,
        back: safe_back(&form.back),
    })?;
    Ok((status, page).into_response())
}

/// Ends the session.
pub(crate) async fn log_out(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Response, PageFault> {
    app.store.session_close(visitor.token_hash).await?;
    let cookie = clear_cookie(app.settings.is_https());
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

/// The start page: straight into the only account, or the choice.
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Redirect, PageFault> {
    let accounts = app.store.memberships(visitor.user).await?;
    Ok(match accounts.as_slice() {
        [only] => Redirect::to(&format!("/a/{}/campaigns", only.slug)),
        _ => Redirect::to("/accounts"),
    })
}

/// The accounts of the user.
pub(crate) async fn accounts(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Html<String>, PageFault> {
    let memberships = app.store.memberships(visitor.user).await?;
    let line = |m: avow_store::Membership| AccountLine {
        slug: m.slug.to_string(),
        name: m.account_name,
        role: m.role.as_str().replace('_', " "),
    };
    app.templates.show(&AccountsPage {
        rehearsal: is_rehearsal(&app),
        user: visitor.address,
        accounts: memberships.into_iter().map(line).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coming_back_never_leaves_this_host() {
        assert_eq!(safe_back("/a/acme/campaigns?x=1"), "/a/acme/campaigns?x=1");
        for bad in [
            "",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "/\t/evil.test",
            "x",
        ] {
            assert_eq!(safe_back(bad), "/", "{bad}");
        }
    }
}
