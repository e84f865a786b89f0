//! Mail to a role or to a reply address, handed to a person. Pure.
//!
//! Promises: the mail is attached as it came, byte for byte, in a new mail from us, so that signature and DMARC are ours;
//! the same mail for the same person always has the same Message-ID. Nothing of the mail's own header gets into ours.
//! RFC 2046 5.2.1, RFC 3834, RFC 5321 6.3.

use avow_model::{EmailAddress, Timestamp};
use aws_lc_rs::digest::{Context, SHA256};
use jiff::fmt::rfc2822;

/// A mail that has been through more servers goes round (RFC 5321 6.3 wants at least 100 to be taken).
pub(super) const RECEIVED_MAX: usize = 100;
/// In each forward of ours: who gets one back has a loop.
const MARK: &str = "Avow-Forwarded";

/// For whom mail to an address of ours is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Abuse,
    Postmaster,
    Replies,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Abuse => "abuse",
            Self::Postmaster => "postmaster",
            Self::Replies => "replies",
        }
    }
}

/// The people who get mail that no program can deal with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// The address that forwards are from; its domain signs them.
    pub from: EmailAddress,
    pub abuse: Option<EmailAddress>,
    pub postmaster: Option<EmailAddress>,
    /// Who gets answers of recipients.
    pub replies: Option<EmailAddress>,
}

impl People {
    pub(super) const fn of(&self, role: Role) -> Option<&EmailAddress> {
        match role {
            Role::Abuse => self.abuse.as_ref(),
            Role::Postmaster => self.postmaster.as_ref(),
            Role::Replies => self.replies.as_ref(),
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &EmailAddress> {
        [&self.abuse, &self.postmaster, &self.replies]
            .into_iter()
            .flatten()
    }
}

/// What a mail's header says about handing it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// Handed on once more it would never end.
    Loop,
    /// A machine wrote it as an answer.
    Automatic,
    Other,
}

/// Reads the header block. The null sender is that of bounces and automatic answers (RFC 3834 3.3).
pub(super) fn nature(mail_from: &str, content: &[u8]) -> Nature {
    let (mut received, mut automatic) = (0, mail_from.is_empty());
    for line in content.split(|b| *b == b'\n') {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else {
            continue;
        };
        let (name, value) = (
            line[..colon].trim_ascii_end(),
            line[colon + 1..].trim_ascii(),
        );
        if name.eq_ignore_ascii_case(MARK.as_bytes()) {
            return Nature::Loop;
        }
        received += usize::from(name.eq_ignore_ascii_case(b"Received"));
        automatic |= name.eq_ignore_ascii_case(b"Auto-Submitted") && !is_no(value);
    }
    match (received, automatic) {
        (RECEIVED_MAX.., _) => Nature::Loop,
        (_, true) => Nature::Automatic,
        (_, false) => Nature::Other,
    }
}

/// `no`, perhaps with parameters or a comment (RFC 3834 5).
fn is_no(value: &[u8]) -> bool {
    let word = value
        .split(|b| matches!(b, b';' | b' ' | b'\t' | b'('))
        .next();
    word.is_some_and(|word| word.eq_ignore_ascii_case(b"no"))
}

/// Header block without its ending empty line, and body.
pub(super) fn letter(
    people: &People,
    (role, to): (Role, &EmailAddress),
    content: &[u8],
    now: Timestamp,
) -> (Vec<u8>, Vec<u8>) {
    let (role, id) = (role.name(), id(role, to, content));
    let date = rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
    let headers = format!(
        "From: <{}>\r\nTo: <{}>\r\nSubject: Mail to {role}\r\nDate: {date}\r\nMessage-ID: <{id}@{}>\r\n\
         Auto-Submitted: auto-generated\r\n{MARK}: {role}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed;\r\n boundary=\"{id}\"\r\n",
        people.from.expose(),
        to.expose(),
        people.from.domain(),
    );
    let coding = if content.is_ascii() { "7bit" } else { "8bit" };
    let before = format!(
        "--{id}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         The attached mail came to this installation of Avow ({role}).\r\n\
         It is as it came. To answer its sender, open it: an answer to this mail reaches nobody.\r\n\r\n\
         --{id}\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: {coding}\r\n\
         Content-Disposition: attachment; filename=\"mail.eml\"\r\n\r\n"
    );
    let after = format!("\r\n--{id}--\r\n");
    let body = [before.as_bytes(), content, after.as_bytes()].concat();
    (headers.into_bytes(), body)
}

/// The same for the same mail, and in no mail beforehand: it is a hash of all of it.
fn id(role: Role, to: &EmailAddress, content: &[u8]) -> String {
    let mut hash = Context::new(&SHA256);
    for part in [
        role.name().as_bytes(),
        to.expose_envelope().as_bytes(),
        content,
    ] {
        hash.update(&(part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let hash = hash.finish();
    let hex = hash.as_ref()[..16].iter().map(|b| format!("{b:02x}"));
    ["forward-".to_owned()].into_iter().chain(hex).collect()
}
