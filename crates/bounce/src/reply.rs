//! Replies of a mail server: found in a buffer of bytes, then kept as one short line.
//!
//! Promises: any bytes parse to a reply, to "more is needed" or to a fault; a kept reply is one line of
//! valid UTF-8 without control characters, at most [`TEXT_BYTES_MAX`] long. Never panics, never reads ahead
//! of a reply's last line. RFC 5321 4.2 and RFC 2034; bare LF is forgiven in what we read, never written.

use std::fmt;

/// What is kept of a reply's text: enough for a person, little enough for a row in the store.
pub const TEXT_BYTES_MAX: usize = 500;
/// A reply longer than this is not one. EHLO answers of real servers stay below 2 KiB.
pub const REPLY_BYTES_MAX: usize = 32 * 1024;

/// An enhanced status code, `5.1.1` (RFC 3463).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Enhanced {
    pub class: u8,
    pub subject: u16,
    pub detail: u16,
}

impl Enhanced {
    /// From the first word of a reply's text. `None` when it is another word.
    pub fn parse(word: &str) -> Option<Self> {
        let mut numbers = word.split('.');
        let class: u8 = numbers.next()?.parse().ok()?;
        let subject = short_number(numbers.next()?)?;
        let detail = short_number(numbers.next()?)?;
        let whole = numbers.next().is_none() && matches!(class, 2 | 4 | 5);
        whole.then_some(Self {
            class,
            subject,
            detail,
        })
    }
}

/// One to three digits, as RFC 3463 section 2 has them.
fn short_number(text: &str) -> Option<u16> {
    let digits = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// A reply as it is kept: the code, the enhanced code when there is one, the text on one line.
///
/// `Debug` shows no text: servers repeat addresses in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub enhanced: Option<Enhanced>,
    /// Without the codes; lines joined by a space; at most [`TEXT_BYTES_MAX`] bytes.
    pub text: String,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Reply {
    /// As the server wrote it, on one line. For reports: it may hold an address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        if self.text.is_empty() {
            return Ok(());
        }
        write!(f, " {}", self.text)
    }
}

impl Reply {
    /// A reply that Avow gives itself, in the server's stead.
    pub fn local(code: u16, enhanced: (u8, u16, u16), text: &str) -> Self {
        let (class, subject, detail) = enhanced;
        let enhanced = Enhanced {
            class,
            subject,
            detail,
        };
        Self {
            code,
            enhanced: Some(enhanced),
            text: text.to_owned(),
        }
    }

    /// Back from what [`Display`](fmt::Display) wrote, for rows out of the store.
    pub fn from_line(line: &str) -> Option<Self> {
        match find(format!("{line}\n").as_bytes()) {
            Found::Whole(span) => Some(Self::from_lines(line.as_bytes(), span.code)),
            Found::Partial | Found::Broken(_) => None,
        }
    }

    /// From the bytes of a whole reply, one line or several.
    pub fn from_lines(bytes: &[u8], code: u16) -> Self {
        let mut text = String::new();
        let mut enhanced = None;
        for line in lines(bytes) {
            let line = String::from_utf8_lossy(line.get(4..).unwrap_or_default());
            let (found, rest) = split_enhanced(line.trim());
            enhanced = enhanced.or(found);
            push_clean(&mut text, rest);
        }
        Self {
            code,
            enhanced,
            text,
        }
    }

    /// 2xx.
    pub const fn is_positive(&self) -> bool {
        positive(self.code)
    }

    /// 5xx.
    pub const fn is_permanent(&self) -> bool {
        self.code >= 500
    }
}

/// 2xx.
pub const fn positive(code: u16) -> bool {
    code >= 200 && code < 300
}

fn split_enhanced(line: &str) -> (Option<Enhanced>, &str) {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match Enhanced::parse(word) {
        Some(enhanced) => (Some(enhanced), rest.trim_start()),
        None => (None, line),
    }
}

/// Appends one line: control characters become spaces, the whole stays within its limit.
fn push_clean(text: &mut String, line: &str) {
    if !text.is_empty() && !line.is_empty() && text.len() < TEXT_BYTES_MAX {
        text.push(' ');
    }
    for c in line.chars() {
        let c = if c.is_control() { ' ' } else { c };
        if text.len() + c.len_utf8() > TEXT_BYTES_MAX {
            return;
        }
        text.push(c);
    }
}

/// Where a reply ends in a buffer, and its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub code: u16,
    /// Bytes up to and with the last line's end.
    pub bytes: usize,
}

/// What a buffer begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// More bytes are needed.
    Partial,
    Whole(Span),
    Broken(ReplyFault),
}

/// Why bytes are no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyFault {
    #[error("the server sent a line that is no SMTP reply")]
    NotAReply,
    #[error("the server's reply is longer than {REPLY_BYTES_MAX} bytes")]
    TooLong,
}

/// Looks for one whole reply at the start of `buffer`. The last line's code counts when lines differ.
pub fn find(buffer: &[u8]) -> Found {
    let mut at = 0;
    while let Some(end) = memchr::memchr(b'\n', &buffer[at..]) {
        let Some((code, last)) = head(&buffer[at..at + end]) else {
            return Found::Broken(ReplyFault::NotAReply);
        };
        at += end + 1;
        if at > REPLY_BYTES_MAX {
            break;
        }
        if last {
            return Found::Whole(Span { code, bytes: at });
        }
    }
    if buffer.len() > REPLY_BYTES_MAX {
        return Found::Broken(ReplyFault::TooLong);
    }
    Found::Partial
}

/// The code of one line and whether it is the last.
fn head(line: &[u8]) -> Option<(u16, bool)> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (digits, rest) = line.split_at_checked(3)?;
    let well = matches!(digits[0], b'2'..=b'5') && digits.iter().all(u8::is_ascii_digit);
    let code = digits
        .iter()
        .fold(0, |n, d| n * 10 + u16::from(d.wrapping_sub(b'0')));
    match rest.first() {
        _ if !well => None,
        Some(b'-') => Some((code, false)),
        None | Some(b' ' | b'\t') => Some((code, true)),
        Some(_) => None,
    }
}

/// The lines of a whole reply, ends removed.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &[u8]) -> Option<Reply> {
        match find(text) {
            Found::Whole(span) => Some(Reply::from_lines(&text[..span.bytes], span.code)),
            Found::Partial | Found::Broken(_) => None,
        }
    }

    #[test]
    fn one_line_gives_code_enhanced_code_and_text() {
        let reply = parse(b"250 2.1.5 Ok\r\n").unwrap();
        assert_eq!(reply.to_string(), "250 2.1.5 Ok");
        assert_eq!(reply.enhanced.unwrap().subject, 1);
    }

    #[test]
    fn several_lines_become_one() {
        let reply = parse(b"550-5.1.1 No such user\r\n550-5.1.1 here.\r\n550 5.1.1 Sorry\r\n");
        assert_eq!(
            reply.unwrap().to_string(),
            "550 5.1.1 No such user here. Sorry"
        );
    }

    #[test]
    fn a_reply_without_text_or_enhanced_code_is_a_reply() {
        assert_eq!(parse(b"250\r\n").unwrap().to_string(), "250");
        assert_eq!(parse(b"354\n").unwrap().to_string(), "354");
        assert_eq!(parse(b"421 bye\n").unwrap().enhanced, None);
    }

    #[test]
    fn a_part_of_a_reply_waits_for_more() {
        let whole = b"250-first\r\n250 last\r\n";
        for cut in 0..whole.len() {
            assert_eq!(find(&whole[..cut]), Found::Partial, "{cut}");
        }
        let span = Span {
            code: 250,
            bytes: whole.len(),
        };
        assert_eq!(
            find(b"250-first\r\n250 last\r\n354 go\r\n"),
            Found::Whole(span)
        );
    }

    #[test]
    fn bytes_that_are_no_utf8_and_controls_are_made_readable() {
        let reply = parse(b"550 \xff\xfe caf\xe9\x07 no\r\n").unwrap();
        assert_eq!(reply.text, "\u{fffd}\u{fffd} caf\u{fffd}  no");
    }

    #[test]
    fn what_is_no_reply_is_said_to_be_none() {
        for text in [
            &b"HTTP/1.1 400\r\n"[..],
            b"25 x\r\n",
            b"650 x\r\n",
            b"250x\r\n",
            b"\r\n",
        ] {
            assert_eq!(find(text), Found::Broken(ReplyFault::NotAReply), "{text:?}");
        }
        let endless = vec![b'2'; REPLY_BYTES_MAX + 1];
        assert_eq!(find(&endless), Found::Broken(ReplyFault::TooLong));
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let mut line = b"550 ".to_vec();
        line.extend("é".repeat(600).as_bytes());
        line.extend(b"\r\n");
        assert_eq!(parse(&line).unwrap().text.len(), TEXT_BYTES_MAX);
    }

    #[test]
    fn a_kept_reply_comes_back_from_its_line() {
        let reply = Reply::local(550, (5, 1, 1), "No such user");
        assert_eq!(Reply::from_line(&reply.to_string()), Some(reply));
        assert_eq!(Reply::from_line("hello"), None);
    }

    #[test]
    fn the_text_of_a_reply_stays_out_of_debug() {
        let reply = Reply::local(550, (5, 1, 1), "<ada@example.org> unknown");
        assert_eq!(format!("{reply:?}"), "Reply(550 5.1.1)");
    }

    proptest! {
        #[test]
        fn any_bytes_parse_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Found::Whole(span) = find(&bytes) {
                let reply = Reply::from_lines(&bytes[..span.bytes], span.code);
                prop_assert!((200..600).contains(&reply.code));
                prop_assert!(reply.text.len() <= TEXT_BYTES_MAX);
                prop_assert!(!reply.text.chars().any(char::is_control));
            }
        }

        #[test]
        fn bytes_after_a_reply_do_not_change_it(
            text in "[ -~]{0,80}", code in 200u16..600, rest in prop::collection::vec(any::<u8>(), 0..90)
        ) {
            let mut buffer = format!("{code} {text}\r\n").into_bytes();
            let alone = find(&buffer);
            buffer.extend(rest);
            prop_assert_eq!(find(&buffer), alone);
        }
    }
}
