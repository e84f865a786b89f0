//! Rows as CSV.

use std::borrow::Cow;
use std::io::{self, Write};

use ::csv::Writer;

use super::cell::harmless;
use super::{Cell, ExportFault};

/// Writes CSV.
pub(crate) struct CsvRows<W: Write> {
    out: Writer<W>,
}

fn written(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => harmless(text),
        Cell::Count(n) => Cow::Owned(n.to_string()),
        Cell::Share(share) => Cow::Owned(share.to_string()),
        Cell::At(at) => Cow::Owned(at.to_string()),
    }
}

fn fault(fault: ::csv::Error) -> ExportFault {
    ExportFault::Write(io::Error::other(fault))
}

impl<W: Write> CsvRows<W> {
    pub(super) fn new(columns: &[String], out: W) -> Result<Self, ExportFault> {
        let mut out = Writer::from_writer(out);
        let heads = columns.iter().map(|name| harmless(name));
        out.write_record(heads.map(|name| name.into_owned().into_bytes()))
            .map_err(fault)?;
        Ok(Self { out })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), ExportFault> {
        for cell in cells {
            self.out
                .write_field(written(cell).as_bytes())
                .map_err(fault)?;
        }
        // An empty record ends the line.
        self.out.write_record(None::<&[u8]>).map_err(fault)
    }

    pub(super) fn finish(mut self) -> Result<(), ExportFault> {
        Ok(self.out.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_evil_texts_is_read_back_as_texts() {
        let mut bytes = Vec::new();
        let columns = ["=A1".to_owned(), "n".to_owned(), "share".to_owned()];
        let mut rows = CsvRows::new(&columns, &mut bytes).unwrap();
        for text in ["=1+1", "\"=1+1", "a,b", "line\nbreak", "-2"] {
            let cells = [Cell::text(text), Cell::Count(-2), Cell::Share(0.25)];
            rows.row(&cells).unwrap();
        }
        rows.row(&[Cell::text(""), Cell::Empty, Cell::Empty])
            .unwrap();
        rows.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let wanted = "'=A1,n,share\n'=1+1,-2,0.25\n\"'\"\"=1+1\",-2,0.25\n\"a,b\",-2,0.25\n\
            \"line\nbreak\",-2,0.25\n'-2,-2,0.25\n,,\n";
        assert_eq!(text, wanted);
    }
}
