//! Cuts a template into text and tags, with the line of each tag.
//!
//! Knows the delimiters of minijinja (`{{ }}`, `{% %}`, `{# #}`), its strings, its white-space marks (`-`) and
//! `raw` blocks. Text between tags is never shown to minijinja, so white space is trimmed here.

use super::check;
use crate::fault::{ContentFault, Place};

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// `{{ ... }}`: writes a value.
    Output,
    /// `{% ... %}`: steers.
    Block,
}

/// One tag, without delimiters and white-space marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub kind: TagKind,
    pub code: String,
    pub line: usize,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Tag(Tag),
}

/// All parts of `source`, in order. Control characters other than tab and line feed are dropped from it.
pub(crate) fn lex(source: &str, place: Place) -> Result<Vec<Part>, ContentFault> {
    let source = clean(source);
    let mut lexer = Lexer {
        rest: &source,
        place,
        line: 1,
        parts: Vec::new(),
        trim_next: false,
    };
    while lexer.step()? {}
    Ok(lexer.parts)
}

/// Line ends become LF; markers and other control characters cannot come from outside.
fn clean(source: &str) -> String {
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    source
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

struct Lexer<'a> {
    rest: &'a str,
    place: Place,
    line: usize,
    parts: Vec<Part>,
    trim_next: bool,
}

impl<'a> Lexer<'a> {
    /// Takes the text up to the next tag, and the tag. False at the end.
    fn step(&mut self) -> Result<bool, ContentFault> {
        let Some(start) = next_open(self.rest) else {
            let rest = std::mem::take(&mut self.rest);
            self.text(rest, false);
            return Ok(false);
        };
        let before = &self.rest[..start];
        let open = self.rest.as_bytes()[start + 1];
        let trims = self.rest[start + 2..].starts_with('-');
        self.text(before, trims);
        self.rest = &self.rest[start + 2..];
        match open {
            b'#' => self.comment()?,
            b'{' => self.output()?,
            _ => self.block()?,
        }
        Ok(true)
    }

    fn text(&mut self, text: &str, trim_end: bool) {
        let mut kept = text;
        if std::mem::take(&mut self.trim_next) {
            kept = kept.trim_start();
        }
        if trim_end {
            kept = kept.trim_end();
        }
        if !kept.is_empty() {
            self.parts.push(Part::Text(kept.to_owned()));
        }
        self.line += lines(text);
    }

    fn comment(&mut self) -> Result<(), ContentFault> {
        let end = self.rest.find("#}").ok_or_else(|| self.open_end("#}"))?;
        let inside = &self.rest[..end];
        self.trim_next = inside.ends_with('-');
        self.line += lines(inside);
        self.rest = &self.rest[end + 2..];
        Ok(())
    }

    fn output(&mut self) -> Result<(), ContentFault> {
        let tag = self.tag(TagKind::Output, "}}")?;
        check::output(&tag, self.place)?;
        self.parts.push(Part::Tag(tag));
        Ok(())
    }

    fn block(&mut self) -> Result<(), ContentFault> {
        let tag = self.tag(TagKind::Block, "%}")?;
        if tag.code == "raw" {
            return self.raw();
        }
        check::block(&tag, self.place)?;
        self.parts.push(Part::Tag(tag));
        Ok(())
    }

    /// The code up to `close`, strings skipped, white-space marks taken off.
    fn tag(&mut self, kind: TagKind, close: &str) -> Result<Tag, ContentFault> {
        let end = find_outside_strings(self.rest, close).ok_or_else(|| self.open_end(close))?;
        let inside = &self.rest[..end];
        let line = self.line;
        self.line += lines(inside);
        self.rest = &self.rest[end + 2..];
        self.trim_next = inside.ends_with('-');
        let code = inside.strip_prefix(['-', '+']).unwrap_or(inside);
        let code = code.strip_suffix(['-', '+']).unwrap_or(code);
        let code = code.trim().replace('\n', " ");
        Ok(Tag { kind, code, line })
    }

    /// Everything up to `{% endraw %}` is text, tags included.
    fn raw(&mut self) -> Result<(), ContentFault> {
        let mut from = 0;
        loop {
            let open = self.rest[from..]
                .find("{%")
                .ok_or_else(|| self.open_end("{% endraw %}"))?
                + from;
            let after = &self.rest[open + 2..];
            let end = after.find("%}").ok_or_else(|| self.open_end("%}"))?;
            if after[..end].trim_matches(['-', '+', ' ', '\n', '\t']) == "endraw" {
                let text: &'a str = &self.rest[..open];
                self.text(text, after.starts_with('-'));
                self.trim_next = after[..end].ends_with('-');
                self.rest = &after[end + 2..];
                return Ok(());
            }
            from = open + 2;
        }
    }

    fn open_end(&self, missing: &str) -> ContentFault {
        ContentFault::Syntax {
            place: self.place,
            line: self.line,
            reason: format!("a tag begins and its `{missing}` never comes"),
        }
    }
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count()
}

/// The text as a template that writes exactly this, save for a space inside what would begin a tag.
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if out.ends_with('{') && matches!(c, '{' | '%' | '#') {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

fn next_open(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(1))
        .find(|i| bytes[*i] == b'{' && matches!(bytes[i + 1], b'{' | b'%' | b'#'))
}

fn find_outside_strings(text: &str, close: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut quote) = (0, None);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(q), b) if b == q => quote = None,
            (None, b'"' | b'\'') => quote = Some(bytes[at]),
            (None, _) if bytes[at..].starts_with(close.as_bytes()) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> String {
        let parts = lex(source, Place::Body).unwrap();
        let show = |part: &Part| match part {
            Part::Text(text) => format!("<{text}>"),
            Part::Tag(tag) => format!("[{}@{}]", tag.code, tag.line),
        };
        parts.iter().map(show).collect()
    }

    #[test]
    fn text_and_tags_are_told_apart_with_their_lines() {
        assert_eq!(
            shown("Hi {{ name }},\n\n{% if vip %}x{% endif %}{# no #}y"),
            "<Hi >[name@1]<,\n\n>[if vip@3]<x>[endif@3]<y>"
        );
        assert_eq!(
            shown("a {{ b | fallback('}}') }}"),
            "<a >[b | fallback('}}')@1]"
        );
        assert_eq!(shown("{ not a tag } %} }}"), "<{ not a tag } %} }}>");
    }

    #[test]
    fn white_space_marks_trim_the_text_beside_them() {
        assert_eq!(shown("a \n {{- b -}} \n c"), "<a>[b@2]<c>");
        assert_eq!(shown("a {#- x -#} c"), "<a><c>");
    }

    #[test]
    fn raw_blocks_are_text() {
        assert_eq!(
            shown("{% raw %}{{ a }}{% b %}{% endraw %}c"),
            "<{{ a }}{% b %}><c>"
        );
    }

    #[test]
    fn a_tag_without_an_end_names_its_line() {
        for source in [
            "\n\n{{ a",
            "\n\n{% if a",
            "\n\n{# a",
            "\n\n{% raw %} {{ a }}",
            "\n\n{{ \"a }}",
        ] {
            match lex(source, Place::Body) {
                Err(ContentFault::Syntax { line: 3, .. }) => {}
                other => panic!("{source:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn markers_and_control_characters_cannot_come_from_a_template() {
        assert_eq!(shown("a\u{1}0\u{2}b\0c\r\nd\re"), "<a0bc\nd\ne>");
    }
}
