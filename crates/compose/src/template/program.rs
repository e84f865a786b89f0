//! A compiled part of a message: what never changes, already encoded, and a skeleton of what does.
//!
//! The skeleton is a minijinja template whose text is markers: `\x01<n>\x02` for a constant piece, `\x03<n>\x02`
//! for a slot. Neither control character can come from content or contacts (both are cleaned of them).

use minijinja::Value;

use super::engine::{self, Engine, OUTPUT_BYTES_MAX};
use super::lex::Tag;
use crate::fault::{ContentFault, Place, RenderFault};
use crate::job::RenderJob;
use crate::mime::{Encoded, Quoted};
use crate::token::Token;

/// An address or image that differs in each message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    Unsubscribe,
    Preferences,
    View,
    Why,
    /// Below which our pictures lie.
    Images,
    /// A tracked link, with its target for messages that are not measured.
    Link {
        number: u16,
        direct: String,
    },
    /// The image that tells of an opening, or nothing.
    Beacon,
}

/// Slots of a program. The first five are those of the reserved names, in their order.
#[derive(Debug, Clone)]
pub(crate) struct Slots(Vec<Slot>);

impl Default for Slots {
    fn default() -> Self {
        Self(vec![
            Slot::Unsubscribe,
            Slot::Preferences,
            Slot::View,
            Slot::Why,
            Slot::Images,
        ])
    }
}

/// Where rendered text goes: encoded for a mail, or as it is for a page.
pub(crate) enum Sink<'a> {
    Quoted(Quoted<'a>),
    Plain(&'a mut String),
}

impl Sink<'_> {
    fn text(&mut self, text: &[u8]) {
        match self {
            Self::Quoted(quoted) => quoted.text(text),
            Self::Plain(out) => out.push_str(&String::from_utf8_lossy(text)),
        }
    }

    fn piece(&mut self, piece: &Piece) {
        match self {
            Self::Quoted(quoted) => quoted.encoded(&piece.encoded),
            Self::Plain(out) => out.push_str(&piece.text),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Quoted(quoted) => quoted.len(),
            Self::Plain(out) => out.len(),
        }
    }
}

#[derive(Debug)]
struct Piece {
    text: String,
    encoded: Encoded,
}

/// A part of a message, ready to render.
#[derive(Debug)]
pub(crate) struct Program {
    /// The template's name in the engine; absent when the skeleton has no tags.
    template: Option<&'static str>,
    skeleton: Vec<u8>,
    tags: Vec<Tag>,
    pieces: Vec<Piece>,
    slots: Slots,
}

/// Builds a program from left to right.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    skeleton: String,
    tags: Vec<Tag>,
    pieces: Vec<Piece>,
    slots: Slots,
}

impl Builder {
    /// Text that is the same in each message.
    pub(crate) fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.marker('\u{1}', self.pieces.len());
        self.pieces.push(Piece {
            text: text.to_owned(),
            encoded: Encoded::new(text),
        });
    }

    fn marker(&mut self, kind: char, number: usize) {
        self.skeleton.push(kind);
        self.skeleton.push_str(&number.to_string());
        self.skeleton.push('\u{2}');
    }

    /// A template tag.
    pub(crate) fn tag(&mut self, tag: &Tag) {
        self.skeleton.push_str(&engine::source(tag));
        self.tags.push(tag.clone());
    }

    /// An address or image.
    pub(crate) fn slot(&mut self, slot: Slot) {
        let known = self.slots.0.iter().position(|s| *s == slot);
        let number = known.unwrap_or(self.slots.0.len());
        if known.is_none() {
            self.slots.0.push(slot);
        }
        self.marker('\u{3}', number);
    }

    /// The program; its template is added to the engine when it has tags.
    pub(crate) fn finish(
        self,
        name: &'static str,
        place: Place,
        engine: &mut Engine,
    ) -> Result<Program, ContentFault> {
        let skeleton = self.skeleton.clone().into_bytes();
        let template = (!self.tags.is_empty()).then_some(name);
        if template.is_some() {
            engine.add(name, self.skeleton, &self.tags, place)?;
        }
        Ok(Program {
            template,
            skeleton,
            tags: self.tags,
            pieces: self.pieces,
            slots: self.slots,
        })
    }
}

impl Program {
    /// Renders into `sink`; `scratch` holds the filled skeleton meanwhile.
    pub(crate) fn render(
        &self,
        engine: &Engine,
        values: &Value,
        job: &RenderJob<'_>,
        (sink, scratch): (&mut Sink<'_>, &mut Vec<u8>),
    ) -> Result<(), RenderFault> {
        let filled = self.fill(engine, values, scratch);
        let skeleton = filled.map_err(|e| engine::render_fault(&e, &self.tags))?;
        self.expand(skeleton, job, sink)
    }

    /// A dry run: the same without addresses, faults told to who writes the campaign.
    pub(crate) fn check(
        &self,
        engine: &Engine,
        values: &Value,
        place: Place,
    ) -> Result<(), ContentFault> {
        let mut scratch = Vec::new();
        let filled = self.fill(engine, values, &mut scratch);
        let skeleton = filled.map_err(|e| engine::content_fault(&e, &self.tags, place))?;
        let limit_bytes = OUTPUT_BYTES_MAX;
        if self.size(skeleton) > limit_bytes {
            return Err(ContentFault::TooLarge { place, limit_bytes });
        }
        Ok(())
    }

    /// Bytes of a filled skeleton's constant pieces and values.
    fn size(&self, skeleton: &[u8]) -> usize {
        let mut size = skeleton.len();
        let mut rest = skeleton;
        while let Some(at) = rest.iter().position(|b| *b == 1) {
            let (number, after) = number(&rest[at + 1..]);
            size += self.pieces.get(number).map_or(0, |p| p.text.len());
            rest = after;
        }
        size
    }

    /// Names of merge fields that it reads.
    pub(crate) fn names(&self, engine: &Engine) -> Vec<String> {
        self.template
            .map_or_else(Vec::new, |name| engine.names(name))
    }

    /// Bytes that every message has.
    pub(crate) fn constant_bytes(&self) -> usize {
        self.pieces.iter().map(|p| p.text.len()).sum()
    }

    fn fill<'a>(
        &'a self,
        engine: &Engine,
        values: &Value,
        scratch: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], minijinja::Error> {
        let Some(name) = self.template else {
            return Ok(&self.skeleton);
        };
        scratch.clear();
        engine.render(name, values, scratch)?;
        Ok(scratch)
    }

    fn expand(
        &self,
        skeleton: &[u8],
        job: &RenderJob<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), RenderFault> {
        let mut rest = skeleton;
        while let Some(at) = rest.iter().position(|b| matches!(b, 1 | 3)) {
            sink.text(&rest[..at]);
            let kind = rest[at];
            let (number, after) = number(&rest[at + 1..]);
            match kind {
                1 => self
                    .pieces
                    .get(number)
                    .into_iter()
                    .for_each(|p| sink.piece(p)),
                _ => self
                    .slots
                    .0
                    .get(number)
                    .into_iter()
                    .for_each(|s| slot(s, job, sink)),
            }
            if sink.len() > OUTPUT_BYTES_MAX {
                let limit_bytes = OUTPUT_BYTES_MAX;
                return Err(RenderFault::TooLarge { limit_bytes });
            }
            rest = after;
        }
        sink.text(rest);
        Ok(())
    }
}

/// The digits of a marker, and what follows its end.
fn number(marker: &[u8]) -> (usize, &[u8]) {
    let mut number = 0usize;
    for (i, byte) in marker.iter().enumerate() {
        match byte {
            b'0'..=b'9' if i < 6 => number = number * 10 + usize::from(byte - b'0'),
            2 => return (number, &marker[i + 1..]),
            _ => break,
        }
    }
    (usize::MAX, marker)
}

/// Longest base address that is written without growing the buffer.
const ADDRESS_BYTES: usize = 256;

fn slot(slot: &Slot, job: &RenderJob<'_>, sink: &mut Sink<'_>) {
    let message = job.message_ref();
    let token = match slot {
        Slot::Unsubscribe => Token::Unsubscribe(message),
        Slot::Preferences => Token::Preferences {
            account: job.account,
            contact: job.contact,
        },
        Slot::View => Token::View(message),
        Slot::Why => Token::Why(message),
        Slot::Images => return sink.text(job.urls.images().as_bytes()),
        Slot::Link { direct, .. } if !job.track_clicks => return sink.text(direct.as_bytes()),
        Slot::Link { number, .. } => Token::Click {
            message,
            link: *number,
        },
        Slot::Beacon if !job.open_beacon => return,
        Slot::Beacon => return beacon(job, sink),
    };
    address(&token, job, sink);
}

fn address(token: &Token, job: &RenderJob<'_>, sink: &mut Sink<'_>) {
    let mut url = Vec::with_capacity(ADDRESS_BYTES);
    job.urls.append(job.tokens, token, &mut url);
    sink.text(&url);
}

fn beacon(job: &RenderJob<'_>, sink: &mut Sink<'_>) {
    sink.text(b"<img src=\"");
    address(&Token::Open(job.message_ref()), job, sink);
    sink.text(b"\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;width:1px;height:1px;border:0\">");
}
