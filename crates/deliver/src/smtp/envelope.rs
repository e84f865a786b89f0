//! One message's envelope, and what a server's abilities say about it before a byte is sent.

use super::extensions::Extensions;
use super::phase::Trouble;
use avow_bounce::{Phase, Reply};

/// Who it is from, who it is for, how large it is. One recipient a message.
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    /// Empty for a message that must not bounce.
    pub mail_from: &'a str,
    pub rcpt_to: &'a str,
    /// When known; lets a server refuse before the content is sent (RFC 1870).
    pub size_bytes: Option<u64>,
    /// True when an address or a header holds UTF-8 (RFC 6531).
    pub utf8: bool,
    pub body: BodyKind,
}

/// Which bytes the content has (RFC 6152).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodyKind {
    /// ASCII alone: every server takes it.
    #[default]
    SevenBit,
    EightBit,
}

impl BodyKind {
    /// Looks at every part.
    pub fn of(parts: &[&[u8]]) -> Self {
        if parts.iter().all(|part| part.is_ascii()) {
            Self::SevenBit
        } else {
            Self::EightBit
        }
    }
}

/// What became of MAIL, RCPT and DATA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// 354: the server waits for the content. Only `finish` or closing the session leads on.
    Ready,
    /// This message is refused, for now or for good; the session can go on.
    Refused(Refusal),
    /// The session is over.
    Trouble(Trouble),
}

/// A reply that refused one message, and to which command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub phase: Phase,
    pub reply: Reply,
}

/// Why Avow refuses an envelope itself: the reply that it keeps says so.
fn here(code: u16, enhanced: (u8, u16, u16), text: &str) -> Refusal {
    Refusal {
        phase: Phase::Here,
        reply: Reply::local(code, enhanced, text),
    }
}

/// The refusal that trying would only confirm. `None`: worth trying.
pub(super) fn refuse(envelope: &Envelope<'_>, server: &Extensions) -> Option<Refusal> {
    let ascii = envelope.mail_from.is_ascii() && envelope.rcpt_to.is_ascii();
    if !(is_path(envelope.mail_from) && is_path(envelope.rcpt_to)) || envelope.rcpt_to.is_empty() {
        let text = "The address cannot be written in an SMTP command.";
        return Some(here(553, (5, 1, 3), text));
    }
    if (envelope.utf8 || !ascii) && !server.smtputf8 {
        let text = "The address needs SMTPUTF8, which the receiving server does not offer.";
        return Some(here(550, (5, 6, 7), text));
    }
    // SMTPUTF8 brings 8BITMIME with it (RFC 6531 3.1).
    if envelope.body == BodyKind::EightBit && !server.eightbitmime && !server.smtputf8 {
        let text =
            "The message has 8-bit content, which the receiving server does not offer to take.";
        return Some(here(554, (5, 6, 3), text));
    }
    match (envelope.size_bytes, server.size_max_bytes) {
        (Some(size), Some(max)) if max > 0 && size > max => {
            let text = "The message is larger than the receiving server accepts.";
            Some(here(552, (5, 3, 4), text))
        }
        _ => None,
    }
}

/// True when the text cannot leave its angle brackets: no control, space or bracket (command injection).
fn is_path(text: &str) -> bool {
    !text
        .bytes()
        .any(|b| b <= b' ' || b == 0x7f || b == b'<' || b == b'>')
}

/// Writes `MAIL FROM` with the parameters that the server knows.
pub(super) fn write_mail(envelope: &Envelope<'_>, server: &Extensions, out: &mut Vec<u8>) {
    out.extend_from_slice(b"MAIL FROM:<");
    out.extend_from_slice(envelope.mail_from.as_bytes());
    out.push(b'>');
    if let (Some(size), Some(_)) = (envelope.size_bytes, server.size_max_bytes) {
        out.extend_from_slice(b" SIZE=");
        write_decimal(size, out);
    }
    let utf8 = envelope.utf8 || !envelope.mail_from.is_ascii() || !envelope.rcpt_to.is_ascii();
    if server.eightbitmime && (utf8 || envelope.body == BodyKind::EightBit) {
        out.extend_from_slice(b" BODY=8BITMIME");
    }
    if utf8 {
        out.extend_from_slice(b" SMTPUTF8");
    }
    out.extend_from_slice(b"\r\n");
}

/// Writes `RCPT TO`.
pub(super) fn write_rcpt(envelope: &Envelope<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"RCPT TO:<");
    out.extend_from_slice(envelope.rcpt_to.as_bytes());
    out.extend_from_slice(b">\r\n");
}

/// Without the formatting machinery: this runs for every message.
fn write_decimal(mut n: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Envelope<'_> = Envelope {
        mail_from: "b+1@example.com",
        rcpt_to: "ada@example.org",
        size_bytes: Some(10_240),
        utf8: false,
        body: BodyKind::SevenBit,
    };

    fn mail(envelope: &Envelope<'_>, server: &Extensions) -> String {
        let mut out = Vec::new();
        write_mail(envelope, server, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn parameters_are_written_only_for_a_server_that_knows_them() {
        let mut server = Extensions::default();
        assert_eq!(mail(&PLAIN, &server), "MAIL FROM:<b+1@example.com>\r\n");
        server.size_max_bytes = Some(0);
        assert_eq!(
            mail(&PLAIN, &server),
            "MAIL FROM:<b+1@example.com> SIZE=10240\r\n"
        );
        server.smtputf8 = true;
        server.eightbitmime = true;
        let utf8 = Envelope {
            rcpt_to: "åsa@example.org",
            size_bytes: None,
            ..PLAIN
        };
        assert_eq!(
            mail(&utf8, &server),
            "MAIL FROM:<b+1@example.com> BODY=8BITMIME SMTPUTF8\r\n"
        );
    }

    #[test]
    fn eight_bit_content_is_declared_and_refused_where_nobody_takes_it() {
        assert_eq!(BodyKind::of(&[b"a", b"b"]), BodyKind::SevenBit);
        assert_eq!(BodyKind::of(&[b"a", b"\xe9"]), BodyKind::EightBit);
        let eight = Envelope {
            size_bytes: None,
            body: BodyKind::EightBit,
            ..PLAIN
        };
        let mut server = Extensions::default();
        let refusal = refuse(&eight, &server).unwrap();
        assert!(refusal.reply.to_string().starts_with("554 5.6.3 "));
        server.eightbitmime = true;
        assert_eq!(refuse(&eight, &server), None);
        let declared = "MAIL FROM:<b+1@example.com> BODY=8BITMIME\r\n";
        assert_eq!(mail(&eight, &server), declared);
        let seven = Envelope {
            body: BodyKind::SevenBit,
            ..eight
        };
        assert_eq!(mail(&seven, &server), "MAIL FROM:<b+1@example.com>\r\n");
    }

    #[test]
    fn an_address_in_utf8_is_refused_for_good_when_the_server_takes_none() {
        let utf8 = Envelope {
            rcpt_to: "åsa@example.org",
            ..PLAIN
        };
        let refusal = refuse(&utf8, &Extensions::default()).unwrap();
        assert_eq!(refusal.phase, Phase::Here);
        assert!(refusal.reply.to_string().starts_with("550 5.6.7 "));
    }

    #[test]
    fn a_message_over_the_servers_size_is_refused_before_it_is_sent() {
        let server = Extensions {
            size_max_bytes: Some(10_000),
            ..Extensions::default()
        };
        let refusal = refuse(&PLAIN, &server).unwrap();
        assert!(refusal.reply.to_string().starts_with("552 5.3.4 "));
    }

    #[test]
    fn no_address_can_smuggle_a_command() {
        for address in ["", "a@b\r\nRSET", "a@b> SIZE=1", "a b@c", "a@b\0", "<a@b>"] {
            let envelope = Envelope {
                rcpt_to: address,
                ..PLAIN
            };
            let refusal = refuse(&envelope, &Extensions::default()).unwrap();
            assert_eq!(refusal.reply.code, 553, "{address:?}");
        }
    }
}
