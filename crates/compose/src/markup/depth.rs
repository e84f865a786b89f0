//! How deep elements nest, before a parser meets them.
//!
//! MJML, html2text and others walk documents by recursion: a body of ten thousand open elements would end the
//! process, not the campaign. This reading is rough on purpose (a `<` in an attribute counts); it only has to be
//! no smaller than what a parser makes.

use std::collections::HashMap;

/// Layout tables nest to about 40; every one of them is four elements deep for a parser.
pub(crate) const DEPTH_MAX: usize = 100;

/// Elements without content, or closed by their next neighbour: they nest only as what stands around them nests.
const FLAT: [&str; 27] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
    "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr",
    "track", "wbr",
];

/// The line on which elements nest deeper than allowed.
pub(crate) fn too_deep(html: &str) -> Option<usize> {
    let mut open: HashMap<&str, usize> = HashMap::new();
    let mut depth = 0;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let closes = rest.starts_with('/');
        let name = name(rest.strip_prefix('/').unwrap_or(rest));
        if name.is_empty() || FLAT.iter().any(|flat| flat.eq_ignore_ascii_case(name)) {
            continue;
        }
        let same = open.entry(name).or_default();
        if !closes {
            *same += 1;
            depth += 1;
        } else if *same > 0 {
            *same -= 1;
            depth -= 1;
        }
        if depth > DEPTH_MAX {
            let read = html.len() - rest.len();
            return Some(1 + html[..read].matches('\n').count());
        }
    }
    None
}

fn name(tag: &str) -> &str {
    let named = tag.starts_with(|c: char| c.is_ascii_alphabetic());
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    if named {
        &tag[..end.unwrap_or(tag.len())]
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_what_stays_open() {
        assert_eq!(too_deep(&"<div></div>\n<p>x<br>".repeat(5_000)), None);
        assert_eq!(too_deep(&"<table><tr><td>".repeat(DEPTH_MAX)), None);
        assert_eq!(
            too_deep(&"<table>\n".repeat(DEPTH_MAX + 1)),
            Some(DEPTH_MAX + 1)
        );
        assert_eq!(too_deep(&"<b></i>".repeat(DEPTH_MAX + 1)), Some(1));
        assert_eq!(too_deep(&"<!-- <div> -->".repeat(500)), None);
    }
}
