//! One pass over the finished HTML: counts links, takes out what mail never runs, notes what people should see.

use std::cell::RefCell;

use lol_html::html_content::{Attribute, ContentType, Element};
use lol_html::{RewriteStrSettings, doc_comments, element, rewrite_str, text};

use super::escape::unescape;
use super::hidden::{hiding, hiding_sheet};
use super::links::{Fate, Links};
use crate::fault::{ContentFault, ContentWarning, Place};
use crate::template::{Mark, Marks, Segment, TagKind, reserved_slot};

/// HTML with marks for links, preheader and end.
pub(crate) struct Rewritten {
    pub html: String,
    pub links: Links,
}

/// A fragment as a document, so that a tag at its start stands in the body, and phones show it in their own width.
pub(crate) fn whole_document(html: String) -> String {
    let lower = html.to_ascii_lowercase();
    let parts = ["<html", "<head", "<body", "<!doctype", "<frameset"];
    if parts.iter().any(|part| lower.contains(part)) {
        return html;
    }
    format!("{DOCUMENT_START}{html}")
}

const DOCUMENT_START: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"></head><body>";

/// Styles from style sheets into the elements. Parses and serialises the whole document, so that whatever was
/// left open is closed behind it. Media queries stay.
pub(crate) fn inline(html: &str) -> Result<String, ContentFault> {
    let inliner = css_inline::CSSInliner::options()
        .load_remote_stylesheets(false)
        .keep_style_tags(true)
        .keep_link_tags(true)
        .remove_inlined_selectors(true)
        .build();
    inliner.inline(html).map_err(|e| ContentFault::Css {
        reason: e.to_string(),
    })
}

struct Pass<'a> {
    marks: &'a mut Marks,
    links: Links,
    bodies: usize,
    /// All style sheets of the document.
    sheet: String,
}

/// Rewrites the document. `marks` gains the new marks.
pub(crate) fn rewrite(html: &str, marks: &mut Marks) -> Result<Rewritten, ContentFault> {
    let pass = RefCell::new(Pass {
        marks,
        links: Links::default(),
        bodies: 0,
        sheet: String::new(),
    });
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("*", |el| {
            pass.borrow_mut().visit(el);
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            let text = comment.text();
            if pass.borrow().marks.is_one(&text) {
                comment.replace(&text, ContentType::Html);
            }
            Ok(())
        }))
        .append_element_content_handler(text!("style", |chunk| {
            pass.borrow_mut().sheet.push_str(chunk.as_str());
            Ok(())
        }));
    let html = rewrite_str(html, settings).map_err(|e| ContentFault::Syntax {
        place: Place::Body,
        line: 1,
        reason: format!("the HTML cannot be read ({e})"),
    })?;
    let mut pass = pass.into_inner();
    if pass.sheet.contains("@import") {
        let url = "an @import in a style sheet".to_owned();
        pass.links.warn(ContentWarning::RemoteStyle { url });
    }
    if let Some(style) = hiding_sheet(&pass.sheet) {
        pass.links.fault(ContentFault::HiddenBody { style });
    }
    if pass.bodies != 1 {
        return Err(ContentFault::NoPlaceForFooter);
    }
    Ok(Rewritten {
        html,
        links: pass.links,
    })
}

impl Pass<'_> {
    fn visit(&mut self, el: &mut Element<'_, '_>) {
        let name = el.tag_name();
        self.names(el, &name);
        match name.as_str() {
            "a" | "area" => self.link(el),
            "img" => self.image(el),
            "body" => self.body(el),
            "html" => self.hidden(el),
            "script" => {
                self.links.warn(ContentWarning::ScriptRemoved);
                el.remove();
            }
            "plaintext" | "frameset" => self.links.fault(ContentFault::NoPlaceForFooter),
            "link" => self.remote_style(el),
            "meta" => refresh(el),
            "base" => el.remove(),
            "form" | "input" | "button" | "select" | "textarea" | "iframe" | "object" | "embed"
            | "video" | "audio" => {
                let element = name.clone();
                self.links.warn(ContentWarning::NotForMail { element });
            }
            _ => {}
        }
    }

    /// A mark in a name would become an element or attribute that depends on the contact.
    fn names(&mut self, el: &Element<'_, '_>, name: &str) {
        let marked = |text: &str| self.marks.occur_in(text);
        if marked(name) || el.attributes().iter().any(|a| marked(&a.name())) {
            let text = el
                .attributes()
                .iter()
                .map(Attribute::name)
                .collect::<String>()
                + name;
            let line = self.line_of(&text);
            let place = Place::Body;
            self.links.fault(ContentFault::TagInMarkup { place, line });
        }
    }

    fn line_of(&self, text: &str) -> usize {
        let line = |s: &Segment<'_>| match s {
            Segment::Mark(Mark::Tag(tag)) => Some(tag.line),
            _ => None,
        };
        self.marks.segments(text).iter().find_map(line).unwrap_or(1)
    }

    fn link(&mut self, el: &mut Element<'_, '_>) {
        let Some(raw) = el.get_attribute("href") else {
            return;
        };
        if self.marks.occur_in(&raw) {
            return self.personal_link(&raw);
        }
        let href = unescape(&raw);
        if let Fate::Counted(number) = self.links.judge(&href) {
            let word = self.marks.add(Mark::Link(number));
            set(el, "href", &word);
        }
    }

    /// Our own pages are fine; other addresses with merge fields are not counted.
    fn personal_link(&mut self, raw: &str) {
        let segments = self.marks.segments(raw);
        if let [Segment::Mark(Mark::Tag(tag))] = segments.as_slice()
            && reserved_slot(&tag.code).is_some()
        {
            return;
        }
        let shown = segments.iter().map(|s| match s {
            Segment::Text(text) => unescape(text),
            Segment::Mark(Mark::Tag(tag)) if tag.kind == TagKind::Output => {
                format!("{{{{ {} }}}}", tag.code)
            }
            Segment::Mark(_) => "...".to_owned(),
        });
        let url = shown.collect();
        self.links.warn(ContentWarning::PersonalLink { url });
    }

    fn image(&mut self, el: &Element<'_, '_>) {
        if !el.has_attribute("alt") {
            let source_url = unescape(&el.get_attribute("src").unwrap_or_default());
            self.links
                .warn(ContentWarning::ImageWithoutAlt { source_url });
        }
    }

    fn body(&mut self, el: &mut Element<'_, '_>) {
        self.bodies += 1;
        self.hidden(el);
        let start = self.marks.add(Mark::Preheader);
        let end = self.marks.add(Mark::End);
        el.prepend(&start, ContentType::Html);
        el.append(&end, ContentType::Html);
    }

    /// Nothing may hide the footer's ancestors.
    fn hidden(&mut self, el: &Element<'_, '_>) {
        let style = unescape(&el.get_attribute("style").unwrap_or_default());
        let hidden = el.has_attribute("hidden").then(|| "hidden".to_owned());
        if let Some(style) = hiding(&style).or(hidden) {
            self.links.fault(ContentFault::HiddenBody { style });
        }
    }

    fn remote_style(&mut self, el: &Element<'_, '_>) {
        let rel = el.get_attribute("rel").unwrap_or_default();
        if rel.to_ascii_lowercase().contains("stylesheet") {
            let url = unescape(&el.get_attribute("href").unwrap_or_default());
            self.links.warn(ContentWarning::RemoteStyle { url });
        }
    }
}

/// A page that sends the reader elsewhere by itself is no mail.
fn refresh(el: &mut Element<'_, '_>) {
    let equiv = el.get_attribute("http-equiv").unwrap_or_default();
    if equiv.eq_ignore_ascii_case("refresh") {
        el.remove();
    }
}

fn set(el: &mut Element<'_, '_>, name: &str, value: &str) {
    el.set_attribute(name, value)
        .expect("invariant: the names we set are valid attribute names");
}
