//! `cargo xtask browser [FOLDER]`: screenshots of every page in Chromium, taken by the product's own suite.

use std::path::PathBuf;

use anyhow::Result;

use crate::needs;
use crate::shell::{self, cargo, target};

/// The suite saves a picture of each page it visits when this names a folder.
const FOLDER_VARIABLE: &str = "AVOW_IT_SCREENSHOTS";

pub(crate) fn run(words: &[String]) -> Result<()> {
    needs::install_all()?;
    let folder = words
        .first()
        .map_or_else(|| target().join("screenshots"), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    shell::run(&mut cargo(&["build", "--quiet", "--package", "avow"]))?;
    let suite = ["test", "--package", "it", "browser"];
    shell::run(cargo(&suite).env(FOLDER_VARIABLE, &folder))?;
    shell::say(&format!("pictures are in {}", folder.display()));
    Ok(())
}
