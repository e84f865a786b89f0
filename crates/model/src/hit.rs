//! What is observed of a mail after it was delivered: an open or a click, and who made it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HitKind {
    /// The picture that marks an open.
    Open,
    /// The campaign's link with this number (`campaign_link.n`).
    Click { link: u16 },
}

impl HitKind {
    /// The word that the store and reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Click { .. } => "click",
        }
    }

    /// The link's number, for a click.
    pub const fn link(self) -> Option<u16> {
        match self {
            Self::Open => None,
            Self::Click { link } => Some(link),
        }
    }
}

/// Who made a hit. Machines are kept and told apart, never dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A person's mail reader or browser.
    Human,
    /// A proxy that loads pictures for people, whether they read or not.
    Prefetch,
    /// A security product that follows links before the person does.
    Scanner,
    /// Any other program.
    Bot,
}

impl Verdict {
    /// All four, in the order in which reports show them.
    pub const ALL: [Self; 4] = [Self::Human, Self::Prefetch, Self::Scanner, Self::Bot];

    /// The word that the store and reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Prefetch => "prefetch",
            Self::Scanner => "scanner",
            Self::Bot => "bot",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.as_str() == word)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_survives_its_word() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::parse(verdict.as_str()), Some(verdict));
        }
        assert_eq!(Verdict::parse("person"), None);
    }
}
