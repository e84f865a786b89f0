//! Pieces of markup that blocks are made of: everything that somebody typed passes through here.

use super::colour::Colour;
use super::link::Link;
use super::rich::{Label, Mark, Rich, Run, Words};

/// Text as it stands in markup and between double quotes; braces too, so that none begins a template tag.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '{' => out.push_str("&#123;"),
            '}' => out.push_str("&#125;"),
            c => out.push(c),
        }
    }
    out
}

/// A link's address for an attribute.
pub(super) fn href(link: &Link) -> String {
    if link.is_page() {
        link.href()
    } else {
        escape(&link.href())
    }
}

/// How links look where they stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub link: Colour,
}

fn words(words: &Words) -> String {
    match words {
        Words::Text(text) => escape(text),
        Words::Break => "<br>".to_owned(),
        Words::Field(field) => field.to_string(),
    }
}

fn run(run: &Run) -> String {
    let mut out = words(&run.words);
    if run.marks.emphasis == Mark::On {
        out = format!("<em>{out}</em>");
    }
    if run.marks.strong == Mark::On {
        out = format!("<strong>{out}</strong>");
    }
    out
}

/// Runs with one link are one link.
pub(super) fn inline(runs: &[Run], look: Look) -> String {
    let same_link = |a: &Run, b: &Run| a.link == b.link;
    let groups = runs.chunk_by(same_link).map(|group| {
        let inner: String = group.iter().map(run).collect();
        match &group[0].link {
            None => inner,
            Some(link) => format!(
                "<a class=\"link\" href=\"{}\" style=\"color:{};text-decoration:underline\">{inner}</a>",
                href(link),
                look.link
            ),
        }
    });
    groups.collect()
}

/// A line without marks.
pub(super) fn label(label: &Label) -> String {
    label.words.iter().map(words).collect()
}

/// Paragraphs, each with `style`; the last one without the space below.
pub(super) fn paragraphs(rich: &Rich, look: Look) -> String {
    let last = rich.paragraphs.len().saturating_sub(1);
    let paragraph = |(i, runs): (usize, &Vec<Run>)| {
        let below = if i == last { "0" } else { "0 0 14px" };
        format!("<p style=\"margin:{below}\">{}</p>", inline(runs, look))
    };
    rich.paragraphs.iter().enumerate().map(paragraph).collect()
}

/// All paragraphs as lines of one place: a point of a list, a quotation.
pub(super) fn lines(rich: &Rich, look: Look) -> String {
    let all: Vec<String> = rich
        .paragraphs
        .iter()
        .map(|runs| inline(runs, look))
        .collect();
    all.join("<br>")
}
