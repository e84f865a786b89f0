//! Text for people, line by line.

use std::fmt::{Display, Write};

/// Lines being written.
#[derive(Debug, Default)]
pub(crate) struct Lines(String);

impl Lines {
    /// Adds a line.
    pub(crate) fn line(&mut self, line: impl Display) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.0, "{line}");
    }

    /// The whole text.
    pub(crate) fn text(self) -> String {
        self.0
    }
}
