//! Refusals in words, as SMTP says them. Pure.
//!
//! Promises: whatever a sentence holds, the reply is whole lines of printable ASCII, each as long as RFC 5321 4.5.3.1.5
//! allows, with code and enhanced code (RFC 2034) on each.

use std::fmt::Write as _;

use crate::inject::Refused;
use crate::server::Reply;

/// Room for text in a line of 512 bytes with codes and CRLF.
const LINE_CHARS_MAX: usize = 480;
/// A reason has a sentence and what to do; more is a mistake of ours.
const TEXT_CHARS_MAX: usize = 4 * LINE_CHARS_MAX;
/// RFC 3463: the address is dead, no such mailbox; delivery not authorized.
const DEAD: &str = "5.1.1";
const NOT_PERMITTED: &str = "5.7.1";

/// `codes` as in `550 5.7.1`.
pub(super) fn reply(code: u16, enhanced: &str, text: &str) -> Reply {
    let plain = |c: char| match c {
        ' '..='~' => c,
        c if c.is_whitespace() => ' ',
        _ => '?',
    };
    let text: String = text.chars().map(plain).take(TEXT_CHARS_MAX).collect();
    let (mut out, mut rest) = (String::new(), text.as_str());
    loop {
        let (line, after) = rest.split_at(rest.len().min(LINE_CHARS_MAX));
        rest = after;
        let more = if rest.is_empty() { ' ' } else { '-' };
        // A text takes whatever is written to it.
        let _whole = write!(out, "{code}{more}{enhanced} {line}\r\n");
        if rest.is_empty() {
            return Reply::Owned(out.into_bytes());
        }
    }
}

/// What the gate said of somebody, with its codes in front.
pub(super) fn refused(refused: &Refused) -> Reply {
    reply(550, enhanced(refused), &told(refused))
}

/// The same of a message that goes to nobody because of it.
pub(super) fn refused_whole(first: &Refused, (refused, of): (usize, usize)) -> Reply {
    let text = match of {
        1 => told(first),
        _ => format!(
            "Nobody was written to: {refused} of {of} recipients may not be, the first for this: {}",
            told(first)
        ),
    };
    reply(550, enhanced(first), &text)
}

fn told(refused: &Refused) -> String {
    let Refused {
        codes,
        sentence,
        remedy,
    } = refused;
    format!("[{codes}] {sentence} {remedy}")
}

fn enhanced(refused: &Refused) -> &'static str {
    let is = |code| refused.codes.split(' ').any(|c| c == code);
    if is("D_BOUNCED") { DEAD } else { NOT_PERMITTED }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(codes: &str) -> Refused {
        Refused {
            codes: codes.to_owned(),
            sentence: "Ada said no.".to_owned(),
            remedy: "Ask\r\nfor a new yes.".to_owned(),
        }
    }

    #[test]
    fn a_refusal_says_codes_reason_and_what_to_do() {
        let told = refused(&of("D_WITHDRAWN"));
        let expected = b"550 5.7.1 [D_WITHDRAWN] Ada said no. Ask  for a new yes.\r\n";
        assert_eq!(&*told, expected);
        assert!(refused(&of("D_REFUSED D_BOUNCED")).starts_with(b"550 5.1.1 "));
        let whole = refused_whole(&of("D_REFUSED"), (2, 3));
        assert!(whole.starts_with(b"550 5.7.1 Nobody was written to: 2 of 3 "));
    }

    proptest! {
        #[test]
        fn any_text_is_whole_lines_of_a_reply(text in "\\PC{0,1200}|[\\x00-\\x7f]{1,3000}") {
            let told = String::from_utf8(reply(550, "5.7.1", &text).into_owned()).unwrap();
            let lines: Vec<&str> = told.split_terminator("\r\n").collect();
            prop_assert!(!lines.is_empty());
            for (n, line) in lines.iter().enumerate() {
                let last = n + 1 == lines.len();
                let plain = line.bytes().all(|b| (b' '..=b'~').contains(&b));
                prop_assert!(line.len() <= 510 && plain);
                let start = if last { "550 5.7.1 " } else { "550-5.7.1 " };
                prop_assert!(line.starts_with(start));
            }
        }
    }
}
