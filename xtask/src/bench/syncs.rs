//! How often a run flushes to the disk: counted in a smaller run of its own under `strace`, which slows it down.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell::{has, output, target};

/// Flushes per thousand of what the run does; null where `strace` is not there. The example is built already.
pub(super) fn per_thousand(name: &str, words: &[String], count: u32) -> Result<Value> {
    if !has("strace") {
        return Ok(Value::Null);
    }
    let summary = target().join("bench-syncs");
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-c", "-e", "trace=fsync,fdatasync", "-o"])
        .arg(&summary)
        .arg(target().join("release/examples").join(name));
    output(command.args(words))?;
    let text = std::fs::read_to_string(&summary).context("strace left no summary")?;
    let calls = f64::from(calls(&text));
    Ok(serde_json::json!(
        (calls * 1000.0 / f64::from(count) * 100.0).round() / 100.0
    ))
}

/// The calls of all rows: the fourth column, except in the row of the total.
fn calls(summary: &str) -> u32 {
    let rows = summary.lines().filter(|l| l.trim_end().ends_with("sync"));
    let calls = rows.filter_map(|l| l.split_whitespace().nth(3)?.parse::<u32>().ok());
    calls.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calls_of_both_kinds_are_added_up() {
        let summary = "% time     seconds  usecs/call     calls    errors syscall\n\
            ------ ----------- ----------- --------- --------- ----------------\n \
            74.69    0.136000         338       111           fdatasync\n \
            25.31    0.046000         200         9         1 fsync\n\
            ------ ----------- ----------- --------- --------- ----------------\n\
            100.00    0.182000         300       120         1 total\n";
        assert_eq!(calls(summary), 120);
        assert_eq!(calls(""), 0);
    }
}
