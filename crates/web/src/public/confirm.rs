//! The page behind the link of a confirmation mail: `/confirm/{token}`. Only its button confirms.

use std::sync::Arc;

use avow_collect::forms::{self, ConfirmFault, Desk, Pending};
use avow_compose::Token;
use avow_model::PurposeSelector;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::governed::Leaf;
use super::letter::{Fault, Link, Message, Room, instant, masked};
use super::signal::{Signal, said_no};
use crate::App;

#[derive(Debug, Serialize)]
struct ConfirmPage {
    address: String,
    asked_on: String,
    wordings: Vec<String>,
    action: String,
}

/// Shows what waits for confirmation; changes nothing.
pub(super) async fn get(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    let shown = async {
        let (room, pending) = find(&app, &token).await?;
        if pending.waiting.is_empty() {
            return done(&app, &room, &pending);
        }
        let page = ConfirmPage {
            address: masked(&pending.address),
            asked_on: instant(pending.asked_at),
            wordings: pending.wordings,
            action: format!("/confirm/{token}"),
        };
        let letter = app.letter(&room, told!("sheet-sign-up"));
        app.sheet("confirm", (&letter, &say!("confirm-title")), &page)
    };
    app.answer(shown.await)
}

/// Records the confirmation before it answers; pressing twice changes nothing.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    signal: Signal,
) -> Response {
    let confirmed = async {
        let (room, mut pending) = find(&app, &token).await?;
        let silenced = silence(&app, &room, (&mut pending, signal));
        forms::confirm(&room.scope, &pending, app.now()).await?;
        match silenced {
            0 => done(&app, &room, &pending),
            n => partly_done(&app, &room, &pending, n),
        }
    };
    app.answer(confirmed.await)
}

async fn find(app: &App, token: &str) -> Result<(Room, Pending), Fault> {
    let pick = |t| match t {
        Token::Confirm {
            account,
            contact,
            fact,
            expires,
        } => Some((account, contact, fact, expires)),
        _ => None,
    };
    let (account, contact, fact, expires) = app.open(token, pick)?;
    let room = app.room(account).await?;
    let pending =
        forms::pending(&room.scope, contact, fact)
            .await
            .map_err(|fault| match fault {
                ConfirmFault::Gone => Fault::Gone,
                ConfirmFault::Store(fault) => Fault::Store(fault),
            })?;
    // What was confirmed in time stays confirmed, whenever the page is opened again.
    if app.now() >= expires && !pending.waiting.is_empty() {
        return Err(Fault::Expired);
    }
    Ok((room, pending))
}

/// Takes out of what waits whatever the browser's signal says no to; tells how much that was.
fn silence(app: &App, room: &Room, (pending, signal): (&mut Pending, Signal)) -> usize {
    let now = app.now();
    let desk = Desk {
        scope: &room.scope,
        account: &room.row,
        policies: &room.policies,
        tokens: &app.tokens,
        urls: &app.urls,
        signal: signal.0,
    };
    let Some(version) = room.version(now) else {
        return 0;
    };
    let before = pending.waiting.len();
    pending.waiting.retain(|selector| match selector {
        PurposeSelector::One(purpose) => !forms::signal_says_no(&desk, version, purpose, now),
        PurposeSelector::AllMarketing | PurposeSelector::Any => true,
    });
    before - pending.waiting.len()
}

/// The page after a confirmation that a signal kept from being whole.
fn partly_done(app: &App, room: &Room, pending: &Pending, silenced: usize) -> Result<Leaf, Fault> {
    let address = pending.address.expose();
    let rest = match (silenced, pending.waiting.len()) {
        (_, 0) => say!("confirm-none", address = address),
        _ => say!("confirm-rest", address = address),
    };
    let preferences = app
        .urls
        .preferences(&app.tokens, room.row.id, pending.contact);
    let message = Message {
        paragraphs: vec![said_no(), say!("signal-no-sharing"), rest],
        link: Some(Link {
            url: preferences,
            text: say!("confirm-choices"),
        }),
    };
    let letter = app.letter(room, told!("sheet-sign-up"));
    app.sheet(
        "message",
        (&letter, &say!("confirm-signal-title")),
        &message,
    )
}

fn done(app: &App, room: &Room, pending: &Pending) -> Result<Leaf, Fault> {
    let preferences = app
        .urls
        .preferences(&app.tokens, room.row.id, pending.contact);
    let address = pending.address.expose();
    let message = Message {
        paragraphs: vec![
            say!(
                "confirm-done",
                address = address,
                what = pending.wordings.join(" ")
            ),
            say!("confirm-mind"),
        ],
        link: Some(Link {
            url: preferences,
            text: say!("confirm-choices"),
        }),
    };
    let letter = app.letter(room, told!("sheet-sign-up"));
    app.sheet("message", (&letter, &say!("confirm-done-title")), &message)
}
