//! Runs one statement on one connection.

use std::rc::Rc;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};

use super::fault::lite_fault;
use crate::batch::Step;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::Sql;
use crate::value::Value;

/// The pointer type that rusqlite's `rarray` table function takes.
const LIST_TYPE: &std::ffi::CStr = c"rarray";

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        use rusqlite::types::Value as Owned;
        let list = |values: Vec<Owned>| ToSqlOutput::from_rc(Rc::new(values), LIST_TYPE);
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(n) => ToSqlOutput::Borrowed(ValueRef::Integer(*n)),
            Self::Real(x) => ToSqlOutput::Borrowed(ValueRef::Real(*x)),
            Self::Bool(b) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*b))),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Word(word) => ToSqlOutput::Borrowed(ValueRef::Text(word.as_bytes())),
            Self::Blob(blob) => ToSqlOutput::Borrowed(ValueRef::Blob(blob)),
            Self::Ints(ns) => list(ns.iter().copied().map(Owned::Integer).collect()),
            Self::Texts(texts) => list(texts.iter().cloned().map(Owned::Text).collect()),
            Self::Blobs(blobs) => list(blobs.iter().cloned().map(Owned::Blob).collect()),
        })
    }
}

/// Binds a row. What is the same as in the row `before` stays bound: most columns of a bulk are, and
/// each binding of a text is a copy.
fn bind(
    statement: &mut CachedStatement<'_>,
    params: &[Value],
    before: &[Value],
) -> rusqlite::Result<()> {
    // The raw calls below do not count for us; a row that is too short would reuse old values.
    if statement.parameter_count() != params.len() {
        return Err(rusqlite::Error::InvalidParameterCount(
            params.len(),
            statement.parameter_count(),
        ));
    }
    for (index, value) in params.iter().enumerate() {
        if before.get(index) != Some(value) {
            statement.raw_bind_parameter(index + 1, value)?;
        }
    }
    Ok(())
}

/// All rows of an answer, mapped one by one.
pub(super) fn query<T>(
    connection: &Connection,
    sql: &'static Sql,
    params: &[Value],
    map: &mut dyn FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let fault = |fault| lite_fault(fault, sql.name());
    let mut statement = connection.prepare_cached(sql.lite()).map_err(fault)?;
    bind(&mut statement, params, &[]).map_err(fault)?;
    let mut rows = statement.raw_query();
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        out.push(map(&Row::lite(row, sql.name()))?);
    }
    Ok(out)
}

/// Runs a step for each of its parameter rows; how many rows it touched.
pub(super) fn execute(connection: &Connection, step: &Step) -> Result<u64, StoreError> {
    let touched = execute_rows(connection, step);
    let touched = touched.map_err(|fault| lite_fault(fault, step.sql.name()))?;
    match step.expect {
        Some(expect) if expect.rows != touched => Err(StoreError::Conflict(expect.otherwise)),
        _ => Ok(touched),
    }
}

fn execute_rows(connection: &Connection, step: &Step) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(step.sql.lite())?;
    let mut touched = 0;
    let mut before: &[Value] = &[];
    for row in &step.rows {
        bind(&mut statement, row, before)?;
        before = row;
        touched += statement.raw_execute()? as u64;
    }
    Ok(touched)
}
