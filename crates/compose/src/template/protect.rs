//! Carries template tags and our own slots unharmed through programs that rewrite HTML.
//!
//! MJML, CSS inlining and link rewriting parse HTML; a `{% for %}` between table rows would be moved out of the
//! table, a quote in an expression would be escaped. So each tag travels as a mark: a made-up word in text and
//! attributes, a comment around that word where it steers (comments may stand anywhere, also in tables).

use super::lex::{Part, Tag, TagKind};

/// What a mark stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    Tag(Tag),
    /// Number of a tracked link.
    Link(u16),
    /// Where the user's part ends.
    End,
    /// Where the preheader goes.
    Preheader,
}

/// A piece of processed markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment<'a> {
    Text(&'a str),
    Mark(&'a Mark),
}

/// The marks of one document; their word occurs nowhere else in it.
#[derive(Debug)]
pub(crate) struct Marks {
    word: String,
    marks: Vec<Mark>,
}

/// Digits after the word.
const DIGITS: usize = 5;
/// As many marks as the digits count; above any sane template.
pub(crate) const MARKS_MAX: usize = 99_999;

impl Marks {
    /// For a document made of `sources`: chooses a word that none of them has.
    pub(crate) fn new(sources: &[&str]) -> Self {
        let mut word = "avjq".to_owned();
        let taken = |word: &str| {
            let has = |s: &&str| s.to_ascii_lowercase().contains(word);
            sources.iter().any(has)
        };
        while taken(&word) {
            word.push('x');
        }
        Self {
            word,
            marks: Vec::new(),
        }
    }

    /// A new mark, as the word to put into markup.
    pub(crate) fn add(&mut self, mark: Mark) -> String {
        self.marks.push(mark);
        format!("{}{:0DIGITS$}q", self.word, self.marks.len() - 1)
    }

    /// True when the text has any mark.
    pub(crate) fn occur_in(&self, text: &str) -> bool {
        text.contains(&self.word)
    }

    /// True when the text is one mark and nothing else.
    pub(crate) fn is_one(&self, text: &str) -> bool {
        matches!(self.segments(text).as_slice(), [Segment::Mark(_)])
    }

    /// Markup with the parts' tags as marks.
    pub(crate) fn protect(&mut self, parts: &[Part]) -> String {
        let mut html = String::new();
        let mut context = Context::Data;
        for part in parts {
            match part {
                Part::Text(text) => {
                    context = context.after(text);
                    html.push_str(text);
                }
                Part::Tag(tag) => {
                    let steers = tag.kind == TagKind::Block && context == Context::Data;
                    let word = self.add(Mark::Tag(tag.clone()));
                    if steers {
                        html.extend(["<!--", &word, "-->"]);
                    } else {
                        html.push_str(&word);
                    }
                }
            }
        }
        html
    }

    /// Processed markup, cut at its marks. (Who reads comments takes them off around marks: here `<!--` might
    /// as well stand inside of a longer comment.)
    pub(crate) fn segments<'a>(&'a self, html: &'a str) -> Vec<Segment<'a>> {
        let mut out = Vec::new();
        let mut rest = html;
        while let Some((at, mark, len)) = self.next(rest) {
            let (before, after) = (&rest[..at], &rest[at + len..]);
            if !before.is_empty() {
                out.push(Segment::Text(before));
            }
            out.push(Segment::Mark(mark));
            rest = after;
        }
        if !rest.is_empty() {
            out.push(Segment::Text(rest));
        }
        out
    }

    fn next(&self, html: &str) -> Option<(usize, &Mark, usize)> {
        let len = self.word.len() + DIGITS + 1;
        let mut from = 0;
        loop {
            let at = html[from..].find(&self.word)? + from;
            let digits = html.get(at + self.word.len()..at + len - 1);
            let number = digits.and_then(|d| d.parse::<usize>().ok());
            if let Some(mark) = number.and_then(|n| self.marks.get(n)) {
                return Some((at, mark, len));
            }
            from = at + self.word.len();
        }
    }

    /// The tags that `html` no longer has.
    pub(crate) fn lost<'a>(&'a self, html: &'a str) -> Vec<&'a Tag> {
        let mut there: Vec<*const Mark> = Vec::new();
        for segment in self.segments(html) {
            if let Segment::Mark(mark) = segment {
                there.push(std::ptr::from_ref(mark));
            }
        }
        there.sort_unstable();
        let tag = |mark: &'a Mark| match mark {
            Mark::Tag(tag) if there.binary_search(&std::ptr::from_ref(mark)).is_err() => Some(tag),
            _ => None,
        };
        self.marks.iter().filter_map(tag).collect()
    }

    /// How many marks there are.
    pub(crate) fn len(&self) -> usize {
        self.marks.len()
    }
}

/// Where in HTML a tag stands: a rough reading, enough to choose between a word and a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Data,
    /// Inside `<...>`, perhaps in a quoted value.
    Markup(Option<u8>),
    Comment,
    /// Inside an element whose content is not markup.
    Raw(&'static str),
}

/// Elements whose content is text, whatever it looks like.
const RAW: [&str; 8] = [
    "style",
    "script",
    "title",
    "textarea",
    "xmp",
    "mj-style",
    "mj-title",
    "mj-preview",
];

impl Context {
    /// The context behind `text`.
    fn after(mut self, text: &str) -> Self {
        let mut rest = text;
        while !rest.is_empty() {
            (self, rest) = self.step(rest);
        }
        self
    }

    fn step(self, rest: &str) -> (Self, &str) {
        match self {
            Self::Data => data(rest),
            Self::Markup(None) => markup(rest),
            Self::Markup(Some(quote)) => match rest.find(char::from(quote)) {
                Some(at) => (Self::Markup(None), &rest[at + 1..]),
                None => (self, ""),
            },
            Self::Comment => match rest.find("-->") {
                Some(at) => (Self::Data, &rest[at + 3..]),
                None => (self, ""),
            },
            Self::Raw(name) => match find_close(rest, name) {
                Some(at) => (Self::Markup(None), &rest[at..]),
                None => (self, ""),
            },
        }
    }
}

fn data(rest: &str) -> (Context, &str) {
    let Some(at) = rest.find('<') else {
        return (Context::Data, "");
    };
    let rest = &rest[at + 1..];
    if let Some(inside) = rest.strip_prefix("!--") {
        return (Context::Comment, inside);
    }
    let named = rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    if !named {
        return (Context::Data, rest);
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let name = &rest[..end.unwrap_or(rest.len())];
    match RAW.iter().find(|raw| raw.eq_ignore_ascii_case(name)) {
        Some(raw) if rest.contains('>') => (
            Context::Raw(raw),
            rest.split_once('>').map_or("", |(_, inside)| inside),
        ),
        _ => (Context::Markup(None), rest),
    }
}

fn markup(rest: &str) -> (Context, &str) {
    match rest.find(['>', '"', '\'']) {
        None => (Context::Markup(None), ""),
        Some(at) if rest.as_bytes()[at] == b'>' => (Context::Data, &rest[at + 1..]),
        Some(at) => (Context::Markup(Some(rest.as_bytes()[at])), &rest[at + 1..]),
    }
}

fn find_close(rest: &str, name: &str) -> Option<usize> {
    let lower = rest.to_ascii_lowercase();
    lower.find(&format!("</{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Place;
    use crate::template::lex;

    fn protected(source: &str) -> (Marks, String) {
        let mut marks = Marks::new(&[source]);
        let html = marks.protect(&lex(source, Place::Body).unwrap());
        (marks, html)
    }

    #[test]
    fn steering_tags_become_comments_only_where_comments_may_stand() {
        let (_, html) = protected("<table>{% if a %}<tr title='{% if b %}x{% endif %}'>{{ c }}");
        assert_eq!(
            html,
            "<table><!--avjq00000q--><tr title='avjq00001qxavjq00002q'>avjq00003q"
        );
        let (_, html) = protected("<!-- {% if a %} --><style>{{ b }}{% if c %}</style>{% endif %}");
        assert_eq!(
            html,
            "<!-- avjq00000q --><style>avjq00001qavjq00002q</style><!--avjq00003q-->"
        );
    }

    #[test]
    fn marks_come_back_as_what_they_stand_for() {
        let (marks, html) = protected("<b>{% if a %}</b>1 < 2 {{ c }}!{% endif %}");
        let codes: Vec<_> = marks
            .segments(&html)
            .into_iter()
            .map(|s| match s {
                Segment::Text(text) => text.to_owned(),
                Segment::Mark(Mark::Tag(tag)) => format!("[{}]", tag.code),
                Segment::Mark(_) => panic!("only tags were marked"),
            })
            .collect();
        assert_eq!(
            codes,
            [
                "<b><!--",
                "[if a]",
                "--></b>1 < 2 ",
                "[c]",
                "!<!--",
                "[endif]",
                "-->"
            ]
        );
        assert!(marks.lost(&html).is_empty());
        assert_eq!(marks.lost("avjq00001q").len(), 2);
    }

    #[test]
    fn a_text_that_looks_like_a_mark_is_left_alone() {
        let (marks, html) = protected("avjq00000q {{ a }} AVJQX");
        assert_eq!(html, "avjq00000q avjqxx00000q AVJQX");
        assert_eq!(marks.segments(&html).len(), 3);
    }
}
