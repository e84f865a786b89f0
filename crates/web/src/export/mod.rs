//! Tables that leave as CSV or XLSX: one writer of rows, whatever they hold.
//!
//! Promises: any number of rows in bounded memory; no cell is taken for a formula by the program that opens the
//! file; a download that breaks off ends as broken, so that nobody takes a part for the whole.
//! Never: decides who may see what it writes.

mod cell;
mod csv;
mod stream;
mod xlsx;

use std::io::{self, Write};

pub(crate) use cell::{Cell, Row};
pub(crate) use stream::{attached, body_of, download, save};

/// What a table is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// RFC 4180, UTF-8.
    Csv,
    /// Office Open XML (ECMA-376).
    Xlsx,
}

impl Format {
    /// The word of an address or a form.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// The word, which is the ending of the file's name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What a table is: its heading and its form.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub format: Format,
    /// Of the sheet in a workbook, and of the file before its ending.
    pub name: String,
    pub columns: Vec<String>,
}

/// Why a table was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportFault {
    #[error("the file cannot be written")]
    Write(#[from] io::Error),
    #[error("the workbook cannot be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("the rows did not come to their end")]
    BrokenOff,
}

/// Writes rows in one of the formats.
pub(crate) enum RowWriter<W: Write + Send> {
    Csv(Box<csv::CsvRows<W>>),
    Xlsx(Box<xlsx::XlsxRows<W>>),
}

impl<W: Write + Send> RowWriter<W> {
    /// Begins a table with its heading.
    pub(crate) fn new(sheet: &Sheet, out: W) -> Result<Self, ExportFault> {
        Ok(match sheet.format {
            Format::Csv => Self::Csv(Box::new(csv::CsvRows::new(&sheet.columns, out)?)),
            Format::Xlsx => Self::Xlsx(Box::new(xlsx::XlsxRows::new(sheet, out)?)),
        })
    }

    /// The next row.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> Result<(), ExportFault> {
        match self {
            Self::Csv(rows) => rows.row(cells),
            Self::Xlsx(rows) => rows.row(cells),
        }
    }

    /// Ends the table: before this, what was written is no file.
    pub(crate) fn finish(self) -> Result<(), ExportFault> {
        match self {
            Self::Csv(rows) => rows.finish(),
            Self::Xlsx(rows) => rows.finish(),
        }
    }
}
