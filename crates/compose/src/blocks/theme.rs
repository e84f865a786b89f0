//! How the whole message looks: a few choices, each of which stays readable in light and in dark.

use serde::{Deserialize, Serialize};

use super::colour::Colour;

/// Narrower than this, two columns are none.
pub const WIDTH_PX_MIN: u16 = 480;
/// Wider than this, mail programs scroll sideways.
pub const WIDTH_PX_MAX: u16 = 720;

/// Font stacks: nothing is loaded for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Font {
    Sans,
    Serif,
    Mono,
}

impl Font {
    pub const ALL: [Self; 3] = [Self::Sans, Self::Serif, Self::Mono];

    /// The word of JSON and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sans => "sans",
            Self::Serif => "serif",
            Self::Mono => "mono",
        }
    }

    pub(crate) const fn stack(self) -> &'static str {
        match self {
            Self::Sans => "'Helvetica Neue', Helvetica, Arial, sans-serif",
            Self::Serif => "Georgia, 'Times New Roman', serif",
            Self::Mono => "'Courier New', Courier, monospace",
        }
    }
}

/// The width of the message's column on a wide screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Width(u16);

impl Width {
    /// In pixels.
    pub const fn px(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Width {
    type Error = String;
    fn try_from(px: u16) -> Result<Self, String> {
        if (WIDTH_PX_MIN..=WIDTH_PX_MAX).contains(&px) {
            return Ok(Self(px));
        }
        Err(format!(
            "the width is between {WIDTH_PX_MIN} and {WIDTH_PX_MAX} pixels"
        ))
    }
}

impl From<Width> for u16 {
    fn from(width: Width) -> Self {
        width.0
    }
}

/// A tag of BCP 47, as far as mail programs read them: letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Language {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if (2..=12).contains(&text.len()) && text.bytes().all(fine) {
            return Ok(Self(text));
        }
        Err("a language is written as en, de or pt-br")
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

/// Colours, font and width.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Theme {
    /// Buttons, links and bands.
    pub accent: Colour,
    /// Around the message.
    pub paper: Colour,
    /// Under the message.
    pub surface: Colour,
    /// Its text.
    pub ink: Colour,
    pub font: Font,
    pub width_px: Width,
    /// What the message is written in.
    pub language: Language,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            accent: Colour::new(0x0f, 0x50, 0x40),
            paper: Colour::new(0xf3, 0xf1, 0xec),
            surface: Colour::WHITE,
            ink: Colour::new(0x1f, 0x24, 0x21),
            font: Font::Sans,
            width_px: Width(600),
            language: Language("en".to_owned()),
        }
    }
}

/// Under the message where the reader's system is dark, and around it.
pub(crate) const DARK_SURFACE: Colour = Colour::new(0x1d, 0x21, 0x24);
pub(crate) const DARK_PAPER: Colour = Colour::new(0x12, 0x15, 0x17);
pub(crate) const DARK_INK: Colour = Colour::new(0xea, 0xe7, 0xe1);

impl Theme {
    /// The text, moved as far as it must be to be readable on `ground`.
    pub(crate) fn text_on(&self, ground: Colour) -> Colour {
        self.ink.readable_on(ground, ground.ink())
    }

    /// Links on `ground`.
    pub(crate) fn link_on(&self, ground: Colour) -> Colour {
        self.accent.readable_on(ground, ground.ink())
    }

    /// A tint of the accent on the surface.
    pub(crate) fn soft(&self) -> Colour {
        self.surface.mixed(self.accent, 10)
    }
}
