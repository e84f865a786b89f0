//! Contrast as WCAG 2.2 measures it (1.4.3, relative luminance). Pure.

use std::str::FromStr;

/// Text against its ground.
pub(crate) const TEXT_MIN: f64 = 4.5;
/// Shapes that carry meaning, and the edges of fields.
pub(crate) const SHAPE_MIN: f64 = 3.0;

/// A colour of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rgb([u8; 3]);

/// It is not `#rrggbb`.
#[derive(Debug, thiserror::Error)]
#[error("write a colour as # and six digits, such as #0f5040")]
pub(crate) struct NoColour;

impl FromStr for Rgb {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text.trim().strip_prefix('#').ok_or(NoColour)?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NoColour);
        }
        let bits = u32::from_str_radix(digits, 16).map_err(|_| NoColour)?;
        let [_, r, g, b] = bits.to_be_bytes();
        Ok(Self([r, g, b]))
    }
}

/// One channel made linear.
fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.04045 {
        share / 12.92
    } else {
        ((share + 0.055) / 1.055).powf(2.4)
    }
}

fn luminance(Rgb([r, g, b]): Rgb) -> f64 {
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// From 1 (the same) to 21 (black on white), whichever comes first.
pub(crate) fn ratio(one: Rgb, other: Rgb) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(one: &str, other: &str) -> f64 {
        ratio(one.parse().unwrap(), other.parse().unwrap())
    }

    #[test]
    fn the_ratio_is_that_of_the_recommendation() {
        assert!((of("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        assert!((of("#777777", "#ffffff") - 4.48).abs() < 0.01);
        assert!((of("#0f5040", "#0f5040") - 1.0).abs() < 1e-9);
        for bad in ["", "#fff", "0f5040", "#0f504g", "#0f50400", "#+f5040"] {
            assert!(bad.parse::<Rgb>().is_err(), "{bad}");
        }
    }
}
