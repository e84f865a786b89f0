//! Running other programs: one line to say what runs, one error that names it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The repository's root: the folder above this package.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Where builds and the tasks' own files go.
pub(crate) fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// An environment variable that is set and not empty.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer's task, not the product"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Says a line to whoever runs the task.
#[expect(clippy::print_stderr, reason = "a task tells its user what it does")]
pub(crate) fn say(line: &str) {
    eprintln!("xtask: {line}");
}

/// A cargo command in the repository's root.
pub(crate) fn cargo(words: &[&str]) -> Command {
    let mut command = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.args(words).current_dir(root());
    command
}

/// Runs to the end, its output shown; an error when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    say(&shown(command));
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs to the end and gives its standard output; an error with both outputs when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    if !done.status.success() {
        let errors = String::from_utf8_lossy(&done.stderr);
        bail!(
            "{} failed ({})\n{text}\n{errors}",
            shown(command),
            done.status
        );
    }
    Ok(text)
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|w| w.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// True when a program of this name can be found.
pub(crate) fn has(program: &str) -> bool {
    let folders = variable("PATH").unwrap_or_default();
    let folders = folders.split(':').chain(["/usr/sbin", "/sbin"]);
    folders
        .map(|folder| Path::new(folder).join(program))
        .any(|path| path.is_file())
}
