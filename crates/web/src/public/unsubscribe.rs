//! Unsubscribe: `/u/{token}`. POST withdraws before it answers (RFC 8058); GET shows the choices and changes nothing.

use std::sync::Arc;

use avow_compose::{MessageRef, Token};
use avow_model::{Purpose, PurposeSelector};
use avow_store::Contact;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::choice::{Deed, is_withdrawn, leave_list, withdraw};
use super::governed::Leaf;
use super::letter::{Fault, Room, instant, masked};
use super::peer::Peer;
use super::single::purpose_of;
use super::tongue::Tongue;
use crate::App;

/// How much is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Mail of this purpose: what one click means.
    This,
    AllMarketing,
    Any,
}

impl Stop {
    const ALL: [Self; 3] = [Self::This, Self::AllMarketing, Self::Any];

    const fn word(self) -> &'static str {
        match self {
            Self::This => "this",
            Self::AllMarketing => "marketing",
            Self::Any => "any",
        }
    }

    fn selector(self, purpose: &Purpose) -> PurposeSelector {
        match self {
            Self::This => PurposeSelector::One(purpose.clone()),
            Self::AllMarketing => PurposeSelector::AllMarketing,
            Self::Any => PurposeSelector::Any,
        }
    }

    /// From a posted body. Whatever is not one of our buttons is the mail program's one click: the body
    /// may be of either form type, or empty, and a no is never refused for its form.
    fn of(body: &[u8]) -> Self {
        let posted = |word: &str| {
            let wanted = format!("stop={word}");
            body.split(|b| *b == b'&')
                .any(|pair| pair == wanted.as_bytes())
        };
        Self::ALL
            .into_iter()
            .find(|s| posted(s.word()))
            .unwrap_or(Self::This)
    }
}

#[derive(Debug, Serialize)]
struct StopPage {
    address: String,
    action: String,
    done: Vec<String>,
    choices: Vec<Choice>,
    preferences_url: String,
    why_url: String,
}

#[derive(Debug, Serialize)]
struct Choice {
    value: &'static str,
    title: String,
    what: String,
    button: String,
    in_effect: bool,
}

/// A message, with everything that its page needs.
struct Found {
    room: Room,
    message: MessageRef,
    purpose: Purpose,
    contact: Contact,
    tongue: Tongue,
}

/// Shows the button and the choices.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    tongue: Tongue,
) -> Response {
    let shown = async {
        let found = find(&app, &token, tongue).await?;
        page(&app, &found, &token, Vec::new()).await
    };
    app.answer(shown.await)
}

/// Withdraws, durable before the answer. Needs no cookie, follows no redirect, may come from anywhere.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    (peer, tongue): (Peer, Tongue),
    body: Bytes,
) -> Response {
    let stopped = async {
        let found = find(&app, &token, tongue).await?;
        let stop = Stop::of(&body);
        let done = carry_out(&app, &found, stop, peer).await?;
        page(&app, &found, &token, done).await
    };
    app.answer(stopped.await)
}

async fn find(app: &App, token: &str, tongue: Tongue) -> Result<Found, Fault> {
    let pick = |t| match t {
        Token::Unsubscribe(message) => Some(message),
        _ => None,
    };
    let message = app.open(token, pick)?;
    let room = app.room(message.account).await?;
    let purpose = purpose_of(&room, message).await?;
    let contact = room
        .scope
        .contact(message.contact)
        .await?
        .ok_or(Fault::Gone)?;
    Ok(Found {
        room,
        message,
        purpose,
        contact,
        tongue,
    })
}

async fn carry_out(app: &App, found: &Found, stop: Stop, peer: Peer) -> Result<Vec<String>, Fault> {
    let now = app.now();
    let title = title_of(app, found);
    let deed = Deed {
        brand: None,
        contact: found.message.contact,
        at: now,
        ip: peer.0.to_string(),
        page: "/u/",
        wording: button(stop, &title),
    };
    withdraw(&found.room, &deed, vec![stop.selector(&found.purpose)]).await?;
    leave_list(&found.room, found.message.campaign, found.message.contact).await?;
    let at = instant(now);
    let said = match stop {
        Stop::This => say!("stop-done-this", at = at, title = title),
        Stop::AllMarketing => say!("stop-done-marketing", at = at),
        Stop::Any => say!("stop-done-any", at = at),
    };
    Ok(vec![said, say!("stop-done-next")])
}

fn title_of(app: &App, found: &Found) -> String {
    let version = found.room.version(app.now());
    let spoken = version.and_then(|v| found.tongue.spoken(v));
    let rule = spoken.as_deref().and_then(|v| v.purpose(&found.purpose));
    rule.map_or_else(|| found.purpose.to_string(), |r| r.title.clone())
}

fn button(stop: Stop, title: &str) -> String {
    match stop {
        Stop::This => say!("stop-this", title = title),
        Stop::AllMarketing => say!("stop-marketing"),
        Stop::Any => say!("stop-any"),
    }
}

async fn page(app: &App, found: &Found, token: &str, done: Vec<String>) -> Result<Leaf, Fault> {
    let facts = found.room.scope.facts(found.message.contact).await?;
    let title = title_of(app, found);
    let letter = app.letter(&found.room, told!("sheet-unsubscribe"));
    let choice = |stop: Stop| Choice {
        value: stop.word(),
        title: match stop {
            Stop::This => title.clone(),
            Stop::AllMarketing => say!("stop-marketing-title"),
            Stop::Any => say!("stop-any-title"),
        },
        what: match stop {
            Stop::This => say!("stop-this-what"),
            Stop::AllMarketing => say!("stop-marketing-what"),
            Stop::Any => say!("stop-any-what"),
        },
        button: button(stop, &title),
        in_effect: is_withdrawn(&facts, &stop.selector(&found.purpose)),
    };
    let heading = if done.is_empty() {
        say!("stop-title")
    } else {
        say!("stop-done-title")
    };
    let context = StopPage {
        address: found
            .contact
            .address
            .as_ref()
            .map(masked)
            .unwrap_or_default(),
        action: format!("/u/{token}"),
        done,
        choices: Stop::ALL.into_iter().map(choice).collect(),
        preferences_url: app.urls.preferences(
            &app.tokens,
            found.message.account,
            found.message.contact,
        ),
        why_url: app.urls.of(&app.tokens, &Token::Why(found.message)),
    };
    app.sheet("unsubscribe", (&letter, &heading), &context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_programs_click_in_any_form_stops_this_purpose() {
        let multipart = b"--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        for body in [
            &b"List-Unsubscribe=One-Click"[..],
            multipart,
            b"",
            b"stop=nonsense",
        ] {
            assert_eq!(Stop::of(body), Stop::This);
        }
        assert_eq!(Stop::of(b"stop=marketing"), Stop::AllMarketing);
        assert_eq!(Stop::of(b"x=1&stop=any"), Stop::Any);
    }
}
