//! A mail taken apart: what it says to people, what to programs, and the message that came back.

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

use super::fields::{self, Group};
use super::{MailFault, plain};

/// A report wraps a message that may wrap another; nobody needs more.
const DEPTH_MAX: usize = 3;
/// Parts that open a level of nesting. Beyond this a mail was made to exhaust a stack, not to be read.
const NESTED_MAX: usize = 100;
/// Text for people that is looked at. A report says what it has to say in less.
const HUMAN_BYTES_MAX: usize = 256 * 1024;

/// A mail in pieces.
#[derive(Default)]
pub(super) struct Parts {
    /// Its own headers, names in lower case, raw values unfolded.
    pub(super) head: Vec<(String, String)>,
    pub(super) subject: String,
    pub(super) human: String,
    /// Groups of message/delivery-status.
    pub(super) status: Vec<Group>,
    pub(super) feedback: Option<Group>,
    /// The receiver's client says that it showed or deleted the message (RFC 8098).
    pub(super) disposition: Option<Group>,
    /// Headers of the message that came back.
    pub(super) returned: Vec<(String, String)>,
    /// The message that came back, when it is whole: some gateways wrap a report in another.
    pub(super) nested: Option<Box<Parts>>,
}

impl Parts {
    pub(super) fn of(bytes: &[u8]) -> Result<Self, MailFault> {
        if is_too_nested(bytes) {
            return Err(MailFault::TooNested);
        }
        let message = MessageParser::default().parse(bytes);
        let parts = message.map(|m| take(&m, 0)).unwrap_or_default();
        if parts.is_mail() {
            Ok(parts)
        } else {
            Err(MailFault::NotAMail)
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.head.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.head.iter().filter(move |(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// At least one of the fields that every mail has or gets on its way.
    fn is_mail(&self) -> bool {
        let known = [
            "from",
            "to",
            "date",
            "subject",
            "received",
            "message-id",
            "return-path",
            "content-type",
            "mime-version",
        ];
        known.iter().any(|name| self.header(name).is_some())
    }

    fn push_human(&mut self, text: &str) {
        let room = HUMAN_BYTES_MAX.saturating_sub(self.human.len());
        self.human.push_str(plain::front(text, room));
        self.human.push('\n');
    }
}

/// True for a mail that was made to exhaust the stack of whoever takes it apart.
pub fn is_too_nested(bytes: &[u8]) -> bool {
    nesting(bytes) > NESTED_MAX
}

/// How many levels a hostile mail could open: the parser's structures nest as deep as the mail.
fn nesting(bytes: &[u8]) -> usize {
    let lower = bytes.to_ascii_lowercase();
    let count = |needle: &[u8]| memchr::memmem::find_iter(&lower, needle).count();
    count(b"message/rfc822") + count(b"message/global") + count(b"multipart/digest")
}

fn take(message: &Message<'_>, depth: usize) -> Parts {
    let mut parts = Parts {
        head: raw_headers(message),
        subject: message.subject().unwrap_or_default().to_owned(),
        ..Parts::default()
    };
    let mut html = String::new();
    for part in &message.parts {
        let kind = kind(part);
        match (&part.body, kind.as_str()) {
            (PartType::Multipart(_), _) => {}
            (PartType::Message(inner), _) => back(&mut parts, inner, depth),
            (_, "message/delivery-status" | "message/global-delivery-status") => {
                parts.status.extend(fields::groups(&text(part)));
            }
            (_, "message/feedback-report") => {
                parts.feedback = fields::groups(&text(part)).into_iter().next();
            }
            (_, "message/disposition-notification") => {
                parts.disposition = fields::groups(&text(part)).into_iter().next();
            }
            (
                _,
                "text/rfc822-headers"
                | "message/rfc822-headers"
                | "text/rfc822"
                | "message/global-headers",
            ) => {
                keep(&mut parts, fields::head(&text(part)));
            }
            (PartType::Html(markup), _) => html.push_str(&plain::from_html(markup)),
            (PartType::Text(said), _)
                if parts.returned.is_empty() || parts.human.trim().is_empty() =>
            {
                parts.push_human(said);
            }
            _ => {}
        }
    }
    if parts.human.trim().is_empty() {
        parts.push_human(&html);
    }
    parts
}

fn back(parts: &mut Parts, inner: &Message<'_>, depth: usize) {
    keep(parts, raw_headers(inner));
    if depth < DEPTH_MAX && parts.nested.is_none() {
        parts.nested = Some(Box::new(take(inner, depth + 1)));
    }
}

fn keep(parts: &mut Parts, headers: Vec<(String, String)>) {
    if parts.returned.is_empty() {
        parts.returned = headers;
    }
}

fn kind(part: &mail_parser::MessagePart<'_>) -> String {
    part.content_type().map_or_else(String::new, |kind| {
        let sub = kind.subtype().unwrap_or_default();
        format!("{}/{sub}", kind.ctype()).to_ascii_lowercase()
    })
}

fn text(part: &mail_parser::MessagePart<'_>) -> String {
    String::from_utf8_lossy(part.contents()).into_owned()
}

fn raw_headers(message: &Message<'_>) -> Vec<(String, String)> {
    let raw = message.headers_raw();
    let fields = raw.map(|(name, value)| {
        let words: Vec<&str> = value.split_whitespace().collect();
        (name.trim().to_ascii_lowercase(), words.join(" "))
    });
    fields.collect()
}
