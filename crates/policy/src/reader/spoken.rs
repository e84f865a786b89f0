//! Texts that people read: one text, or one for each language that the file has a text in.

use super::{At, Table, suggestion};
use crate::version::Locale;

impl<'r> Table<'r, '_> {
    /// A text, or a table of texts by language: `{ en = "Newsletter", de = "Rundbrief" }`. What is returned is the
    /// one of the language to fall back to; the reader keeps the others.
    pub(crate) fn spoken(&mut self, key: &'static str) -> Option<At<&'r str>> {
        let found = self.table.get(key)?;
        if found.get_ref().as_table().is_none() {
            return self.text(key);
        }
        let span = self.key_span(key);
        let mut first = None;
        for (name, text) in self.entries(key) {
            let Some(locale) = self.reader.name::<Locale>(name.clone()) else {
                continue;
            };
            if text.value.trim().is_empty() {
                let message = format!("`{key}` is empty in \"{}\"", locale.value);
                self.reader.fault(&text.span, message);
                continue;
            }
            match self.language(&locale.value) {
                None => self.no_such_language(key, &locale),
                Some(0) => first = Some(text),
                Some(_) => {
                    let place = format!("{}/{key}", self.path);
                    let mut kept = self.reader.translations.borrow_mut();
                    kept.add(place, locale.value, text.value);
                }
            }
        }
        if first.is_none() {
            self.no_first_words(key, &span);
        }
        first
    }

    /// The same, where it must be there; `hint` says what belongs in it.
    pub(crate) fn needed_spoken(&mut self, key: &'static str, hint: &str) -> Option<At<&'r str>> {
        if !self.has(key) {
            self.asked.push(key);
            self.missing(key, hint);
            return None;
        }
        self.spoken(key)
    }

    fn language(&self, locale: &Locale) -> Option<usize> {
        let languages = self.reader.languages.borrow();
        languages.iter().position(|known| known == locale)
    }

    fn no_such_language(&self, key: &str, locale: &At<Locale>) {
        let languages = self.reader.languages.borrow();
        let known: Vec<&str> = languages.iter().map(Locale::as_str).collect();
        let locale_name = locale.value.as_str();
        let hint = suggestion(locale_name, &known).map_or_else(
            || format!("add [text.{locale_name}], or take these words out"),
            |near| format!("did you mean \"{near}\"?"),
        );
        let message = format!(
            "`{key}` has words in \"{locale_name}\", a language that the file has no text in"
        );
        self.reader.fault_hint(&locale.span, message, &hint);
    }

    fn no_first_words(&self, key: &str, span: &std::ops::Range<usize>) {
        let languages = self.reader.languages.borrow();
        if let Some(first) = languages.first() {
            let message =
                format!("`{key}` has no words in \"{first}\", the language to fall back to");
            let hint = format!("write {key} = {{ {first} = \"…\", … }}");
            self.reader.fault_hint(span, message, &hint);
        }
    }
}
