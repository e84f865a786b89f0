//! The sources of this room: which keys they use.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Templates;

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The API and its reference speak English alone, as OpenAPI and problems do: programs read them, and their authors.
pub(super) fn is_for_programs(name: &str) -> bool {
    name.starts_with("api/")
}

/// The templates with their text.
pub(super) fn templates() -> Vec<(String, String)> {
    let read = |name: String| {
        let text = fs::read_to_string(root().join("templates").join(&name)).unwrap();
        (name, text)
    };
    let pages = Templates::names().filter(|name| name != "public/archive.xml");
    let mut all: Vec<_> = pages.map(read).collect();
    all.sort();
    all
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else {
            out.push(path);
        }
    }
}

/// Without comments, and without the tests at its end.
fn bare(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    let lines = code.lines().filter(|l| !l.trim_start().starts_with("//"));
    lines.fold(String::new(), |out, line| out + line + "\n")
}

/// The Rust files of this room with their text; without tests and samples.
pub(super) fn rust() -> Vec<(String, String)> {
    let (src, mut files) = (root().join("src"), Vec::new());
    walk(&src, &mut files);
    files.sort();
    let named = |path: PathBuf| {
        let name = path
            .strip_prefix(&src)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        (name, bare(&fs::read_to_string(&path).unwrap()))
    };
    let is_test = |name: &str| {
        let stem = name.trim_end_matches(".rs");
        stem.ends_with("_test")
            || stem
                .split('/')
                .any(|part| part == "tests" || part == "samples")
    };
    files
        .into_iter()
        .map(named)
        .filter(|(name, _)| !is_test(name))
        .collect()
}

/// The keys after `mark` in a text: `t("…`.
fn keys_after<'t>(text: &'t str, mark: &str) -> Vec<&'t str> {
    let word = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let at = text.match_indices(mark).filter(|(i, _)| !word(&text[..*i]));
    at.filter_map(|(i, _)| {
        let rest = text[i + mark.len()..].trim_start();
        rest.strip_prefix('"')?.split('"').next()
    })
    .collect()
}

/// Every key that a template or a sentence uses.
pub(super) fn keys_used() -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (_, text) in templates() {
        for mark in ["t(", "rich("] {
            used.extend(keys_after(&text, mark).into_iter().map(str::to_owned));
        }
    }
    for (_, text) in rust() {
        for mark in ["told!(", "say!("] {
            used.extend(keys_after(&text, mark).into_iter().map(str::to_owned));
        }
    }
    used
}
