//! Log in, log out, choose the account.

use std::sync::Arc;

use avow_model::Action;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::code;
use super::enter::{enter, is_right, key_of, safe_back, user_of};
use super::guard::Visitor;
use super::setup;
use super::view::{AccountLine, AccountsPage, LoginPage};
use crate::app::Edition;
use crate::error::role_name;
use crate::language::Told;
use crate::session::{Token, clear_cookie};
use crate::{App, PageFault};

/// `?back=` and `?said=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    back: String,
    said: String,
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

pub(super) fn is_rehearsal(app: &App) -> bool {
    app.settings.edition == Edition::Rehearsal
}

/// What was done before, from a closed list of words.
fn said(word: &str) -> Option<Told> {
    match word {
        "reset" => Some(told!("login-said-reset")),
        "joined" => Some(told!("login-said-joined")),
        "ended" => Some(told!("login-said-ended")),
        _ => None,
    }
}

/// The form to log in.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Query(query): Query<Asked>,
) -> Result<Html<String>, PageFault> {
    let is_new = app.claim.is_some() && app.store.is_unclaimed().await?;
    app.templates.show(&LoginPage {
        rehearsal: is_rehearsal(&app),
        fault: None,
        said: said(&query.said).or(is_new.then(|| told!("setup-unclaimed"))),
        address: String::new(),
        back: safe_back(&query.back),
    })
}

/// Opens a session, or says that the pair is wrong without saying which of the two. Whoever has codes on is asked
/// for one first.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Result<Response, PageFault> {
    let (key, now) = (key_of(&form.address), app.now());
    if !app.center.throttle(|t| t.take(key, now)) {
        return refused(
            &app,
            form,
            told!("login-wait"),
            StatusCode::TOO_MANY_REQUESTS,
        );
    }
    let user = user_of(&app, &form.address).await?;
    let right = is_right(&app, user.as_ref(), &form.password).await;
    let Some(user) = user.filter(|_| right) else {
        return refused(&app, form, told!("login-wrong"), StatusCode::UNAUTHORIZED);
    };
    app.center.throttle(|t| t.succeeded(key));
    let factor = app.store.second_factor(user.id).await?;
    if factor.is_some_and(|f| f.since.is_some()) {
        return code::ask(&app, user.id, &form.back).await;
    }
    enter(&app, &headers, user.id, &form.back).await
}

fn refused(
    app: &App,
    form: LoginForm,
    fault: Told,
    status: StatusCode,
) -> Result<Response, PageFault> {
    let page = app.templates.show(&LoginPage {
        rehearsal: is_rehearsal(app),
        fault: Some(fault),
        said: None,
        address: form.address,
        back: safe_back(&form.back),
    })?;
    Ok((status, page).into_response())
}

/// Ends the session, also one whose screen is locked.
pub(crate) async fn log_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, PageFault> {
    let https = app.settings.is_https();
    if let Some(token) = Token::of(&headers, https) {
        app.store.session_close(token.hash()).await?;
    }
    let cookie = clear_cookie(https);
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

/// The start page: straight into the only account, or the choice.
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Redirect, PageFault> {
    let accounts = app.store.memberships(visitor.user).await?;
    Ok(match accounts.as_slice() {
        [only] if only.setting_up && only.role.may(Action::SetUp) => {
            Redirect::to(&format!("/a/{}/setup", only.slug))
        }
        [only] => Redirect::to(&format!("/a/{}/campaigns", only.slug)),
        [] if setup::may_found(&app, &visitor).await? => Redirect::to("/accounts/new"),
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
        role: role_name(m.role),
    };
    app.templates.show(&AccountsPage {
        rehearsal: is_rehearsal(&app),
        may_found: setup::may_found(&app, &visitor).await?,
        user: visitor.address,
        accounts: memberships.into_iter().map(line).collect(),
    })
}
