//! Categories and recipients of two versions against each other.

use super::shift::{Shift, ceiling, fixed, reworded, said};
use super::{About, Items};
use crate::emit::length_text;
use crate::span_text::After;
use crate::version::{
    CategoryRule, ChangeClass, Identifies, RecipientRule, Retention, Said, Source, Version,
};

const WIDER: ChangeClass = ChangeClass::Major;
const NARROWER: ChangeClass = ChangeClass::Minor;

pub(super) fn compare(old: &Version, new: &Version, items: &mut Items) {
    for now in new.categories() {
        match old.category(&now.id) {
            Some(was) => compare_category(was, now, items),
            None => items.add(
                WIDER,
                data(now, None),
                format!("We now also collect: {}.", now.title),
            ),
        }
    }
    for was in old
        .categories()
        .iter()
        .filter(|c| new.category(&c.id).is_none())
    {
        items.add(
            NARROWER,
            data(was, None),
            format!("We no longer collect: {}.", was.title),
        );
    }
    for now in new.recipients() {
        match old.recipient(&now.id) {
            Some(was) => compare_recipient(was, now, items),
            None => items.add(
                WIDER,
                whom(now, None),
                format!("New among those who get data: {}.", now.title),
            ),
        }
    }
    for was in old
        .recipients()
        .iter()
        .filter(|r| new.recipient(&r.id).is_none())
    {
        items.add(
            NARROWER,
            whom(was, None),
            format!("They no longer get data: {}.", was.title),
        );
    }
}

fn data(rule: &CategoryRule, key: Option<&str>) -> (About, String) {
    (About::Data, path("category", rule.id.as_str(), key))
}

fn whom(rule: &RecipientRule, key: Option<&str>) -> (About, String) {
    (About::Recipients, path("recipient", rule.id.as_str(), key))
}

fn path(group: &str, id: &str, key: Option<&str>) -> String {
    match key {
        None => format!("{group}/{id}"),
        Some(key) => format!("{group}/{id}/{key}"),
    }
}

fn compare_category(was: &CategoryRule, now: &CategoryRule, items: &mut Items) {
    let title = &now.title;
    items.shift(
        sources(&was.source, &now.source),
        data(now, Some("source")),
        || {
            let words: Vec<&str> = now.source.iter().map(|s| s.as_str()).collect();
            let from = if words.is_empty() {
                "not said".to_owned()
            } else {
                words.join(", ")
            };
            format!("{title}: where we have it from is now: {from}.")
        },
    );
    compare_marks(was, now, items);
    items.shift(
        identifies(was.identifies, now.identifies),
        data(now, Some("identifies")),
        || {
            let whom = now.identifies.map_or("not said", Identifies::as_str);
            format!("{title}: whom it points at is now: {whom}.")
        },
    );
    items.shift(
        retention(was.retention, now.retention),
        data(now, Some("retention")),
        || match now.retention {
            Some(kept) => {
                let event = match kept.after {
                    After::LastActivity => "your last activity",
                    After::Collection => "we got them",
                    After::Use => "their last use",
                };
                format!(
                    "{title}: now kept {} after {event}.",
                    length_text(kept.length)
                )
            }
            None => format!("{title}: no longer destroyed after a set time."),
        },
    );
    items.shift(
        reworded(was.title == now.title),
        data(now, Some("title")),
        || format!("“{}” is now called “{title}”.", was.title),
    );
    // What people chose stays what they chose: another list to choose from permits nothing.
    items.shift(
        reworded(was.topics == now.topics),
        data(now, Some("topics")),
        || format!("{title}: the list of topics to choose from changed."),
    );
}

/// The yes or no keys of a category; each protects when it is yes.
fn compare_marks(was: &CategoryRule, now: &CategoryRule, items: &mut Items) {
    let title = &now.title;
    let flags = [
        (
            "optional",
            was.optional,
            now.optional,
            "given only if you like",
        ),
        (
            "internal_only",
            was.internal_only,
            now.internal_only,
            "never given to others",
        ),
        (
            "sensitive",
            was.sensitive,
            now.sensitive,
            "treated as sensitive",
        ),
        ("coarse", was.coarse, now.coarse, "kept only in coarse form"),
    ];
    for (key, was, is, what) in flags {
        items.shift(said(was, is, Said::Yes), data(now, Some(key)), || {
            let word = if is.is_yes() { "now" } else { "no longer" };
            format!("{title}: {word} {what}.")
        });
    }
}

/// Fewer sources are stricter; none named says nothing.
fn sources(was: &[Source], now: &[Source]) -> Shift {
    let inside = |a: &[Source], b: &[Source]| {
        b.is_empty() || (!a.is_empty() && a.iter().all(|s| b.contains(s)))
    };
    match (inside(was, now), inside(now, was)) {
        (true, true) => Shift::Same,
        (false, true) => Shift::Stricter,
        _ => Shift::Looser,
    }
}

/// What is not said may point at a person.
fn identifies(was: Option<Identifies>, now: Option<Identifies>) -> Shift {
    let reach = |whom: Option<Identifies>| match whom {
        Some(Identifies::Nobody) => 0,
        Some(Identifies::Device) => 1,
        Some(Identifies::Person) | None => 2,
    };
    match ceiling(Some(reach(was)), Some(reach(now))) {
        Shift::Same => reworded(was == now),
        shift => shift,
    }
}

fn retention(was: Option<Retention>, now: Option<Retention>) -> Shift {
    match (was, now) {
        (Some(was), Some(now)) if was.after != now.after => Shift::Looser,
        _ => ceiling(was.map(|r| r.length), now.map(|r| r.length)),
    }
}

fn compare_recipient(was: &RecipientRule, now: &RecipientRule, items: &mut Items) {
    let title = &now.title;
    items.shift(
        fixed(was.role.as_ref(), now.role.as_ref()),
        whom(now, Some("role")),
        || {
            let role = now.role.map_or("not said", |r| r.as_str());
            format!("{title}: what they are to us is now: {role}.")
        },
    );
    compare_bonds(was, now, items);
    let contract = match (&was.contract, &now.contract) {
        (Some(_), None) => Shift::Looser,
        (None, Some(_)) => Shift::Stricter,
        (was, now) => reworded(was == now),
    };
    items.shift(contract, whom(now, Some("contract")), || {
        match &now.contract {
            Some(name) => format!("{title}: bound by the contract {name}."),
            None => format!("{title}: no longer bound by a contract."),
        }
    });
    items.shift(
        ceiling(was.until, now.until),
        whom(now, Some("until")),
        || match now.until {
            Some(end) => format!("{title}: get data until {}.", crate::explain::date(end)),
            None => format!("{title}: get data without an end."),
        },
    );
    items.shift(
        reworded(was.title == now.title),
        whom(now, Some("title")),
        || format!("“{}” are now called “{title}”.", was.title),
    );
}

/// The yes or no keys of a recipient.
fn compare_bonds(was: &RecipientRule, now: &RecipientRule, items: &mut Items) {
    let title = &now.title;
    let flags = [
        (
            "affiliated",
            was.affiliated,
            now.affiliated,
            Said::Yes,
            "part of our group",
        ),
        (
            "own_use",
            was.own_use,
            now.own_use,
            Said::No,
            "allowed to use data for themselves",
        ),
        (
            "confidential",
            was.confidential,
            now.confidential,
            Said::Yes,
            "bound to keep data confidential",
        ),
        (
            "promotes",
            was.promotes,
            now.promotes,
            Said::No,
            "using data for their own promotion",
        ),
    ];
    for (key, was, is, protects, what) in flags {
        items.shift(said(was, is, protects), whom(now, Some(key)), || {
            let word = match is {
                Said::Yes => "now",
                Said::No => "not",
                Said::Nothing => "no longer said to be",
            };
            format!("{title}: {word} {what}.")
        });
    }
}
