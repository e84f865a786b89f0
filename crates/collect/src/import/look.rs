//! A first look at a file: its columns, what each is guessed to be, and its first rows. Writes nothing.

use std::io::{Read, Seek};

use avow_model::EmailAddress;
use avow_policy::PolicySet;

use super::basis::Basis;
use super::columns::Role;
use super::error::ImportError;
use super::headers::guess;
use super::records::Next;
use super::{Opened, open};

/// Signs shown of a value.
const VALUE_CHARS_MAX: usize = 80;

/// One column as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSeen {
    pub header: String,
    /// By the header alone, in words of the mapping.
    pub guess: String,
    /// The guess is a field, and no version of the policy declares its category.
    pub is_undeclared: bool,
    /// From the first rows, cut.
    pub values: Vec<String>,
}

/// What the beginning of a file shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstLook {
    pub columns: Vec<ColumnSeen>,
    /// `UTF-8`, `windows-1252` ...
    pub encoding: &'static str,
}

/// Reads the header and up to `rows` rows.
pub fn look<R: Read + Seek>(
    file: R,
    policies: &PolicySet,
    rows: usize,
) -> Result<FirstLook, ImportError> {
    let basis = Basis::of(policies);
    let Opened {
        mut records,
        headers,
        scan,
    } = open(file)?;
    if headers.iter().any(|h| h.parse::<EmailAddress>().is_ok()) {
        return Err(ImportError::NoHeader);
    }
    let seen = |header: String| {
        let role = guess(&header);
        let is_undeclared =
            matches!(&role, Role::Field { category, .. } if !basis.declares(category));
        ColumnSeen {
            guess: role.to_string(),
            is_undeclared,
            header,
            values: Vec::with_capacity(rows),
        }
    };
    let mut columns: Vec<ColumnSeen> = headers.into_iter().map(seen).collect();
    let mut read = 0;
    while read < rows {
        match records.next().map_err(ImportError::Read)? {
            Next::End => break,
            Next::Broken(_) => {}
            Next::Record => {
                for (index, column) in columns.iter_mut().enumerate().take(records.len()) {
                    let value = records.field(index).trim();
                    column
                        .values
                        .push(value.chars().take(VALUE_CHARS_MAX).collect());
                }
                read += 1;
            }
        }
    }
    Ok(FirstLook {
        columns,
        encoding: scan.encoding.name(),
    })
}
