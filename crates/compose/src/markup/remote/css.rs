//! What a style sheet or a style fetches.
//!
//! Not a parser: whatever stands behind `url(` or in quotes and reads as an address counts. CSS in mails comes
//! broken in every way, and each program mends it in its own.

use super::{Remote, address};
use crate::template::Marks;

/// As much of an address is looked at: hosts stand at its start, and a sheet of nothing but starts must not take
/// the square of its length.
const LOOKED_AT_BYTES: usize = 4_096;

/// Notes the hosts of a style. `css` is as the serializer wrote it.
pub(super) fn note(css: &str, marks: &Marks, found: &mut Remote) {
    let plain = without_escapes(css);
    let lower = plain.to_ascii_lowercase();
    for (at, word) in lower
        .match_indices("url(")
        .chain(lower.match_indices("src("))
    {
        let inside = start_of(&plain[at + word.len()..]).trim_start();
        let quote = inside.chars().next().filter(|c| matches!(c, '"' | '\''));
        let end = quote.unwrap_or(')');
        let inside = inside.trim_start_matches(['"', '\'']);
        let address = inside.split(end).next().unwrap_or_default();
        if may_be_far(address) {
            address::note(address.trim(), marks, found);
        }
    }
    // `@import "..."`, `image-set("..." 1x)`: any text in quotes that is an address.
    for (at, quote) in plain.match_indices(['"', '\'']) {
        let text = start_of(&plain[at + 1..]);
        let text = text.split(quote).next().unwrap_or_default();
        if is_far(text) {
            address::note(text, marks, found);
        }
    }
}

fn start_of(text: &str) -> &str {
    &text[..text.floor_char_boundary(LOOKED_AT_BYTES)]
}

/// False for the common ways to name nothing outside.
fn may_be_far(address: &str) -> bool {
    !address.starts_with("data:") && !address.starts_with('#') && !address.trim().is_empty()
}

fn is_far(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(6).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("http:") || start.starts_with("https:") || start.starts_with("//")
}

/// Escapes of CSS as the characters that they stand for (CSS Syntax 3, section 4.3.7).
fn without_escapes(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        rest = escaped(after, &mut out);
    }
    out.push_str(rest);
    out
}

/// Puts one escaped character out, and gives what is behind it.
fn escaped<'a>(after: &'a str, out: &mut String) -> &'a str {
    let digits = after
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    if digits == 0 {
        let mut chars = after.chars();
        out.extend(chars.next().filter(|c| *c != '\n'));
        return chars.as_str();
    }
    let code = u32::from_str_radix(&after[..digits], 16).unwrap_or(0);
    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    let rest = &after[digits..];
    rest.strip_prefix([' ', '\t', '\n']).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(css: &str) -> Vec<String> {
        let mut found = Remote::default();
        note(css, &Marks::new(&[css]), &mut found);
        found.finish().unwrap()
    }

    #[test]
    fn every_way_of_css_to_fetch_something_is_seen() {
        for css in [
            "a{background:url(https://far.example/a.png)}",
            "a{background:URL( 'https://far.example/a.png' )}",
            "a{background:u\\72l(https://far.example/a)}",
            "a{background:\\75\\000072 \\6c(\"https://far.example\")}",
            "a{background:url(https\\3a //far.example/)}",
            "@import \"https://far.example/a.css\";",
            "@import/**/'//far.example/a.css' screen;",
            "@font-face{src:url(//far.example/a.woff2)}",
            "a{background:image-set('https://far.example/a' 1x)}",
            "a{background:-webkit-image-set(url(https://far.example/a) 1x)}",
            "/* don't */ a{list-style:url(\"https://far.example/a\")}",
            "a{content:url(https://far.example/a",
            "a{background:url(https://far.example/a*/b)}",
        ] {
            assert_eq!(hosts(css), ["far.example"], "{css}");
        }
    }

    #[test]
    fn what_fetches_nothing_has_no_host() {
        for css in [
            "a{color:red;font-family:'Helvetica Neue'}",
            "a{background:url(data:image/gif;base64,R0lGOD//AA==)}",
            "a{background:url(#gradient)}",
            "a{background:url(pictures/a.png)}",
            "a{background:url()}\\",
        ] {
            assert_eq!(hosts(css), [""; 0], "{css}");
        }
    }
}
