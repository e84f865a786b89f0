//! The first log-in of an installation: whoever has the address that `avow serve` printed.
//!
//! Promises: the token serves once, for a day, in the process that printed it; nothing keeps it; without it nobody
//! becomes the owner, however often they try. The store lets one of several have it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use avow_collect::forms::Slots;
use avow_model::{EmailAddress, Entropy, Timestamp};
use avow_store::NewUser;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::rail;
use super::view::ClaimPage;
use crate::client_center::enter::{enter, hashed, sha256};
use crate::client_center::login::is_rehearsal;
use crate::password::PASSWORD_CHARS_MIN;
use crate::public::Peer;
use crate::session::Token;
use crate::{App, PageFault};

/// Long enough to install today and set up tomorrow; a restart prints a new one.
const LIFE: std::time::Duration = std::time::Duration::from_hours(24);
/// Looks at the address from one network in ten minutes: a person reloads a few times, a program tries thousands.
const TRIES_MAX: u32 = 20;
const TRIES_WINDOW_S: i64 = 600;
/// Networks that are counted at once.
const KEYS_MAX: usize = 4_096;

/// The address that the first owner opens.
#[derive(Debug)]
pub struct ClaimLink {
    hash: [u8; 32],
    expires_at: Timestamp,
    /// What the person opens; shown once.
    pub address: String,
}

impl ClaimLink {
    /// A new one, below the address that the pages are reached by.
    pub fn new(entropy: &dyn Entropy, base_url: &str, now: Timestamp) -> Self {
        let token = Token::new(entropy);
        let base = base_url.trim_end_matches('/');
        Self {
            hash: token.hash(),
            expires_at: now + LIFE,
            address: format!("{base}/setup/{}", token.expose()),
        }
    }
}

/// What this process knows of it: a hash, and who tried.
#[derive(Debug)]
pub(crate) struct Claim {
    hash: [u8; 32],
    expires_at: Timestamp,
    tries: Mutex<Slots<IpAddr>>,
}

impl Claim {
    pub(crate) fn new(link: &ClaimLink) -> Self {
        Self {
            hash: link.hash,
            expires_at: link.expires_at,
            tries: Mutex::new(Slots::new(TRIES_WINDOW_S, TRIES_MAX, KEYS_MAX)),
        }
    }

    /// False when this network has tried its share.
    fn may_try(&self, peer: Peer, now: Timestamp) -> bool {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.take(peer.network(), now)
    }

    fn opens(&self, token: &str, now: Timestamp) -> bool {
        sha256(token.as_bytes()) == self.hash && now < self.expires_at
    }
}

/// Who takes the installation.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ClaimForm {
    address: String,
    password: String,
}

/// Lets through whoever has the token of an installation that nobody has. Every try counts before it is looked at.
async fn must_open(app: &App, token: &str, peer: Peer) -> Result<(), PageFault> {
    let now = app.now();
    let Some(claim) = &app.claim else {
        return Err(PageFault::DoorShut);
    };
    if !claim.may_try(peer, now) {
        return Err(PageFault::TooManyTries);
    }
    if !claim.opens(token, now) || !app.store.is_unclaimed().await? {
        return Err(PageFault::DoorShut);
    }
    Ok(())
}

fn page(app: &App, token: String, address: String, fault: Option<String>) -> ClaimPage {
    ClaimPage {
        rehearsal: is_rehearsal(app),
        rail: rail::before(0),
        fault,
        token,
        address,
        password_chars_min: PASSWORD_CHARS_MIN,
    }
}

/// The form.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    peer: Peer,
) -> Result<Response, PageFault> {
    must_open(&app, &token, peer).await?;
    let page = page(&app, token, String::new(), None);
    Ok(app.templates.show(&page)?.into_response())
}

/// Makes the first user, who comes in at once.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    peer: Peer,
    headers: HeaderMap,
    Form(form): Form<ClaimForm>,
) -> Result<Response, PageFault> {
    must_open(&app, &token, peer).await?;
    let user = match ready(&app, &form).await {
        Ok(user) => user,
        Err(fault) => {
            let page = page(&app, token, form.address, Some(fault));
            let html = app.templates.show(&page)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, html).into_response());
        }
    };
    let user = app.store.claim(user).await?;
    enter(&app, &headers, user, "/accounts/new").await
}

async fn ready(app: &App, form: &ClaimForm) -> Result<NewUser, String> {
    let address: EmailAddress = form
        .address
        .trim()
        .parse()
        .map_err(|_| "Write your e-mail address: you log in with it.".to_owned())?;
    let password_hash = hashed(app, &form.password).await;
    Ok(NewUser {
        name: form
            .address
            .split('@')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned(),
        password_hash: password_hash.map_err(|fault| fault.to_string())?,
        address,
    })
}
