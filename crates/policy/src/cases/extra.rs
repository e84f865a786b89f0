//! From a line of JSON: who asks, by which way, what was sent, asked for, marked, and liked.

use avow_model::{Interest, MailFormat, Marked, OwnRequest, Sent};
use serde::Deserialize;

use super::read::{instant, name};
use crate::circumstance::{Actor, BrowserSignal, Via};
use crate::version::Channel;

/// Somebody of the staff, or a program: `active` makes it a person at a screen, `verbs` a token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActorLine {
    role: String,
    #[serde(default)]
    needs: Vec<String>,
    trained_until: Option<String>,
    acknowledged: Option<u32>,
    active: Option<String>,
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    purposes: Vec<String>,
}

/// A purpose and an instant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UseLine {
    purpose: String,
    t: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnRequestLine {
    id: String,
    purpose: String,
    t: String,
    answered: Option<String>,
}

pub(super) fn actor(line: ActorLine) -> Result<Actor, String> {
    let via = match line.active.as_deref() {
        Some(at) => Via::Session {
            active_at: instant(at)?,
        },
        None => Via::Token {
            verbs: all(&line.verbs)?,
            purposes: all(&line.purposes)?,
        },
    };
    Ok(Actor {
        role: name(&line.role)?,
        needs: all(&line.needs)?,
        trained_until: line.trained_until.as_deref().map(instant).transpose()?,
        acknowledged: line.acknowledged,
        via,
    })
}

fn all<T: std::str::FromStr>(texts: &[String]) -> Result<Vec<T>, String>
where
    T::Err: std::fmt::Display,
{
    texts.iter().map(|t| name(t)).collect()
}

pub(super) fn channel(text: Option<&str>) -> Result<Channel, String> {
    let Some(text) = text else {
        return Ok(Channel::Email);
    };
    let found = Channel::WORDS.iter().find(|(word, _)| *word == text);
    found
        .map(|(_, channel)| *channel)
        .ok_or_else(|| format!("`channel` cannot be \"{text}\""))
}

pub(super) fn signal(header: Option<&str>) -> BrowserSignal {
    BrowserSignal::from_headers(header.map(str::as_bytes))
}

pub(super) fn sent(line: UseLine) -> Result<Sent, String> {
    Ok(Sent {
        purpose: name(&line.purpose)?,
        at: instant(&line.t)?,
    })
}

pub(super) fn mark(line: UseLine) -> Result<Marked, String> {
    Ok(Marked {
        purpose: name(&line.purpose)?,
        at: instant(&line.t)?,
    })
}

pub(super) fn own_request(line: OwnRequestLine) -> Result<OwnRequest, String> {
    Ok(OwnRequest {
        id: name(&line.id)?,
        purpose: name(&line.purpose)?,
        at: instant(&line.t)?,
        answered: line.answered.as_deref().map(instant).transpose()?,
    })
}

pub(super) fn interest((category, topic): (String, String)) -> Result<Interest, String> {
    Ok(Interest {
        category: name(&category)?,
        topic: name(&topic)?,
    })
}

pub(super) const fn format(text_only: bool) -> MailFormat {
    if text_only {
        MailFormat::TextOnly
    } else {
        MailFormat::Any
    }
}
