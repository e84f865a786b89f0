//! `avow policy diff`: what changes from one version file to another, for authors and reviewers.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use avow_policy::{Change, ChangeClass, diff_files};
use serde::Serialize;

use super::policy::{load, refuse};
use crate::exit::{Exit, Form, answer};

#[derive(Serialize)]
struct DiffAnswer {
    class: &'static str,
    computed: &'static str,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    class: &'static str,
    path: String,
    sentence: String,
}

/// Compares two files. Always `Done` when both can be read.
pub(crate) fn run(old: &Path, new: &Path, form: Form) -> Result<Exit> {
    let paths: [PathBuf; 2] = [old.to_owned(), new.to_owned()];
    let (files, faults) = load(&paths)?;
    if !faults.is_empty() {
        return refuse(faults, form);
    }
    let [before, after, ..] = files.as_slice() else {
        bail!("two files are needed: the older version and the newer one");
    };
    match diff_files(before, after, &files) {
        Ok(change) => answer(form, &told(change), text)?,
        Err(faults) => return refuse(faults, form),
    }
    Ok(Exit::Done)
}

fn told(change: Change) -> DiffAnswer {
    let item = |i: avow_policy::ChangeItem| Item {
        class: i.class.as_str(),
        path: i.path,
        sentence: i.sentence,
    };
    DiffAnswer {
        class: change.class.as_str(),
        computed: change.computed.as_str(),
        items: change.items.into_iter().map(item).collect(),
    }
}

fn text(answer: &DiffAnswer) -> String {
    let mut out = String::new();
    for class in [ChangeClass::Major, ChangeClass::Minor, ChangeClass::Patch] {
        for item in answer.items.iter().filter(|i| i.class == class.as_str()) {
            let _ = writeln!(out, "{:<6} {}", item.class, item.sentence);
        }
    }
    let _ = writeln!(out, "This is a {} change.", answer.class);
    out
}
