//! How a form looks: a few tokens, from which everything else follows so that it can be read.
//!
//! Promises: whatever colours are chosen, text, links and buttons have a contrast of 4.5 to 1 at least (WCAG 2.2,
//! 1.4.3), or the theme is refused. Never: takes a colour that is not six hexadecimal digits, so that nothing else gets
//! into the style sheet.

use avow_store::{FormFont, FormTheme};

/// WCAG 2.2, 1.4.3 (AA) for text.
const CONTRAST_MIN: f64 = 4.5;
const INK_DARK: Colour = Colour(0x1b, 0x20, 0x1d);
const INK_LIGHT: Colour = Colour(0xff, 0xff, 0xff);
/// Red of a fault on light and on dark ground.
const BAD: [Colour; 3] = [
    Colour(0xa0, 0x29, 0x20),
    Colour(0xf0, 0x95, 0x8b),
    Colour(0x6b, 0x12, 0x0c),
];

/// Why colours are no theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ThemeFault {
    #[error("a colour is written as # and six digits: #0f5040")]
    NoColour,
    #[error(
        "links and buttons of this accent cannot be read on this ground: make one lighter or the other darker (their contrast must be 4.5 to 1)"
    )]
    AccentOnGround,
    #[error(
        "text cannot be read on this ground: choose one that is lighter or darker (the contrast must be 4.5 to 1)"
    )]
    TextOnGround,
}

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colour(u8, u8, u8);

impl Colour {
    fn parse(text: &str) -> Option<Self> {
        let digits = text
            .strip_prefix('#')
            .filter(|d| d.len() == 6 && d.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        let all_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        all_hex.then_some(())?;
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// Relative luminance, WCAG 2.2.
    fn luminance(self) -> f64 {
        let part = |byte: u8| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(self.0) + 0.7152 * part(self.1) + 0.0722 * part(self.2)
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The first of these that can be read on it.
    fn readable(self, of: &[Self]) -> Option<Self> {
        of.iter()
            .copied()
            .find(|one| self.contrast(*one) >= CONTRAST_MIN)
    }

    fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// A theme whose colours were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    accent: Colour,
    ground: Colour,
    ink: Colour,
    on_accent: Colour,
    bad: Colour,
    font: FormFont,
}

impl Look {
    /// Reads the tokens and works out the rest.
    pub fn of(theme: &FormTheme) -> Result<Self, ThemeFault> {
        let colour = |text: &str| Colour::parse(text).ok_or(ThemeFault::NoColour);
        let (accent, ground) = (colour(&theme.accent)?, colour(&theme.ground)?);
        let ink = ground
            .readable(&[INK_DARK, INK_LIGHT])
            .ok_or(ThemeFault::TextOnGround)?;
        let bad = ground.readable(&BAD).ok_or(ThemeFault::TextOnGround)?;
        if accent.contrast(ground) < CONTRAST_MIN {
            return Err(ThemeFault::AccentOnGround);
        }
        let on_accent = accent
            .readable(&[INK_LIGHT, INK_DARK])
            .ok_or(ThemeFault::AccentOnGround)?;
        Ok(Self {
            accent,
            ground,
            ink,
            on_accent,
            bad,
            font: theme.font,
        })
    }

    /// The style sheet that goes after the public pages' own.
    pub fn css(&self) -> String {
        let scheme = if self.ink == INK_DARK {
            "light"
        } else {
            "dark"
        };
        let (ink, ground) = (self.ink.css(), self.ground.css());
        let font = match self.font {
            FormFont::Serif => "",
            FormFont::Sans => "--serif: \"Inter\", system-ui, sans-serif; ",
        };
        format!(
            ":root {{ color-scheme: {scheme}; --paper: {ground}; --surface: {ground}; --ink: {ink}; --ink-2: {ink}; \
             --line: {ink}; --line-strong: {ink}; --accent: {}; --on-accent: {}; --bad: {}; --bad-soft: {ground}; {font}}}\n",
            self.accent.css(),
            self.on_accent.css(),
            self.bad.css(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(accent: &str, ground: &str) -> Result<Look, ThemeFault> {
        Look::of(&FormTheme {
            accent: accent.to_owned(),
            ground: ground.to_owned(),
            font: FormFont::Sans,
        })
    }

    #[test]
    fn a_theme_that_cannot_be_read_is_refused_and_so_is_what_is_no_colour() {
        assert_eq!(look("#777777", "#eeeeee"), Err(ThemeFault::AccentOnGround));
        // No red of a fault can be read on a ground of the middle.
        assert_eq!(look("#ffffff", "#888888"), Err(ThemeFault::TextOnGround));
        assert_eq!(look("#ffff00", "#ffffff"), Err(ThemeFault::AccentOnGround));
        for word in [
            "",
            "red",
            "#12345",
            "#1234567",
            "#12345g",
            "#+12345",
            "#123456; } body { display: none",
            "#\u{e9}1234",
        ] {
            assert_eq!(look(word, "#ffffff"), Err(ThemeFault::NoColour), "{word}");
        }
    }

    #[test]
    fn every_theme_that_is_taken_can_be_read() {
        let mut taken = 0;
        for n in 0..4_096_u32 {
            let colour = |n: u32| {
                format!(
                    "#{:02x}{:02x}{:02x}",
                    (n & 15) * 17,
                    (n >> 4 & 15) * 17,
                    (n >> 8 & 15) * 17
                )
            };
            let Ok(look) = look(&colour(n), &colour(n.wrapping_mul(2_654_435_761) >> 20)) else {
                continue;
            };
            taken += 1;
            for (over, under) in [
                (look.ink, look.ground),
                (look.accent, look.ground),
                (look.on_accent, look.accent),
                (look.bad, look.ground),
            ] {
                assert!(
                    over.contrast(under) >= CONTRAST_MIN,
                    "{over:?} on {under:?}"
                );
            }
        }
        assert!(taken > 100, "{taken}");
    }
}
