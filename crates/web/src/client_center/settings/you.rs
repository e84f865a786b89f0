//! One's own log-in: password, codes, devices.

pub(super) mod codes;
pub(super) mod language;

use std::fmt::Write as _;
use std::sync::Arc;

use avow_model::Timestamp;
use avow_store::{SessionRow, UserRow};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::tabs;
use super::view::{DeviceLine, Frame, YouPage};
use crate::client_center::enter::{hashed, is_right, key_of};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::When;
use crate::error::role_name;
use crate::language::Told;
use crate::password::PASSWORD_CHARS_MIN;
use crate::{App, PageFault};

/// The form of a new password.
#[derive(Deserialize)]
pub(super) struct PasswordForm {
    old_password: String,
    new_password: String,
}

/// Which device to sign out; empty for all but this one.
#[derive(Deserialize)]
pub(super) struct DeviceForm {
    device: String,
}

/// What is wrong with what was typed.
#[derive(Default)]
struct Faults {
    password: Option<String>,
    codes: Option<Told>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// "Firefox on Linux", as far as the browser says.
fn device(agent: &str) -> String {
    let find = |words: &[(&str, &'static str)]| {
        let found = words.iter().find(|(word, _)| agent.contains(word));
        found.map(|(_, name)| *name)
    };
    // Most browsers name others too: the order decides.
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => say!("device-on", browser = browser, system = system),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => say!("device-unknown"),
    }
}

fn line((hash, session): ([u8; 32], SessionRow), (here, now): ([u8; 32], Timestamp)) -> DeviceLine {
    DeviceLine {
        word: hex(&hash),
        what: device(&session.agent),
        since: When::new(session.created_at, now),
        seen: When::new(session.seen_at.max(session.active_at), now),
        here: hash == here,
    }
}

async fn page(app: &App, member: &Member, faults: Faults) -> Result<Html<String>, PageFault> {
    let (visitor, now) = (&member.visitor, app.now());
    let factor = app.store.second_factor(visitor.user).await?;
    let devices = app.store.sessions_of(visitor.user).await?;
    let seen = (visitor.token_hash, now);
    let since = factor.and_then(|f| f.since);
    app.templates.show(&YouPage {
        shell: member.shell(Noun::Settings),
        frame: Frame {
            tabs: tabs(member),
            tab: "you",
        },
        role: role_name(member.membership.role),
        password_fault: faults.password,
        codes_fault: faults.codes,
        languages: language::choices(member.visitor.language),
        codes: since.map(|at| When::new(at, now)),
        recovery_left: factor.map_or(0, |f| f.recovery_left),
        devices: devices.into_iter().map(|d| line(d, seen)).collect(),
        password_chars_min: PASSWORD_CHARS_MIN,
    })
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    page(&app, &member, Faults::default()).await
}

/// The user, where the password is right; else what is wrong. Wrong ones are counted as at the log-in.
async fn confirmed(
    app: &App,
    member: &Member,
    typed: &str,
) -> Result<Result<UserRow, Told>, PageFault> {
    let user = app.store.user(member.visitor.user).await?;
    let user = user.ok_or(PageFault::NotFound)?;
    let (key, now) = (key_of(user.address.expose()), app.now());
    if !app.center.throttle(|t| t.take(key, now)) {
        return Ok(Err(told!("you-wait")));
    }
    if !is_right(app, Some(&user), typed).await {
        return Ok(Err(told!("you-wrong")));
    }
    app.center.throttle(|t| t.succeeded(key));
    Ok(Ok(user))
}

/// Sets a new password; every other device is signed out.
pub(super) async fn password(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<PasswordForm>,
) -> Result<Response, PageFault> {
    let fault = match confirmed(&app, &member, &form.old_password).await? {
        Err(fault) => fault.into(),
        Ok(user) => match hashed(&app, &form.new_password).await {
            Err(fault) => fault.told().into(),
            Ok(hash) => {
                let keep = member.visitor.token_hash;
                app.store.password_change(user.id, &hash, keep).await?;
                return Ok(back(&member, "password").into_response());
            }
        },
    };
    let faults = Faults {
        password: Some(fault),
        ..Faults::default()
    };
    let page = page(&app, &member, faults).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn back(member: &Member, said: &str) -> Redirect {
    Redirect::to(&format!("{}/settings/you?said={said}", member.base()))
}

/// Signs one device out, or all but this one.
pub(super) async fn sign_out(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<DeviceForm>,
) -> Result<Redirect, PageFault> {
    let (user, here) = (member.visitor.user, member.visitor.token_hash);
    if form.device.is_empty() {
        app.store.sessions_close_others(user, here).await?;
        return Ok(back(&member, "signed-out"));
    }
    let devices = app.store.sessions_of(user).await?;
    let named = devices.iter().find(|(hash, _)| hex(hash) == form.device);
    let (hash, _) = named.ok_or(PageFault::NotFound)?;
    app.store.session_close_of(user, *hash).await?;
    Ok(back(&member, "signed-out"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_by_what_its_browser_says() {
        for (agent, what) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.1", "curl"),
            ("", "A browser that does not say what it is"),
        ] {
            assert_eq!(device(agent), what);
        }
    }
}
