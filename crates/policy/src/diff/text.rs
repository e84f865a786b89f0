//! The texts of two versions against each other, clause by clause.

use std::collections::BTreeMap;

use super::{About, Items};
use crate::clause::clauses;
use crate::version::{ChangeClass, LocaleText, Version};

pub(super) fn compare(old: &Version, new: &Version, items: &mut Items) {
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
