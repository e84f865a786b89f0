//! Whose law protects a person: a country, and its subdivision where that is known.

/// Two letters of the country.
const COUNTRY_BYTES: usize = 2;
/// Country, hyphen, and at most three letters or digits (ISO 3166-2).
const BYTES_MAX: usize = 6;

/// A country in lower case (`us`; `eu` for the union, `zz` where unknown), or one with its subdivision (`us-ca`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jurisdiction {
    /// Zeros after the end.
    text: [u8; BYTES_MAX],
}

impl Jurisdiction {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        text: [b'z', b'z', 0, 0, 0, 0],
    };

    /// From two letters of either case, perhaps with a hyphen and one to three letters or digits behind them;
    /// anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (country, rest) = bytes.split_at_checked(COUNTRY_BYTES)?;
        let part = match rest {
            [] => rest,
            [b'-', part @ ..] if !part.is_empty() => part,
            _ => return None,
        };
        let plain = country.iter().all(u8::is_ascii_alphabetic)
            && part.iter().all(u8::is_ascii_alphanumeric);
        if !plain || bytes.len() > BYTES_MAX {
            return None;
        }
        let mut own = [0; BYTES_MAX];
        own[..bytes.len()].copy_from_slice(bytes);
        own.make_ascii_lowercase();
        Some(Self { text: own })
    }

    /// `us`, `us-ca`.
    pub fn as_str(&self) -> &str {
        let end = self.text.iter().position(|b| *b == 0);
        let text = &self.text[..end.unwrap_or(BYTES_MAX)];
        std::str::from_utf8(text).unwrap_or("zz")
    }

    /// The country alone.
    #[must_use]
    pub fn country(self) -> Self {
        let mut text = [0; BYTES_MAX];
        text[..COUNTRY_BYTES].copy_from_slice(&self.text[..COUNTRY_BYTES]);
        Self { text }
    }

    /// True for a country of which no subdivision is said.
    pub fn is_country(self) -> bool {
        self.country() == self
    }

    /// True when a law of `self` protects somebody of `person`: the law of a country protects everybody in it, the law
    /// of a subdivision its own people and those of the country of whom no subdivision is known. Not knowing is no
    /// reason to protect less.
    pub fn protects(self, person: Self) -> bool {
        self == person
            || (self.country() == person.country() && (self.is_country() || person.is_country()))
    }

    /// What is known once somebody says `newer`: a country alone takes back no subdivision of it.
    #[must_use]
    pub fn refined(self, newer: Self) -> Self {
        if newer == self.country() { self } else { newer }
    }
}

impl Default for Jurisdiction {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn j(text: &str) -> Jurisdiction {
        Jurisdiction::parse(text).unwrap()
    }

    #[test]
    fn countries_and_their_parts_come_back_in_lower_case() {
        for (text, wanted) in [
            ("US", "us"),
            ("us-CA", "us-ca"),
            ("fr-75c", "fr-75c"),
            ("gb-e", "gb-e"),
        ] {
            assert_eq!(j(text).as_str(), wanted);
        }
        for bad in [
            "", "u", "usa", "us-", "us-cali", "us_ca", "1s", "us-c a", "-ca", "ü", "us-ü", "us--c",
        ] {
            assert_eq!(Jurisdiction::parse(bad), None, "{bad}");
        }
        assert_eq!(Jurisdiction::default().as_str(), "zz");
    }

    #[test]
    fn a_law_protects_its_own_people_and_those_who_may_be() {
        let rows = [
            ("us", "us", true),
            ("us", "us-tx", true),
            ("us-ca", "us-ca", true),
            ("us-ca", "us", true),
            ("us-ca", "us-tx", false),
            ("us-ca", "ca", false),
            ("us-ca", "zz", false),
            ("us", "zz", false),
        ];
        for (law, person, wanted) in rows {
            assert_eq!(j(law).protects(j(person)), wanted, "{law} {person}");
        }
    }

    #[test]
    fn a_country_alone_takes_back_no_subdivision_of_it() {
        assert_eq!(j("us-ca").refined(j("us")), j("us-ca"));
        assert_eq!(j("us-ca").refined(j("us-tx")), j("us-tx"));
        assert_eq!(j("us-ca").refined(j("ca")), j("ca"));
        assert_eq!(j("us").refined(j("us-ca")), j("us-ca"));
    }
}
