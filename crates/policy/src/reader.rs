//! A TOML table read key by key: every value typed, every unknown key an error with a suggestion.

use std::cell::RefCell;
use std::ops::Range;

use avow_model::Timestamp;
use jiff::SignedDuration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::source::{Diagnostic, SOURCE_BYTES_MAX, SourceFile};
use crate::span_text::{Span, parse_instant, parse_span};

/// After so many faults in one file the rest is left for the next try.
const FAULTS_MAX: usize = 50;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

/// One file being read, and what was found wrong in it so far.
pub(crate) struct Reader<'a> {
    pub file: &'a SourceFile,
    faults: RefCell<Vec<Diagnostic>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a SourceFile) -> Self {
        Self {
            file,
            faults: RefCell::new(Vec::new()),
        }
    }

    /// The whole file as a table; syntax faults end the reading.
    pub(crate) fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        if self.file.text.len() > SOURCE_BYTES_MAX {
            let fault = SourceFile::too_large(&self.file.name);
            self.report(fault);
            return None;
        }
        match DeTable::parse(&self.file.text) {
            Ok(table) => Some(table),
            Err(fault) => {
                let span = fault.span().unwrap_or(0..0);
                let message = format!("not valid TOML: {}", fault.message().replace('\n', ", "));
                self.report(self.file.fault(span, message));
                None
            }
        }
    }

    pub(crate) fn report(&self, fault: Diagnostic) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < FAULTS_MAX {
            faults.push(fault);
        }
    }

    pub(crate) fn fault(&self, span: &Range<usize>, message: impl Into<String>) {
        self.report(self.file.fault(span.clone(), message.into()));
    }

    pub(crate) fn fault_hint(&self, span: &Range<usize>, message: impl Into<String>, hint: &str) {
        self.report(self.file.fault(span.clone(), message.into()).hint(hint));
    }

    pub(crate) fn into_faults(self) -> Vec<Diagnostic> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|f| (f.line, f.col));
        faults
    }
}

/// One table of the file. Ask for each key once, then `finish`.
pub(crate) struct Table<'r, 'a> {
    pub reader: &'r Reader<'a>,
    pub span: Range<usize>,
    name: String,
    table: &'r DeTable<'a>,
    asked: Vec<&'static str>,
}

impl<'r, 'a> Table<'r, 'a> {
    pub(crate) fn root(reader: &'r Reader<'a>, table: &'r Spanned<DeTable<'a>>) -> Self {
        Self {
            reader,
            span: 0..0,
            name: "the file".to_owned(),
            table: table.get_ref(),
            asked: Vec::new(),
        }
    }

    fn find(&mut self, key: &'static str) -> Option<&'r Spanned<DeValue<'a>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    fn typed<T>(
        &mut self,
        key: &'static str,
        what: &str,
        read: impl Fn(&'r DeValue<'a>) -> Option<T>,
    ) -> Option<At<T>> {
        let found = self.find(key)?;
        let value = read(found.get_ref());
        if value.is_none() {
            let kind = found.get_ref().type_str();
            self.reader
                .fault(&found.span(), format!("`{key}` must be {what}, not {kind}"));
        }
        Some(At {
            value: value?,
            span: found.span(),
        })
    }

    pub(crate) fn missing(&self, key: &str, hint: &str) {
        let message = format!("{} has no `{key}`", self.name);
        self.reader.fault_hint(&self.span, message, hint);
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Option<At<&'r str>> {
        let text = self.typed(key, "a text", |v| v.as_str())?;
        if text.value.trim().is_empty() {
            self.reader.fault(&text.span, format!("`{key}` is empty"));
            return None;
        }
        Some(text)
    }

    /// A text that must be there; `hint` says what belongs in it.
    pub(crate) fn needed_text(&mut self, key: &'static str, hint: &str) -> Option<At<&'r str>> {
        if !self.table.contains_key(key) {
            self.asked.push(key);
            self.missing(key, hint);
            return None;
        }
        self.text(key)
    }

    pub(crate) fn number(&mut self, key: &'static str, range: Range<u32>) -> Option<At<u32>> {
        let read = |v: &DeValue<'_>| {
            let number = v.as_integer()?;
            u32::from_str_radix(number.as_str(), number.radix()).ok()
        };
        let number = self.typed(key, "a whole number", read)?;
        if !range.contains(&number.value) {
            let (low, high) = (range.start, range.end - 1);
            let message = format!("`{key}` must be between {low} and {high}");
            self.reader.fault(&number.span, message);
            return None;
        }
        Some(number)
    }

    pub(crate) fn flag(&mut self, key: &'static str) -> Option<At<bool>> {
        self.typed(key, "true or false", DeValue::as_bool)
    }

    pub(crate) fn instant(&mut self, key: &'static str, hint: &str) -> Option<At<Timestamp>> {
        let Some(found) = self.find(key) else {
            self.missing(key, hint);
            return None;
        };
        let text = match found.get_ref() {
            DeValue::Datetime(d) => d.to_string(),
            DeValue::String(s) => s.to_string(),
            _ => String::new(),
        };
        match parse_instant(&text) {
            Ok(value) => Some(At {
                value,
                span: found.span(),
            }),
            Err(why) => {
                let message = format!("`{key}` is not an instant: {why}");
                self.reader.fault_hint(&found.span(), message, hint);
                None
            }
        }
    }

    /// A time such as `"7d"`, or `"730d after last_activity"` where an anchor is allowed.
    pub(crate) fn span_of_time(&mut self, key: &'static str) -> Option<At<Span>> {
        let text = self.text(key)?;
        match parse_span(text.value) {
            Ok(value) => Some(At {
                value,
                span: text.span,
            }),
            Err(why) => {
                let message = format!("`{key}` is not a time: {why}");
                let hint = "write for example \"7d\", \"12h\" or \"10m\"";
                self.reader.fault_hint(&text.span, message, hint);
                None
            }
        }
    }

    pub(crate) fn duration(&mut self, key: &'static str) -> Option<SignedDuration> {
        let span = self.span_of_time(key)?;
        if span.value.after.is_some() {
            let message = format!("`{key}` is a plain time, without \"after\"");
            self.reader.fault(&span.span, message);
            return None;
        }
        Some(span.value.length)
    }

    /// One of some words.
    pub(crate) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Option<At<T>> {
        let text = self.text(key)?;
        self.reader.word(text, key, words)
    }

    /// A text that is a name of some sort.
    pub(crate) fn name<T: std::str::FromStr>(&mut self, key: &'static str) -> Option<At<T>>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(key)?;
        self.reader.name(text)
    }

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
        Some(self.child(format!("[{key}]"), span, table.value))
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
        let label = format!("[{key}.{}]", name.get_ref());
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
                Some(table) => out.push(self.child(format!("[[{key}]]"), item.span(), table)),
                None => self
                    .reader
                    .fault(&item.span(), format!("`{key}` must be a list of tables")),
            }
        }
        out
    }

    fn child(&self, name: String, span: Range<usize>, table: &'r DeTable<'a>) -> Table<'r, 'a> {
        Table {
            reader: self.reader,
            span,
            name,
            table,
            asked: Vec::new(),
        }
    }

    fn key_span(&self, key: &str) -> Range<usize> {
        self.table
            .get_key_value(key)
            .map_or(self.span.clone(), |(k, _)| k.span())
    }

    /// True when the key stands in the table.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(self) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let message = format!("unknown key `{name}` in {}", self.name);
            let hint = suggestion(name, &self.asked)
                .map_or_else(|| self.known(), |s| format!("did you mean `{s}`?"));
            self.reader.fault_hint(&key.span(), message, &hint);
        }
    }

    fn known(&self) -> String {
        format!("known keys here: {}", self.asked.join(", "))
    }
}

impl Reader<'_> {
    fn word<T: Copy>(&self, text: At<&str>, key: &str, words: &[(&str, T)]) -> Option<At<T>> {
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(At {
                value: *value,
                span: text.span,
            });
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let hint = match suggestion(text.value, &known) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("one of: {}", known.join(", ")),
        };
        let message = format!("`{key}` cannot be \"{}\"", clip(text.value));
        self.fault_hint(&text.span, message, &hint);
        None
    }

    pub(crate) fn name<T: std::str::FromStr>(&self, text: At<&str>) -> Option<At<T>>
    where
        T::Err: std::fmt::Display,
    {
        match text.value.parse() {
            Ok(value) => Some(At {
                value,
                span: text.span,
            }),
            Err(why) => {
                let message = format!("\"{}\" is not a name: {why}", clip(text.value));
                self.fault(&text.span, message);
                None
            }
        }
    }
}

/// Enough of a value to know it again in a message.
fn clip(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    let mut short: String = text.chars().take(CHARS_MAX).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

/// The known word nearest to `text`, when it is near enough to be what was meant.
pub(crate) fn suggestion<'k>(text: &str, known: &[&'k str]) -> Option<&'k str> {
    const WORD_CHARS_MAX: usize = 40;
    if text.chars().count() > WORD_CHARS_MAX {
        return None;
    }
    let (distance, word) = known.iter().map(|k| (edits(text, k), *k)).min()?;
    (distance <= 1 + word.len() / 4).then_some(word)
}

/// Levenshtein distance in characters.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let swap = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = swap.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_find_a_slip_and_leave_strangers_alone() {
        let known = ["choice", "reads", "verbs", "retention"];
        assert_eq!(suggestion("choise", &known), Some("choice"));
        assert_eq!(suggestion("read", &known), Some("reads"));
        assert_eq!(suggestion("retension", &known), Some("retention"));
        assert_eq!(suggestion("colour", &known), None);
        assert_eq!(suggestion("x", &[]), None);
    }
}
