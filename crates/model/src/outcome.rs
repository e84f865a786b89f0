//! What became of a message to one recipient.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The six ends of DESIGN.md section 10. For every campaign the audience is their sum, to the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The receiving server took responsibility (2xx after the final dot).
    Delivered,
    /// Put off by the other side (4xx, no connection); it will be tried again.
    Deferred,
    /// Refused for good by the other side (5xx).
    Bounced,
    /// Put off until its time ran out.
    Expired,
    /// The gate, or the operator, said no before it left.
    Refused,
    /// In doubt: the final dot left and no answer was seen, and the account chose not to send again.
    Unknown,
}

impl Outcome {
    /// All six, in the order in which reports show them.
    pub const ALL: [Self; 6] = [
        Self::Delivered,
        Self::Deferred,
        Self::Bounced,
        Self::Expired,
        Self::Refused,
        Self::Unknown,
    ];

    /// The word that reports, JSON and the store use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Deferred => "deferred",
            Self::Bounced => "bounced",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where one recipient's row stands: waiting for its first attempt, or at an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecipientState {
    Waiting,
    At(Outcome),
}

impl RecipientState {
    /// The number the store holds: 0 waiting, then the outcomes from 1 in the order of `Outcome::ALL`.
    pub const fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::At(outcome) => 1 + outcome as i64,
        }
    }

    /// Waiting, then the outcomes in the order of reports.
    pub fn all() -> impl Iterator<Item = Self> {
        let outcomes = Outcome::ALL.into_iter().map(Self::At);
        std::iter::once(Self::Waiting).chain(outcomes)
    }

    /// From the number the store holds.
    pub fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Waiting),
            _ => Outcome::ALL
                .get(usize::try_from(code - 1).ok()?)
                .copied()
                .map(Self::At),
        }
    }

    /// The word for it: `waiting` or the outcome's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::At(outcome) => outcome.as_str(),
        }
    }

    /// True when nothing more will be tried.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::At(Outcome::Deferred))
    }
}

impl FromStr for RecipientState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        (0..=6)
            .filter_map(Self::from_code)
            .find(|s| s.as_str() == text)
            .ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_go_round() {
        for code in 0..=6 {
            let state = RecipientState::from_code(code).unwrap();
            assert_eq!(state.code(), code);
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert_eq!(RecipientState::from_code(7), None);
        assert_eq!(RecipientState::from_code(-1), None);
    }
}
