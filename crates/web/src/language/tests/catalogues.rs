//! The catalogues agree: with the sources, and with each other.

use std::collections::{BTreeMap, BTreeSet};

use avow_model::Language;
use fluent_bundle::FluentResource;

use super::super::catalogue::{Files, texts};
use super::sources::{keys_used, root};

/// What a translation must share with the English message: its variables and its elements.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    variables: BTreeSet<String>,
    elements: BTreeSet<String>,
}

fn name(text: &str) -> String {
    let part = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.chars().take_while(part).collect()
}

fn shape(pattern: &str) -> Shape {
    let after = |mark: char| {
        pattern
            .split(mark)
            .skip(1)
            .map(name)
            .filter(|n| !n.is_empty())
    };
    let closes = pattern.split("</").skip(1).map(name);
    let elements: BTreeSet<String> = after('<').collect();
    assert_eq!(
        elements,
        closes.collect(),
        "each element opens and closes: {pattern}"
    );
    Shape {
        variables: after('$').collect(),
        elements,
    }
}

/// The messages of a file: key and pattern.
fn messages(text: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            let (key, rest) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
            out.push((key.trim().to_owned(), rest.to_owned()));
        } else if let Some((_, pattern)) = out.last_mut() {
            pattern.push_str(line);
        }
    }
    out
}

fn shapes(language: Language) -> BTreeMap<String, Shape> {
    let all = texts(language).flat_map(|text| messages(&text));
    all.map(|(key, pattern)| (key, shape(&pattern))).collect()
}

/// Areas whose English file waits for its translations; empty when a version is made.
fn pending() -> BTreeSet<String> {
    let folder = std::fs::read_dir(root().join("untranslated/pending"));
    let entries = folder.into_iter().flatten().flatten();
    entries
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect()
}

/// The keys of English that each language must have.
fn demanded() -> BTreeMap<String, Shape> {
    let pending = pending();
    let asks = |name: &String| {
        let area = name
            .strip_prefix("en/")
            .and_then(|n| n.strip_suffix(".ftl"));
        area.is_some_and(|area| !pending.contains(area))
    };
    let names = Files::iter().map(std::borrow::Cow::into_owned).filter(asks);
    let text = |name: String| String::from_utf8(Files::get(&name).unwrap().data.into()).unwrap();
    let all = names.flat_map(|name| messages(&text(name)));
    all.map(|(key, pattern)| (key, shape(&pattern))).collect()
}

#[test]
fn every_file_is_sound_fluent_and_no_key_stands_twice_in_a_language() {
    for language in Language::ALL {
        let mut seen = BTreeSet::new();
        for text in texts(language) {
            let parsed = FluentResource::try_new(text.clone());
            assert!(
                parsed.is_ok(),
                "{}: {:?}",
                language.tag(),
                parsed.err().map(|(_, e)| e)
            );
            for (key, _) in messages(&text) {
                assert!(
                    seen.insert(key.clone()),
                    "{}: {key} stands twice",
                    language.tag()
                );
            }
        }
        assert!(!seen.is_empty(), "{}", language.tag());
    }
}

#[test]
fn every_key_used_exists_in_english_and_every_english_key_is_used() {
    let english: BTreeSet<String> = shapes(Language::English).into_keys().collect();
    let used = keys_used();
    let lacking: Vec<_> = used.difference(&english).collect();
    assert!(
        lacking.is_empty(),
        "used and not in languages/en: {lacking:#?}"
    );
    let idle: Vec<_> = english.difference(&used).collect();
    assert!(
        idle.is_empty(),
        "in languages/en and used nowhere: {idle:#?}"
    );
}

#[test]
fn every_english_message_exists_in_each_language_with_the_same_variables_and_elements() {
    let mut faults = Vec::new();
    let english = demanded();
    for language in Language::ALL {
        let own = shapes(language);
        for (key, shape) in &english {
            match own.get(key) {
                None => faults.push(format!("{}: {key} is missing", language.tag())),
                Some(own) if own != shape => {
                    faults.push(format!(
                        "{}: {key} has {own:?}, English {shape:?}",
                        language.tag()
                    ));
                }
                Some(_) => {}
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_language_has_a_message_that_english_has_not() {
    let english = shapes(Language::English);
    for language in Language::ALL {
        let own = shapes(language);
        let stray: Vec<_> = own
            .keys()
            .filter(|key| !english.contains_key(*key))
            .collect();
        assert!(stray.is_empty(), "{}: {stray:#?}", language.tag());
    }
}
