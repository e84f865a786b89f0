//! Preferences: `/p/{token}`. Everything that the policy in force lets a person choose, and "stop everything".
//!
//! Promises: made from the policy alone (`preference_controls`); a POST is in effect before its page shows; works
//! without JavaScript. Never: changes what was not shown.

mod page;
mod save;

use std::sync::Arc;

use avow_collect::forms::Desk;
use avow_compose::Token;
use avow_model::ContactId;
use avow_store::Contact;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;

use super::letter::{Fault, Room};
use super::peer::Peer;
use super::signal::Signal;
use super::tongue::Tongue;
use crate::App;

type Pairs = Vec<(String, String)>;

/// A person with everything that the page needs.
struct Found {
    room: Room,
    contact: Contact,
    id: ContactId,
    tongue: Tongue,
    signal: Signal,
}

/// What was done, in sentences, and a warning where something was not.
#[derive(Debug, Default)]
struct Said {
    done: Vec<String>,
    warning: Option<String>,
}

/// Shows how things stand.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    circumstances: (Tongue, Signal),
) -> Response {
    let shown = async {
        let found = find(&app, &token, circumstances).await?;
        page::page(&app, &found, &token, Said::default()).await
    };
    app.answer(shown.await)
}

/// Records the choices, then shows how things stand.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    (peer, tongue, signal): (Peer, Tongue, Signal),
    Form(posted): Form<Pairs>,
) -> Response {
    let saved = async {
        let found = find(&app, &token, (tongue.clone(), signal)).await?;
        let said = save::save(&app, &found, &posted, peer).await?;
        // What was saved is read again: the page shows what holds, not what was meant.
        let found = find(&app, &token, (tongue, signal)).await?;
        page::page(&app, &found, &token, said).await
    };
    app.answer(saved.await)
}

async fn find(app: &App, token: &str, (tongue, signal): (Tongue, Signal)) -> Result<Found, Fault> {
    let pick = |t| match t {
        Token::Preferences { account, contact } => Some((account, contact)),
        _ => None,
    };
    let (account, id) = app.open(token, pick)?;
    let room = app.room(account).await?;
    let contact = room
        .scope
        .contact(id)
        .await?
        .filter(|c| c.address.is_some())
        .ok_or(Fault::Gone)?;
    Ok(Found {
        room,
        contact,
        id,
        tongue,
        signal,
    })
}

fn posted_as<'p>(posted: &'p Pairs, name: &str) -> impl Iterator<Item = &'p str> {
    posted
        .iter()
        .filter(move |(n, _)| n == name)
        .map(|(_, v)| v.as_str())
}

fn desk<'a>(app: &'a App, found: &'a Found) -> Desk<'a> {
    Desk {
        scope: &found.room.scope,
        account: &found.room.row,
        policies: &found.room.policies,
        tokens: &app.tokens,
        urls: &app.urls,
        signal: found.signal.0,
    }
}
