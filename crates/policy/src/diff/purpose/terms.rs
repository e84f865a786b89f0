//! What a purpose may do to one person: on whose word, how long, how often, within which bounds.

use super::{NARROWER, WIDER, at};
use crate::diff::Items;
use crate::diff::shift::{Shift, ceiling, fixed, floor, frequency, said};
use crate::emit::length_text;
use crate::explain::list;
use crate::version::{ChoiceRule, Purge, PurposeRule, Said};

pub(super) fn compare(old: &PurposeRule, new: &PurposeRule, items: &mut Items) {
    compare_terms(old, new, items);
    compare_bounds(old, new, items);
}

/// The person's word, and how long and how often.
fn compare_terms(old: &PurposeRule, new: &PurposeRule, items: &mut Items) {
    let title = &new.title;
    items.shift(floor(old.choice, new.choice), at(new, "choice"), || {
        format!(
            "“{title}” now needs {}; before, {}.",
            needs(new.choice),
            needs(old.choice)
        )
    });
    items.shift(
        ceiling(old.retention, new.retention),
        at(new, "retention"),
        || {
            let kept = |time| match time {
                Some(time) => format!("until {} after your last activity", length_text(time)),
                None => "without an end".to_owned(),
            };
            let (now, then) = (kept(new.retention), kept(old.retention));
            format!("“{title}” may use your data {now}; before, {then}.")
        },
    );
    items.shift(
        ceiling(old.uses_max, new.uses_max),
        at(new, "uses"),
        || match new.uses_max {
            Some(_) => format!("“{title}” is now done once only."),
            None => format!("“{title}” may now be done more than once."),
        },
    );
    items.shift(
        frequency(old.frequency, new.frequency),
        at(new, "frequency"),
        || {
            let often = new.frequency.map_or("as often as we like".to_owned(), |f| {
                format!("at most {} times in {}", f.count_max, length_text(f.per))
            });
            format!("“{title}” may now write {often}.")
        },
    );
    items.shift(
        floor(old.has_way_out(), new.has_way_out()),
        at(new, "unsubscribable"),
        || {
            let has = if new.has_way_out() {
                "now has"
            } else {
                "no longer has"
            };
            format!("Mail of “{title}” {has} a link to stop it.")
        },
    );
    items.shift(
        said(old.unrelated, new.unrelated, Said::Yes),
        at(new, "unrelated"),
        || {
            let own = if new.unrelated.is_yes() {
                "always"
            } else {
                "no longer always"
            };
            format!("“{title}” is {own} a tick of its own.")
        },
    );
}

fn needs(choice: ChoiceRule) -> &'static str {
    match choice {
        ChoiceRule::None => "nobody's word",
        ChoiceRule::OptOut => "that you did not say no",
        ChoiceRule::OptIn => "your yes",
        ChoiceRule::ConfirmedOptIn => "your confirmed yes",
    }
}

/// What else narrows a purpose.
fn compare_bounds(old: &PurposeRule, new: &PurposeRule, items: &mut Items) {
    let title = &new.title;
    items.lists(
        (&old.requires, &new.requires),
        at(new, "requires"),
        (NARROWER, |p| {
            format!("“{title}” now also needs your word on “{p}”.")
        }),
        (WIDER, |p| {
            format!("“{title}” no longer needs your word on “{p}”.")
        }),
    );
    let interest = fixed(old.interest.as_ref(), new.interest.as_ref());
    items.shift(interest, at(new, "interest"), || match &new.interest {
        Some(by) => format!("“{title}” now keeps to the topics that you chose ({by})."),
        None => format!("“{title}” no longer keeps to the topics that you chose."),
    });
    items.shift(
        closed(&old.messages, &new.messages),
        at(new, "messages"),
        || format!("“{title}” covers these messages: {}.", named(&new.messages)),
    );
    items.shift(closed(&old.traits, &new.traits), at(new, "traits"), || {
        format!("“{title}” may work out: {}.", named(&new.traits))
    });
    items.shift(
        purge(old.purge, new.purge),
        at(new, "purge"),
        || match new.purge {
            Some(Purge::AfterFinalStatus) => {
                format!(
                    "Data of “{title}” are destroyed as soon as its mail has arrived or failed."
                )
            }
            Some(Purge::AfterUse(time)) => {
                format!(
                    "Data of “{title}” are destroyed {} after their last use.",
                    length_text(time)
                )
            }
            None => format!("Data of “{title}” are no longer destroyed by themselves."),
        },
    );
    items.shift(
        floor(old.marker_ttl, new.marker_ttl),
        at(new, "marker_ttl"),
        || match new.marker_ttl {
            Some(time) => format!("“{title}” is not repeated within {}.", length_text(time)),
            None => format!("We no longer remember for whom “{title}” was done."),
        },
    );
}

fn named(words: &[avow_model::Slug]) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    if words.is_empty() {
        return "anything".to_owned();
    }
    list(&words, "and")
}

/// A closed list: fewer is stricter; none named is no list at all.
fn closed<T: PartialEq>(old: &[T], new: &[T]) -> Shift {
    let inside =
        |a: &[T], b: &[T]| b.is_empty() || (!a.is_empty() && a.iter().all(|x| b.contains(x)));
    match (inside(old, new), inside(new, old)) {
        (true, true) => Shift::Same,
        (false, true) => Shift::Stricter,
        _ => Shift::Looser,
    }
}

/// Destroyed at once is stricter than later, and later than never.
fn purge(old: Option<Purge>, new: Option<Purge>) -> Shift {
    let after = |purge| match purge {
        Purge::AfterFinalStatus => jiff::SignedDuration::ZERO,
        Purge::AfterUse(time) => time,
    };
    ceiling(old.map(after), new.map(after))
}
