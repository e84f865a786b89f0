//! The languages that the program speaks to people.

use serde::{Deserialize, Serialize};

/// A language with a catalogue of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "en")]
    English,
    #[serde(rename = "de")]
    German,
    #[serde(rename = "fr")]
    French,
    #[serde(rename = "es")]
    Spanish,
    #[serde(rename = "ar")]
    Arabic,
}

impl Language {
    /// All of them, the one that every sentence exists in first.
    pub const ALL: [Self; 5] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Arabic,
    ];

    /// Its tag (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Arabic => "ar",
        }
    }

    /// What its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Arabic => "العربية",
        }
    }

    /// True where lines run from right to left.
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Arabic)
    }

    /// The language of a tag or a range, whatever its region and script: `de-AT` and `DE` are German.
    /// Lookup of RFC 4647, section 3.4, over languages without regions.
    pub fn of_range(range: &str) -> Option<Self> {
        let primary = range.trim().split(['-', '_']).next()?;
        let all = Self::ALL.into_iter();
        all.into_iter()
            .find(|l| l.tag().eq_ignore_ascii_case(primary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_its_language_whatever_its_region_and_nonsense_names_none() {
        assert_eq!(Language::of_range("de-AT"), Some(Language::German));
        assert_eq!(Language::of_range(" AR "), Some(Language::Arabic));
        for bad in ["", "*", "-", "deutsch", "x-de", "tlh"] {
            assert_eq!(Language::of_range(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_tag_names_its_own_language() {
        for language in Language::ALL {
            assert_eq!(Language::of_range(language.tag()), Some(language));
        }
    }
}
