//! What publishing writes into a policy file: the texts that stood beside it, and the instant.

use std::fmt::Write as _;
use std::ops::Range;

use avow_model::Timestamp;

use super::text::beside;
use crate::reader::Reader;
use crate::source::SourceFile;

/// The names of the Markdown files that a policy file asks for, seen from where it stands itself.
/// A file that is no policy asks for none.
pub fn texts_named(file: &SourceFile) -> Vec<String> {
    let asked = places_of_files(file);
    let name = |(name, _): (String, _)| beside(&file.name, &name);
    asked.into_iter().map(name).collect()
}

/// The same policy with its Markdown files inside: what is published must hang on no other file.
/// A file that is not there is left named; compiling says so.
pub fn with_texts_inside(file: &SourceFile, files: &[SourceFile]) -> SourceFile {
    let mut asked = places_of_files(file);
    asked.sort_by_key(|(_, span)| std::cmp::Reverse(span.start));
    let mut text = file.text.clone();
    for (name, span) in asked {
        let wanted = beside(&file.name, &name);
        if let Some(found) = files.iter().find(|f| f.name == wanted) {
            let inline = format!("markdown = {}", basic_string(&found.text));
            text.replace_range(span, &inline);
        }
    }
    SourceFile {
        name: file.name.clone(),
        text,
    }
}

/// The same policy with this instant as its `published`, so that the file, its hash and the record of
/// the publication say the same.
pub fn with_published(file: &SourceFile, at: Timestamp) -> SourceFile {
    let mut text = file.text.clone();
    if let Some(span) = place_of_published(file) {
        text.replace_range(span, &at.to_string());
    }
    SourceFile {
        name: file.name.clone(),
        text,
    }
}

fn place_of_published(file: &SourceFile) -> Option<Range<usize>> {
    let reader = Reader::new(file);
    let table = reader.parse()?;
    let value = table.get_ref().get("published")?;
    Some(value.span())
}

/// Each `file = "…"` of a `[text.*]`: the name, and the range of key and value.
fn places_of_files(file: &SourceFile) -> Vec<(String, Range<usize>)> {
    let reader = Reader::new(file);
    let Some(table) = reader.parse() else {
        return Vec::new();
    };
    let texts = table.get_ref().get("text").map(toml::Spanned::get_ref);
    let mut out = Vec::new();
    for text in texts
        .and_then(|t| t.as_table())
        .into_iter()
        .flat_map(|t| t.values())
    {
        let entry = text
            .get_ref()
            .as_table()
            .and_then(|t| t.get_key_value("file"));
        if let Some((key, value)) = entry
            && let Some(name) = value.get_ref().as_str()
        {
            out.push((name.to_owned(), key.span().start..value.span().end));
        }
    }
    out
}

/// A text as a TOML basic string on one line.
fn basic_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_survives_the_way_into_toml_and_back() {
        for text in ["a \"b\" \\ c\n\td\r\n", "ü\u{7f}\u{1}{#x}", ""] {
            let toml = format!("x = {}", basic_string(text));
            let back: toml::Table = toml.parse().unwrap();
            assert_eq!(back["x"].as_str(), Some(text));
        }
    }

    #[test]
    fn the_instant_of_publication_goes_where_the_author_wrote_one() {
        let file = SourceFile {
            name: "p".to_owned(),
            text: "published = 2026-01-01 # then\nversion = 1\n".to_owned(),
        };
        let at = "2026-01-02T10:00:00.5Z".parse().unwrap();
        let stamped = with_published(&file, at);
        assert_eq!(
            stamped.text,
            "published = 2026-01-02T10:00:00.5Z # then\nversion = 1\n"
        );
        let other = SourceFile {
            text: "x".to_owned(),
            ..file
        };
        assert_eq!(with_published(&other, at), other);
    }
}
