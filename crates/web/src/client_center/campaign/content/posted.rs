//! What a form of the editor sent.

use std::collections::BTreeMap;

/// Names and values; of a name that came twice, the last.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Posted(BTreeMap<String, String>);

impl Posted {
    /// The value; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// True where the form had the field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A number; `None` where there is none to read.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.get(name).trim().parse().ok()
    }

    /// The revision that the form was made from. One that cannot be read is none that is kept.
    pub(super) fn revision(&self) -> u32 {
        self.number("revision").unwrap_or(u32::MAX)
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Posted {
    fn from(fields: [(&str, &str); N]) -> Self {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self(fields.into_iter().map(own).collect())
    }
}
