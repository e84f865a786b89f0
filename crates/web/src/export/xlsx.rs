//! Rows as a workbook, written in constant memory: each row goes to a temporary file at once.
//!
//! A text is a cell of text, which no program calculates; what would be a formula if somebody typed it carries the
//! quote prefix as well, so that it stays a text when the cell is edited or saved as CSV.

use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

use super::cell::is_formula;
use super::{Cell, ExportFault, Sheet};

/// Rows of a sheet (ECMA-376: 1,048,576), less the heading.
const ROWS_MAX: u32 = 1_048_575;
/// Signs of a cell, the limit of Excel; the rest of a longer text is cut.
const CELL_CHARS_MAX: usize = 32_767;
/// Signs of a sheet's name, the limit of Excel, less room for its number.
const NAME_CHARS_MAX: usize = 24;

/// Writes a workbook. The file itself is made by `finish`.
pub(crate) struct XlsxRows<W: Write + Send> {
    book: Workbook,
    out: W,
    name: String,
    columns: Vec<String>,
    sheets: u32,
    /// The last row of the open sheet.
    row: u32,
    forms: Forms,
}

struct Forms {
    head: Format,
    quoted: Format,
    share: Format,
    at: Format,
}

impl Forms {
    fn new() -> Self {
        Self {
            head: Format::new().set_bold(),
            quoted: Format::new().set_quote_prefix(),
            share: Format::new().set_num_format("0.0%"),
            at: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        }
    }
}

/// A name that a workbook takes: none of its signs, not too long.
fn sheet_name(name: &str) -> String {
    let kept = name.chars().filter(|c| !r"[]:*?/\'".contains(*c));
    let name: String = kept.take(NAME_CHARS_MAX).collect();
    if name.trim().is_empty() {
        "Sheet".to_owned()
    } else {
        name
    }
}

impl<W: Write + Send> XlsxRows<W> {
    pub(super) fn new(sheet: &Sheet, out: W) -> Result<Self, ExportFault> {
        let mut rows = Self {
            book: Workbook::new(),
            out,
            name: sheet_name(&sheet.name),
            columns: sheet.columns.clone(),
            sheets: 0,
            row: 0,
            forms: Forms::new(),
        };
        rows.open()?;
        Ok(rows)
    }

    /// The next sheet with the heading on it.
    fn open(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        let name = match self.sheets {
            1 => self.name.clone(),
            n => format!("{} {n}", self.name),
        };
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, name) in (0..).zip(&self.columns) {
            sheet.write_string_with_format(0, column, name, &self.forms.head)?;
        }
        self.row = 0;
        Ok(())
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), ExportFault> {
        if self.row == ROWS_MAX {
            self.open()?;
        }
        self.row += 1;
        let (row, forms) = (self.row, &self.forms);
        let last = self.book.worksheets().len() - 1;
        let sheet = self.book.worksheet_from_index(last)?;
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Empty => continue,
                Cell::Text(text) if is_formula(text) => {
                    sheet.write_string_with_format(row, column, cut(text), &forms.quoted)?
                }
                Cell::Text(text) => sheet.write_string(row, column, cut(text))?,
                Cell::Count(n) => sheet.write_number(row, column, *n as f64)?,
                Cell::Share(share) => {
                    sheet.write_number_with_format(row, column, *share, &forms.share)?
                }
                Cell::At(at) => {
                    let at = ExcelDateTime::from_timestamp(at.as_second())?;
                    sheet.write_datetime_with_format(row, column, &at, &forms.at)?
                }
            };
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), ExportFault> {
        self.book.save_to_writer(&mut self.out)?;
        Ok(self.out.flush()?)
    }
}

fn cut(text: &str) -> &str {
    text.char_indices()
        .nth(CELL_CHARS_MAX)
        .map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;

    fn part(bytes: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive
            .by_name(name)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    #[test]
    fn a_text_is_never_a_formula_in_a_workbook() {
        let mut bytes = Vec::new();
        let sheet = Sheet {
            format: super::super::Format::Xlsx,
            name: "a/b: [people]".to_owned(),
            columns: vec!["=A1".to_owned()],
        };
        let mut rows = XlsxRows::new(&sheet, &mut bytes).unwrap();
        let evil = ["=1+1", "+1", "-1", "@A", "\t=1", "\r=1", "\"=1"];
        for text in evil {
            rows.row(&[Cell::text(text)]).unwrap();
        }
        rows.row(&[Cell::Count(-2)]).unwrap();
        rows.finish().unwrap();
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        assert!(!sheet.contains("<f>"), "{sheet}");
        assert_eq!(
            sheet.matches("inlineStr").count(),
            evil.len() + 1,
            "{sheet}"
        );
        assert!(part(&bytes, "xl/styles.xml").contains("quotePrefix=\"1\""));
        assert!(part(&bytes, "xl/workbook.xml").contains("name=\"ab people\""));
    }

    #[test]
    fn a_cell_that_is_too_long_is_cut_at_a_sign() {
        let long = "ä".repeat(CELL_CHARS_MAX + 5);
        assert_eq!(cut(&long).chars().count(), CELL_CHARS_MAX);
        assert_eq!(cut("short"), "short");
    }
}
