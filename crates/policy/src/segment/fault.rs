//! What is wrong with the text of a segment, where, and what to write.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

/// A fault before it is shown in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    span: Range<usize>,
    message: String,
    hint: Option<String>,
}

impl Fault {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With the line of the text and a mark under the fault.
    pub(super) fn shown(self, text: &str) -> Diagnostic {
        let file = SourceFile {
            name: "segment".to_owned(),
            text: text.to_owned(),
        };
        let shown = file.fault(self.span, self.message);
        match self.hint {
            Some(hint) => shown.hint(hint),
            None => shown,
        }
    }
}
