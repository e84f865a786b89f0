//! One message to one recipient: what happened, what the other server said, why it was permitted or refused.

use std::sync::Arc;

use avow_model::{Outcome, RecipientState, Timestamp};
use avow_store::{AttemptLine, RecipientLine};
use axum::extract::{Path, State};
use axum::response::Html;

use super::load::Loaded;
use super::people::address;
use super::reasons;
use super::view::{Crumb, Event, MessagePage, Said};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::staff::{self, Veil};
use crate::client_center::words::{Tone, When, recipient_badge};
use crate::{App, PageFault};

fn tone(state: RecipientState) -> Tone {
    recipient_badge(state).tone
}

fn sentence(row: &RecipientLine, veil: Veil) -> String {
    let who = address(row, veil);
    let tries = match row.attempts {
        0 | 1 => String::new(),
        n => format!(", at attempt {n}"),
    };
    match row.state {
        RecipientState::Waiting => format!("The message to {who} waits for its turn."),
        RecipientState::At(Outcome::Delivered) => {
            format!("The server of {who} took the message{tries}.")
        }
        RecipientState::At(Outcome::Deferred) => {
            format!("The server of {who} asked to wait. The message is tried again.")
        }
        RecipientState::At(Outcome::Bounced) => {
            format!("The server of {who} refused the message for good{tries}.")
        }
        RecipientState::At(Outcome::Expired) => {
            format!("The message to {who} was put off until its time ran out.")
        }
        RecipientState::At(Outcome::Refused) => format!("Nothing was sent to {who}."),
        RecipientState::At(Outcome::Unknown) => format!(
            "The message to {who} left, and the connection broke before the answer. It may have arrived."
        ),
    }
}

fn attempt(line: AttemptLine, now: Timestamp) -> Event {
    Event {
        tone: Tone::Notice,
        text: format!("Attempt {}: put off.", line.n),
        when: Some(When::new(line.at, now)),
        reply: line.reply,
    }
}

fn last(row: &RecipientLine, now: Timestamp) -> Event {
    let text = match row.state {
        RecipientState::Waiting => "Waiting for the first attempt.".to_owned(),
        RecipientState::At(Outcome::Refused) => "Refused before it left.".to_owned(),
        RecipientState::At(Outcome::Deferred) => format!("Attempt {}: put off.", row.attempts),
        RecipientState::At(outcome) => format!("Attempt {}: {outcome}.", row.attempts.max(1)),
    };
    Event {
        tone: tone(row.state),
        text,
        when: Some(When::new(row.updated_at, now)),
        reply: row.reply.clone(),
    }
}

fn events(row: &RecipientLine, attempts: Vec<AttemptLine>, now: Timestamp) -> Vec<Event> {
    let earlier = attempts.into_iter().filter(|a| {
        // The last deferral is both an attempt and the row itself.
        !(row.state == RecipientState::At(Outcome::Deferred) && a.n == row.attempts)
    });
    let mut events: Vec<_> = earlier.map(|a| attempt(a, now)).collect();
    events.push(last(row, now));
    if let Some(next) = row.next_at {
        events.push(Event {
            tone: Tone::Neutral,
            text: "The next attempt.".to_owned(),
            when: Some(When::new(next, now)),
            reply: None,
        });
    }
    events
}

fn said(code: &str) -> Said {
    let (text, remedy) = reasons::of_code(code);
    let allows = code.starts_with("A_");
    Said {
        tone: if allows { Tone::Good } else { Tone::Bad },
        text,
        remedy: (!allows && !remedy.is_empty()).then_some(remedy),
    }
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Path((_, _, seq)): Path<(String, String, u32)>,
    loaded: Loaded,
) -> Result<Html<String>, PageFault> {
    let account = &loaded.member.account;
    let id = loaded.campaign.id;
    let row = account.recipient(id, seq).await?;
    let row = row.ok_or(PageFault::NotFound)?;
    let attempts = account.attempts(id, seq).await?;
    let campaigns = format!("{}/campaigns", loaded.member.base());
    let crumbs = vec![
        Crumb::new(campaigns, "Campaigns"),
        Crumb::new(loaded.base(), &loaded.campaign.name),
        Crumb::new(format!("{}/people", loaded.base()), "People"),
    ];
    let shown = shown(&app, &loaded.member, (row, attempts), crumbs).await?;
    app.templates.show(&shown)
}

/// A message with what happened to it, as far as the member may see it.
pub(in crate::client_center) async fn shown(
    app: &App,
    member: &Member,
    (mut row, mut attempts): (RecipientLine, Vec<AttemptLine>),
    crumbs: Vec<Crumb>,
) -> Result<MessagePage, PageFault> {
    let veil = staff::veil(app, member).await?;
    let replies = attempts.iter_mut().map(|attempt| &mut attempt.reply);
    for reply in replies.chain([&mut row.reply]).flatten() {
        *reply = veil.reply(reply);
    }
    let refused = row.state == RecipientState::At(Outcome::Refused);
    let contact = format!("{}/contacts/{}", member.base(), row.contact);
    Ok(MessagePage {
        shell: member.shell(Noun::Campaigns),
        crumbs,
        address: address(&row, veil),
        badge: recipient_badge(row.state),
        contact_href: Some(contact),
        sentence: sentence(&row, veil),
        why_title: if refused {
            "Why it was refused"
        } else {
            "Why it was permitted"
        },
        reasons: reasons::codes(&row.reasons).map(said).collect(),
        events: events(&row, attempts, app.now()),
    })
}
