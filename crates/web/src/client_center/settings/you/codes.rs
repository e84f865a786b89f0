//! Codes at the log-in: set up with a picture or a text, turned off with the password; recovery codes shown once.

use std::sync::Arc;

use avow_store::SecondFactor;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Faults, back, confirmed, page};
use crate::client_center::code::{code_key, key_of};
use crate::client_center::guard::Member;
use crate::client_center::settings::tabs;
use crate::client_center::settings::view::{CodesPage, Frame, RecoveryPage};
use crate::client_center::shell::Noun;
use crate::language::Told;
use crate::second_factor::{picture, recovery_codes, recovery_hash};
use crate::{App, PageFault};

/// The first code.
#[derive(Deserialize)]
pub(in crate::client_center::settings) struct CodeForm {
    code: String,
}

/// The password, before something is taken away.
#[derive(Deserialize)]
pub(in crate::client_center::settings) struct PasswordForm {
    password: String,
}

fn frame(member: &Member) -> Frame {
    Frame {
        tabs: tabs(member),
        tab: "you",
    }
}

fn setup(
    app: &App,
    member: &Member,
    (factor, fault): (&SecondFactor, Option<Told>),
) -> Result<Html<String>, PageFault> {
    let key = code_key(app, factor);
    let base = &app.settings.base_url;
    let host = base.split("://").nth(1).unwrap_or(base);
    let host = host.split(['/', ':']).next().unwrap_or(host);
    let uri = key.uri(host, &member.visitor.address);
    let shown = picture(&uri);
    app.templates.show(&CodesPage {
        shell: member.shell(Noun::Settings),
        frame: frame(member),
        fault,
        width: shown.as_ref().map_or(0, |p| p.width),
        path: shown.map_or_else(String::new, |p| p.path),
        key: key.text(),
    })
}

/// The picture of the key. Looking again shows the same one, until the first code was right.
pub(in crate::client_center::settings) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let user = member.visitor.user;
    let mut factor = app.store.second_factor(user).await?;
    if factor.is_none() {
        let mut salt = [0; 32];
        app.entropy.fill(&mut salt);
        app.store.second_factor_begin(user, salt).await?;
        factor = app.store.second_factor(user).await?;
    }
    match factor {
        Some(factor) if factor.since.is_none() => {
            Ok(setup(&app, &member, (&factor, None))?.into_response())
        }
        _ => Ok(Redirect::to(&format!("{}/settings/you", member.base())).into_response()),
    }
}

/// Turns codes on, and shows the recovery codes this once.
pub(in crate::client_center::settings) async fn turn_on(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<CodeForm>,
) -> Result<Response, PageFault> {
    let (user, now) = (member.visitor.user, app.now());
    let factor = app.store.second_factor(user).await?;
    let factor = factor.ok_or(PageFault::NotFound)?;
    let key = key_of(user);
    if !app.center.codes(|t| t.take(key, now)) {
        let page = setup(&app, &member, (&factor, Some(told!("codes-wait"))))?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    let Some(step) = code_key(&app, &factor).step_of(&form.code, now) else {
        let page = setup(&app, &member, (&factor, Some(told!("codes-wrong"))))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.center.codes(|t| t.succeeded(key));
    let (codes, hashes) = new_codes(&app);
    app.store.second_factor_on(user, step, &hashes).await?;
    recovery_page(&app, &member, codes)
}

fn new_codes(app: &App) -> (Vec<String>, Vec<[u8; 32]>) {
    let codes = recovery_codes(app.entropy.as_ref());
    let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
    (codes, hashes)
}

fn recovery_page(app: &App, member: &Member, codes: Vec<String>) -> Result<Response, PageFault> {
    let page = app.templates.show(&RecoveryPage {
        shell: member.shell(Noun::Settings),
        frame: frame(member),
        codes,
    })?;
    Ok(page.into_response())
}

async fn refused(app: &App, member: &Member, why: Told) -> Result<Response, PageFault> {
    let faults = Faults {
        codes: Some(why),
        ..Faults::default()
    };
    let page = page(app, member, faults).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Turns codes off.
pub(in crate::client_center::settings) async fn turn_off(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<PasswordForm>,
) -> Result<Response, PageFault> {
    match confirmed(&app, &member, &form.password).await? {
        Err(why) => refused(&app, &member, why).await,
        Ok(user) => {
            app.store.second_factor_off(user.id).await?;
            Ok(back(&member, "codes-off").into_response())
        }
    }
}

/// New recovery codes, shown this once; the old ones open nothing any more.
pub(in crate::client_center::settings) async fn recovery(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<PasswordForm>,
) -> Result<Response, PageFault> {
    match confirmed(&app, &member, &form.password).await? {
        Err(why) => refused(&app, &member, why).await,
        Ok(user) => {
            let (codes, hashes) = new_codes(&app);
            app.store.recovery_codes_set(user.id, &hashes).await?;
            recovery_page(&app, &member, codes)
        }
    }
}
