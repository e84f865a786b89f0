//! `cargo xtask bench`: every figure beside its yardstick, in one run, as JSON.
//!
//! Absolute figures move from machine to machine; the ratios are what docs/ quotes.

mod campaign;
mod child;
mod decide;
mod deliver;
mod hit;
mod import;
mod pages;
mod postfix;
mod syncs;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use crate::needs;
use crate::shell::{cargo, output, say};

type Bench = fn() -> Result<Value>;

const BENCHES: [(&str, Bench); 6] = [
    ("decide", decide::run),
    ("import", import::run),
    ("hit", hit::run),
    ("pages", pages::run),
    ("campaign", campaign::run),
    ("deliver", deliver::run),
];

/// Runs the named benches, or all; prints one JSON object.
#[expect(clippy::print_stdout, reason = "the result of the task")]
pub(crate) fn run(names: &[String]) -> Result<()> {
    if let Some(stranger) = names
        .iter()
        .find(|n| BENCHES.iter().all(|(name, _)| name != n))
    {
        bail!(
            "there is no bench `{stranger}`; there are decide, import, hit, pages, campaign and deliver"
        );
    }
    needs::install_all()?;
    let mut results = Map::new();
    for (name, bench) in BENCHES {
        if names.is_empty() || names.iter().any(|n| n == name) {
            say(&format!("bench {name}"));
            let result = bench()?;
            table(name, &result);
            results.insert(name.to_owned(), result);
        }
    }
    println!("{}", serde_json::to_string_pretty(&Value::Object(results))?);
    Ok(())
}

/// One line a figure, for people.
fn table(path: &str, value: &Value) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(k, v)| table(&format!("{path}.{k}"), v)),
        other => say(&format!("{path:<56} {other}")),
    }
}

/// Builds an example in release and runs it; its standard output is JSON.
fn example(package: &str, name: &str, words: &[String]) -> Result<Value> {
    let mut command = cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        package,
        "--example",
        name,
        "--",
    ]);
    let text = output(command.args(words))?;
    // The report is the last value printed, on one line or on many.
    let start = text.find('{').unwrap_or_default();
    Ok(serde_json::from_str(text[start..].trim())?)
}

/// A number out of a result, by its key.
fn figure(value: &Value, key: &str) -> Result<f64> {
    value
        .get(key)
        .and_then(Value::as_f64)
        .ok_or_else(|| anyhow::anyhow!("no `{key}` in {value}"))
}

/// Rounded to three digits behind the point: more would be noise.
fn ratio(part: f64, whole: f64) -> Value {
    serde_json::json!((part / whole * 1000.0).round() / 1000.0)
}
