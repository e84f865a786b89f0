//! Messages to one person: those of campaigns and single ones beside each other, and the page of a single one.

use std::sync::Arc;

use avow_model::{CampaignId, ContactId, Outcome, OutgoingId, RecipientState, Timestamp};
use avow_store::{AccountScope, OutgoingKind, RecipientLine, SingleLine, StoreError};
use axum::extract::{Path, State};
use axum::response::Html;

use super::campaign::message_shown;
use super::campaign::view::Crumb;
use super::guard::Member;
use super::view::MessageLine;
use super::words::{When, recipient_badge};
use crate::{App, PageFault};

/// Messages on a person's page: as many as somebody reads.
const MESSAGES_MAX: usize = 20;

/// The newest messages to a person.
pub(super) async fn messages_of(
    app: &App,
    member: &Member,
    contact: ContactId,
) -> Result<Vec<MessageLine>, PageFault> {
    let (account, base, now) = (&member.account, member.base(), app.now());
    let mut lines = of_campaigns(account, &base, (contact, now)).await?;
    let singles = account.singles_of(contact, MESSAGES_MAX as u32).await?;
    lines.extend(singles.iter().map(|single| line(single, &base, now)));
    lines.sort_by(|(a, _), (b, _)| b.cmp(a));
    lines.truncate(MESSAGES_MAX);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

async fn of_campaigns(
    account: &AccountScope,
    base: &str,
    (contact, now): (ContactId, Timestamp),
) -> Result<Vec<(Timestamp, MessageLine)>, StoreError> {
    let mut rows = account.recipients_of(contact).await?;
    rows.truncate(MESSAGES_MAX);
    let ids: Vec<CampaignId> = rows.iter().map(|row| row.campaign).collect();
    let names = account.campaign_names(&ids).await?;
    let name = |id| {
        let found = names.binary_search_by_key(&id, |(id, _)| *id).ok();
        found.map_or_else(String::new, |at| names[at].1.clone())
    };
    let line = |row: &avow_store::ContactMessage| {
        let line = MessageLine {
            href: format!("{base}/campaigns/{}/messages/{}", row.campaign, row.seq),
            what: name(row.campaign),
            badge: recipient_badge(row.state),
            when: When::new(row.updated_at, now),
        };
        (row.updated_at, line)
    };
    Ok(rows.iter().map(line).collect())
}

fn line(single: &SingleLine, base: &str, now: Timestamp) -> (Timestamp, MessageLine) {
    let line = MessageLine {
        href: format!("{base}/messages/{}", single.id),
        what: what(single),
        badge: recipient_badge(single.state),
        when: When::new(single.updated_at, now),
    };
    (single.updated_at, line)
}

fn what(single: &SingleLine) -> String {
    match (single.kind, &single.purpose) {
        (OutgoingKind::Confirmation, _) => say!("single-line-confirmation"),
        (OutgoingKind::Test, _) => say!("single-line-test"),
        (OutgoingKind::Message, Some(purpose)) => {
            say!("single-line-purpose", purpose = purpose.to_string())
        }
        (OutgoingKind::Staff, _) => say!("single-line-staff"),
        (OutgoingKind::Message, None) => say!("single-line-message"),
    }
}

/// A single message as the page of a campaign's message shows it: why it was refused stands where it has codes.
fn row(single: SingleLine, address: Option<avow_model::EmailAddress>) -> RecipientLine {
    let refused = single.state == RecipientState::At(Outcome::Refused);
    let (reasons, reply) = match single.reply {
        Some(codes) if refused => (codes, None),
        reply => (String::new(), reply),
    };
    let message = single.id.message();
    RecipientLine {
        campaign: message.campaign,
        seq: message.seq,
        contact: single.contact,
        address,
        state: single.state,
        attempts: single.attempts,
        next_at: single.next_at,
        reply_code: single.reply_code,
        reply,
        reasons,
        updated_at: single.updated_at,
    }
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Html<String>, PageFault> {
    let id: OutgoingId = id.parse().map_err(|_| PageFault::NotFound)?;
    let account = &member.account;
    let single = account.single(id).await?.ok_or(PageFault::NotFound)?;
    let attempts = account.single_attempts(id).await?;
    let contact = account.contact(single.contact).await?;
    let address = contact.and_then(|contact| contact.address);
    let contacts = format!("{}/contacts", member.base());
    let person = format!("{contacts}/{}", single.contact);
    let crumbs = vec![
        Crumb::new(contacts, &say!("noun-contacts")),
        Crumb::new(person, &what(&single)),
    ];
    let shown = message_shown(&app, &member, (row(single, address), attempts), crumbs).await?;
    app.templates.show(&shown)
}
