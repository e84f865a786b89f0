//! `avow delivery lint`: what in a file of provider rules is wrong, or can never match. Opens no data folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use avow_deliver::shape::rules::{Finding, lint};
use serde_json::json;

use crate::config::Config;
use crate::exit::{Exit, Form, answer};

/// Reads a file of rules, or that of the configuration. `Refused` when something was found.
pub(crate) fn run(file: Option<&PathBuf>, config: &Config, form: Form) -> Result<Exit> {
    let Some(path) = file.or(config.rules.as_ref()) else {
        let value = json!({ "file": null, "findings": [] });
        answer(form, &value, |_| {
            "No rules of your own: those that come with the program apply.".to_owned()
        })?;
        return Ok(Exit::Done);
    };
    let text = std::fs::read_to_string(path);
    let text = text.with_context(|| format!("cannot read {}", path.display()))?;
    let found = lint(&text);
    let findings: Vec<_> = found
        .iter()
        .map(|f| json!({ "line": f.line, "what": f.what }))
        .collect();
    let value = json!({ "file": path, "findings": findings });
    answer(form, &value, |_| told(path, &found))?;
    Ok(if found.is_empty() {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn told(path: &Path, found: &[Finding]) -> String {
    if found.is_empty() {
        return format!("{}: every rule can match.", path.display());
    }
    let lines: Vec<String> = found
        .iter()
        .map(|f| format!("{}:{}: {}", path.display(), f.line, f.what))
        .collect();
    lines.join("\n")
}
