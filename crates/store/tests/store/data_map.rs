//! Holds docs/data-map.md and docs/retention.md against the schema: no table and no column is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Columns that point to somebody or something by number: the data map names them once, for all tables.
const POINTERS: [&str; 9] = [
    "id", "account", "contact", "user_id", "campaign", "seq", "list", "evidence", "n",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Tables and columns as the migrations leave them.
fn schema() -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    let mut tables = BTreeMap::new();
    for file in files {
        read_tables(&std::fs::read_to_string(file).unwrap(), &mut tables);
    }
    tables
}

fn read_tables(text: &str, tables: &mut BTreeMap<String, BTreeSet<String>>) {
    let mut open: Option<String> = None;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (&open, words.as_slice()) {
            (None, ["CREATE", "TABLE", name, "("]) => {
                open = Some((*name).to_owned());
                tables.entry((*name).to_owned()).or_default();
            }
            (None, ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..]) => {
                tables
                    .entry((*name).to_owned())
                    .or_default()
                    .insert((*column).to_owned());
            }
            (None, ["ALTER", "TABLE", name, "DROP", "COLUMN", column]) => {
                let columns = tables.entry((*name).to_owned()).or_default();
                columns.remove(column.trim_end_matches(';'));
            }
            (None, ["ALTER", "TABLE", name, "RENAME", "TO", new]) => {
                let columns = tables.remove(*name).unwrap_or_default();
                tables.insert(new.trim_end_matches(';').to_owned(), columns);
            }
            (None, ["DROP", "TABLE", name]) => {
                tables.remove(name.trim_end_matches(';'));
            }
            (Some(_), [end, ..]) if end.starts_with(')') => open = None,
            (Some(name), [column, _, ..]) if is_column(line) => {
                tables
                    .entry(name.clone())
                    .or_default()
                    .insert((*column).to_owned());
            }
            _ => {}
        }
    }
}

/// A column begins with a small letter, four spaces in.
fn is_column(line: &str) -> bool {
    let begins = line.strip_prefix("    ").and_then(|l| l.chars().next());
    begins.is_some_and(|c| c.is_ascii_lowercase())
}

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

/// What the data map names: rows of its table, and the list under "Not personal".
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("docs/data-map.md")).unwrap();
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let (table, columns) = if line.starts_with('|') {
            let row = cells(line);
            (row[0], row[1])
        } else if let Some((table, columns)) =
            line.strip_prefix("- ").and_then(|l| l.split_once(": "))
        {
            (table, columns.split(" (").next().unwrap())
        } else {
            continue;
        };
        let columns = columns.split(", ").map(str::to_owned);
        named.entry(table.to_owned()).or_default().extend(columns);
    }
    named
}

#[test]
fn every_column_of_every_table_is_in_the_data_map_and_nothing_else_is() {
    let (schema, named) = (schema(), named());
    assert!(schema.len() > 20, "the schema was not read: {schema:?}");
    let nothing = BTreeSet::new();
    for (table, columns) in &schema {
        let known = named.get(table).unwrap_or(&nothing);
        for column in columns.iter().filter(|c| !POINTERS.contains(&c.as_str())) {
            assert!(
                known.contains(column),
                "docs/data-map.md does not say what {table}.{column} holds"
            );
        }
        for column in known {
            assert!(
                columns.contains(column),
                "docs/data-map.md names {table}.{column}, which is not there"
            );
        }
    }
}

#[test]
fn every_table_has_a_row_of_retention() {
    let text = std::fs::read_to_string(root().join("docs/retention.md")).unwrap();
    let rows: BTreeSet<&str> = text
        .lines()
        .filter(|l| l.starts_with('|'))
        .map(|l| cells(l)[0])
        .collect();
    for table in schema().keys() {
        assert!(
            rows.contains(table.as_str()),
            "docs/retention.md has no row for {table}"
        );
    }
}
