//! A picture of the account's own library, and what it says to whoever does not see it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest description: a sentence or two; a screen reader reads all of it.
const ALT_CHARS_MAX: usize = 300;
/// Bytes of an address of a kept picture.
const KEY_BYTES_MAX: usize = 120;

/// Where a picture lies below the address of all pictures: `ac_.../<hash>.png`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PictureKey(String);

/// What it says where it is not seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alt {
    /// It only decorates: nothing is read out.
    Decorative,
    Text(AltText),
}

/// Words that are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AltText(String);

/// A picture with its measure: mail programs keep its place before it is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    pub key: PictureKey,
    pub alt: Alt,
    /// Pixels of the file.
    pub width_px: u32,
    pub height_px: u32,
}

/// Why a picture is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureFault {
    #[error("a picture is one of the library: ACCOUNT/HASH.png, .jpg or .gif")]
    Key,
    #[error("describe the picture for people who do not see it, or say that it only decorates")]
    NoAlt,
    #[error("the description has more than 300 characters: say the main thing")]
    LongAlt,
}

impl Alt {
    /// Words, if there are any.
    pub fn words(&self) -> &str {
        match self {
            Self::Decorative => "",
            Self::Text(text) => &text.0,
        }
    }

    /// Of words that somebody typed.
    pub fn of(words: &str) -> Result<Self, PictureFault> {
        let words: Vec<&str> = words.split_whitespace().collect();
        let words = words.join(" ");
        if words.is_empty() {
            return Err(PictureFault::NoAlt);
        }
        if words.chars().count() > ALT_CHARS_MAX {
            return Err(PictureFault::LongAlt);
        }
        Ok(Self::Text(AltText(words)))
    }
}

impl TryFrom<String> for AltText {
    type Error = PictureFault;
    fn try_from(words: String) -> Result<Self, PictureFault> {
        match Alt::of(&words)? {
            Alt::Text(text) => Ok(text),
            Alt::Decorative => Err(PictureFault::NoAlt),
        }
    }
}

impl From<AltText> for String {
    fn from(text: AltText) -> Self {
        text.0
    }
}

impl FromStr for PictureKey {
    type Err = PictureFault;

    fn from_str(text: &str) -> Result<Self, PictureFault> {
        let (folder, file) = text.split_once('/').ok_or(PictureFault::Key)?;
        let (name, kind) = file.rsplit_once('.').ok_or(PictureFault::Key)?;
        let word = |w: &str| {
            let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
            !w.is_empty() && w.bytes().all(fine)
        };
        let fine = word(folder) && word(name) && matches!(kind, "png" | "jpg" | "gif");
        if !fine || text.len() > KEY_BYTES_MAX {
            return Err(PictureFault::Key);
        }
        Ok(Self(text.to_owned()))
    }
}

impl PictureKey {
    /// `ac_.../<hash>.png`
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PictureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PictureKey {
    type Error = PictureFault;
    fn try_from(text: String) -> Result<Self, PictureFault> {
        text.parse()
    }
}

impl From<PictureKey> for String {
    fn from(key: PictureKey) -> Self {
        key.0
    }
}
