//! A bare `>` in the text of an MJML document.
//!
//! The reader of MJML (htmlparser 0.2.1) looks two bytes back from the first `>` of a text without asking whether a
//! character begins there, and panics: `€>` or `ür>` is enough. Found by `cargo xtask fuzz template`.

use std::borrow::Cow;

/// The same document, with `&gt;` for each `>` in text that stands two bytes behind the middle of a character.
/// Every other `>` stays: a style sheet may need it.
pub(crate) fn spelled_out(mjml: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < mjml.len() {
        let end = mjml[at..].find('<').map_or(mjml.len(), |lt| at + lt);
        for (arrow, _) in mjml[at..end].match_indices('>') {
            let arrow = at + arrow;
            if arrow >= at + 2 && !mjml.is_char_boundary(arrow - 2) {
                out.push_str(&mjml[copied..arrow]);
                out.push_str("&gt;");
                copied = arrow + 1;
            }
        }
        at = end + markup_bytes(&mjml[end..]);
    }
    if copied == 0 {
        return Cow::Borrowed(mjml);
    }
    out.push_str(&mjml[copied..]);
    Cow::Owned(out)
}

/// How long the comment, section or tag is with which `rest` begins; all of it when it has no end.
fn markup_bytes(rest: &str) -> usize {
    let until = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
    if rest.starts_with("<!--") {
        return until("-->");
    }
    if rest.starts_with("<![CDATA[") {
        return until("]]>");
    }
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_arrows_that_break_the_reader_are_spelled_out() {
        for (mjml, wanted) in [
            ("<mj-text>€></mj-text>", "<mj-text>€&gt;</mj-text>"),
            ("<p>für> me</p>", "<p>für&gt; me</p>"),
            ("<p>a > b</p>", "<p>a > b</p>"),
            ("<p title=\"€>\">x</p>", "<p title=\"€>\">x</p>"),
            ("<!-- €> -->x", "<!-- €> -->x"),
            ("<style>a>b</style>", "<style>a>b</style>"),
            ("é>", "é>"),
            ("<p", "<p"),
        ] {
            assert_eq!(spelled_out(mjml), wanted, "{mjml}");
        }
    }
}
