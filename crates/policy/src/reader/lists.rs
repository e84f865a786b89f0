//! Keys that hold more than one value: lists, inline tables, groups of tables.

use toml::Spanned;
use toml::de::DeValue;

use super::{At, Label, Table};

impl<'r, 'a> Table<'r, 'a> {
    /// A list of texts, each once.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<At<&'r str>> {
        let Some(array) = self.typed(key, "a list of texts", |v| v.as_array()) else {
            return Vec::new();
        };
        let mut out: Vec<At<&'r str>> = Vec::new();
        for item in array.value {
            let Some(value) = item.get_ref().as_str() else {
                self.reader
                    .fault(&item.span(), format!("`{key}` must be a list of texts"));
                continue;
            };
            if out.iter().any(|seen| seen.value == value) {
                let message = format!("\"{value}\" stands twice in `{key}`");
                self.reader.fault(&item.span(), message);
                continue;
            }
            out.push(At {
                value,
                span: item.span(),
            });
        }
        out
    }

    /// A list of names of some sort.
    pub(crate) fn names<T: std::str::FromStr>(&mut self, key: &'static str) -> Vec<At<T>>
    where
        T::Err: std::fmt::Display,
    {
        let texts = self.texts(key);
        texts
            .into_iter()
            .filter_map(|text| self.reader.name(text))
            .collect()
    }

    /// A list of some words.
    pub(crate) fn words<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Vec<T> {
        let texts = self.texts(key);
        let word = |text| self.reader.word(text, key, words).map(|at| at.value);
        texts.into_iter().filter_map(word).collect()
    }

    /// A table under a key.
    pub(crate) fn table(&mut self, key: &'static str) -> Option<Table<'r, 'a>> {
        let span = self.key_span(key);
        let table = self.typed(key, "a table", |v| v.as_table())?;
        let label = Label {
            shown: format!("[{key}]"),
            path: key.to_owned(),
        };
        Some(self.child(label, span, table.value))
    }

    /// The tables `[key.*]`, each with its name, in the order of the file.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<(At<&'r str>, Table<'r, 'a>)> {
        let Some(group) = self.typed(key, "a group of tables", |v| v.as_table()) else {
            return Vec::new();
        };
        let mut out: Vec<_> = group
            .value
            .iter()
            .filter_map(|(name, value)| self.member(key, name, value))
            .collect();
        out.sort_by_key(|(name, _)| name.span.start);
        out
    }

    fn member(
        &self,
        key: &str,
        name: &'r Spanned<std::borrow::Cow<'a, str>>,
        value: &'r Spanned<DeValue<'a>>,
    ) -> Option<(At<&'r str>, Table<'r, 'a>)> {
        let Some(table) = value.get_ref().as_table() else {
            let message = format!("[{key}.{}] must be a table", name.get_ref());
            self.reader.fault(&value.span(), message);
            return None;
        };
        let label = Label {
            shown: format!("[{key}.{}]", name.get_ref()),
            path: format!("{key}/{}", name.get_ref()),
        };
        let at = At {
            value: name.get_ref().as_ref(),
            span: name.span(),
        };
        Some((at, self.child(label, name.span(), table)))
    }

    /// The tables `[[key]]`, in the order of the file.
    pub(crate) fn array_of_tables(&mut self, key: &'static str) -> Vec<Table<'r, 'a>> {
        let Some(array) = self.typed(key, "a list of tables", |v| v.as_array()) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in array.value {
            match item.get_ref().as_table() {
                Some(table) => {
                    let label = Label {
                        shown: format!("[[{key}]]"),
                        path: key.to_owned(),
                    };
                    out.push(self.child(label, item.span(), table));
                }
                None => self
                    .reader
                    .fault(&item.span(), format!("`{key}` must be a list of tables")),
            }
        }
        out
    }

    /// A list of texts of a fixed form.
    pub(crate) fn values<T: std::str::FromStr>(&mut self, key: &'static str) -> Vec<T>
    where
        T::Err: std::fmt::Display,
    {
        let texts = self.texts(key);
        let value = |text| self.reader.value(text, key).map(|at| at.value);
        texts.into_iter().filter_map(value).collect()
    }

    /// The entries of an inline table of texts, each with its name, in the order of the file.
    pub(crate) fn entries(&mut self, key: &'static str) -> Vec<(At<&'r str>, At<&'r str>)> {
        let Some(group) = self.typed(key, "a table of texts", |v| v.as_table()) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (name, value) in group.value {
            let name = At {
                value: name.get_ref().as_ref(),
                span: name.span(),
            };
            match value.get_ref().as_str() {
                Some(text) => out.push((
                    name,
                    At {
                        value: text,
                        span: value.span(),
                    },
                )),
                None => self
                    .reader
                    .fault(&value.span(), format!("`{key}` must be a table of texts")),
            }
        }
        out.sort_by_key(|(name, _)| name.span.start);
        out
    }
}
