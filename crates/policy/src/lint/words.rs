//! P27: what people are asked, they are asked in the language that they read.

use std::collections::BTreeMap;

use super::linter::{Linter, Note};
use crate::version::{Locale, Version};

/// Warns of what has no words in a language that the file has a text in: its readers see it in the first one.
pub(super) fn check(linter: &mut Linter<'_>) {
    let version = linter.version;
    let Some((first, others)) = version.texts().split_first() else {
        return;
    };
    for text in others {
        let lacking = lacking(version, &text.locale);
        if lacking.len() == version.said().len() {
            linter.warning("P27", nothing(&text.locale, &first.locale));
            continue;
        }
        for (path, keys) in groups(&lacking) {
            linter.warning("P27", some(&path, &keys, (&text.locale, &first.locale)));
        }
    }
}

/// The places without words in a language.
fn lacking(version: &Version, locale: &Locale) -> Vec<String> {
    let said = version.said().into_iter().map(|(place, _)| place);
    let lacks = |place: &String| version.translations().get(place, locale).is_none();
    said.filter(lacks).collect()
}

/// The keys that lack words, by the declaration they stand in.
fn groups(places: &[String]) -> BTreeMap<String, Vec<&str>> {
    let mut out: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (path, key) in places.iter().filter_map(|place| place.rsplit_once('/')) {
        out.entry(path.to_owned()).or_default().push(key);
    }
    out
}

fn nothing(locale: &Locale, first: &Locale) -> Note {
    Note {
        at: format!("text/{locale}"),
        says: format!(
            "nothing but the text is in “{locale}”: titles and questions are shown in “{first}”"
        ),
        against: None,
        instead: example("title", (locale, first)),
    }
}

fn some(path: &str, keys: &[&str], (locale, first): (&Locale, &Locale)) -> Note {
    let key = keys.first().copied().unwrap_or("title");
    Note {
        at: format!("{path}/{key}"),
        says: format!("no words in “{locale}” for: {}", keys.join(", ")),
        against: None,
        instead: example(key, (locale, first)),
    }
}

fn example(key: &str, (locale, first): (&Locale, &Locale)) -> String {
    format!("write {key} = {{ {first} = \"…\", {locale} = \"…\" }}")
}
