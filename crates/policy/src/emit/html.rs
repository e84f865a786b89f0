//! Pieces of HTML that every emitted page is made of. Text goes in as text and comes out escaped.

use std::fmt::Write as _;

/// The text as it stands in HTML, between tags and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A table of escaped cells; the first column heads its rows. Each cell knows its column's name, for
/// screens on which a row becomes a card.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = String::from("<table><thead><tr>");
    for name in head {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(name));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        push_row(&mut out, head, row);
    }
    out.push_str("</tbody></table>");
    out
}

fn push_row(out: &mut String, head: &[&str], row: &[String]) {
    out.push_str("<tr>");
    for (at, (name, cell)) in head.iter().zip(row).enumerate() {
        let (name, cell) = (escape(name), escape(cell));
        let _ = match at {
            0 => write!(out, "<th scope=\"row\">{cell}</th>"),
            _ => write!(out, "<td data-label=\"{name}\">{cell}</td>"),
        };
    }
    out.push_str("</tr>");
}

/// A section with its heading; the content is HTML already.
pub(crate) fn section(id: &str, title: &str, content: &str) -> String {
    let (id, title) = (escape(id), escape(title));
    format!("<section id=\"{id}\"><h2>{title}</h2>{content}</section>")
}

/// A list of terms with what is said of each, escaped.
pub(crate) fn terms(pairs: &[(&str, String)]) -> String {
    let mut out = String::from("<dl>");
    for (term, said) in pairs {
        let _ = write!(out, "<dt>{}</dt><dd>{}</dd>", escape(term), escape(said));
    }
    out.push_str("</dl>");
    out
}

/// A list of lines, escaped.
pub(crate) fn items(lines: &[String]) -> String {
    let mut out = String::from("<ul>");
    for line in lines {
        let _ = write!(out, "<li>{}</li>", escape(line));
    }
    out.push_str("</ul>");
    out
}
