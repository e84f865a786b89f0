//! Messages with a link or an emphasis inside: the message names where it is, the template gives what it is.
//!
//! Promises: of a message only `<name>` and `</name>` of elements that the template gave become HTML; all else of it,
//! and each value that is not HTML of our own making, is escaped.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use minijinja::value::{Kwargs, Object, Value};

/// Stands for `<` of a value while the message is put together: a character of nobody's (Unicode, private use).
const VALUE_LESS: char = '\u{e000}';
/// Before and after the number of a piece of HTML that the template made.
const SLOT: char = '\u{e001}';

/// An element that a template gives to a message.
#[derive(Debug)]
pub(super) struct Element {
    open: String,
    close: String,
}

impl Object for Element {}

impl Element {
    /// `tag("a", href="/policy")`: the attributes are escaped.
    pub(super) fn new(name: &str, attributes: &Kwargs) -> Result<Self, minijinja::Error> {
        let mut open = format!("<{name}");
        for attribute in attributes.args() {
            let value: Value = attributes.peek(attribute)?;
            let _ = write!(open, " {attribute}=\"{}\"", escaped(&value.to_string()));
        }
        open.push('>');
        let close = format!("</{name}>");
        Ok(Self { open, close })
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_escaped(&mut out, c));
    out
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '<' | VALUE_LESS => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#x27;"),
        c => out.push(c),
    }
}

/// What a message with elements is made of.
#[derive(Debug, Default)]
pub(super) struct Weave {
    elements: BTreeMap<String, (String, String)>,
    slots: Vec<String>,
}

impl Weave {
    /// What the message is told with in the place of this value; `None` for an element.
    pub(super) fn thread(&mut self, name: &str, value: &Value) -> Option<String> {
        if let Some(element) = value.downcast_object_ref::<Element>() {
            let pair = (element.open.clone(), element.close.clone());
            self.elements.insert(name.to_owned(), pair);
            return None;
        }
        if value.is_safe() {
            self.slots.push(value.to_string());
            return Some(format!("{SLOT}{}{SLOT}", self.slots.len() - 1));
        }
        let ours = |c: char| c == VALUE_LESS || c == SLOT;
        let text = value.to_string().replace(ours, "");
        Some(text.replace('<', "\u{e000}"))
    }

    /// The message as HTML.
    pub(super) fn html(&self, told: &str) -> String {
        let mut out = String::with_capacity(told.len() * 2);
        let mut rest = told;
        while let Some(c) = rest.chars().next() {
            let (html, len) = self.tag_at(rest).or_else(|| self.slot_at(rest)).unzip();
            if let Some(html) = html {
                out.push_str(html);
            } else {
                push_escaped(&mut out, c);
            }
            rest = &rest[len.unwrap_or(c.len_utf8())..];
        }
        out
    }

    /// The element that opens or closes here, and how long its mark is.
    fn tag_at(&self, rest: &str) -> Option<(&str, usize)> {
        let mark = rest.strip_prefix('<')?;
        let (inner, _) = mark.split_once('>')?;
        let (name, closes) = inner
            .strip_prefix('/')
            .map_or((inner, false), |n| (n, true));
        let (open, close) = self.elements.get(name)?;
        Some((if closes { close } else { open }, inner.len() + 2))
    }

    fn slot_at(&self, rest: &str) -> Option<(&str, usize)> {
        let (number, _) = rest.strip_prefix(SLOT)?.split_once(SLOT)?;
        let slot = self.slots.get(number.parse::<usize>().ok()?)?;
        Some((slot, number.len() + 2 * SLOT.len_utf8()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_elements_of_the_template_become_html_and_no_value_can_make_one() {
        let mut weave = Weave::default();
        let link = Element::new(
            "a",
            &Kwargs::from_iter([("href", Value::from("/x?a=1&b=\"2"))]),
        );
        weave.thread("link", &Value::from_object(link.unwrap()));
        let name = weave
            .thread("name", &Value::from("<link>Eve</link> & co"))
            .unwrap();
        let when = Value::from_safe_string("<time>now</time>".to_owned());
        let when = weave.thread("when", &when).unwrap();
        let told = format!("<b>{name}</b> <link>read</link> {when}");
        assert_eq!(
            weave.html(&told),
            "&lt;b&gt;&lt;link&gt;Eve&lt;/link&gt; &amp; co&lt;/b&gt; <a href=\"/x?a=1&amp;b=&quot;2\">read</a> <time>now</time>"
        );
    }
}
