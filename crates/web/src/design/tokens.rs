//! The numbers of the design, read from the sheet that the browser gets.

use std::collections::BTreeMap;

use super::Pair;
use super::contrast::{Rgb, ratio};
use crate::assets;

/// Where the sheet of dark begins.
const DARK: &str = "@media (prefers-color-scheme: dark)";
const SHEET: &str = "css/05-tokens.css";

/// Which of the two the person's system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    #[cfg(test)]
    pub(super) const ALL: [Self; 2] = [Self::Light, Self::Dark];
}

/// One scheme's declarations by their names.
type Values = BTreeMap<String, String>;

/// All tokens of both schemes.
#[derive(Debug)]
pub(super) struct Tokens {
    light: Values,
    dark: Values,
}

fn declarations(css: &str) -> Values {
    let lines = css.lines().filter_map(|l| l.trim().strip_prefix("--"));
    let pairs = lines.filter_map(|l| l.trim_end_matches(';').split_once(':'));
    pairs
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

impl Tokens {
    /// Those of the sheet that is served.
    pub(super) fn of_this_build() -> Self {
        let css = assets::text(SHEET).unwrap_or_default();
        let (light, dark) = css.split_once(DARK).unwrap_or((&css, ""));
        Self {
            light: declarations(light),
            dark: declarations(dark),
        }
    }

    fn values(&self, scheme: Scheme) -> &Values {
        match scheme {
            Scheme::Light => &self.light,
            Scheme::Dark => &self.dark,
        }
    }

    /// The names of its colours.
    pub(super) fn names(&self, scheme: Scheme) -> impl Iterator<Item = &str> {
        let colours = self.values(scheme).iter();
        colours
            .filter(|(_, value)| value.parse::<Rgb>().is_ok())
            .map(|(name, _)| name.as_str())
    }

    /// What it is declared as; the dark scheme says only what differs.
    pub(super) fn value(&self, scheme: Scheme, name: &str) -> Option<&str> {
        let own = self.values(scheme).get(name);
        own.or_else(|| self.light.get(name)).map(String::as_str)
    }

    fn colour(&self, scheme: Scheme, name: &str) -> Option<Rgb> {
        self.value(scheme, name)?.parse().ok()
    }

    /// The contrast of a pair; `None` where the sheet lacks one of the two.
    pub(super) fn ratio(&self, scheme: Scheme, pair: &Pair) -> Option<f64> {
        let on = self.colour(scheme, pair.on)?;
        Some(ratio(on, self.colour(scheme, pair.ground)?))
    }
}
