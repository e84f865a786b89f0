//! Looks at every element and attribute of a document that can fetch something.

use std::cell::RefCell;

use lol_html::html_content::Element;
use lol_html::{RewriteStrSettings, doc_comments, element, rewrite_str, text};

use super::{NESTED_MAX, Remote, address, css};
use crate::fault::{ContentFault, Place};
use crate::markup::escape::unescape;
use crate::template::Marks;

/// Attributes whose value is fetched, on whatever element, also those of Outlook's own language (VML).
const FETCHED: [&str; 13] = [
    "src",
    "poster",
    "background",
    "lowsrc",
    "dynsrc",
    "data",
    "code",
    "codebase",
    "classid",
    "archive",
    "manifest",
    "icon",
    "xlink:href",
];
const FETCHED_SETS: [&str; 2] = ["srcset", "imagesrcset"];
/// What a `<link>` of these sorts only points at.
const POINTERS: [&str; 12] = [
    "alternate",
    "author",
    "bookmark",
    "canonical",
    "help",
    "license",
    "me",
    "next",
    "nofollow",
    "prev",
    "search",
    "tag",
];
/// Elements that wait for a click, or are taken out before a message is made.
const NOT_FETCHED: [&str; 4] = ["a", "area", "base", "script"];

struct Walk<'a> {
    marks: &'a Marks,
    found: &'a mut Remote,
    /// Text of the element being read whose content is a style sheet, or markup that a parser left as text.
    text: String,
    /// Documents inside of this one.
    inside: Vec<String>,
}

/// Notes every host of a document that is `nested` deep in others.
pub(super) fn walk(
    (html, nested): (&str, usize),
    marks: &Marks,
    found: &mut Remote,
) -> Result<(), ContentFault> {
    if nested > NESTED_MAX {
        return Err(ContentFault::TooDeep {
            line: 1,
            limit: NESTED_MAX,
        });
    }
    for inner in look(html, marks, found)? {
        // Only the outermost has been through a parser.
        let inner = parsed(&inner)?;
        walk((&inner, nested + 1), marks, found)?;
    }
    Ok(())
}

/// One pass; gives the documents that stand inside.
fn look(html: &str, marks: &Marks, found: &mut Remote) -> Result<Vec<String>, ContentFault> {
    let walk = RefCell::new(Walk {
        marks,
        found,
        text: String::new(),
        inside: Vec::new(),
    });
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("*", |el| {
            walk.borrow_mut().visit(el);
            Ok(())
        }))
        .append_element_content_handler(text!("style", |chunk| {
            walk.borrow_mut()
                .sheet(chunk.as_str(), chunk.last_in_text_node());
            Ok(())
        }))
        .append_element_content_handler(text!(
            "noscript, noembed, noframes, xmp, iframe",
            |chunk| {
                walk.borrow_mut()
                    .markup(chunk.as_str(), chunk.last_in_text_node());
                Ok(())
            }
        ))
        .append_document_content_handler(doc_comments!(|comment| {
            walk.borrow_mut().comment(&comment.text());
            Ok(())
        }));
    rewrite_str(html, settings).map_err(|fault| unreadable(&fault))?;
    Ok(walk.into_inner().inside)
}

fn unreadable(fault: &dyn std::error::Error) -> ContentFault {
    ContentFault::Syntax {
        place: Place::Body,
        line: 1,
        reason: format!("the HTML cannot be read ({fault})"),
    }
}

/// As a browser's parser would have it, written out plainly.
fn parsed(html: &str) -> Result<String, ContentFault> {
    let parser = css_inline::CSSInliner::options()
        .load_remote_stylesheets(false)
        .inline_style_tags(false)
        .keep_style_tags(true)
        .keep_link_tags(true)
        .build();
    parser.inline(html).map_err(|fault| unreadable(&fault))
}

impl Walk<'_> {
    fn visit(&mut self, el: &Element<'_, '_>) {
        let name = el.tag_name();
        for attribute in el.attributes() {
            self.attribute(&name, (&attribute.name(), &attribute.value()));
        }
        if name == "link" && !points(&el.get_attribute("rel").unwrap_or_default()) {
            self.address(&el.get_attribute("href").unwrap_or_default());
        }
    }

    fn attribute(&mut self, element: &str, (name, value): (&str, &str)) {
        let waits = NOT_FETCHED.contains(&element);
        if FETCHED_SETS.contains(&name) {
            address::note_set(value, self.marks, self.found);
        } else if FETCHED.contains(&name) && !waits {
            self.address(value);
        } else if name == "href" && !waits && element != "link" {
            // `<image>`, `<use>` and filters of SVG.
            self.address(value);
        } else if name == "srcdoc" {
            self.inside.push(unescape(value));
        } else if name == "style" || has_function(value) {
            // Any attribute of SVG may have a `url(...)`.
            css::note(&unescape(value), self.marks, self.found);
        }
    }

    fn address(&mut self, raw: &str) {
        address::note(raw, self.marks, self.found);
    }

    fn sheet(&mut self, chunk: &str, last: bool) {
        self.text.push_str(chunk);
        if last {
            let sheet = std::mem::take(&mut self.text);
            css::note(&sheet, self.marks, self.found);
            // In SVG a style sheet is markup.
            css::note(&unescape(&sheet), self.marks, self.found);
        }
    }

    /// Shown by programs that run no scripts, as mail programs are.
    fn markup(&mut self, chunk: &str, last: bool) {
        self.text.push_str(chunk);
        if last {
            let markup = std::mem::take(&mut self.text);
            self.inside.push(markup);
        }
    }

    /// What Outlook reads of a conditional comment.
    fn comment(&mut self, text: &str) {
        let conditional = text.trim_start().to_ascii_lowercase().starts_with("[if");
        if let Some((_, inside)) = text.split_once('>').filter(|_| conditional) {
            self.inside.push(inside.to_owned());
        }
    }
}

fn has_function(value: &str) -> bool {
    value.contains('(') && (value.contains('\\') || value.to_ascii_lowercase().contains("url("))
}

/// True when a `<link>` with these relations only points at its target.
fn points(rel: &str) -> bool {
    let rel = rel.to_ascii_lowercase();
    rel.split_ascii_whitespace()
        .all(|word| POINTERS.contains(&word))
}
