//! Colours, and which of them can be read on which (WCAG 2.2, contrast).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `#rrggbb`. Nothing else reaches a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour([u8; 3]);

/// Text of this contrast to its ground is readable (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;

impl Colour {
    pub(crate) const WHITE: Self = Self([0xff; 3]);

    /// From its three parts.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// Relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let part = |byte: u8| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.040_45 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        let [r, g, b] = self.0.map(part);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This one with `percent` of the other in it.
    pub(crate) fn mixed(self, other: Self, percent: u32) -> Self {
        let part = |i: usize| {
            let (a, b) = (u32::from(self.0[i]), u32::from(other.0[i]));
            ((a * (100 - percent) + b * percent + 50) / 100) as u8
        };
        Self([part(0), part(1), part(2)])
    }

    /// The nearest colour to this one that can be read on `ground`: moved towards `end` no further than it must.
    pub(crate) fn readable_on(self, ground: Self, end: Self) -> Self {
        let steps = (0..=100).step_by(5).map(|percent| self.mixed(end, percent));
        steps
            .into_iter()
            .find(|c| c.contrast(ground) >= READABLE)
            .unwrap_or(end)
    }

    /// White or near-black, whichever is read better on this.
    pub(crate) fn ink(self) -> Self {
        let dark = Self([0x14, 0x18, 0x16]);
        if Self::WHITE.contrast(self) >= dark.contrast(self) {
            Self::WHITE
        } else {
            dark
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl FromStr for Colour {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a colour is written as # and six digits: #0f5040";
        let digits = text
            .strip_prefix('#')
            .filter(|d| d.len() == 6)
            .ok_or(WRONG)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(WRONG);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| WRONG)?;
        let [_, r, g, b] = number.to_be_bytes();
        Ok(Self([r, g, b]))
    }
}

impl TryFrom<String> for Colour {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}
