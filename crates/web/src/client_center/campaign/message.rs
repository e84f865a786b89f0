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
    let told = match (row.state, row.attempts) {
        (RecipientState::Waiting, _) => told!("message-waiting"),
        (RecipientState::At(Outcome::Delivered), 0 | 1) => told!("message-delivered"),
        (RecipientState::At(Outcome::Delivered), n) => told!("message-delivered-at", n = n),
        (RecipientState::At(Outcome::Deferred), _) => told!("message-deferred"),
        (RecipientState::At(Outcome::Bounced), 0 | 1) => told!("message-bounced"),
        (RecipientState::At(Outcome::Bounced), n) => told!("message-bounced-at", n = n),
        (RecipientState::At(Outcome::Expired), _) => told!("message-expired"),
        (RecipientState::At(Outcome::Refused), _) => told!("message-refused"),
        (RecipientState::At(Outcome::Unknown), _) => told!("message-unknown"),
    };
    told.with("who", who).into()
}

fn attempt(line: AttemptLine, now: Timestamp) -> Event {
    Event {
        tone: Tone::Notice,
        text: say!("attempt-put-off", n = line.n),
        when: Some(When::new(line.at, now)),
        reply: line.reply,
    }
}

fn last(row: &RecipientLine, now: Timestamp) -> Event {
    let n = row.attempts.max(1);
    let text = match row.state {
        RecipientState::Waiting => say!("attempt-first"),
        RecipientState::At(Outcome::Refused) => say!("attempt-none"),
        RecipientState::At(Outcome::Deferred) => say!("attempt-put-off", n = row.attempts),
        RecipientState::At(Outcome::Delivered) => say!("attempt-delivered", n = n),
        RecipientState::At(Outcome::Bounced) => say!("attempt-bounced", n = n),
        RecipientState::At(Outcome::Expired) => say!("attempt-expired", n = n),
        RecipientState::At(Outcome::Unknown) => say!("attempt-unknown", n = n),
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
            text: say!("attempt-next"),
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
        Crumb::new(campaigns, &say!("noun-campaigns")),
        Crumb::new(loaded.base(), &loaded.campaign.name),
        Crumb::new(
            format!("{}/people", loaded.base()),
            &say!("settings-tab-people"),
        ),
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
            told!("message-why-refused")
        } else {
            told!("message-why-permitted")
        },
        reasons: reasons::codes(&row.reasons).map(said).collect(),
        events: events(&row, attempts, app.now()),
    })
}
