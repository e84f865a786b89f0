//! Kleene's strong three-valued logic: unknown stays unknown unless the rest decides.

/// What is known of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    /// Of something that is known.
    pub const fn of(known: bool) -> Self {
        if known { Self::True } else { Self::False }
    }

    /// What is unknown is unknown in the negative, too.
    pub const fn negated(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    /// The least of all; true of none.
    pub fn all(mut parts: impl Iterator<Item = Self>) -> Self {
        let mut least = Self::True;
        while least != Self::False {
            match parts.next() {
                Some(part) => least = least.min(part),
                None => break,
            }
        }
        least
    }

    /// The greatest of all; false of none.
    pub fn any(parts: impl Iterator<Item = Self>) -> Self {
        Self::all(parts.map(Self::negated)).negated()
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    #[test]
    fn and_or_and_not_follow_the_truth_tables() {
        let rows = [
            // a, b, a and b, a or b
            (True, True, True, True),
            (True, Unknown, Unknown, True),
            (True, False, False, True),
            (Unknown, True, Unknown, True),
            (Unknown, Unknown, Unknown, Unknown),
            (Unknown, False, False, Unknown),
            (False, True, False, True),
            (False, Unknown, False, Unknown),
            (False, False, False, False),
        ];
        for (a, b, both, either) in rows {
            assert_eq!(Truth::all([a, b].into_iter()), both, "{a:?} and {b:?}");
            assert_eq!(Truth::any([a, b].into_iter()), either, "{a:?} or {b:?}");
        }
        for (a, not) in [(True, False), (Unknown, Unknown), (False, True)] {
            assert_eq!(a.negated(), not);
        }
    }
}
