//! The clauses of an author's text: headings that end in `{#id}`, each with what stands under it.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// The text under each clause's heading up to the next heading with an id; what stands before the first
/// one has the empty id. White space at the ends does not count.
pub(crate) fn clauses(markdown: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut last = (String::new(), 0);
    for (id, start) in headings(markdown) {
        let (id_before, from) = std::mem::replace(&mut last, (id, start));
        out.insert(id_before, markdown[from..start].trim().to_owned());
    }
    out.insert(last.0, markdown[last.1..].trim().to_owned());
    out
}

/// The ids of a text's clauses.
pub(crate) fn ids(markdown: &str) -> Vec<String> {
    headings(markdown).into_iter().map(|(id, _)| id).collect()
}

fn headings(markdown: &str) -> Vec<(String, usize)> {
    let parser = Parser::new_ext(markdown, Options::ENABLE_HEADING_ATTRIBUTES);
    let clause = |(event, range): (Event<'_>, std::ops::Range<usize>)| match event {
        Event::Start(Tag::Heading { id: Some(id), .. }) => Some((id.to_string(), range.start)),
        _ => None,
    };
    parser.into_offset_iter().filter_map(clause).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_its_heading_and_all_up_to_the_next_clause() {
        let text =
            "# Top\n\nx\n\n## A {#a}\n\nfirst\n\n### no clause\n\n## B {#b}\n\nsecond {#c}\n";
        assert_eq!(ids(text), ["a", "b"]);
        let all = clauses(text);
        assert_eq!(all[""], "# Top\n\nx");
        assert_eq!(all["a"], "## A {#a}\n\nfirst\n\n### no clause");
        assert_eq!(all["b"], "## B {#b}\n\nsecond {#c}");
        assert_eq!(clauses("")[""], "");
    }
}
