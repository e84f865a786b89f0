//! The five answers, as values that cannot be wrong. Commands and pages read the same words.

use std::str::FromStr;

use avow_model::{EmailAddress, Slug};

/// A name or postal address goes into footers and headers: one line that a letter has room for.
const LINE_CHARS_MAX: usize = 200;

/// All that is asked.
#[derive(Debug, Clone)]
pub struct Answers {
    pub account: Slug,
    pub name: Line,
    pub post: Line,
    pub email: Email,
    /// An address that mail is sent from, where it is known already: the policy then names its domain as well.
    pub sender: Option<Email>,
    pub kind: Kind,
    pub places: Places,
    pub measure: Measure,
    pub sharing: Sharing,
}

/// One line of text, not empty, without control characters.
#[derive(Debug, Clone)]
pub struct Line(String);

impl Line {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() {
            return Err("this must not be empty: mails have to name it");
        }
        if text.chars().any(char::is_control) || text.chars().count() > LINE_CHARS_MAX {
            return Err("this must be one line of at most 200 characters");
        }
        Ok(Self(text.to_owned()))
    }
}

/// An address as it is published: the text that parses.
#[derive(Debug, Clone)]
pub struct Email {
    text: String,
    domain: String,
}

impl Email {
    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Behind its sign.
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

impl FromStr for Email {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        text.parse::<EmailAddress>()
            .map_err(|why| why.to_string())?;
        let domain = text.rsplit('@').next().unwrap_or_default().to_owned();
        Ok(Self {
            text: text.to_owned(),
            domain,
        })
    }
}

/// Which template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// News for people who asked for it
    Newsletter,
    /// Orders, news for customers, a newsletter
    Shop,
    /// Newsletter, sales follow-up, events for people in companies
    B2b,
    /// Mail for clients, and a joint edition without competitors
    Agency,
    /// News, calls for help, receipts
    Nonprofit,
    /// A newsletter that measures nothing
    Cookieless,
}

/// Whether mail is measured, for those who say yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Ask each person; without a yes nothing is recorded
    Ask,
    /// Nobody is measured
    Never,
}

/// Who else gets data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody
    Nobody,
    /// Companies that work for you under contract
    Processors,
    /// Those, and partners for people who say yes
    Partners,
}

/// A question that is answered by one of a few words.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every answer in the order in which it is offered: its word, and what it means in a sentence's part.
    const ALL: &'static [(Self, &'static str, &'static str)];

    /// The answer's word, in flags, forms and files.
    fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(choice, ..)| *choice == self);
        found.map_or("", |(_, word, _)| word)
    }

    /// The answer of this word.
    fn of(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known, _)| *known == word);
        found.map(|(choice, ..)| *choice)
    }
}

impl Choice for Kind {
    const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (
            Self::Newsletter,
            "newsletter",
            "News for people who asked for it",
        ),
        (
            Self::Shop,
            "shop",
            "Orders, news for customers, a newsletter",
        ),
        (
            Self::B2b,
            "b2b",
            "Newsletter, sales follow-up, events for people in companies",
        ),
        (
            Self::Agency,
            "agency",
            "Mail for clients, and a joint edition without competitors",
        ),
        (
            Self::Nonprofit,
            "nonprofit",
            "News, calls for help, receipts",
        ),
        (
            Self::Cookieless,
            "cookieless",
            "A newsletter that measures nothing",
        ),
    ];
}

impl Choice for Measure {
    const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (
            Self::Ask,
            "ask",
            "Ask each person; without a yes nothing is recorded",
        ),
        (Self::Never, "never", "Nobody is measured"),
    ];
}

impl Choice for Sharing {
    const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Nobody, "nobody", "Nobody"),
        (
            Self::Processors,
            "processors",
            "Companies that work for you under contract",
        ),
        (
            Self::Partners,
            "partners",
            "Those, and partners for people who say yes",
        ),
    ];
}

/// The rule packs that the places ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places(Vec<&'static str>);

/// Every place, and the packs that go with it.
pub const PLACES: [(&str, &[&str]); 7] = [
    ("eu", &["eu", "de"]),
    ("de", &["eu", "de"]),
    ("uk", &["uk"]),
    ("us", &["us", "california"]),
    ("california", &["us", "california"]),
    ("ca", &["ca"]),
    ("everywhere", &["us", "california", "ca", "eu", "de", "uk"]),
];

impl Places {
    /// Their packs, each once.
    pub fn packs(&self) -> &[&'static str] {
        &self.0
    }
}

impl FromStr for Places {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut packs = Vec::new();
        for word in text.split([',', ' ']).filter(|w| !w.is_empty()) {
            let word = word.to_ascii_lowercase();
            let place = PLACES.iter().find(|(name, _)| *name == word);
            let (_, named) = place.ok_or_else(|| unknown(&word))?;
            packs.extend(
                named
                    .iter()
                    .filter(|p| !packs.contains(*p))
                    .copied()
                    .collect::<Vec<_>>(),
            );
        }
        if packs.is_empty() {
            return Err("name one place at least, or everywhere".to_owned());
        }
        Ok(Self(packs))
    }
}

fn unknown(word: &str) -> String {
    let known: Vec<&str> = PLACES.iter().map(|(name, _)| *name).collect();
    format!("\"{word}\" is none of {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_become_the_packs_of_each_without_repeats() {
        let packs = |text: &str| text.parse::<Places>().map(|p| p.packs().to_vec());
        assert_eq!(packs("de, EU").unwrap(), ["eu", "de"]);
        assert_eq!(packs("ca").unwrap(), ["ca"]);
        assert_eq!(packs("everywhere").unwrap().len(), 6);
        assert!(packs("atlantis").unwrap_err().contains("california"));
        assert!(packs(" ,").is_err());
    }

    #[test]
    fn every_choice_comes_back_from_its_word() {
        for (kind, word, _) in Kind::ALL {
            assert_eq!(Kind::of(word), Some(*kind));
            assert_eq!(kind.word(), *word);
        }
        assert_eq!(Measure::of("sometimes"), None);
        assert_eq!(Sharing::Partners.word(), "partners");
    }

    #[test]
    fn a_line_has_text_and_no_line_break() {
        assert_eq!(" Ada Ltd ".parse::<Line>().unwrap().as_str(), "Ada Ltd");
        for bad in ["", "  ", "a\nb", &"x".repeat(201)] {
            assert!(bad.parse::<Line>().is_err(), "{bad:?}");
        }
    }
}
