//! What a purpose is: its kind, its sender, its basis, and how it knows whom it sees.

use super::at;
use crate::diff::Items;
use crate::diff::shift::{Shift, fixed, other};
use crate::version::{Coop, IdentifiedBy, PurposeRule};

/// What it is, for whom it speaks, how it knows whom it sees.
pub(super) fn compare(old: &PurposeRule, new: &PurposeRule, items: &mut Items) {
    let title = &new.title;
    items.shift(other(old.kind == new.kind), at(new, "kind"), || {
        format!(
            "“{title}” is now {}; before, {}.",
            new.kind.as_str(),
            old.kind.as_str()
        )
    });
    items.shift(
        other(old.send_as == new.send_as),
        at(new, "send_as"),
        || match &new.send_as {
            Some(brand) => format!("“{title}” now comes from the brand {brand}."),
            None => format!("“{title}” now comes from us."),
        },
    );
    items.shift(coop(old.coop, new.coop), at(new, "coop"), || {
        match new.coop {
            None => format!("“{title}” no longer carries offers of others."),
            Some(rules) => format!(
                "“{title}” carries offers of others within one {}, those of competitors {}.",
                rules.near.as_str(),
                rules.competitors.as_str()
            ),
        }
    });
    let identified = identified(old.identified_by, new.identified_by);
    items.shift(identified, at(new, "identified_by"), || {
        let by = new
            .identified_by
            .map_or("a way that is not said", IdentifiedBy::as_str);
        format!("“{title}” now knows whom it sees by {by}.")
    });
    items.shift(measure(old, new), at(new, "measure"), || {
        match &new.measure {
            Some(purpose) => format!("Mail of “{title}” is now measured under “{purpose}”."),
            None => format!("Mail of “{title}” is no longer measured."),
        }
    });
    compare_basis(old, new, items);
}

fn coop(old: Option<Coop>, new: Option<Coop>) -> Shift {
    match (old, new) {
        (old, new) if old == new => Shift::Same,
        (Some(_), None) => Shift::Stricter,
        (Some(old), Some(new)) if new.near <= old.near && new.competitors <= old.competitors => {
            Shift::Stricter
        }
        _ => Shift::Looser,
    }
}

fn identified(old: Option<IdentifiedBy>, new: Option<IdentifiedBy>) -> Shift {
    match (old, new) {
        (_, Some(IdentifiedBy::Nothing)) if old != new => Shift::Stricter,
        _ => fixed(old.as_ref(), new.as_ref()),
    }
}

fn measure(old: &PurposeRule, new: &PurposeRule) -> Shift {
    match (&old.measure, &new.measure) {
        (old, new) if old == new => Shift::Same,
        (_, None) => Shift::Stricter,
        _ => Shift::Looser,
    }
}

/// A basis may be named later, but not swapped (GDPR 6; EDPB 05/2020).
fn compare_basis(old: &PurposeRule, new: &PurposeRule, items: &mut Items) {
    let places = old
        .basis
        .keys()
        .chain(new.basis.keys().filter(|k| !old.basis.contains_key(*k)));
    for place in places {
        let (was, is) = (old.basis.get(place), new.basis.get(place));
        let shift = match (was, is) {
            (None, Some(_)) => Shift::Reworded,
            _ => fixed(was, is),
        };
        items.shift(shift, at(new, &format!("basis/{place}")), || {
            let word = is.map_or("not said", |b| b.as_str());
            format!(
                "The legal basis of “{}” in {place} is now: {word}.",
                new.title
            )
        });
    }
}
