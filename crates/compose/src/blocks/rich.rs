//! Text with a few marks, written as letters are: `**strong**`, `*emphasis*`, `[words](https://...)`, a merge field.
//!
//! What was typed is kept as it is; everything else is made from the runs that it means. A mark that is not closed is
//! the character itself; a backslash takes the meaning from what follows. An empty line begins a paragraph.

use serde::{Deserialize, Serialize};

use super::field::{Field, FieldFault};
use super::link::{Link, LinkFault};

/// Longest text of one block: four printed pages.
const TEXT_CHARS_MAX: usize = 10_000;
/// Longest heading, label or name.
const LABEL_CHARS_MAX: usize = 300;

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RichFault {
    #[error("the text has more than {limit} characters: make two blocks of it")]
    TooLong { limit: usize },
    #[error(transparent)]
    Field(#[from] FieldFault),
    #[error(transparent)]
    Link(#[from] LinkFault),
}

/// What a run of text is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Words {
    Text(String),
    Break,
    Field(Field),
}

/// Marks of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Marks {
    pub strong: Mark,
    pub emphasis: Mark,
}

/// One mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mark {
    #[default]
    Off,
    On,
}

/// Words with the same marks and the same link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub words: Words,
    pub marks: Marks,
    pub link: Option<Link>,
}

/// Paragraphs of marked text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rich {
    source: String,
    pub(crate) paragraphs: Vec<Vec<Run>>,
}

/// One line of text with merge fields and no marks: a button's label, a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label {
    source: String,
    pub(crate) words: Vec<Words>,
}

impl Rich {
    /// As it was typed.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// True when nothing would be seen.
    pub fn is_empty(&self) -> bool {
        self.paragraphs.is_empty()
    }
}

impl Label {
    /// As it was typed.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// True when nothing would be seen.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// Line ends become LF; other control characters cannot come from a keyboard.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text
        .chars()
        .map(|c| if c == '\t' { ' ' } else { c })
        .collect();
    text.chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect()
}

impl TryFrom<String> for Rich {
    type Error = RichFault;

    fn try_from(text: String) -> Result<Self, RichFault> {
        let limit = TEXT_CHARS_MAX;
        if text.chars().count() > limit {
            return Err(RichFault::TooLong { limit });
        }
        let source = clean(&text);
        let mut paragraphs = Vec::new();
        for paragraph in source
            .split("\n\n")
            .map(str::trim)
            .filter(|p| !p.is_empty())
        {
            paragraphs.push(runs(paragraph)?);
        }
        Ok(Self { source, paragraphs })
    }
}

impl TryFrom<String> for Label {
    type Error = RichFault;

    fn try_from(text: String) -> Result<Self, RichFault> {
        let limit = LABEL_CHARS_MAX;
        if text.chars().count() > limit {
            return Err(RichFault::TooLong { limit });
        }
        let source = clean(&text).replace('\n', " ");
        let mut reader = Reader::new(source.trim(), Wants::Fields);
        reader.read()?;
        let words = reader.runs.into_iter().map(|run| run.words).collect();
        Ok(Self { source, words })
    }
}

impl From<Rich> for String {
    fn from(rich: Rich) -> Self {
        rich.source
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.source
    }
}

fn runs(paragraph: &str) -> Result<Vec<Run>, RichFault> {
    let mut reader = Reader::new(paragraph, Wants::Marks);
    reader.read()?;
    Ok(reader.runs)
}

/// What a reader heeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// Marks, links and fields.
    Marks,
    /// Marks and fields: the words of a link.
    LinkWords,
    /// Fields alone.
    Fields,
}

struct Reader<'a> {
    rest: &'a str,
    wants: Wants,
    text: String,
    marks: Marks,
    link: Option<Link>,
    runs: Vec<Run>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, wants: Wants) -> Self {
        let (text, rest) = (String::new(), text);
        Self {
            rest,
            wants,
            text,
            marks: Marks::default(),
            link: None,
            runs: Vec::new(),
        }
    }

    fn read(&mut self) -> Result<(), RichFault> {
        while let Some(c) = self.rest.chars().next() {
            let marks = self.wants != Wants::Fields;
            match c {
                '{' if self.rest.starts_with("{{") => self.field()?,
                '\\' if self.escapes() => self.escaped(),
                '\n' => self.word(1, Words::Break),
                '*' if marks => self.star(),
                '[' if self.wants == Wants::Marks && self.link()? => {}
                c => self.plain(c.len_utf8()),
            }
        }
        self.end_text();
        Ok(())
    }

    fn plain(&mut self, bytes: usize) {
        let (words, rest) = self.rest.split_at(bytes);
        self.text.push_str(words);
        self.rest = rest;
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            let words = Words::Text(std::mem::take(&mut self.text));
            self.push(words);
        }
    }

    fn push(&mut self, words: Words) {
        let (marks, link) = (self.marks, self.link.clone());
        self.runs.push(Run { words, marks, link });
    }

    fn word(&mut self, bytes: usize, words: Words) {
        self.end_text();
        self.push(words);
        self.rest = &self.rest[bytes..];
    }

    fn escapes(&self) -> bool {
        self.rest[1..].starts_with(['\\', '*', '[', ']', '{'])
    }

    /// `\{{` are two braces: both lose their meaning.
    fn escaped(&mut self) {
        self.rest = &self.rest[1..];
        let braces = self.rest.bytes().take_while(|b| *b == b'{').count();
        self.plain(braces.max(1));
    }

    fn field(&mut self) -> Result<(), RichFault> {
        let inside = &self.rest[2..];
        let end = end_of_field(inside).ok_or(FieldFault::Unclosed)?;
        let field = Field::read(&inside[..end])?;
        self.word(end + 4, Words::Field(field));
        Ok(())
    }

    /// Begins or ends a mark where there is one to begin or to end; else the star is a star.
    fn star(&mut self) {
        let word = if self.rest.starts_with("**") {
            "**"
        } else {
            "*"
        };
        let rest = &self.rest[word.len()..];
        let on = *self.mark(word);
        let opens = on == Mark::Off && !rest.starts_with(char::is_whitespace) && closes(rest, word);
        if on == Mark::Off && !opens {
            return self.plain(word.len());
        }
        self.end_text();
        *self.mark(word) = if on == Mark::On { Mark::Off } else { Mark::On };
        self.rest = rest;
    }

    fn mark(&mut self, word: &str) -> &mut Mark {
        if word == "**" {
            &mut self.marks.strong
        } else {
            &mut self.marks.emphasis
        }
    }

    /// Reads `[words](address)`; false where this is no link.
    fn link(&mut self) -> Result<bool, RichFault> {
        let Some((words, address, bytes)) = link_parts(self.rest) else {
            return Ok(false);
        };
        let link: Link = address.parse()?;
        let mut inner = Reader::new(words, Wants::LinkWords);
        inner.marks = self.marks;
        inner.link = Some(link);
        inner.read()?;
        self.end_text();
        self.runs.append(&mut inner.runs);
        self.rest = &self.rest[bytes..];
        Ok(true)
    }
}

/// Where `}}` ends a field, outside of its strings.
fn end_of_field(inside: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(q), c) if c == q => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '}') if inside[at..].starts_with("}}") => return Some(at),
            _ => {}
        }
    }
    None
}

/// True when the mark is ended further on in the paragraph.
fn closes(rest: &str, word: &str) -> bool {
    let mut from = 0;
    while let Some(at) = rest[from..].find('*').map(|at| at + from) {
        let stars = rest[at..].bytes().take_while(|b| *b == b'*').count();
        let is_escaped = rest[..at].ends_with('\\');
        if at > 0 && !is_escaped && (stars == word.len() || stars == 3) {
            return true;
        }
        from = at + stars;
    }
    false
}

/// Words, address and length of a link at the start of the text.
fn link_parts(text: &str) -> Option<(&str, &str, usize)> {
    let words_end = text
        .match_indices(']')
        .map(|(at, _)| at)
        .find(|at| !text[..*at].ends_with('\\'))?;
    let words = &text[1..words_end];
    let behind = text[words_end + 1..].strip_prefix('(')?;
    let mut open = 0usize;
    for (at, c) in behind.char_indices() {
        match c {
            '(' => open += 1,
            ')' if open == 0 => return Some((words, &behind[..at], words_end + at + 3)),
            ')' => open -= 1,
            '\n' => return None,
            _ => {}
        }
    }
    None
}
