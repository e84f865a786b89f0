//! `cargo xtask browser [--shots FOLDER]`: Chromium through every page; with a folder, pictures of each.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::needs;
use crate::shell::{self, cargo, target};
use crate::suite::AXE_VARIABLE;

/// The suite saves a picture of each page it visits when this names a folder.
const FOLDER_VARIABLE: &str = "AVOW_IT_SCREENSHOTS";

pub(crate) fn run(words: &[String]) -> Result<()> {
    let folder = match words {
        [] => target().join("screenshots"),
        [flag, folder] if flag == "--shots" => PathBuf::from(folder),
        _ => bail!("usage: cargo xtask browser [--shots FOLDER]"),
    };
    needs::install_all()?;
    std::fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    shell::run(&mut cargo(&["build", "--quiet", "--package", "avow"]))?;
    let mut suite = cargo(&["test", "--package", "it", "browser"]);
    if let Ok(axe) = needs::axe() {
        suite.env(AXE_VARIABLE, axe);
    }
    shell::run(suite.env(FOLDER_VARIABLE, &folder))?;
    shell::say(&format!("pictures are in {}", folder.display()));
    Ok(())
}
