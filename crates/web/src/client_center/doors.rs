//! Doors that open from a mail: a new password, and an invitation into an account.
//!
//! Promises: a GET opens nothing (scanners follow links); asking for a reset gets the same answer after the same work,
//! whether somebody logs in with the address or not; a link opens once, before its time is over.

use std::sync::Arc;

use avow_model::{AccountId, Entropy, Timestamp, UserId};
use avow_store::{Door, Invited, Joining, NewDoor, NewUser};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::enter::{enter, hashed, key_of, sha256, user_of};
use super::login::is_rehearsal;
use super::mail::{Letter, Seen};
use super::view::{ForgotPage, InvitePage, ResetPage};
use crate::error::role_name;
use crate::session::Token;
use crate::{App, PageFault};

/// A reset is asked for and used within one sitting.
const RESET_LIFE: std::time::Duration = std::time::Duration::from_hours(1);
/// Longest name of a user.
const NAME_CHARS_MAX: usize = 100;

/// The form that asks for a reset.
#[derive(Deserialize)]
pub(crate) struct ForgotForm {
    address: String,
}

/// The form to ask for a reset.
pub(crate) async fn forgot(State(app): State<Arc<App>>) -> Result<Html<String>, PageFault> {
    app.templates.show(&ForgotPage {
        rehearsal: is_rehearsal(&app),
        asked: false,
    })
}

/// Sends a mail to whoever logs in with the address, and says the same to everybody.
pub(crate) async fn forgot_post(
    State(app): State<Arc<App>>,
    Form(form): Form<ForgotForm>,
) -> Result<Html<String>, PageFault> {
    if app.center.may_reset(key_of(&form.address), app.now()) {
        ask_reset(&app, &form.address).await?;
    }
    app.templates.show(&ForgotPage {
        rehearsal: is_rehearsal(&app),
        asked: true,
    })
}

/// Does the same for every address: looks for the user, writes the mail, keeps a token. Only what somebody will read
/// is queued.
async fn ask_reset(app: &App, address: &str) -> Result<(), PageFault> {
    let user = user_of(app, address).await?.map(|user| user.id);
    let memberships = app.store.memberships(user.unwrap_or(NOBODY)).await?;
    let own = memberships.first().map(|m| m.account);
    let any = app.store.accounts().await?.first().map(|a| a.id);
    let base = &app.settings.base_url;
    let link = ResetLink::new(app.entropy.as_ref(), base, app.now());
    let letter = Letter {
        to: address,
        subject: &say!("mail-reset-subject"),
        lead: &say!("mail-reset-lead"),
        button: &say!("reset-title"),
        link: link.address,
        end: &say!("mail-reset-end"),
        seen: Seen::ByReaderOnly,
    };
    let mail = match own.or(any) {
        Some(account) => letter
            .write(app, account)
            .await?
            .map(|mail| (account, mail)),
        None => None,
    };
    let mail = mail.filter(|_| own.is_some());
    app.store.reset_ask(link.door, user, mail).await?;
    app.wake();
    Ok(())
}

/// A link that sets a new password.
#[derive(Debug)]
pub struct ResetLink {
    /// What the store keeps of it.
    pub door: NewDoor,
    /// What the person opens; shown once.
    pub address: String,
}

impl ResetLink {
    /// A new one, below the address that the pages are reached by.
    pub fn new(entropy: &dyn Entropy, base_url: &str, now: Timestamp) -> Self {
        let token = Token::new(entropy);
        let base = base_url.trim_end_matches('/');
        Self {
            door: NewDoor {
                token_hash: token.hash(),
                expires_at: now + RESET_LIFE,
            },
            address: format!("{base}/reset/{}", token.expose()),
        }
    }
}

/// No user has this number: ids begin with their time.
const NOBODY: UserId = UserId::from_i64(0);

/// A new password.
#[derive(Deserialize)]
pub(crate) struct ResetForm {
    password: String,
}

async fn reset_of(app: &App, token: &str) -> Result<([u8; 32], UserId), PageFault> {
    let hash = sha256(token.as_bytes());
    match app.store.door(hash).await? {
        Some(Door::Reset(Some(user))) => Ok((hash, user)),
        _ => Err(PageFault::DoorShut),
    }
}

/// The form for a new password.
pub(crate) async fn reset(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Html<String>, PageFault> {
    reset_of(&app, &token).await?;
    app.templates.show(&ResetPage {
        rehearsal: is_rehearsal(&app),
        fault: None,
        token,
    })
}

/// Sets it; every session of the user ends.
pub(crate) async fn reset_post(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    Form(form): Form<ResetForm>,
) -> Result<Response, PageFault> {
    let (door, user) = reset_of(&app, &token).await?;
    let hash = match hashed(&app, &form.password).await {
        Ok(hash) => hash,
        Err(fault) => {
            let page = app.templates.show(&ResetPage {
                rehearsal: is_rehearsal(&app),
                fault: Some(fault.told().to_string()),
                token,
            })?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    app.store.reset_done(door, user, &hash).await?;
    Ok(Redirect::to("/login?said=reset").into_response())
}

/// Who comes in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct InviteForm {
    name: String,
    password: String,
}

async fn invited_by(app: &App, token: &str) -> Result<([u8; 32], AccountId, Invited), PageFault> {
    let hash = sha256(token.as_bytes());
    match app.store.door(hash).await? {
        Some(Door::Invite { account, invited }) => Ok((hash, account, invited)),
        _ => Err(PageFault::DoorShut),
    }
}

async fn invite_page(
    app: &App,
    (account, invited): (AccountId, &Invited),
    (token, name, fault): (String, String, Option<String>),
) -> Result<Html<String>, PageFault> {
    let known = app.store.user_by_address(&invited.address).await?;
    let row = app.store.account(account).row().await?;
    app.templates.show(&InvitePage {
        rehearsal: is_rehearsal(app),
        fault,
        token,
        account: row.name,
        address: invited.address.expose().to_owned(),
        role: role_name(invited.role),
        known: known.is_some(),
        name,
    })
}

/// What the invitation is to; a button to follow it.
pub(crate) async fn invite(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Html<String>, PageFault> {
    let (_, account, invited) = invited_by(&app, &token).await?;
    let asked = (token, String::new(), None);
    invite_page(&app, (account, &invited), asked).await
}

/// Lets the person in. Who is new sets a password and has a session; who is known logs in as ever.
pub(crate) async fn invite_post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(form): Form<InviteForm>,
) -> Result<Response, PageFault> {
    let (door, account, invited) = invited_by(&app, &token).await?;
    let scope = app.store.account(account);
    if let Some(known) = app.store.user_by_address(&invited.address).await? {
        let joining = Joining::Known(known.id);
        scope.join(door, joining, invited.role).await?;
        return Ok(Redirect::to("/login?said=joined").into_response());
    }
    let hash = match ready(&app, &form).await {
        Ok(hash) => hash,
        Err(fault) => {
            let asked = (token, form.name, Some(fault));
            let page = invite_page(&app, (account, &invited), asked).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let new = NewUser {
        address: invited.address,
        name: form.name.trim().to_owned(),
        password_hash: hash,
    };
    let joined = scope.join(door, Joining::New(new), invited.role).await?;
    let slug = scope.slug().await?;
    enter(&app, &headers, joined, &format!("/a/{slug}/campaigns")).await
}

/// The hash of the password, where name and password can be used.
async fn ready(app: &App, form: &InviteForm) -> Result<String, String> {
    let name = form.name.trim();
    let fits = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    if !fits {
        return Err(say!("invite-name-fault", n = NAME_CHARS_MAX));
    }
    hashed(app, &form.password)
        .await
        .map_err(|f| f.told().into())
}
