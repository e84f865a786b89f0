//! The texts of two versions against each other, clause by clause.

use std::collections::BTreeMap;

use super::{About, Items};
use crate::clause::clauses;
use crate::version::{ChangeClass, Locale, LocaleText, Version};

pub(super) fn compare(old: &Version, new: &Version, items: &mut Items) {
    compare_translations(old, new, items);
    for now in new.texts() {
        let at = || (About::Words, format!("text/{}", now.locale));
        match old.texts().iter().find(|t| t.locale == now.locale) {
            None => {
                let sentence =
                    format!("The text now also stands in the language “{}”.", now.locale);
                items.add(ChangeClass::Patch, at(), sentence);
            }
            Some(was) => {
                for sentence in compare_text(was, now) {
                    items.add(ChangeClass::Patch, at(), sentence);
                }
            }
        }
    }
    let gone = |t: &&LocaleText| new.texts().iter().all(|n| n.locale != t.locale);
    for was in old.texts().iter().filter(gone) {
        let sentence = format!(
            "The text no longer stands in the language “{}”.",
            was.locale
        );
        items.add(
            ChangeClass::Patch,
            (About::Words, "text".to_owned()),
            sentence,
        );
    }
}

/// Titles and questions in the languages that both versions have, beside the first one of either: where they differ
/// for what both declare. Other words permit nothing.
fn compare_translations(old: &Version, new: &Version, items: &mut Items) {
    let was: BTreeMap<String, &str> = old.said().into_iter().collect();
    for text in new.texts() {
        let locale = &text.locale;
        if !old.texts().iter().any(|t| t.locale == *locale) {
            continue;
        }
        for (place, first) in new.said() {
            let both = was.contains_key(&place);
            let before = words(old, &place, locale, was.get(&place).copied());
            let after = words(new, &place, locale, Some(first));
            if both && before != after && !is_first(old, new, locale) {
                let sentence = format!("“{first}” has other words in the language “{locale}”.");
                items.add(ChangeClass::Patch, (About::Words, place), sentence);
            }
        }
    }
}

/// True where the language is the first one of both: the declarations themselves are compared.
fn is_first(old: &Version, new: &Version, locale: &Locale) -> bool {
    let first = |v: &Version| v.texts().first().is_some_and(|t| t.locale == *locale);
    first(old) && first(new)
}

/// What a reader of the language sees at a place; nothing of its own where it has no words.
fn words<'v>(
    version: &'v Version,
    place: &str,
    locale: &Locale,
    first: Option<&'v str>,
) -> Option<&'v str> {
    match version.texts().first() {
        Some(text) if text.locale == *locale => first,
        _ => version.translations().get(place, locale),
    }
}

/// One sentence for each clause that reads differently; text under no clause counts as one.
fn compare_text(was: &LocaleText, now: &LocaleText) -> Vec<String> {
    let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (clauses(&was.markdown), clauses(&now.markdown));
    let locale = &now.locale;
    let mut out = Vec::new();
    for (clause, text) in &new {
        if old.get(clause) != Some(text) {
            out.push(match clause.as_str() {
                "" => format!("The text outside of its clauses reads differently (“{locale}”)."),
                id => format!("The clause #{id} reads differently (“{locale}”)."),
            });
        }
    }
    for clause in old.keys().filter(|c| !new.contains_key(*c)) {
        out.push(format!("The clause #{clause} is gone (“{locale}”)."));
    }
    out
}
