//! Dotted lower-case names that policies use: purposes, categories, verbs, recipient classes.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Longest name: three dotted words with room to spare, and short enough for every index key.
const NAME_BYTES_MAX: usize = 64;

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    #[error("a name must not be empty")]
    Empty,
    #[error("a name has at most {NAME_BYTES_MAX} characters")]
    TooLong,
    #[error("a name has only a-z, 0-9, '_', '-' and '.' between words")]
    BadCharacter,
}

fn checked(text: &str) -> Result<SmolStr, NameFault> {
    if text.is_empty() {
        return Err(NameFault::Empty);
    }
    if text.len() > NAME_BYTES_MAX {
        return Err(NameFault::TooLong);
    }
    let word = |w: &str| {
        !w.is_empty()
            && w.bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
    };
    if !text.split('.').all(word) {
        return Err(NameFault::BadCharacter);
    }
    Ok(SmolStr::new(text))
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(SmolStr);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NameFault;
            fn from_str(text: &str) -> Result<Self, NameFault> {
                checked(text).map(Self)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameFault;
            fn try_from(text: String) -> Result<Self, NameFault> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

name!(
    /// Why we may act: `newsletter`, `news.monthly`. Declared in a policy; a dot descends.
    Purpose
);
name!(
    /// A kind of personal data: `email`, `name`, `job`. Declared in a policy.
    Category
);
name!(
    /// What is done: `send`, `track.open`, `share`.
    Verb
);
name!(
    /// To whom data goes: `self`, `partner`.
    RecipientClass
);
name!(
    /// A short name for people and addresses: an account's or brand's `acme`, a form's `signup`.
    Slug
);

impl Purpose {
    /// True when `self` is `other` or stands above it on a dot boundary (`news` covers `news.monthly`).
    pub fn covers(&self, other: &Purpose) -> bool {
        match other.0.strip_prefix(self.0.as_str()) {
            Some(rest) => rest.is_empty() || rest.starts_with('.'),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_covers_itself_and_what_is_below_it_on_a_dot_boundary() {
        let p = |s: &str| s.parse::<Purpose>().unwrap();
        assert!(p("news").covers(&p("news")));
        assert!(p("news").covers(&p("news.monthly")));
        assert!(!p("news").covers(&p("newsletter")));
        assert!(!p("news.monthly").covers(&p("news")));
    }

    #[test]
    fn names_refuse_spaces_capitals_and_empty_words() {
        for bad in ["", "A", "a b", "a..b", ".a", "a.", "ü"] {
            assert!(bad.parse::<Category>().is_err(), "{bad}");
        }
    }
}
