//! The design system as the program knows it: its tokens, and which colour may stand on which.
//!
//! Promises: `PAIRS` names every colour that text, or a shape with a meaning, has on every ground it is used on; a test
//! measures each in light and in dark. The page `/styleguide` shows them: in debug builds only.

pub(crate) mod contrast;
mod guide;
mod tokens;
#[cfg(test)]
mod weight_test;

#[cfg(test)]
pub(crate) use guide::GuidePage;
pub(crate) use guide::routes;

use contrast::{SHAPE_MIN, TEXT_MIN};

/// A colour on a ground, and the least contrast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub on: &'static str,
    pub ground: &'static str,
    pub least: f64,
}

const fn text(on: &'static str, ground: &'static str) -> Pair {
    Pair {
        on,
        ground,
        least: TEXT_MIN,
    }
}

const fn shape(on: &'static str, ground: &'static str) -> Pair {
    Pair {
        on,
        ground,
        least: SHAPE_MIN,
    }
}

/// What stands on what.
pub(crate) const PAIRS: [Pair; 33] = [
    text("ink", "paper"),
    text("ink", "surface"),
    text("ink", "sunken"),
    text("ink", "accent-soft"),
    text("ink", "good-soft"),
    text("ink", "notice-soft"),
    text("ink", "bad-soft"),
    text("ink-2", "paper"),
    text("ink-2", "surface"),
    text("ink-2", "sunken"),
    text("ink-2", "neutral-soft"),
    text("accent", "paper"),
    text("accent", "surface"),
    text("accent", "sunken"),
    text("accent-strong", "accent-soft"),
    text("accent-strong", "surface"),
    text("on-accent", "accent"),
    text("on-accent", "accent-strong"),
    text("good", "surface"),
    text("good", "good-soft"),
    text("notice", "surface"),
    text("notice", "notice-soft"),
    text("bad", "surface"),
    text("bad", "paper"),
    text("bad", "bad-soft"),
    text("neutral", "neutral-soft"),
    text("stripe-ink", "notice-soft"),
    shape("line-strong", "surface"),
    shape("line-strong", "paper"),
    shape("fill-good", "surface"),
    shape("fill-bad", "surface"),
    shape("fill-bad-2", "surface"),
    shape("fill-neutral-2", "surface"),
];

#[cfg(test)]
mod tests {
    use super::tokens::{Scheme, Tokens};
    use super::*;

    #[test]
    fn every_colour_that_says_something_can_be_read_on_its_ground_in_light_and_dark() {
        let tokens = Tokens::of_this_build();
        let mut faults = Vec::new();
        for scheme in Scheme::ALL {
            for pair in &PAIRS {
                let ratio = tokens.ratio(scheme, pair).unwrap();
                if ratio < pair.least {
                    faults.push(format!(
                        "{scheme:?} {} on {}: {ratio:.2}",
                        pair.on, pair.ground
                    ));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn each_text_colour_of_the_tokens_stands_in_a_pair() {
        let tokens = Tokens::of_this_build();
        for name in tokens.names(Scheme::Light) {
            let ground = name.ends_with("-soft") || ["paper", "surface", "sunken"].contains(&name);
            // The line between cells says nothing; of the bars' colours the key beside them speaks.
            let silent = ["line", "stripe", "fill-neutral", "fill-notice"].contains(&name);
            let paired = PAIRS.iter().any(|p| p.on == name || p.ground == name);
            assert!(paired || (silent && !ground), "{name} is in no pair");
        }
    }
}
