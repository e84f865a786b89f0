//! Where a report in plain text ends and the message that came back begins.

use std::sync::LazyLock;

use regex::Regex;

use super::{fields, plain};

/// A line that announces the returned message: short, and set apart or ending in a colon.
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    let words = "(?:(?:original|unsent|undelivered|returned|rejected|failed|bounced|your|the|undeliverable) (?:e-?mail|message|mail|text)|\
        copy of (?:the|your)|message (?:header|text|body|content|follows)|mail (?:header|text|body)|headers? (?:of|from)|original headers?)";
    let pattern = format!(
        r"(?i)^[\s>]*(?:[-=*+_~#]{{2,}}.*{words}.*|.*{words}[^.]*(?:follows?|below|attached)?:?[\s.-]*(?:follows?|below)[\s.:=*-]*|.*{words}[^.]*:\s*)$"
    );
    Regex::new(&pattern).expect("invariant: a fixed pattern")
});
/// Announcements are short; prose that mentions the original message is not one.
const MARK_BYTES_MAX: usize = 110;
/// Looked at to tell whether a message begins here.
const HEAD_BYTES_MAX: usize = 4 * 1024;
/// Fields that begin a returned message.
const FIRST: [&str; 9] = [
    "return-path",
    "received",
    "message-id",
    "mime-version",
    "dkim-signature",
    "delivered-to",
    "x-google-smtp-source",
    "x-originating-ip",
    "domainkey-signature",
];

/// The text for people, and the headers of the message under it.
pub(super) fn split(text: &str) -> (String, Vec<(String, String)>) {
    let mut at = 0;
    let mut marked = false;
    let mut fresh = true;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if begins(bare, fresh, marked) && is_head(&text[at..]) {
            return cut(text, at);
        }
        if !bare.trim().is_empty() {
            marked = bare.len() <= MARK_BYTES_MAX && MARK.is_match(bare);
        }
        fresh = bare.trim().is_empty() || marked;
        at += line.len();
    }
    (text.to_owned(), Vec::new())
}

/// A header of a message: one of the telling ones after an empty line, any right after an announcement.
fn begins(line: &str, fresh: bool, marked: bool) -> bool {
    let Some((name, _)) = fields::field(line) else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    let telling = FIRST.contains(&name.as_str());
    let common = ["from", "to", "subject", "date", "cc", "reply-to", "sender"]
        .contains(&name.as_str())
        || name.starts_with("x-");
    fresh && telling || marked && common
}

/// A report may list a few fields of the message; a message has those that its way added.
fn is_head(text: &str) -> bool {
    let fields = fields::head(plain::front(text, HEAD_BYTES_MAX));
    let telling =
        |name: &str| FIRST.contains(&name) || name == "date" || name.starts_with("content-");
    fields.len() >= 2 && fields.iter().any(|(name, _)| telling(name))
}

fn cut(text: &str, at: usize) -> (String, Vec<(String, String)>) {
    (text[..at].to_owned(), fields::head(&text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_returned_message_is_cut_off_with_its_headers() {
        for mark in [
            "--- Below this line is a copy of the message.",
            "------ This is a copy of the message, including all the headers. ------",
            "   ----- Unsent message follows -----",
            "Original message:",
        ] {
            let text = format!(
                "<ada@b.test>: no\n\n{mark}\n\nFrom: bob@c.test\nMessage-ID: <1@c.test>\n\nhello\n"
            );
            let (told, headers) = split(&text);
            assert!(told.starts_with("<ada@b.test>: no"), "{mark}");
            assert!(!told.contains("bob@c.test"), "{mark}");
            assert_eq!(headers.len(), 2, "{mark}");
        }
    }

    #[test]
    fn prose_and_other_fields_stay() {
        let text = "The original message was received at noon\nfrom host\n\nTo: ada@b.test\nno such user\n";
        assert_eq!(split(text), (text.to_owned(), Vec::new()));
    }
}
