//! The five answers, as values that cannot be wrong.

use std::str::FromStr;

use avow_model::{EmailAddress, Slug};

/// A name or postal address goes into footers and headers: one line that a letter has room for.
const LINE_CHARS_MAX: usize = 200;

/// What the flags answer.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Given {
    /// Short name of the account: a-z, 0-9, '-'
    #[arg(long)]
    pub(crate) account: Option<Slug>,
    /// 1. Who answers for it: the name people know
    #[arg(long)]
    pub(crate) name: Option<Line>,
    /// 1. Its postal address, on one line
    #[arg(long)]
    pub(crate) post: Option<Line>,
    /// 1. Where questions about privacy go
    #[arg(long)]
    pub(crate) email: Option<Email>,
    /// 2. What you send
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,
    /// 3. Where your people live: eu, uk, de, us, california, ca, or everywhere
    #[arg(long)]
    pub(crate) places: Option<Places>,
    /// 4. Whether you want to see opens and clicks of those who allow it
    #[arg(long, value_enum)]
    pub(crate) measure: Option<Measure>,
    /// 5. Who else gets data
    #[arg(long, value_enum)]
    pub(crate) sharing: Option<Sharing>,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) account: Slug,
    pub(crate) name: Line,
    pub(crate) post: Line,
    pub(crate) email: Email,
    pub(crate) kind: Kind,
    pub(crate) places: Places,
    pub(crate) measure: Measure,
    pub(crate) sharing: Sharing,
}

/// One line of text, not empty, without control characters.
#[derive(Debug, Clone)]
pub(crate) struct Line(String);

impl Line {
    pub(crate) fn as_str(&self) -> &str {
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
pub(crate) struct Email {
    text: String,
    domain: String,
}

impl Email {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn domain(&self) -> &str {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Measure {
    /// Ask each person; without a yes nothing is recorded
    Ask,
    /// Nobody is measured
    Never,
}

/// Who else gets data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Sharing {
    /// Nobody
    Nobody,
    /// Companies that work for you under contract
    Processors,
    /// Those, and partners for people who say yes
    Partners,
}

impl Sharing {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Processors => "processors",
            Self::Partners => "partners",
        }
    }
}

/// The rule packs that the places ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places(Vec<&'static str>);

/// Every place, and the packs that go with it.
const PLACES: [(&str, &[&str]); 7] = [
    ("eu", &["eu", "de"]),
    ("de", &["eu", "de"]),
    ("uk", &["uk"]),
    ("us", &["us", "california"]),
    ("california", &["us", "california"]),
    ("ca", &["ca"]),
    ("everywhere", &["us", "california", "ca", "eu", "de", "uk"]),
];

impl Places {
    pub(crate) fn packs(&self) -> &[&'static str] {
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
    fn a_line_has_text_and_no_line_break() {
        assert_eq!(" Ada Ltd ".parse::<Line>().unwrap().as_str(), "Ada Ltd");
        for bad in ["", "  ", "a\nb", &"x".repeat(201)] {
            assert!(bad.parse::<Line>().is_err(), "{bad:?}");
        }
    }
}
