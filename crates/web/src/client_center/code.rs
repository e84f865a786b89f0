//! The second question of a log-in: the code of the moment, or a recovery code.
//!
//! Promises: the password was right before; a code opens once; wrong ones are counted by user, whoever types them.

use std::sync::Arc;

use avow_model::UserId;
use avow_store::{CODE_USED, CodeTaken, Door, NewDoor, SecondFactor, StoreError};
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::enter::{enter, safe_back, sha256};
use super::login::is_rehearsal;
use super::view::CodePage;
use crate::second_factor::{CodeKey, recovery_hash};
use crate::session::Token;
use crate::{App, PageFault};

/// Between password and code: long enough to find the telephone.
const CODE_LIFE: std::time::Duration = std::time::Duration::from_mins(5);
/// Why a code does not open.
#[derive(Debug, Clone, Copy)]
enum Refused {
    Wrong,
    TooMany,
}

/// The form.
#[derive(Deserialize)]
pub(crate) struct CodeForm {
    door: String,
    code: String,
    #[serde(default)]
    back: String,
}

/// Asks for the code of a user whose password was right.
pub(super) async fn ask(app: &App, user: UserId, back: &str) -> Result<Response, PageFault> {
    let token = Token::new(app.entropy.as_ref());
    let door = NewDoor {
        token_hash: token.hash(),
        expires_at: app.now() + CODE_LIFE,
    };
    app.store.code_ask(door, user).await?;
    page(app, (token.expose(), back), None)
}

fn page(
    app: &App,
    (door, back): (&str, &str),
    refused: Option<Refused>,
) -> Result<Response, PageFault> {
    let page = app.templates.show(&CodePage {
        rehearsal: is_rehearsal(app),
        fault: refused.map(|why| match why {
            Refused::Wrong => told!("code-wrong"),
            Refused::TooMany => told!("code-wait"),
        }),
        door: door.to_owned(),
        back: safe_back(back),
    })?;
    let status = match refused {
        None => StatusCode::OK,
        Some(Refused::TooMany) => StatusCode::TOO_MANY_REQUESTS,
        Some(Refused::Wrong) => StatusCode::UNAUTHORIZED,
    };
    Ok((status, page).into_response())
}

/// What wrong codes of a user are counted by.
pub(super) fn key_of(user: UserId) -> [u8; 32] {
    sha256(user.to_string().as_bytes())
}

/// The key of a user's codes.
pub(super) fn code_key(app: &App, factor: &SecondFactor) -> CodeKey {
    CodeKey::new(&app.tokens.secret_of(&factor.salt))
}

/// What was typed, as far as it can open: six digits are a code, anything else may be a recovery code.
fn taken(app: &App, factor: &SecondFactor, typed: &str) -> Option<CodeTaken> {
    let digits = typed
        .chars()
        .all(|c| c.is_ascii_digit() || c.is_whitespace());
    if !digits {
        return Some(CodeTaken::Recovery(recovery_hash(typed)));
    }
    let step = code_key(app, factor).step_of(typed, app.now())?;
    Some(CodeTaken::Step(step))
}

/// Opens the session.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Result<Response, PageFault> {
    let again = || Ok(Redirect::to("/login?said=ended").into_response());
    let door = sha256(form.door.as_bytes());
    let Some(Door::Code(user)) = app.store.door(door).await? else {
        return again();
    };
    let (key, now) = (key_of(user), app.now());
    if !app.center.codes(|t| t.take(key, now)) {
        return page(&app, (&form.door, &form.back), Some(Refused::TooMany));
    }
    let Some(factor) = app.store.second_factor(user).await? else {
        return again();
    };
    let opened = match taken(&app, &factor, &form.code) {
        Some(taken) => app.store.code_done(door, user, taken).await,
        None => Err(StoreError::Conflict(CODE_USED)),
    };
    match opened {
        Ok(()) => {
            app.center.codes(|t| t.succeeded(key));
            enter(&app, &headers, user, &form.back).await
        }
        Err(StoreError::Conflict(CODE_USED)) => {
            page(&app, (&form.door, &form.back), Some(Refused::Wrong))
        }
        Err(StoreError::Conflict(_)) => again(),
        Err(fault) => Err(fault.into()),
    }
}
