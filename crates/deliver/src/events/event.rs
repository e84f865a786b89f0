//! One event, made of an entry of the ledger or of a hit. Pure.

use avow_ledger::{Decided, Payload, PermitUse};
use avow_model::{
    AccountId, ContactId, Fact, FactKind, HitKind, MessageId, Outcome, OutgoingId, PurposeSelector,
    RecipientState, Timestamp,
};
use avow_store::{LogEntry, LoggedHit, MessageStanding};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cursor::Cursor;
use super::words::without_addresses;

/// What happened. Closed: programs choose by these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A server took responsibility for the message.
    Delivered,
    /// An attempt was put off; it is tried again.
    Deferred,
    /// A server refused the message for good.
    Bounced,
    /// The connection broke before the answer: it may have arrived.
    Unknown,
    /// The gate said no, and nothing left.
    Refused,
    /// The address is dead; nothing goes there any more.
    AddressEnded,
    /// The person called a message spam.
    Complained,
    /// The person wants no more of a purpose, or of all.
    Unsubscribed,
    Opened,
    Clicked,
}

impl What {
    pub const ALL: [Self; 10] = [
        Self::Delivered,
        Self::Deferred,
        Self::Bounced,
        Self::Unknown,
        Self::Refused,
        Self::AddressEnded,
        Self::Complained,
        Self::Unsubscribed,
        Self::Opened,
        Self::Clicked,
    ];

    /// The word that programs know it by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Deferred => "deferred",
            Self::Bounced => "bounced",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::AddressEnded => "address_ended",
            Self::Complained => "complained",
            Self::Unsubscribed => "unsubscribed",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == word)
    }
}

/// One event. Ids and what was said of the message; never an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The same whenever and however often the event is told.
    pub id: String,
    #[serde(rename = "type")]
    pub what: What,
    pub at: String,
    pub contact: ContactId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// Which link of the message, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<u16>,
    /// Who opened or clicked: `human`, or which sort of machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<&'static str>,
    /// Where to read on behind this event.
    pub cursor: String,
}

/// The message whose permit an entry says was used.
pub(super) fn used(entry: &LogEntry) -> Option<MessageId> {
    match &entry.payload {
        Payload::PermitUsed(used) => named(&used.message),
        _ => None,
    }
}

/// A message by the name that entries have for it.
fn named(text: &str) -> Option<MessageId> {
    let single = text.parse::<OutgoingId>().ok().map(OutgoingId::message);
    single.or_else(|| text.parse().ok())
}

impl Event {
    /// `None` of an entry that tells no event.
    pub(super) fn of_entry(
        entry: &LogEntry,
        standings: &[MessageStanding],
        (account, cursor): (AccountId, Cursor),
    ) -> Option<Self> {
        let bare = |what, at: Timestamp| Self {
            id: format!("{account}-l{}", entry.index),
            ..Self::bare(what, at, entry.contact, cursor)
        };
        match &entry.payload {
            Payload::PermitUsed(used) => {
                let message = named(&used.message)?;
                let standing = standings.iter().find(|s| s.message == message)?;
                let event = bare(became(used, *standing), used.at).about(message);
                Some(event.with(used))
            }
            Payload::Decision(decided) => {
                let no = Refusal::read(decided)?;
                Some(Self {
                    purpose: Some(no.purpose),
                    codes: no.codes,
                    ..bare(What::Refused, decided.at).about(named(&decided.message)?)
                })
            }
            Payload::Choice(fact) => {
                let (what, purpose) = chosen(fact)?;
                Some(Self {
                    purpose,
                    ..bare(what, fact.recorded_at)
                })
            }
            _ => None,
        }
    }

    pub(super) fn of_hit(hit: &LoggedHit, (account, cursor): (AccountId, Cursor)) -> Self {
        let (what, link) = match hit.kind {
            HitKind::Open => (What::Opened, None),
            HitKind::Click { link } => (What::Clicked, Some(link)),
        };
        Self {
            id: format!("{account}-h{}", hit.id.as_i64()),
            link,
            by: Some(hit.verdict.as_str()),
            ..Self::bare(what, hit.at, hit.contact, cursor).about(hit.message)
        }
    }

    fn bare(what: What, at: Timestamp, contact: ContactId, cursor: Cursor) -> Self {
        Self {
            id: String::new(),
            what,
            at: at.to_string(),
            contact,
            message: None,
            campaign: None,
            purpose: None,
            attempts: None,
            reply_code: None,
            reply: None,
            codes: Vec::new(),
            link: None,
            by: None,
            cursor: cursor.to_string(),
        }
    }

    /// Names the message as the API and the reports do.
    fn about(self, message: MessageId) -> Self {
        let single = OutgoingId::of_message(message);
        let name = single.map_or_else(|| message.to_string(), |id| id.to_string());
        Self {
            message: Some(name),
            campaign: single.is_none().then(|| message.campaign.to_string()),
            ..self
        }
    }

    fn with(self, used: &PermitUse) -> Self {
        let said = Some(used.reply.as_str()).filter(|reply| !reply.is_empty());
        Self {
            attempts: Some(used.attempts),
            reply_code: used.code,
            reply: said.map(without_addresses),
            ..self
        }
    }
}

/// What became of an attempt. Most codes say it; of a refusal that we have to mend, and of silence, where the message
/// stands: an attempt after which it is tried again was put off.
fn became(used: &PermitUse, standing: MessageStanding) -> What {
    let last = standing.attempts == used.attempts;
    let ended = |outcome| last && standing.state == RecipientState::At(outcome);
    match used.code {
        Some(200..300) => What::Delivered,
        Some(500..600) if ended(Outcome::Bounced) => What::Bounced,
        None if ended(Outcome::Unknown) => What::Unknown,
        _ => What::Deferred,
    }
}

/// What somebody chose, and of which purpose.
fn chosen(fact: &Fact) -> Option<(What, Option<String>)> {
    let of = |purpose: &PurposeSelector| match purpose {
        PurposeSelector::One(purpose) => purpose.to_string(),
        PurposeSelector::AllMarketing => "*marketing".to_owned(),
        PurposeSelector::Any => "*any".to_owned(),
    };
    match &fact.kind {
        FactKind::Withdraw { purpose } | FactKind::Object { purpose } => {
            Some((What::Unsubscribed, Some(of(purpose))))
        }
        FactKind::Complaint => Some((What::Complained, None)),
        FactKind::Bounce => Some((What::AddressEnded, None)),
        _ => None,
    }
}

/// A no to sending, out of the canonical texts of question and answer.
struct Refusal {
    purpose: String,
    codes: Vec<String>,
}

impl Refusal {
    /// `None` where the gate did not say no, or was not asked to send.
    fn read(decided: &Decided) -> Option<Self> {
        let answer: Value = serde_json::from_str(&decided.answer).ok()?;
        if answer["effect"] != "DENY" {
            return None;
        }
        let request: Value = serde_json::from_str(&decided.request).ok()?;
        let sends = request["verb"] == "send";
        let purpose = request["purpose"].as_str().filter(|_| sends)?.to_owned();
        let reasons = answer["reasons"].as_array()?;
        let mut codes: Vec<String> = Vec::new();
        for code in reasons.iter().filter_map(|reason| reason["code"].as_str()) {
            if !codes.iter().any(|known| known == code) {
                codes.push(code.to_owned());
            }
        }
        Some(Self { purpose, codes })
    }
}
