//! Where each part of a file stands, by its path: `purpose/newsletter/choice`, `claims/no_cookies`.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Deeper nesting than the language has is not looked into.
const DEPTH_MAX: usize = 6;

/// Paths and byte ranges. A table's place is its name, a value's place the value, and an item of a list
/// of texts is found by its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(BTreeMap<String, Range<usize>>);

impl Places {
    pub(crate) fn of(table: &DeTable<'_>) -> Self {
        let mut places = Self::default();
        places.add_table("", table, 0);
        places
    }

    /// The place of the path; where the file has none, of the nearest part above it.
    pub(crate) fn at(&self, path: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(found) = self.0.get(path) {
                return found.clone();
            }
            match path.rsplit_once('/') {
                Some((above, _)) => path = above,
                None => return 0..0,
            }
        }
    }

    fn add_table(&mut self, above: &str, table: &DeTable<'_>, depth: usize) {
        for (key, value) in table {
            let path = join(above, key.get_ref());
            let place = match value.get_ref() {
                DeValue::Table(_) => key.span(),
                _ => value.span(),
            };
            self.add_inside(&path, value, depth + 1);
            self.0.insert(path, place);
        }
    }

    fn add_inside(&mut self, path: &str, value: &Spanned<DeValue<'_>>, depth: usize) {
        match value.get_ref() {
            DeValue::Table(table) if depth < DEPTH_MAX => self.add_table(path, table, depth),
            DeValue::Array(items) => {
                for item in items {
                    if let Some(text) = item.get_ref().as_str() {
                        self.0.insert(join(path, text), item.span());
                    }
                }
            }
            _ => {}
        }
    }
}

fn join(above: &str, name: &str) -> String {
    if above.is_empty() {
        name.to_owned()
    } else {
        format!("{above}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_value_its_item_and_else_what_is_above_it() {
        let text = "claims = [\"a\", \"b\"]\n[purpose.\"news.monthly\"]\nchoice = \"none\"\n";
        let places = Places::of(DeTable::parse(text).unwrap().get_ref());
        let seen = |path: &str| &text[places.at(path)];
        assert_eq!(seen("claims/b"), "\"b\"");
        assert_eq!(seen("claims/c"), "[\"a\", \"b\"]");
        assert_eq!(seen("purpose/news.monthly/choice"), "\"none\"");
        assert_eq!(seen("purpose/news.monthly/ask"), "\"news.monthly\"");
        assert_eq!(seen("nothing"), "");
    }
}
