//! A TOML table read key by key: every value typed, every unknown key an error with a suggestion.

mod lists;
mod near;
mod spoken;

use std::cell::RefCell;
use std::ops::Range;

use avow_model::Timestamp;
use jiff::SignedDuration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Diagnostic;
use crate::source::{SOURCE_BYTES_MAX, SourceFile};
use crate::span_text::{Span, parse_instant, parse_span};
use crate::version::{Locale, Said, Translations};
use near::clip;
pub(crate) use near::suggestion;

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
    /// The languages of the file's texts, the one to fall back to first: known before any declaration is read.
    languages: RefCell<Vec<Locale>>,
    translations: RefCell<Translations>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a SourceFile) -> Self {
        Self {
            file,
            faults: RefCell::new(Vec::new()),
            languages: RefCell::default(),
            translations: RefCell::default(),
        }
    }

    /// From here on declarations may have words in these languages.
    pub(crate) fn speak(&self, languages: Vec<Locale>) {
        *self.languages.borrow_mut() = languages;
    }

    /// The words in further languages that were read so far.
    pub(crate) fn take_translations(&self) -> Translations {
        self.translations.take()
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

/// What a table is called in faults, and where it stands.
struct Label {
    shown: String,
    path: String,
}

/// One table of the file. Ask for each key once, then `finish`.
pub(crate) struct Table<'r, 'a> {
    pub reader: &'r Reader<'a>,
    pub span: Range<usize>,
    name: String,
    /// Where it stands: `purpose/newsletter`.
    path: String,
    table: &'r DeTable<'a>,
    asked: Vec<&'static str>,
}

impl<'r, 'a> Table<'r, 'a> {
    pub(crate) fn root(reader: &'r Reader<'a>, table: &'r Spanned<DeTable<'a>>) -> Self {
        Self {
            reader,
            span: 0..0,
            name: "the file".to_owned(),
            path: String::new(),
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

    /// An instant that must be there.
    pub(crate) fn instant(&mut self, key: &'static str, hint: &str) -> Option<At<Timestamp>> {
        if !self.has(key) {
            self.missing(key, hint);
        }
        self.instant_if_any(key, hint)
    }

    pub(crate) fn instant_if_any(
        &mut self,
        key: &'static str,
        hint: &str,
    ) -> Option<At<Timestamp>> {
        let found = self.find(key)?;
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

    /// One of some words that must be there.
    pub(crate) fn needed_word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Option<At<T>> {
        if !self.has(key) {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.missing(key, &format!("one of: {}", known.join(", ")));
        }
        self.word(key, words)
    }

    /// A yes or no that may be left unsaid.
    pub(crate) fn said(&mut self, key: &'static str) -> Said {
        Said::from(self.flag(key).map(|f| f.value))
    }

    /// A text on one line: it goes into headers, footers or attributes.
    pub(crate) fn line(&mut self, key: &'static str) -> Option<At<&'r str>> {
        let text = self.text(key)?;
        if text.value.chars().any(char::is_control) {
            self.reader
                .fault(&text.span, format!("`{key}` must be one line"));
            return None;
        }
        Some(text)
    }

    /// A text of a fixed form.
    pub(crate) fn value<T: std::str::FromStr>(&mut self, key: &'static str) -> Option<At<T>>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(key)?;
        self.reader.value(text, key)
    }

    /// A text that is a name of some sort.
    pub(crate) fn name<T: std::str::FromStr>(&mut self, key: &'static str) -> Option<At<T>>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(key)?;
        self.reader.name(text)
    }

    fn child(&self, name: Label, span: Range<usize>, table: &'r DeTable<'a>) -> Table<'r, 'a> {
        Table {
            reader: self.reader,
            span,
            name: name.shown,
            path: name.path,
            table,
            asked: Vec::new(),
        }
    }

    pub(crate) fn key_span(&self, key: &str) -> Range<usize> {
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
    pub(crate) fn word<T: Copy>(
        &self,
        text: At<&str>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<At<T>> {
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

    fn value<T: std::str::FromStr>(&self, text: At<&str>, key: &str) -> Option<At<T>>
    where
        T::Err: std::fmt::Display,
    {
        match text.value.parse() {
            Ok(value) => Some(At {
                value,
                span: text.span,
            }),
            Err(why) => {
                let message = format!("`{key}` cannot be \"{}\"", clip(text.value));
                self.fault_hint(&text.span, message, &why.to_string());
                None
            }
        }
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
