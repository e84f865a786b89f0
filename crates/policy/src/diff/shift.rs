//! Which way a value moves: towards the person, against the person, or merely elsewhere.

use crate::version::{ChangeClass, Frequency, Said};

/// How the new value stands to the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    Same,
    /// Other words for people, the same bounds.
    Reworded,
    /// Permits less or promises more.
    Stricter,
    /// Permits more or promises less, or cannot be compared.
    Looser,
}

impl Shift {
    /// The class of a change by it; `None`: no change.
    pub(super) const fn class(self) -> Option<ChangeClass> {
        match self {
            Self::Same => None,
            Self::Reworded => Some(ChangeClass::Patch),
            Self::Stricter => Some(ChangeClass::Minor),
            Self::Looser => Some(ChangeClass::Major),
        }
    }
}

/// A value that binds the more, the greater it is.
pub(super) fn floor<T: PartialOrd>(old: T, new: T) -> Shift {
    if new == old {
        Shift::Same
    } else if new > old {
        Shift::Stricter
    } else {
        Shift::Looser
    }
}

/// A limit that binds the more, the smaller it is; absent, it binds nothing.
pub(super) fn ceiling<T: PartialOrd>(old: Option<T>, new: Option<T>) -> Shift {
    match (old, new) {
        (None, None) => Shift::Same,
        (None, Some(_)) => Shift::Stricter,
        (Some(_), None) => Shift::Looser,
        (Some(old), Some(new)) => floor(new, old),
    }
}

/// A yes or no of which one side protects; unsaid protects nothing.
pub(super) fn said(old: Said, new: Said, protects: Said) -> Shift {
    match (old == protects, new == protects) {
        _ if old == new => Shift::Same,
        (false, true) => Shift::Stricter,
        (true, false) => Shift::Looser,
        _ => Shift::Reworded,
    }
}

/// A value that may only be given once: given later it binds, changed or taken back it is something else.
pub(super) fn fixed<T: PartialEq>(old: Option<&T>, new: Option<&T>) -> Shift {
    match (old, new) {
        (None, Some(_)) => Shift::Stricter,
        (old, new) if old == new => Shift::Same,
        _ => Shift::Looser,
    }
}

/// So many in so long: stricter is fewer in no less time.
pub(super) fn frequency(old: Option<Frequency>, new: Option<Frequency>) -> Shift {
    match (old, new) {
        (old, new) if old == new => Shift::Same,
        (None, Some(_)) => Shift::Stricter,
        (Some(old), Some(new)) if new.count_max <= old.count_max && new.per >= old.per => {
            Shift::Stricter
        }
        _ => Shift::Looser,
    }
}

/// Something that is either as it was or something else altogether.
pub(super) const fn other(same: bool) -> Shift {
    if same { Shift::Same } else { Shift::Looser }
}

/// Something that only people read.
pub(super) const fn reworded(same: bool) -> Shift {
    if same { Shift::Same } else { Shift::Reworded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_floors_know_which_way_protects() {
        let rows = [
            (floor(1, 2), Shift::Stricter),
            (floor(2, 1), Shift::Looser),
            (ceiling(Some(2), Some(1)), Shift::Stricter),
            (ceiling(Some(1), Some(2)), Shift::Looser),
            (ceiling(None, Some(1)), Shift::Stricter),
            (ceiling(Some(1), None), Shift::Looser),
            (ceiling(Some(1), Some(1)), Shift::Same),
            (said(Said::Nothing, Said::Yes, Said::Yes), Shift::Stricter),
            (said(Said::Yes, Said::Nothing, Said::Yes), Shift::Looser),
            (said(Said::Nothing, Said::No, Said::Yes), Shift::Reworded),
            (said(Said::No, Said::No, Said::No), Shift::Same),
            (fixed(None, Some(&1)), Shift::Stricter),
            (fixed(Some(&1), Some(&2)), Shift::Looser),
            (fixed(Some(&1), None), Shift::Looser),
            (fixed::<u8>(None, None), Shift::Same),
        ];
        for (at, (got, wanted)) in rows.into_iter().enumerate() {
            assert_eq!(got, wanted, "row {at}");
        }
    }

    #[test]
    fn a_frequency_is_stricter_only_when_no_span_allows_more() {
        let f = |text: &str| Some(text.parse::<Frequency>().unwrap());
        assert_eq!(frequency(f("4 per 30d"), f("4 per 60d")), Shift::Stricter);
        assert_eq!(frequency(f("4 per 30d"), f("2 per 15d")), Shift::Looser);
        assert_eq!(frequency(f("4 per 30d"), None), Shift::Looser);
        assert_eq!(frequency(None, f("4 per 30d")), Shift::Stricter);
        assert_eq!(frequency(f("1 per 1d"), f("1 per 1d")), Shift::Same);
    }
}
