//! The author's texts: one for each language, in the file itself or in Markdown files beside it.

use super::ParsedVersion;
use crate::clause;
use crate::reader::{At, Reader, Table};
use crate::source::SourceFile;
use crate::version::{Locale, LocaleText, Version};

const HINT: &str =
    "write [text.en] with markdown = \"\"\"…\"\"\": what people read on the policy page";

/// Every `[text.*]`, in the order of the file.
pub(super) fn read_texts(
    root: &mut Table<'_, '_>,
    files: &[SourceFile],
) -> Option<Vec<LocaleText>> {
    let tables = root.tables("text");
    if tables.is_empty() {
        root.missing("text", HINT);
        return None;
    }
    super::limit(root, "texts", tables.len());
    let read = |(name, table)| read_text(name, table, files);
    let texts: Vec<LocaleText> = tables.into_iter().filter_map(read).collect();
    (!texts.is_empty()).then_some(texts)
}

fn read_text(name: At<&str>, mut table: Table<'_, '_>, files: &[SourceFile]) -> Option<LocaleText> {
    let reader = table.reader;
    let locale: Option<At<Locale>> = reader.name(name);
    let file = table.line("file");
    let markdown = match file {
        None => table
            .needed_text("markdown", HINT)
            .map(|m| m.value.to_owned()),
        Some(file) => {
            if table.has("markdown") {
                let message = "a text is either `markdown` or a `file`";
                reader.fault_hint(&file.span, message, "keep one of them");
            }
            table.text("markdown");
            find(reader, &file, files)
        }
    };
    table.finish();
    Some(LocaleText {
        locale: locale?.value,
        markdown: markdown?,
    })
}

fn find(reader: &Reader<'_>, file: &At<&str>, files: &[SourceFile]) -> Option<String> {
    let wanted = beside(&reader.file.name, file.value);
    let found = files.iter().find(|f| f.name == wanted);
    if found.is_none() {
        let message = format!("the text \"{}\" is not there", file.value);
        reader.fault_hint(
            &file.span,
            message,
            "put the Markdown file beside the policy file",
        );
    }
    found.map(|f| f.text.clone())
}

/// The name of a file in the folder of another.
pub(super) fn beside(policy: &str, name: &str) -> String {
    match policy.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}

/// Every clause that a purpose names must be a heading of every text.
pub(super) fn check_clauses(reader: &Reader<'_>, parsed: &ParsedVersion) {
    for text in parsed.version.texts() {
        let anchors = clause::ids(&text.markdown);
        for (path, id) in clauses(&parsed.version) {
            if !anchors.contains(&id) {
                let message = format!("the text \"{}\" has no clause #{id}", text.locale);
                let hint = format!("end a heading of that text with {{#{id}}}");
                reader.fault_hint(&parsed.places.at(&path), message, &hint);
            }
        }
    }
}

fn clauses(version: &Version) -> impl Iterator<Item = (String, String)> {
    version.purposes().iter().filter_map(|p| {
        let id = p.clause.as_ref()?.id().to_owned();
        Some((format!("purpose/{}/clause", p.id), id))
    })
}
