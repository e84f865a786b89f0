//! The text part, made from the blocks for people who read plain text: a template as well.

use super::document::{
    Block, BlockKind, Document, HeadingLevel, Image, Items, ListStyle, Network, Product, Quote,
};
use super::link::Link;
use super::picture::Alt;
use super::rich::{Label, Rich, Run, Words};
use super::unfinished::missing;
use crate::template::literal;

/// RFC 3676 4.2: lines people write end before 78; quoting needs room.
const WIDTH: usize = 72;
/// About what a merge field becomes.
const FIELD_CHARS: usize = 8;

impl Document {
    /// The text part: the one that was written by hand, or one made from the blocks.
    pub fn to_text(&self) -> String {
        match &self.text {
            Some(own) => own.as_str().to_owned(),
            None => self.made_text(),
        }
    }

    /// One made from the blocks, whether there is one by hand or not.
    pub fn made_text(&self) -> String {
        let blocks = self.all().filter(|block| missing(block).is_none());
        let parts: Vec<String> = blocks.filter_map(text_of).collect();
        parts.join("\n\n")
    }
}

fn text_of(block: &Block) -> Option<String> {
    let text = match &block.kind {
        BlockKind::Heading(heading) => {
            let words = label(&heading.text);
            let line = if heading.level == HeadingLevel::Title {
                "="
            } else {
                "-"
            };
            let width = seen_width(&words).clamp(3, WIDTH);
            if heading.level == HeadingLevel::Small {
                words
            } else {
                format!("{words}\n{}", line.repeat(width))
            }
        }
        BlockKind::Text(text) => rich(&text.text),
        BlockKind::Image(i) => image(i)?,
        BlockKind::Button(b) => to(&label(&b.label), b.link.as_ref()),
        BlockKind::Quote(q) => quote(q),
        BlockKind::List(l) => list(l),
        BlockKind::Product(p) => product(p),
        BlockKind::Social(s) => {
            let line = |p: &super::document::Profile| {
                format!("{}: {}", p.network.name(), address(&p.link))
            };
            let lines: Vec<String> = s.profiles.iter().map(line).collect();
            lines.join("\n")
        }
        BlockKind::Divider(_) => "* * *".to_owned(),
        BlockKind::Spacer(_) | BlockKind::Columns(_) => return None,
    };
    Some(text)
}

/// Characters of a line, a merge field counted as a short name.
fn seen_width(line: &str) -> usize {
    let width = |word: &str| {
        if word.contains("{{") {
            FIELD_CHARS
        } else {
            word.chars().count()
        }
    };
    let words = pieces(line);
    words
        .iter()
        .map(|word| width(word) + 1)
        .sum::<usize>()
        .saturating_sub(1)
}

/// Own pages are tags; every other address is exactly what it says.
fn address(link: &Link) -> String {
    if link.is_page() {
        link.href()
    } else {
        literal(&link.href())
    }
}

fn to(words: &str, link: Option<&Link>) -> String {
    link.map_or_else(
        || words.to_owned(),
        |link| format!("{words}:\n{}", address(link)),
    )
}

fn image(image: &Image) -> Option<String> {
    let words = match &image.picture.as_ref()?.alt {
        Alt::Decorative => return None,
        alt @ Alt::Text(_) => format!("[{}]", literal(alt.words())),
    };
    Some(to(&wrapped(&words, ("", "")), image.link.as_ref()))
}

fn quote(quote: &Quote) -> String {
    let text = wrapped(&flat(&quote.text), ("> ", "> "));
    if quote.by.is_empty() {
        text
    } else {
        format!("{text}\n> -- {}", label(&quote.by))
    }
}

fn list(list: &Items) -> String {
    let items = list.items.iter().filter(|item| !item.is_empty());
    let line = |(i, item): (usize, &Rich)| {
        let mark = match list.style {
            ListStyle::Bullets => "- ".to_owned(),
            ListStyle::Numbers => format!("{}. ", i + 1),
        };
        let rest = " ".repeat(mark.len());
        wrapped(&flat(item), (&mark, &rest))
    };
    let lines: Vec<String> = items.enumerate().map(line).collect();
    lines.join("\n")
}

fn product(product: &Product) -> String {
    let mut head = label(&product.name);
    if !product.price.is_empty() {
        head = format!("{head}, {}", label(&product.price));
    }
    let mut lines = vec![wrapped(&head, ("", ""))];
    if !product.text.is_empty() {
        lines.push(rich(&product.text));
    }
    lines.extend(product.link.as_ref().map(address));
    lines.join("\n")
}

/// Paragraphs with an empty line between.
fn rich(text: &Rich) -> String {
    let paragraph = |runs: &Vec<Run>| wrapped(&words(runs), ("", ""));
    let all: Vec<String> = text.paragraphs.iter().map(paragraph).collect();
    all.join("\n\n")
}

fn flat(text: &Rich) -> String {
    let all: Vec<String> = text.paragraphs.iter().map(|runs| words(runs)).collect();
    all.join("\n")
}

/// Words of runs; a link's address stands behind its words, unless it is them.
fn words(runs: &[Run]) -> String {
    let groups = runs.chunk_by(|a, b| a.link == b.link);
    groups.fold(String::new(), |out, group| {
        let inner = joined(group.iter().map(|run| &run.words));
        match &group[0].link {
            None => glued(out, &inner),
            Some(link) => {
                let address = address(link);
                let says_it = !inner.is_empty() && address.ends_with(&inner);
                if says_it {
                    return glued(out, &address);
                }
                glued(out, &inner) + &format!(" ({address})")
            }
        }
    })
}

/// What was kept apart inside of each stays apart where they meet: two braces begin a template tag.
fn glued(mut out: String, next: &str) -> String {
    if out.ends_with('{') && next.starts_with(['{', '%', '#']) {
        out.push(' ');
    }
    out.push_str(next);
    out
}

fn word(words: &Words) -> String {
    match words {
        Words::Text(text) => literal(text),
        Words::Break => "\n".to_owned(),
        Words::Field(field) => field.to_string(),
    }
}

fn joined<'a>(all: impl Iterator<Item = &'a Words>) -> String {
    all.fold(String::new(), |out, words| glued(out, &word(words)))
}

fn label(label: &Label) -> String {
    joined(label.words.iter())
}

/// Lines that end before the width; a merge field and an address are never cut.
fn wrapped(text: &str, (first, rest): (&str, &str)) -> String {
    let mut out = String::from(first);
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
            out.push_str(rest);
        }
        let mut column = rest.chars().count();
        for (i, word) in pieces(line).into_iter().enumerate() {
            let width = if word.contains("{{") {
                FIELD_CHARS
            } else {
                word.chars().count()
            };
            if i > 0 && column + 1 + width > WIDTH {
                out.push('\n');
                out.push_str(rest);
                column = rest.chars().count();
            } else if i > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += width;
        }
    }
    out
}

/// Words between spaces; the spaces inside a template tag belong to it.
fn pieces(line: &str) -> Vec<&str> {
    let (mut out, mut start, mut inside) = (Vec::new(), 0, false);
    for (at, c) in line.char_indices() {
        if line[at..].starts_with("{{") {
            inside = true;
        } else if line[at..].starts_with("}}") {
            inside = false;
        } else if c == ' ' && !inside {
            out.push(&line[start..at]);
            start = at + 1;
        }
    }
    out.push(&line[start..]);
    out.retain(|word| !word.is_empty());
    out
}

impl Network {
    pub const ALL: [Self; 10] = [
        Self::Website,
        Self::Bluesky,
        Self::Facebook,
        Self::Instagram,
        Self::Linkedin,
        Self::Mastodon,
        Self::Tiktok,
        Self::Whatsapp,
        Self::X,
        Self::Youtube,
    ];

    /// As people know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Website => "Website",
            Self::Bluesky => "Bluesky",
            Self::Facebook => "Facebook",
            Self::Instagram => "Instagram",
            Self::Linkedin => "LinkedIn",
            Self::Mastodon => "Mastodon",
            Self::Tiktok => "TikTok",
            Self::Whatsapp => "WhatsApp",
            Self::X => "X",
            Self::Youtube => "YouTube",
        }
    }
}
