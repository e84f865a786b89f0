//! Many rows of one INSERT as one statement: `VALUES ($1, ...)` becomes a SELECT from arrays.
//!
//! One statement for thousands of rows instead of thousands of executions. Only for a plain VALUES list
//! without DO UPDATE, where one statement may not touch a row twice.

use std::fmt::Write;

use tokio_postgres::types::Type;

/// Fewer rows are not worth a second prepared statement.
pub(super) const ROWS_MIN: usize = 16;
/// Rows in one statement: bounds the memory of its arrays on both sides.
pub(super) const ROWS_MAX: usize = 4_096;

/// The text for many rows, or `None` where the statement is not of the simple kind.
pub(super) fn text(single: &str, types: &[Type]) -> Option<String> {
    let (head, rest) = single.split_once("VALUES (")?;
    let (list, tail) = split_list(rest)?;
    let simple = head.trim_start().starts_with("INSERT INTO")
        && !head.contains('$')
        && !tail.contains('$')
        && !tail.contains("DO UPDATE");
    if !simple {
        return None;
    }
    let mut text = format!("{head}SELECT {} FROM unnest(", list.replace('$', "given.c"));
    for (index, ty) in types.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(text, "{comma}${}::{}[]", index + 1, name(ty)?).ok()?;
    }
    text.push_str(") AS given(");
    for index in 1..=types.len() {
        let comma = if index == 1 { "" } else { ", " };
        write!(text, "{comma}c{index}").ok()?;
    }
    text.push(')');
    text.push_str(tail);
    Some(text)
}

/// The list up to its closing bracket, and what follows.
fn split_list(rest: &str) -> Option<(&str, &str)> {
    let mut depth = 1;
    for (at, sign) in rest.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&rest[..at], &rest[at + 1..]));
        }
    }
    None
}

fn name(ty: &Type) -> Option<&'static str> {
    Some(match *ty {
        Type::INT8 => "bigint",
        Type::INT4 => "int",
        Type::TEXT => "text",
        Type::BYTEA => "bytea",
        Type::BOOL => "boolean",
        Type::FLOAT8 => "double precision",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_insert_becomes_a_select_from_arrays() {
        let single = "INSERT INTO t (a, b, c) VALUES ($1, FALSE, CAST($2 AS BIGINT)) ON CONFLICT (a) DO NOTHING";
        assert_eq!(
            text(single, &[Type::INT8, Type::TEXT]).unwrap(),
            "INSERT INTO t (a, b, c) SELECT given.c1, FALSE, CAST(given.c2 AS BIGINT) FROM \
             unnest($1::bigint[], $2::text[]) AS given(c1, c2) ON CONFLICT (a) DO NOTHING"
        );
    }

    #[test]
    fn updates_and_upserts_stay_one_by_one() {
        let types = [Type::INT8, Type::TEXT];
        assert!(text("UPDATE t SET a = $1 WHERE b = $2", &types).is_none());
        let upsert =
            "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = excluded.b";
        assert!(text(upsert, &types).is_none());
    }
}
