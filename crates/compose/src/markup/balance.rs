//! Whether each `{% if %}` and `{% for %}` begins and ends in the same element.
//!
//! If not, a branch not taken could leave out a closing tag, quote or `-->` that was there when the document was
//! parsed, and whatever follows, the footer at last, would stand inside of what stays open. Reads documents as
//! a serialiser wrote them: every element closed, every attribute in double quotes.

use crate::template::{Mark, Marks, Segment, Tag, TagKind};

/// Elements that never have content.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose content is not markup.
const RAW: [&str; 7] = [
    "style", "script", "title", "textarea", "xmp", "iframe", "noframes",
];
/// A parser puts rows into a `tbody` that nobody wrote: a loop around rows begins before it and ends inside.
const TABLE_PARTS: [&str; 3] = ["tbody", "thead", "tfoot"];

/// The line of the first tag whose partner stands in another element.
pub(crate) fn unbalanced(html: &str, marks: &Marks) -> Option<usize> {
    let mut walk = Walk {
        marks,
        open: Vec::new(),
        elements: 0,
        branches: Vec::new(),
    };
    walk.document(html).err()
}

struct Walk<'a> {
    marks: &'a Marks,
    /// Open elements with a number of their own each.
    open: Vec<(&'a str, usize)>,
    elements: usize,
    /// For each open branch: the element it began in, and its line.
    branches: Vec<(usize, usize)>,
}

impl<'a> Walk<'a> {
    fn document(&mut self, html: &'a str) -> Result<(), usize> {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                let (inside, after) = comment.split_once("-->").unwrap_or((comment, ""));
                self.comment(inside)?;
                rest = after;
                continue;
            }
            let end = tag_end(rest);
            let tag = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or("");
            self.closed_in_itself(tag)?;
            if let Some(name) = self.tag(tag) {
                let close = format!("</{name}");
                let end = rest.find(&close).unwrap_or(rest.len());
                self.closed_in_itself(&rest[..end])?;
                rest = &rest[end..];
            }
        }
        // A branch that never ends is minijinja's to tell, and so is an end without a beginning.
        Ok(())
    }

    /// Notes an element; gives its name when its content is not markup.
    fn tag(&mut self, tag: &'a str) -> Option<&'a str> {
        let closes = tag.strip_prefix('/');
        let name = closes.unwrap_or(tag);
        let end = name.find([' ', '\n', '\t', '/', '>']).unwrap_or(name.len());
        let name = &name[..end];
        if closes.is_some() {
            let at = self.open.iter().rposition(|(open, _)| *open == name);
            self.open.truncate(at.unwrap_or(self.open.len()));
        } else if !VOID.contains(&name) && !name.starts_with(['!', '?']) {
            self.elements += 1;
            self.open.push((name, self.elements));
            return RAW.contains(&name).then_some(name);
        }
        None
    }

    fn comment(&mut self, inside: &'a str) -> Result<(), usize> {
        match self.marks.segments(inside).as_slice() {
            [Segment::Mark(Mark::Tag(tag))] if tag.kind == TagKind::Block => {
                let mut around = self.open.iter().rev();
                let place = around.find(|(name, _)| !TABLE_PARTS.contains(name));
                let place = place.map_or(0, |(_, number)| *number);
                if self.branches.is_empty() && !begins(tag) {
                    return Ok(());
                }
                step(&mut self.branches, tag, place)
            }
            _ => self.closed_in_itself(inside),
        }
    }

    /// A value, comment or raw text: what branches in it must end in it.
    fn closed_in_itself(&self, text: &str) -> Result<(), usize> {
        if !self.marks.occur_in(text) {
            return Ok(());
        }
        let mut branches = Vec::new();
        for segment in self.marks.segments(text) {
            if let Segment::Mark(Mark::Tag(tag)) = segment
                && tag.kind == TagKind::Block
            {
                step(&mut branches, tag, 0)?;
            }
        }
        branches.first().map_or(Ok(()), |(_, line)| Err(*line))
    }
}

fn word(tag: &Tag) -> &str {
    tag.code.split(' ').next().unwrap_or("")
}

fn begins(tag: &Tag) -> bool {
    matches!(word(tag), "if" | "for")
}

fn step(branches: &mut Vec<(usize, usize)>, tag: &Tag, place: usize) -> Result<(), usize> {
    if begins(tag) {
        branches.push((place, tag.line));
        return Ok(());
    }
    let begun = match word(tag) {
        "endif" | "endfor" => branches.pop(),
        _ => branches.last().copied(),
    };
    match begun {
        Some((there, _)) if there == place => Ok(()),
        _ => Err(tag.line),
    }
}

/// Where a tag ends: the first `>` outside of quotes.
fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at,
            _ => {}
        }
    }
    tag.len()
}
