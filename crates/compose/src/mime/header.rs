//! Header fields that cannot be broken out of.
//!
//! Whatever comes in, what goes out is one field: control characters (CR, LF and NUL among them) become spaces,
//! non-ASCII becomes encoded-words (RFC 2047), lines are folded at 78 characters (RFC 5322 2.1.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Where lines are folded (RFC 5322 2.1.1: should 78, must 998).
const LINE_MAX: usize = 78;
/// Longest word that is left as it is; longer ones are cut into encoded-words so that no line passes 998.
const WORD_MAX: usize = 200;
/// RFC 2047 2: 75 characters each, of which `=?utf-8?B?` and `?=` take 12; 63 left are 60 in base64: 45 bytes.
const ENCODED_BYTES_MAX: usize = 45;
/// Longest name that stands in quotes, on one line with its address; longer ones are encoded-words.
const QUOTED_CHARS_MAX: usize = 60;
/// Longest text of a field: far more than any program shows.
const TEXT_CHARS_MAX: usize = 1_000;

/// Appends `name: value` as it is, for values that we make ourselves.
pub(crate) fn push_field(name: &str, value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// Appends `name: text` for free text from anywhere.
pub(crate) fn push_unstructured(name: &str, text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b":");
    let column = name.len() + 1;
    let text = one_line(text);
    if is_plain(&text) {
        fold_words(&text, column, out);
    } else {
        encoded_words(&text, column, out);
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends a display name and white space, for `<address>` to follow; nothing for an empty name.
pub(crate) fn push_display_name(name: &str, out: &mut Vec<u8>) {
    let name = one_line(name);
    if name.is_empty() {
        return;
    }
    let quoted = is_plain(&name) && name.len() <= QUOTED_CHARS_MAX;
    if quoted {
        out.push(b'"');
        for byte in name.bytes() {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b'"');
    } else {
        let mut words = Vec::new();
        encoded_words(&name, LINE_MAX, &mut words);
        out.extend_from_slice(words.trim_ascii_start());
    }
    out.extend_from_slice(if quoted { b" " } else { b"\r\n " });
}

/// Control characters become spaces, runs of white space one space, and the length is bounded.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_control() || c.is_whitespace() || is_break(c)) {
        if !word.is_empty() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    if line.len() > TEXT_CHARS_MAX {
        line = line.chars().take(TEXT_CHARS_MAX).collect();
    }
    line
}

/// Unicode's own line and paragraph separators, and the marks that turn the direction of what follows.
fn is_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// True when the text can stand in a header as it is, and cannot be taken for an encoded-word.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (32..127).contains(&b))
        && !text.contains("=?")
        && text.split(' ').all(|w| w.len() <= WORD_MAX)
}

fn fold_words(text: &str, mut column: usize, out: &mut Vec<u8>) {
    for (i, word) in text.split(' ').enumerate() {
        if i > 0 && column + 1 + word.len() > LINE_MAX {
            out.extend_from_slice(b"\r\n");
            column = 0;
        }
        out.push(b' ');
        out.extend_from_slice(word.as_bytes());
        column += 1 + word.len();
    }
}

/// The whole text as encoded-words, one a line behind the first. White space between two of them is not shown
/// (RFC 2047 6.2), so they may be cut anywhere between characters.
fn encoded_words(text: &str, mut column: usize, out: &mut Vec<u8>) {
    let mut rest = text;
    while !rest.is_empty() {
        let room = LINE_MAX.saturating_sub(column + 13) / 4 * 3;
        let room = room.min(ENCODED_BYTES_MAX);
        let cut = boundary(rest, room);
        if cut == 0 {
            out.extend_from_slice(b"\r\n");
            column = 0;
            continue;
        }
        let word = STANDARD.encode(&rest[..cut]);
        out.extend_from_slice(b" =?utf-8?B?");
        out.extend_from_slice(word.as_bytes());
        out.extend_from_slice(b"?=");
        column += word.len() + 13;
        rest = &rest[cut..];
    }
}

/// The longest start of at most `bytes` that ends between characters.
fn boundary(text: &str, bytes: usize) -> usize {
    let mut cut = bytes.min(text.len());
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    cut
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;
