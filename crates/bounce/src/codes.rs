//! Codes and commands quoted in a text: reply codes (RFC 5321), enhanced codes (RFC 3463), the command refused.

use std::sync::LazyLock;

use regex::Regex;

use crate::{Enhanced, Phase};

static REPLY: LazyLock<Regex> = LazyLock::new(|| {
    let before = r#"(?:^|[\s:;,<>("'\[\]=#/|*-])"#;
    let pattern = format!(r"(?m){before}(2[125]\d|[45][0-5]\d)(?:$|[\s:;,\-#)<>.=_']+)(\S*)");
    Regex::new(&pattern).expect("invariant: a fixed pattern")
});
static ENHANCED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?:^|[^\d.A-Za-z])([245]\.\d{1,3}\.\d{1,3})(?:$|[^\d.]|\.(?:\D|$))";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});

/// What follows a number that is no reply code but a count.
const UNITS: [&str; 22] = [
    "second",
    "minute",
    "hour",
    "day",
    "byte",
    "kb",
    "kilobyte",
    "mb",
    "message",
    "msg",
    "recipient",
    "attempt",
    "times",
    "ms",
    "octet",
    "gmt",
    "utc",
    "jst",
    "cest",
    "%",
    "am",
    "pm",
];

/// The codes of one text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Codes {
    pub(crate) reply: Option<u16>,
    pub(crate) enhanced: Option<Enhanced>,
}

/// The most telling enhanced code (the last that is not x.0.0) with the reply code before it, else the first of each.
pub(crate) fn find(text: &str) -> Codes {
    let replies: Vec<(usize, u16)> = replies(text);
    let enhanced: Vec<(usize, Enhanced)> = enhanced(text);
    let telling = enhanced.iter().rev().find(|(_, code)| !is_vague(*code));
    let Some((at, code)) = telling.or(enhanced.first()).copied() else {
        return Codes {
            reply: replies.first().map(|(_, code)| *code),
            enhanced: None,
        };
    };
    let before = replies.iter().rev().find(|(place, _)| *place < at);
    Codes {
        reply: before.or(replies.first()).map(|(_, code)| *code),
        enhanced: Some(code),
    }
}

/// x.0.0 says no more than the class.
pub(crate) fn is_vague(code: Enhanced) -> bool {
    code.subject == 0 && code.detail == 0
}

fn replies(text: &str) -> Vec<(usize, u16)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(hit) = REPLY.captures_at(text, at) {
        let number = hit.get(1).expect("invariant: the pattern has two groups");
        at = number.end();
        let next = hit.get(2).map_or("", |g| g.as_str()).to_lowercase();
        let dotted = text[at..]
            .strip_prefix('.')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let count = dotted || UNITS.iter().any(|unit| next.starts_with(unit));
        if let (false, Ok(code)) = (count, number.as_str().parse()) {
            found.push((number.start(), code));
        }
    }
    found
}

fn enhanced(text: &str) -> Vec<(usize, Enhanced)> {
    let hits = ENHANCED.captures_iter(text);
    let codes = hits.filter_map(|hit| {
        let group = hit.get(1)?;
        Some((group.start(), Enhanced::parse(group.as_str())?))
    });
    codes.collect()
}

/// Words that tell which command was refused; the later phase wins when two are named.
const COMMANDS: [(&str, Phase); 25] = [
    ("end of data", Phase::Dot),
    ("end-of-data", Phase::Dot),
    ("after data", Phase::Dot),
    (">>> data", Phase::Data),
    ("data command", Phase::Data),
    ("reply to data", Phase::Data),
    ("message body", Phase::Dot),
    ("failed after i sent the message", Phase::Dot),
    ("rcpt to", Phase::Rcpt),
    ("rcpt command", Phase::Rcpt),
    ("smtp:rcpt", Phase::Rcpt),
    ("like our data", Phase::Dot),
    ("(state 14)", Phase::Rcpt),
    ("rcpt_to", Phase::Rcpt),
    ("[body]", Phase::Dot),
    ("(state 15)", Phase::Dot),
    ("(state 17)", Phase::Dot),
    ("(state 18)", Phase::Dot),
    ("does not like recipient", Phase::Rcpt),
    ("mail from:", Phase::Mail),
    ("mail from command", Phase::Mail),
    ("does not like sender", Phase::Mail),
    ("helo command", Phase::Hello),
    ("ehlo command", Phase::Hello),
    ("initial connection", Phase::Greeting),
];

/// The command that was refused, when the text names one.
pub(crate) fn command(text: &str) -> Option<Phase> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let named = COMMANDS.iter().find(|(words, _)| text.contains(words));
    named.map(|(_, phase)| *phase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> (Option<u16>, Option<String>) {
        let found = find(text);
        (found.reply, found.enhanced.map(|e| e.to_string()))
    }

    #[test]
    fn the_telling_codes_are_found_in_real_forms() {
        let code = |text: &str| Some(text.to_owned());
        for (text, reply, enhanced) in [
            (
                "smtp; 550 5.1.1 <a@b.test>... User unknown",
                Some(550),
                code("5.1.1"),
            ),
            (
                "550 sorry, no mailbox here by that name (#5.1.1 - chkusr)",
                Some(550),
                code("5.1.1"),
            ),
            (
                "554 4.4.7 Message expired.<421 4.4.2 Connection timed out>",
                Some(421),
                code("4.4.2"),
            ),
            ("550-5.1.1 first 550 5.1.1 last", Some(550), code("5.1.1")),
            ("host mx[192.0.2.1] said: 550 gone", Some(550), None),
            ("connect to 192.5.1.1 and 5.1.1.250", None, None),
            ("wait 450 seconds", None, None),
            ("error 5.2.2.", None, code("5.2.2")),
        ] {
            assert_eq!(codes(text), (reply, enhanced), "{text}");
        }
    }

    #[test]
    fn the_refused_command_is_read() {
        assert_eq!(command("(in reply to RCPT TO command)"), Some(Phase::Rcpt));
        assert_eq!(command("after end of data:"), Some(Phase::Dot));
        assert_eq!(command("hello"), None);
    }
}
