//! Purposes of two versions against each other.

mod kind;
mod terms;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::shift::reworded;
use super::{About, Items};
use crate::explain::list;
use crate::version::{ChangeClass, ChoiceRule, PurposeRule, Version};

const WIDER: ChangeClass = ChangeClass::Major;
const NARROWER: ChangeClass = ChangeClass::Minor;

/// How pages call categories and recipients.
#[derive(Default)]
pub(super) struct Titles(BTreeMap<String, String>);

impl Titles {
    /// The names of both versions; the newer ones win.
    fn of(old: &Version, new: &Version) -> Self {
        let mut out = BTreeMap::new();
        for version in [old, new] {
            let data = version.categories().iter();
            out.extend(data.map(|c| (format!("c/{}", c.id), c.title.clone())));
            let people = version.recipients().iter();
            out.extend(people.map(|r| (format!("r/{}", r.id), r.title.clone())));
        }
        Self(out)
    }

    fn category(&self, id: &avow_model::Category) -> String {
        self.0
            .get(&format!("c/{id}"))
            .cloned()
            .unwrap_or_else(|| id.to_string())
    }

    fn recipient(&self, id: &avow_model::RecipientClass) -> String {
        if id.as_str() == "self" {
            return "ourselves".to_owned();
        }
        self.0
            .get(&format!("r/{id}"))
            .cloned()
            .unwrap_or_else(|| id.to_string())
    }
}

/// Every purpose of both versions; `before` finds what a new purpose was.
pub(super) fn compare<'o>(
    old: &'o Version,
    new: &Version,
    before: impl Fn(&PurposeRule) -> Option<&'o PurposeRule>,
    items: &mut Items,
) {
    let titles = Titles::of(old, new);
    let mut gone_on: Vec<&PurposeRule> = Vec::new();
    for rule in new.purposes() {
        match before(rule) {
            Some(was) => {
                compare_rules(was, rule, &titles, items);
                gone_on.push(was);
            }
            None => items.add(WIDER, whole(rule), begins(rule, &titles)),
        }
    }
    for rule in old.purposes().iter().filter(|r| !gone_on.contains(r)) {
        let sentence = format!("“{}” ends: we no longer do it.", rule.title);
        items.add(NARROWER, whole(rule), sentence);
    }
}

fn begins(rule: &PurposeRule, titles: &Titles) -> String {
    let reads: Vec<String> = rule.reads.iter().map(|c| titles.category(c)).collect();
    let choice = match rule.choice {
        ChoiceRule::None => "without asking",
        ChoiceRule::OptOut => "unless you say no",
        ChoiceRule::OptIn => "only if you say yes",
        ChoiceRule::ConfirmedOptIn => "only if you say yes and confirm it",
    };
    let mut out = format!(
        "“{}” is new, {choice}. It uses: {}.",
        rule.title,
        list(&reads, "and")
    );
    let others: Vec<String> = rule
        .recipients
        .iter()
        .filter(|r| r.as_str() != "self")
        .map(|r| titles.recipient(r))
        .collect();
    if !others.is_empty() {
        let _ = write!(out, " It goes to: {}.", list(&others, "and"));
    }
    out
}

/// A place in a purpose.
fn at(rule: &PurposeRule, key: &str) -> (About, String) {
    (About::Permission, format!("purpose/{}/{key}", rule.id))
}

/// The purpose itself.
fn whole(rule: &PurposeRule) -> (About, String) {
    (About::Permission, format!("purpose/{}", rule.id))
}

/// What changes from a purpose to the one that goes on with it.
pub(super) fn compare_rules(
    old: &PurposeRule,
    new: &PurposeRule,
    titles: &Titles,
    items: &mut Items,
) {
    compare_uses(old, new, titles, items);
    terms::compare(old, new, items);
    kind::compare(old, new, items);
    compare_words(old, new, items);
}

/// Verbs, categories, recipients, channels: the permission set itself.
fn compare_uses(old: &PurposeRule, new: &PurposeRule, titles: &Titles, items: &mut Items) {
    let title = &new.title;
    items.lists(
        (&old.verbs, &new.verbs),
        at(new, "verbs"),
        (WIDER, |v| format!("“{title}” may now also do this: {v}.")),
        (NARROWER, |v| format!("“{title}” no longer does this: {v}.")),
    );
    items.lists(
        (&old.reads, &new.reads),
        at(new, "reads"),
        (WIDER, |c| {
            format!("“{title}” now also uses: {}.", titles.category(c))
        }),
        (NARROWER, |c| {
            format!("“{title}” no longer uses: {}.", titles.category(c))
        }),
    );
    items.lists(
        (&old.recipients, &new.recipients),
        at(new, "recipients"),
        (WIDER, |r| {
            format!("“{title}” now also goes to: {}.", titles.recipient(r))
        }),
        (NARROWER, |r| {
            format!("“{title}” no longer goes to: {}.", titles.recipient(r))
        }),
    );
    items.lists(
        (&old.channels, &new.channels),
        at(new, "channels"),
        (WIDER, |c| {
            format!("“{title}” may now also reach you by {}.", c.as_str())
        }),
        (NARROWER, |c| {
            format!("“{title}” no longer reaches you by {}.", c.as_str())
        }),
    );
}

/// Names and sentences.
fn compare_words(old: &PurposeRule, new: &PurposeRule, items: &mut Items) {
    let renamed = old.id != new.id || old.title != new.title;
    items.shift(reworded(!renamed), at(new, "title"), || {
        format!(
            "“{}” is now called “{}”; what you said about it goes on.",
            old.title, new.title
        )
    });
    items.shift(reworded(old.ask == new.ask), at(new, "ask"), || {
        format!("The question about “{}” has other words.", new.title)
    });
    items.shift(reworded(old.why == new.why), at(new, "why"), || {
        format!(
            "The sentence under mail of “{}” has other words.",
            new.title
        )
    });
    items.shift(
        reworded(old.clause == new.clause),
        at(new, "clause"),
        || format!("“{}” stands elsewhere in the text.", new.title),
    );
}
