//! The file that is handed out: CSV with a column for each kind of data, or one JSON object on each line.

use std::borrow::Cow;
use std::io::{self, Write};

use avow_model::Category;
use avow_store::ContactSummary;
use serde_json::{Map, Value};

use super::judge::EMAIL;
use crate::retention::is_of;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    Csv,
    /// One JSON object on each line.
    JsonLines,
}

/// A file being written.
pub struct Sheet<W: Write> {
    columns: Vec<Category>,
    rows: Rows<W>,
}

enum Rows<W: Write> {
    Csv(Box<csv::Writer<W>>),
    JsonLines(W),
}

impl<W: Write> Sheet<W> {
    /// Begins a file; CSV with its header line.
    pub fn begin(out: W, layout: Layout, columns: Vec<Category>) -> io::Result<Self> {
        let rows = match layout {
            Layout::JsonLines => Rows::JsonLines(out),
            Layout::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(columns.iter().map(Category::as_str))?;
                Rows::Csv(Box::new(writer))
            }
        };
        Ok(Self { columns, rows })
    }

    /// One person with these kinds of data, and no others.
    pub(super) fn write(&mut self, person: &ContactSummary, given: &[Category]) -> io::Result<()> {
        match &mut self.rows {
            Rows::Csv(writer) => {
                let cell = |column: &Category| {
                    let values = given.contains(column).then(|| values(person, column));
                    let values: Vec<&str> = values.iter().flatten().map(|(_, v)| *v).collect();
                    harmless(&values.join(" ")).into_owned()
                };
                let row: Vec<String> = self.columns.iter().map(cell).collect();
                writer.write_record(&row)?;
                Ok(())
            }
            Rows::JsonLines(out) => {
                let all = given.iter().flat_map(|category| values(person, category));
                let object: Map<String, Value> = all
                    .map(|(name, value)| (name.to_owned(), Value::from(value)))
                    .collect();
                serde_json::to_writer(&mut *out, &object)?;
                out.write_all(b"\n")
            }
        }
    }

    /// All that was written is with the operating system when it returns.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match &mut self.rows {
            Rows::Csv(writer) => writer.flush(),
            Rows::JsonLines(out) => out.flush(),
        }
    }
}

/// The values of one kind, each with the name of its field.
fn values<'p>(person: &'p ContactSummary, category: &Category) -> Vec<(&'p str, &'p str)> {
    if category.as_str() == EMAIL {
        return vec![(EMAIL, person.address.expose())];
    }
    let fields = person.fields.iter();
    let own = fields.filter(|(field, _)| is_of(field, category));
    own.map(|(field, value)| (field.as_str(), value.as_str()))
        .collect()
}

/// A cell that no spreadsheet takes for a formula: an apostrophe goes before what could begin one, also in its wide
/// forms and behind white space (OWASP, CSV Injection).
fn harmless(value: &str) -> Cow<'_, str> {
    let first = value.trim_start_matches(' ').chars().next();
    let risky = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'
        ) || c.is_control()
    };
    if first.is_some_and(risky) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_begin_a_formula_is_made_text() {
        for bad in [
            "=1+1",
            "+49 30 1",
            "-2",
            "@SUM(A1)",
            " =1+1",
            "\t=1",
            "\r=1",
            "\n=1",
            "\u{ff1d}1",
            "=HYPERLINK(\"https://example.com\",\"x\")",
        ] {
            assert_eq!(harmless(bad), format!("'{bad}"), "{bad:?}");
        }
        for good in ["", "Ada", "a=b", "1-2", "Müller", "'quoted"] {
            assert_eq!(harmless(good), good);
        }
    }
}
