//! The words of a segment, each with its place in the text.

use std::ops::Range;

use super::fault::Fault;

/// One word, sign or quoted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Letters, digits and `_ - .` with nothing between: a name, a number, a date, a word of the language.
    Word(String),
    /// What stands between quotes, without its escapes.
    Quoted(String),
    Open,
    Close,
    Comma,
    Sign(Sign),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) span: Range<usize>,
}

/// All tokens of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Fault> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let (token, bytes) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '"' => quoted(rest, at)?,
            c if is_word(c) => word(rest),
            _ => sign(rest, at)?,
        };
        all.push(Placed {
            token,
            span: at..at + bytes,
        });
        rest = rest[bytes..].trim_start();
    }
    Ok(all)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn word(rest: &str) -> (Token, usize) {
    let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    (Token::Word(rest[..end].to_owned()), end)
}

fn sign(rest: &str, at: usize) -> Result<(Token, usize), Fault> {
    let known = [
        ("<=", Sign::AtMost),
        (">=", Sign::AtLeast),
        ("!=", Sign::Unequal),
        ("=", Sign::Equal),
        ("<", Sign::Less),
        (">", Sign::More),
    ];
    let found = known.iter().find(|(text, _)| rest.starts_with(text));
    if let Some((text, sign)) = found {
        return Ok((Token::Sign(*sign), text.len()));
    }
    let width = rest.chars().next().map_or(1, char::len_utf8);
    let fault = Fault::new(at..at + width, "this sign means nothing here");
    Err(fault.hint("a text stands in double quotes: job = \"head cook\""))
}

/// A text up to the closing quote; `\"` and `\\` stand for the sign itself.
fn quoted(rest: &str, at: usize) -> Result<(Token, usize), Fault> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((place, c)) = chars.next() {
        match c {
            '"' => return Ok((Token::Quoted(text), place + 1)),
            '\\' => text.extend(chars.next().map(|(_, c)| c)),
            c => text.push(c),
        }
    }
    Err(
        Fault::new(at..at + rest.len(), "this quote is never closed")
            .hint("end the text with another \""),
    )
}
