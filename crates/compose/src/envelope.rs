//! The header block of a campaign's message, and the frame of its two parts.

use std::io::Write as _;

use avow_model::{CampaignContent, EmailAddress, MailFormat, MessageClass};

use crate::footer::{Footer, WayOut};
use crate::job::RenderJob;
use crate::mime::{push_date, push_display_name, push_field, push_unstructured};
use crate::token::Token;

/// Longest stream name in List-Id and Feedback-ID.
const STREAM_CHARS_MAX: usize = 40;

/// What all messages of a campaign share in their headers.
#[derive(Debug)]
pub(crate) struct Heads {
    from: Vec<u8>,
    reply_to: Vec<u8>,
    stream: String,
    list_name: Vec<u8>,
    class: MessageClass,
    way_out: WayOut,
}

impl Heads {
    pub(crate) fn new(content: &CampaignContent, footer: &Footer, class: MessageClass) -> Self {
        let mut from = Vec::new();
        mailbox("From", &content.from_name, &content.from_address, &mut from);
        let mut reply_to = Vec::new();
        let reply = content.reply_to.as_deref().filter(|r| !r.trim().is_empty());
        if let Some(address) = reply {
            mailbox("Reply-To", "", address, &mut reply_to);
        }
        let mut list_name = Vec::new();
        push_display_name(&footer.sender_name, &mut list_name);
        Self {
            from,
            reply_to,
            stream: token_text(&footer.stream),
            list_name,
            class,
            way_out: footer.way_out,
        }
    }

    /// Appends the header block, without its ending empty line.
    pub(crate) fn append(&self, job: &RenderJob<'_>, subject: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.from);
        out.extend_from_slice(b"To: <");
        push_envelope(job.to, out);
        out.extend_from_slice(b">\r\n");
        out.extend_from_slice(&self.reply_to);
        push_unstructured("Subject", subject, out);
        out.extend_from_slice(b"Date: ");
        push_date(job.date, out);
        out.extend_from_slice(b"\r\n");
        self.append_ids(job, out);
        if self.way_out.is_open(self.class) {
            self.append_list(job, out);
        }
        if matches!(
            self.class,
            MessageClass::Confirmation | MessageClass::Notice
        ) {
            push_field("Auto-Submitted", b"auto-generated", out);
        }
        out.extend_from_slice(b"MIME-Version: 1.0\r\n");
        match job.format {
            MailFormat::Any => {
                out.extend_from_slice(b"Content-Type: multipart/alternative;\r\n boundary=\"");
                push_boundary(job, out);
                out.extend_from_slice(b"\"\r\n");
            }
            MailFormat::TextOnly => push_kind("text/plain", out),
        }
    }

    /// `Feedback-ID` is campaign:customer:stream:sender, the last stable for all mail of the account.
    fn append_ids(&self, job: &RenderJob<'_>, out: &mut Vec<u8>) {
        let account = job.account.to_string();
        let sender = account.trim_start_matches("ac_");
        let (message, domain) = (job.message, Bare(job.sender_domain));
        let campaign = message.campaign;
        write(out, format_args!("Message-ID: <{message}@{domain}>\r\n"));
        let stream = &self.stream;
        write(
            out,
            format_args!("Feedback-ID: {campaign}:{account}:{stream}:{sender}\r\n"),
        );
    }

    /// RFC 8058 (one click), RFC 2369, RFC 2919.
    fn append_list(&self, job: &RenderJob<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"List-Unsubscribe:\r\n <");
        let leave = Token::Unsubscribe(job.message_ref());
        job.urls.append(job.tokens, &leave, out);
        let mail = job
            .urls
            .way_out(job.tokens, job.message_ref(), job.sender_domain);
        if let Some((local, domain)) = mail.as_deref().and_then(|a| a.split_once('@')) {
            let domain = Bare(domain);
            write(
                out,
                format_args!(">,\r\n <mailto:{local}@{domain}?subject=unsubscribe"),
            );
        }
        out.extend_from_slice(
            b">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Id: ",
        );
        out.extend_from_slice(&self.list_name);
        let (stream, domain) = (&self.stream, Bare(job.sender_domain));
        write(out, format_args!("<{stream}.{domain}>\r\n"));
    }
}

/// Behind the last part.
pub(crate) fn end_parts(job: &RenderJob<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n--");
    push_boundary(job, out);
    out.extend_from_slice(b"--\r\n");
}

/// Up to a part's first line; `kind` is its media type.
pub(crate) fn begin_part(job: &RenderJob<'_>, kind: &str, out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"--");
    push_boundary(job, out);
    out.extend_from_slice(b"\r\n");
    push_kind(kind, out);
    out.extend_from_slice(b"\r\n");
}

fn push_kind(kind: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"Content-Type: ");
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(b"; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n");
}

/// From the message alone, so that a resend is identical; `=_` never occurs in quoted-printable.
fn push_boundary(job: &RenderJob<'_>, out: &mut Vec<u8>) {
    write(out, format_args!("=_{}", job.message));
}

/// `name: "Display" <address>`.
pub(crate) fn mailbox(name: &str, display: &str, address: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    push_display_name(display, out);
    out.push(b'<');
    if let Ok(address) = address.parse::<EmailAddress>() {
        push_envelope(&address, out);
    }
    out.extend_from_slice(b">\r\n");
}

/// The address as it goes on the wire; its type refuses line breaks and brackets.
pub(crate) fn push_envelope(address: &EmailAddress, out: &mut Vec<u8>) {
    let local = address.expose().rsplit_once('@').map_or("", |(l, _)| l);
    out.extend_from_slice(local.as_bytes());
    out.push(b'@');
    out.extend_from_slice(address.domain().as_bytes());
}

fn write(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text)
        .expect("invariant: writing to a Vec never fails");
}

/// A name as it may stand in a domain: lower-case letters, digits, dots and dashes.
fn token_text(name: &str) -> String {
    let plain = |c: char| match c.to_ascii_lowercase() {
        c if c.is_ascii_alphanumeric() => c,
        '.' => '.',
        _ => '-',
    };
    let text: String = name.chars().take(STREAM_CHARS_MAX).map(plain).collect();
    let text = text.trim_matches(['.', '-']);
    if text.is_empty() {
        "mail".to_owned()
    } else {
        text.to_owned()
    }
}

/// A configured domain, without anything that could end a header field.
pub(crate) struct Bare<'a>(pub &'a str);

impl std::fmt::Display for Bare<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
        if self.0.bytes().all(fine) {
            return f.write_str(self.0);
        }
        let kept: String = self
            .0
            .bytes()
            .filter(|b| fine(*b))
            .map(char::from)
            .collect();
        f.write_str(&kept)
    }
}
