//! What a program handed in, read into what can be sent: a subject and texts. Pure.
//!
//! Promises: what cannot be sent as it is meant is refused with what to mend, never dropped in silence; braces in it
//! are text, not tags of a template. Never: takes a header but From, Reply-To, Subject, Message-ID, the names in To and
//! Cc, and our own `X-Avow-` ones. RFC 5322, RFC 2045 to 2047.

use std::collections::BTreeMap;

use avow_compose::{literal, plain_page};
use avow_model::{BodyKind, CampaignContent, EmailAddress, Purpose, Slug};
use avow_store::AccountSettings;
use mail_parser::{
    Addr, Address, ContentType, HeaderName, Message, MessageParser, MimeHeaders, PartType,
};

use super::words;
use crate::server::Reply;

/// The header that names the purpose of a message.
const PURPOSE: &str = "X-Avow-Purpose";
/// The header that names its topic, or the sort of service message.
const ABOUT: &str = "X-Avow-About";
/// Longest Message-ID: one line of RFC 5322.
const MESSAGE_ID_BYTES_MAX: usize = 998;
/// Longest subject and longest name, as the API takes them.
const SUBJECT_BYTES_MAX: usize = 998;
const NAME_CHARS_MAX: usize = 200;

/// A mail that can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    /// Without brackets. `None`: handing it in again is another mail.
    pub(super) message_id: Option<String>,
    /// `None`: the purpose of whoever signed in.
    pub(super) purpose: Option<Purpose>,
    pub(super) content: CampaignContent,
    /// How people are called in it, by the canonical form of their addresses.
    pub(super) names: BTreeMap<String, String>,
}

/// Why a mail cannot be sent, and what to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LetterFault {
    #[error("This cannot be read as a mail (RFC 5322)")]
    Unreadable,
    #[error("A mail has one {0} field")]
    Twice(&'static str),
    #[error("From has one address, and it is no group")]
    NoSender,
    #[error("This account sends from {0}: receivers would not believe another domain in From")]
    Sender(String),
    #[error("Reply-To has one address, or is left out")]
    ReplyTo,
    #[error("The {0} field is longer than anybody would read")]
    TooLong(&'static str),
    #[error("{PURPOSE} is no name of a purpose of the policy")]
    Purpose,
    #[error("{ABOUT} is no short name")]
    About,
    #[error(
        "Attachments and pictures inside of the mail are not taken ({0}): put the file where a link leads to it"
    )]
    Attachment(String),
    #[error("A mail has one text and one HTML part; this has more of one sort")]
    Parts,
    #[error("A part of the mail is not encoded as it says")]
    Encoding,
    #[error("There is nothing to send: the mail has no text")]
    Empty,
}

impl LetterFault {
    /// The reply to the final dot.
    pub(super) fn reply(&self) -> Reply {
        let enhanced = match self {
            // RFC 3463 3.8, 3.7.
            Self::Sender(_) | Self::NoSender => "5.7.1",
            Self::Attachment(_) => "5.6.1",
            _ => "5.6.0",
        };
        words::reply(554, enhanced, &self.to_string())
    }
}

/// Reads a mail for the account with these settings.
pub(super) fn read(content: &[u8], settings: &AccountSettings) -> Result<Letter, LetterFault> {
    if avow_bounce::is_too_nested(content) {
        return Err(LetterFault::Unreadable);
    }
    let message = MessageParser::default().parse(content);
    let message = message.ok_or(LetterFault::Unreadable)?;
    let once = [
        ("From", HeaderName::From),
        ("Subject", HeaderName::Subject),
        ("Reply-To", HeaderName::ReplyTo),
        ("Message-ID", HeaderName::MessageId),
        (PURPOSE, HeaderName::from(PURPOSE)),
        (ABOUT, HeaderName::from(ABOUT)),
    ];
    for (name, header) in once {
        if message
            .headers()
            .iter()
            .filter(|h| h.name == header)
            .count()
            > 1
        {
            return Err(LetterFault::Twice(name));
        }
    }
    let (from_name, from_address) = sender(&message, settings)?;
    let (body, text) = bodies(&message)?;
    Ok(Letter {
        message_id: message_id(&message)?,
        purpose: field(&message, PURPOSE)
            .map(|word| word.parse().map_err(|_| LetterFault::Purpose))
            .transpose()?,
        content: CampaignContent {
            subject: literal(&subject(&message)?),
            preheader: String::new(),
            from_name,
            from_address,
            reply_to: reply_to(&message)?.or_else(|| settings.reply_to.clone()),
            body_kind: BodyKind::Html,
            body,
            text,
            about: about(&message)?,
            offers: Vec::new(),
        },
        names: names(&message),
    })
}

/// The value of a field of ours, in one line.
fn field<'a>(message: &'a Message<'_>, name: &'static str) -> Option<&'a str> {
    message.header_raw(name).map(str::trim)
}

fn about(message: &Message<'_>) -> Result<Option<Slug>, LetterFault> {
    let word = field(message, ABOUT).map(str::parse);
    word.transpose().map_err(|_| LetterFault::About)
}

fn message_id(message: &Message<'_>) -> Result<Option<String>, LetterFault> {
    match message.message_id() {
        Some(id) if id.len() > MESSAGE_ID_BYTES_MAX => Err(LetterFault::TooLong("Message-ID")),
        id => Ok(id.map(str::to_owned)),
    }
}

fn subject(message: &Message<'_>) -> Result<String, LetterFault> {
    let subject = in_a_line(message.subject().unwrap_or_default());
    if subject.len() > SUBJECT_BYTES_MAX {
        return Err(LetterFault::TooLong("Subject"));
    }
    Ok(subject)
}

/// Nothing that could begin a line or a field of its own.
fn in_a_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars()
        .map(plain)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn sender(
    message: &Message<'_>,
    settings: &AccountSettings,
) -> Result<(String, String), LetterFault> {
    let from = message.from().and_then(only).ok_or(LetterFault::NoSender)?;
    let parsed = address(from).ok_or(LetterFault::NoSender)?;
    if parsed.domain() != settings.sending_domain {
        return Err(LetterFault::Sender(settings.sending_domain.clone()));
    }
    let name = in_a_line(from.name.as_deref().unwrap_or_default());
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(LetterFault::TooLong("From"));
    }
    let name = match name.as_str() {
        "" => settings.from_name.clone(),
        _ => name,
    };
    Ok((name, parsed.expose().to_owned()))
}

fn reply_to(message: &Message<'_>) -> Result<Option<String>, LetterFault> {
    let Some(told) = message.reply_to() else {
        return Ok(None);
    };
    let one = only(told).and_then(address).ok_or(LetterFault::ReplyTo)?;
    Ok(Some(one.expose().to_owned()))
}

/// The address of a field that has one, and no group.
fn only<'a>(field: &'a Address<'_>) -> Option<&'a Addr<'a>> {
    match field {
        Address::List(list) => match list.as_slice() {
            [one] => Some(one),
            _ => None,
        },
        Address::Group(_) => None,
    }
}

fn address(one: &Addr<'_>) -> Option<EmailAddress> {
    one.address.as_deref()?.parse().ok()
}

fn names(message: &Message<'_>) -> BTreeMap<String, String> {
    let fields = [message.to(), message.cc()];
    let people = fields.into_iter().flatten().flat_map(Address::iter);
    let named = people.filter_map(|one| {
        let name = in_a_line(one.name.as_deref()?);
        let fits = name.chars().count() <= NAME_CHARS_MAX;
        fits.then_some((address(one)?.expose_canonical().to_owned(), name))
    });
    named.collect()
}

/// The page, and the text where the mail has one beside it.
fn bodies(message: &Message<'_>) -> Result<(String, Option<String>), LetterFault> {
    let (mut html, mut text) = (None, None);
    for part in &message.parts {
        let (place, body) = match &part.body {
            PartType::Multipart(_) => continue,
            PartType::Html(body) => (&mut html, body),
            PartType::Text(body) if is_plain(part) => (&mut text, body),
            _ => return Err(LetterFault::Attachment(sort(part))),
        };
        if part
            .content_disposition()
            .is_some_and(ContentType::is_attachment)
        {
            return Err(LetterFault::Attachment(sort(part)));
        }
        if part.is_encoding_problem {
            return Err(LetterFault::Encoding);
        }
        if place.replace(literal(body)).is_some() {
            return Err(LetterFault::Parts);
        }
    }
    match (html, text) {
        (Some(html), text) => Ok((html, text)),
        (None, Some(text)) if !text.trim().is_empty() => Ok((plain_page(&text), Some(text))),
        (None, _) => Err(LetterFault::Empty),
    }
}

/// A part that names no type is plain text (RFC 2045 5.2).
fn is_plain(part: &mail_parser::MessagePart<'_>) -> bool {
    let kind = part.content_type();
    kind.is_none_or(|k| {
        k.subtype()
            .is_none_or(|sub| sub.eq_ignore_ascii_case("plain"))
    })
}

/// The sort of a part, as it names itself.
fn sort(part: &mail_parser::MessagePart<'_>) -> String {
    let kind = part.content_type().map(|kind| {
        let sub = kind.subtype().unwrap_or_default();
        format!("{}/{sub}", kind.ctype())
    });
    let mut kind = kind.unwrap_or_else(|| "a part without a type".to_owned());
    kind.truncate(kind.floor_char_boundary(80));
    kind
}

#[cfg(test)]
mod tests;
