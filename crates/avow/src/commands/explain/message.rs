//! What became of one message to the person: of a campaign, or a single one; every attempt with what was said.

use anyhow::{Context, Result, bail};
use avow_model::{CampaignId, ContactId, Outcome, OutgoingId, RecipientState};
use avow_store::{AccountScope, AttemptLine, Campaign, Contact, RecipientLine, SingleLine};
use serde::Serialize;

use super::{Told, stored};
use crate::commands::report;
use crate::lines::Lines;

/// Messages that are listed: who wants older ones names them.
const LISTED_MAX: usize = 20;

/// What became of a message.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    outcome: &'static str,
    at: String,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<String>,
    reply_code: Option<u16>,
    reply: Option<String>,
    reasons: Vec<Told>,
    /// Attempts that were put off, in their order.
    put_off: Vec<Attempt>,
}

#[derive(Debug, Serialize)]
struct Attempt {
    n: u32,
    at: String,
    reply_code: Option<u16>,
    reply: Option<String>,
}

/// One line of the list.
#[derive(Debug, Serialize)]
pub(super) struct Brief {
    /// What `--campaign`, or `--message`, takes.
    id: String,
    what: String,
    outcome: &'static str,
    at: String,
}

/// Of a campaign; `None` for somebody whom the campaign's segment passed over.
pub(super) async fn of_campaign(
    scope: &AccountScope,
    campaign: &Campaign,
    contact: &Contact,
) -> Result<Option<Message>> {
    let id = campaign.id;
    let Some(line) = scope.recipient_of(id, contact.id).await? else {
        if campaign.segment.is_some() {
            return Ok(None);
        }
        bail!(
            "the person is not in the audience of {id}: not on its list when it started, or not a contact then"
        );
    };
    let attempts = scope.attempts(id, line.seq).await?;
    Ok(Some(row(line, attempts)))
}

fn row(line: RecipientLine, attempts: Vec<AttemptLine>) -> Message {
    let message = avow_model::MessageId {
        campaign: line.campaign,
        seq: line.seq,
    };
    Message {
        message: message.to_string(),
        campaign: Some(line.campaign.to_string()),
        purpose: None,
        outcome: line.state.as_str(),
        at: line.updated_at.to_string(),
        attempts: line.attempts,
        next_at: line.next_at.map(|at| at.to_string()),
        reply_code: line.reply_code,
        reply: line.reply,
        reasons: codes(&line.reasons),
        put_off: attempts.into_iter().map(attempt).collect(),
    }
}

/// A single message to this person.
pub(super) async fn single(
    scope: &AccountScope,
    id: OutgoingId,
    contact: ContactId,
) -> Result<Message> {
    let found = scope.single(id).await?;
    let line = found.filter(|line| line.contact == contact);
    let line = line.with_context(|| format!("there is no message {id} to this person"))?;
    let attempts = scope.single_attempts(id).await?;
    let refused = line.state == RecipientState::At(Outcome::Refused);
    let (reasons, reply) = match line.reply {
        Some(said) if refused => (codes(&said), None),
        said => (Vec::new(), said),
    };
    Ok(Message {
        message: id.to_string(),
        campaign: None,
        purpose: line.purpose.map(|purpose| purpose.to_string()),
        outcome: line.state.as_str(),
        at: line.updated_at.to_string(),
        attempts: line.attempts,
        next_at: line.next_at.map(|at| at.to_string()),
        reply_code: line.reply_code,
        reply,
        reasons,
        put_off: attempts.into_iter().map(attempt).collect(),
    })
}

fn codes(text: &str) -> Vec<Told> {
    report::codes(text).into_iter().map(stored).collect()
}

fn attempt(line: AttemptLine) -> Attempt {
    Attempt {
        n: line.n,
        at: line.at.to_string(),
        reply_code: line.reply_code,
        reply: line.reply,
    }
}

/// The newest messages to a person, of campaigns and single ones.
pub(super) async fn newest(scope: &AccountScope, contact: ContactId) -> Result<Vec<Brief>> {
    let mut rows = scope.recipients_of(contact).await?;
    rows.truncate(LISTED_MAX);
    let ids: Vec<CampaignId> = rows.iter().map(|row| row.campaign).collect();
    let names = scope.campaign_names(&ids).await?;
    let name = |id| {
        let found = names.iter().find(|(known, _)| *known == id);
        found.map_or_else(String::new, |(_, name)| name.clone())
    };
    let of_campaign = rows.iter().map(|row| {
        let brief = Brief {
            id: row.campaign.to_string(),
            what: name(row.campaign),
            outcome: row.state.as_str(),
            at: row.updated_at.to_string(),
        };
        (row.updated_at, brief)
    });
    let singles = scope.singles_of(contact, LISTED_MAX as u32).await?;
    let single = singles.iter().map(|line| (line.updated_at, brief(line)));
    let mut all: Vec<_> = of_campaign.chain(single).collect();
    all.sort_by(|(a, _), (b, _)| b.cmp(a));
    all.truncate(LISTED_MAX);
    Ok(all.into_iter().map(|(_, brief)| brief).collect())
}

fn brief(line: &SingleLine) -> Brief {
    let purpose = line.purpose.as_ref();
    Brief {
        id: line.id.to_string(),
        what: purpose.map_or_else(|| "confirmation".to_owned(), ToString::to_string),
        outcome: line.state.as_str(),
        at: line.updated_at.to_string(),
    }
}

/// The message in sentences.
pub(super) fn told(m: &Message, text: &mut Lines) {
    let stands = match m.outcome {
        outcome if outcome == RecipientState::Waiting.as_str() => "waits".to_owned(),
        outcome => format!("is {outcome}"),
    };
    let attempts = match m.attempts {
        0 => "it was never tried".to_owned(),
        1 => "after one attempt".to_owned(),
        n => format!("after {n} attempts"),
    };
    text.line(format_args!(
        "The message {stands} since {}, {attempts}.",
        m.at
    ));
    for attempt in &m.put_off {
        text.line(format_args!(
            "  {}: attempt {} was put off: {}",
            attempt.at,
            attempt.n,
            attempt.reply.as_deref().unwrap_or("no answer")
        ));
    }
    if let Some(reply) = &m.reply {
        text.line(format_args!("The receiving server said: {reply}"));
    }
    for told in &m.reasons {
        text.line(format_args!("  {} [{}]", told.text, told.code));
    }
}

/// The list.
pub(super) fn list(messages: &[Brief], text: &mut Lines) {
    if !messages.is_empty() {
        text.line("\nMessages, newest first:");
    }
    for message in messages {
        text.line(format_args!(
            "  {} {:<10} {} ({})",
            message.at, message.outcome, message.what, message.id
        ));
    }
}
