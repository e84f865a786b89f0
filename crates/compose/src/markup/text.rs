//! The text part, written for people: paragraphs, list items and links with their addresses at the end.

use html2text::config::{self, ImageRenderMode};
use html2text::render::{TaggedLine, TextDecorator};
use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, doc_comments, element, rewrite_str};

use super::escape::unescape;
use crate::template::{Mark, Marks, Segment, TagKind};

/// RFC 3676 4.2: lines people write end before 78; quoting needs room.
const WIDTH: usize = 72;
/// We wrap ourselves, for html2text would cut marks in two.
const NO_WRAP: usize = 1_000_000;
/// About what a merge field becomes.
const FIELD_CHARS: usize = 8;

/// Text of processed HTML, its marks kept. Empty when there is none.
pub(crate) fn to_text(html: &str, marks: &Marks) -> String {
    let Ok(flat) = rewrite_str(html, settings(marks)) else {
        return String::new();
    };
    let text = config::with_decorator(Letter)
        .raw_mode(true)
        .no_table_borders()
        .link_footnotes(true)
        .no_link_wrapping()
        .empty_img_mode(ImageRenderMode::IgnoreEmpty)
        .allow_width_overflow()
        .string_from_read(flat.as_bytes(), NO_WRAP);
    tidy(&text.unwrap_or_default(), marks)
}

/// Layout tables become blocks, rows lines; what nobody sees goes; steering marks become words.
fn settings(marks: &Marks) -> RewriteStrSettings<'_, 'static> {
    RewriteStrSettings::new()
        .append_element_content_handler(element!("*", |el| {
            visit(el);
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            let text = comment.text();
            if marks.is_one(&text) {
                comment.replace(&text, ContentType::Text);
            } else {
                comment.remove();
            }
            Ok(())
        }))
}

fn visit(el: &mut Element<'_, '_>) {
    let name = el.tag_name();
    if matches!(name.as_str(), "style" | "script" | "title" | "head") || is_hidden(el) {
        el.remove();
        return;
    }
    let block = match name.as_str() {
        // html2text draws it as wide as the page.
        "hr" => return el.replace("<p>* * *</p>", ContentType::Html),
        "table" | "tbody" | "thead" | "tfoot" | "tr" | "center" => "div",
        "td" | "th" => {
            el.append(" ", ContentType::Text);
            "span"
        }
        _ => return,
    };
    el.set_tag_name(block)
        .expect("invariant: div and span are tag names");
}

fn is_hidden(el: &Element<'_, '_>) -> bool {
    let style = unescape(&el.get_attribute("style").unwrap_or_default());
    let flat: String = style.to_ascii_lowercase().split_whitespace().collect();
    el.has_attribute("hidden") || flat.contains("display:none") || flat.contains("mso-hide:all")
}

/// At most one empty line in a row, no spaces at line ends, no line over the width.
fn tidy(text: &str, marks: &Marks) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let line = line.trim_matches([' ', '\u{a0}', '\u{200c}', '\u{34f}']);
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            wrap(line, marks, &mut out);
            out.push('\n');
        }
    }
    out.trim_matches('\n').to_owned()
}

/// Breaks a line at spaces; what belongs to a list item or a quotation is indented like it.
fn wrap(line: &str, marks: &Marks, out: &mut String) {
    let indent = ["- ", "> "].iter().find(|p| line.starts_with(**p));
    let indent = indent.map_or("", |p| if *p == "> " { "> " } else { "  " });
    let mut column = 0;
    for (i, word) in line.split(' ').enumerate() {
        let width = width(word, marks);
        if i > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            out.push_str(indent);
            column = indent.len();
        } else if i > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
}

fn width(word: &str, marks: &Marks) -> usize {
    let segments = marks.segments(word);
    let width = |s: &Segment<'_>| match s {
        Segment::Text(text) => text.chars().count(),
        Segment::Mark(Mark::Tag(tag)) if tag.kind == TagKind::Output => FIELD_CHARS,
        Segment::Mark(_) => 0,
    };
    segments.iter().map(width).sum()
}

/// How elements look in a letter without styles: as little as possible.
#[derive(Debug, Clone)]
struct Letter;

impl TextDecorator for Letter {
    type Annotation = ();

    fn decorate_link_start(&mut self, _: &str) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_link_end(&mut self) -> String {
        String::new()
    }
    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_em_end(&self) -> String {
        String::new()
    }
    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_strong_end(&self) -> String {
        String::new()
    }
    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }
    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_code_end(&self) -> String {
        String::new()
    }
    fn decorate_preformat_first(&self) {}
    fn decorate_preformat_cont(&self) {}
    fn decorate_image(&mut self, _: &str, title: &str) -> (String, ()) {
        (format!("[{title}]"), ())
    }
    fn header_prefix(&self, _: usize) -> String {
        String::new()
    }
    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }
    fn unordered_item_prefix(&self) -> String {
        "- ".to_owned()
    }
    fn ordered_item_prefix(&self, i: i64) -> String {
        format!("{i}. ")
    }
    fn make_subblock_decorator(&self) -> Self {
        Self
    }
    fn finalise(&mut self, urls: Vec<String>) -> Vec<TaggedLine<()>> {
        let line =
            |(i, url): (usize, String)| TaggedLine::from_string(format!("[{}] {url}", i + 1), &());
        urls.into_iter().enumerate().map(line).collect()
    }
}
