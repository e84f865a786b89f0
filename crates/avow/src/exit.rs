//! Exit codes that mean something, and the one way in which commands answer.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Done = 0,
    /// It was refused, or found faults; the reasons are printed.
    Refused = 1,
    /// The call itself is wrong.
    Usage = 2,
    /// Something it needs is not there now: the database, the data folder's lock, the disk. Try again.
    Unavailable = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Json,
}

/// Prints one JSON value, or the text for people.
pub(crate) fn answer<T: Serialize>(
    form: Form,
    value: &T,
    text: impl FnOnce(&T) -> String,
) -> Result<()> {
    let line = match form {
        Form::Json => serde_json::to_string(value)?,
        Form::Text => text(value),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes())?;
    if !line.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}
