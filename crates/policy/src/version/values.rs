//! Small values of the policy language that are more than a word: names with a form, times with a meaning.

use std::fmt;
use std::str::FromStr;

use avow_model::Slug;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// A yes or no that an author may leave unsaid.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(from = "Option<bool>", into = "Option<bool>")]
pub enum Said {
    #[default]
    Nothing,
    No,
    Yes,
}

impl Said {
    /// Said, and said to be so.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Said not to be so.
    pub const fn is_no(self) -> bool {
        matches!(self, Self::No)
    }
}

impl From<Option<bool>> for Said {
    fn from(said: Option<bool>) -> Self {
        match said {
            None => Self::Nothing,
            Some(false) => Self::No,
            Some(true) => Self::Yes,
        }
    }
}

impl From<Said> for Option<bool> {
    fn from(said: Said) -> Self {
        match said {
            Said::Nothing => None,
            Said::No => Some(false),
            Said::Yes => Some(true),
        }
    }
}

/// Why a text is not a value of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    #[error("it is \"account/name\", both in a-z, 0-9, '_', '-'")]
    Family,
    #[error("it is a policy and a version number, for example \"platform/main@3\"")]
    Base,
    #[error("it is a pack's name, and perhaps its version: \"eu\" or \"eu@1\"")]
    Pack,
    #[error("it begins with # and has a-z, 0-9 and '-', for example \"#newsletter\"")]
    Anchor,
    #[error("it is a language such as \"en\" or \"pt-br\"")]
    Locale,
    #[error("it is a number of times in a span, for example \"4 per 30d\"")]
    Frequency,
    #[error("it is \"session\" or a time such as \"30d\"")]
    Lifetime,
    #[error("it is \"after final_status\" or a time such as \"30d after use\"")]
    Purge,
    #[error(
        "it is a time and an event, for example \"730d after last_activity\" or \"30d after collection\""
    )]
    Retention,
    #[error("a cookie's name has letters, digits, '_', '-' and '.', at most 64")]
    Cookie,
    #[error("it is an origin such as \"https://images.example.com\", without a path")]
    Origin,
    #[error("it is \"sha256:\" and 64 hexadecimal digits")]
    Hash,
}

/// A text of a fixed form that goes into canonical form as that text.
macro_rules! as_text {
    ($($name:ident),+) => { $(
        impl TryFrom<String> for $name {
            type Error = ValueFault;
            fn try_from(text: String) -> Result<Self, ValueFault> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    )+ };
}
pub(super) use as_text;
as_text!(Family, BaseRef, PackRef, Anchor, Locale, Frequency);

/// Whose policy it is, and which of theirs: `acme/main`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Family {
    account: Slug,
    text: String,
}

impl Family {
    /// `account/name`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the slash.
    pub const fn account(&self) -> &Slug {
        &self.account
    }
}

impl FromStr for Family {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let slug = |part: &str| part.parse::<Slug>().map_err(|_| ValueFault::Family);
        let (account, name) = text.split_once('/').unwrap_or((text, "main"));
        slug(name)?;
        Ok(Self {
            account: slug(account)?,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The version of another policy that this one stays within: `platform/main@3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseRef {
    pub family: Family,
    pub n: u32,
}

impl FromStr for BaseRef {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let (family, n) = text.split_once('@').ok_or(ValueFault::Base)?;
        Ok(Self {
            family: family.parse().map_err(|_| ValueFault::Base)?,
            n: counted(n).ok_or(ValueFault::Base)?,
        })
    }
}

impl fmt::Display for BaseRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.family, self.n)
    }
}

/// A rule pack that the policy promises to keep: `eu`, or pinned to one version of it, `eu@1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackRef {
    pub name: Slug,
    /// `None`: whatever version is there.
    pub version: Option<u32>,
}

impl FromStr for PackRef {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let (name, version) = match text.split_once('@') {
            None => (text, None),
            Some((name, n)) => (name, Some(counted(n).ok_or(ValueFault::Pack)?)),
        };
        Ok(Self {
            name: name.parse().map_err(|_| ValueFault::Pack)?,
            version,
        })
    }
}

impl fmt::Display for PackRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version {
            None => write!(f, "{}", self.name),
            Some(n) => write!(f, "{}@{n}", self.name),
        }
    }
}

/// A whole number from 1, written in the one usual way.
fn counted(text: &str) -> Option<u32> {
    let n: u32 = text.parse().ok()?;
    (n > 0 && n.to_string() == text).then_some(n)
}

/// A place in the author's text: a heading that ends in `{#newsletter}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Anchor(String);

impl Anchor {
    /// Without the `#`.
    pub fn id(&self) -> &str {
        &self.0
    }
}

impl FromStr for Anchor {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        let id = text.strip_prefix('#').ok_or(ValueFault::Anchor)?;
        if id.is_empty() || id.len() > NAME_BYTES_MAX || !id.bytes().all(plain) {
            return Err(ValueFault::Anchor);
        }
        Ok(Self(id.to_owned()))
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Names that are not the model's: as long as those.
const NAME_BYTES_MAX: usize = 64;

/// A language tag in lower case, BCP 47 without extensions: `en`, `pt-br`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locale(String);

impl Locale {
    /// As it stands in `lang` attributes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Locale {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let mut parts = text.split('-');
        let letters = |p: &str| p.bytes().all(|b| b.is_ascii_lowercase());
        let first = parts.next().unwrap_or_default();
        let tail = |p: &str| (2..=8).contains(&p.len()) && p.bytes().all(plain_lower);
        if (2..=3).contains(&first.len()) && letters(first) && parts.all(tail) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueFault::Locale)
        }
    }
}

const fn plain_lower(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// At most so many messages to a person in any span of this length: `4 per 30d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Frequency {
    pub count_max: u32,
    pub per: SignedDuration,
}

impl FromStr for Frequency {
    type Err = ValueFault;
    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let (count, per) = text.split_once(" per ").ok_or(ValueFault::Frequency)?;
        Ok(Self {
            count_max: counted(count).ok_or(ValueFault::Frequency)?,
            per: plain_time(per).ok_or(ValueFault::Frequency)?,
        })
    }
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} per {}", self.count_max, TimeText(self.per))
    }
}

/// A time without an event to count from.
pub(super) fn plain_time(text: &str) -> Option<SignedDuration> {
    let span = crate::span_text::parse_span(text).ok()?;
    span.after.is_none().then_some(span.length)
}

/// A time as policy files write it, in the largest unit without a rest.
pub(crate) struct TimeText(pub(crate) SignedDuration);

impl fmt::Display for TimeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
        let fits = units.into_iter().find(|(size, _)| seconds % size == 0);
        let (size, unit) = fits.unwrap_or((1, 's'));
        write!(f, "{}{unit}", seconds / size)
    }
}
