//! Format and lints, warnings denied.

use anyhow::Result;

use crate::shell::{self, cargo};

pub(crate) fn run() -> Result<()> {
    shell::run(&mut cargo(&["fmt", "--all", "--", "--check"]))?;
    let words = [
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    shell::run(&mut cargo(&words))
}
