//! Source files and diagnostics that show the line and put a caret under the fault.

use std::fmt;
use std::ops::Range;

/// A policy is some pages of text; more than this is a mistake or an attack.
pub const SOURCE_BYTES_MAX: usize = 1 << 20;
/// A longer line is cut around the fault when it is shown.
const SHOWN_CHARS_MAX: usize = 100;

/// A named text: a policy version or a rule pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub name: String,
    pub text: String,
}

impl SourceFile {
    /// From bytes of any origin: refuses what is too large or is not UTF-8, saying where.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Diagnostic> {
        if bytes.len() > SOURCE_BYTES_MAX {
            return Err(Self::too_large(name));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                name: name.to_owned(),
                text: text.to_owned(),
            }),
            Err(fault) => Err(not_text(name, bytes, fault.valid_up_to())),
        }
    }

    /// True for a text that a policy may name, and not a policy or pack.
    pub fn is_markdown(&self) -> bool {
        std::path::Path::new(&self.name)
            .extension()
            .is_some_and(|e| e == "md")
    }

    pub(crate) fn too_large(name: &str) -> Diagnostic {
        Diagnostic {
            file: name.to_owned(),
            line: 1,
            col: 1,
            message: format!(
                "the file is too large: a policy has at most {SOURCE_BYTES_MAX} bytes"
            ),
            hint: Some("is this the right file?".to_owned()),
            shown: String::new(),
            caret: 0,
        }
    }

    /// A diagnostic at a byte range of this file. Ranges outside the text point at its end.
    pub(crate) fn fault(&self, span: Range<usize>, message: String) -> Diagnostic {
        let at = floor_boundary(&self.text, span.start);
        let begin = self.text[..at].rfind('\n').map_or(0, |i| i + 1);
        let line = 1 + self.text[..begin].matches('\n').count();
        let end = self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |i| at + i);
        let col = 1 + self.text[begin..at].chars().count();
        let (shown, caret) = excerpt(&self.text[begin..end], col - 1);
        Diagnostic {
            file: self.name.clone(),
            line,
            col,
            message,
            hint: None,
            shown,
            caret,
        }
    }
}

fn not_text(name: &str, bytes: &[u8], good: usize) -> Diagnostic {
    let head = SourceFile {
        name: name.to_owned(),
        text: String::from_utf8_lossy(&bytes[..good]).into_owned(),
    };
    let mut fault = head.fault(good..good, "the file is not UTF-8 text".to_owned());
    fault.hint = Some("save it as UTF-8; a policy is a TOML text file".to_owned());
    fault
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The part of a line around char `caret`, control characters made visible, and the caret in it.
fn excerpt(line: &str, caret: usize) -> (String, usize) {
    let from = caret.saturating_sub(SHOWN_CHARS_MAX / 2);
    let seen = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let tab = |c: char| if c == '\t' { ' ' } else { seen(c) };
    let shown = line.chars().skip(from).take(SHOWN_CHARS_MAX).map(tab);
    (shown.collect(), caret - from)
}

/// What is wrong in a file, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub col: usize,
    pub message: String,
    pub hint: Option<String>,
    shown: String,
    caret: usize,
}

impl Diagnostic {
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}:{}:{}: {}",
            self.file, self.line, self.col, self.message
        )?;
        if !self.shown.is_empty() {
            let gutter = self.line.to_string();
            let pad = " ".repeat(gutter.len());
            writeln!(f, " {pad} |")?;
            writeln!(f, " {gutter} | {}", self.shown)?;
            writeln!(f, " {pad} | {}^", " ".repeat(self.caret))?;
        }
        match &self.hint {
            Some(hint) => writeln!(f, " hint: {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_shows_the_line_with_a_caret_under_the_fault() {
        let file = SourceFile {
            name: "p.toml".to_owned(),
            text: "a = 1\nchoise = \"opt_in\"\n".to_owned(),
        };
        let fault = file.fault(6..12, "unknown key".to_owned()).hint("choice?");
        assert_eq!(
            fault.to_string(),
            "p.toml:2:1: unknown key\n   |\n 2 | choise = \"opt_in\"\n   | ^\n hint: choice?\n"
        );
    }

    #[test]
    fn bytes_that_are_no_text_or_too_many_are_refused_with_their_place() {
        let fault = SourceFile::from_bytes("p", b"a = 1\nb = \xff\xfe").unwrap_err();
        assert_eq!((fault.line, fault.col), (2, 5));
        let big = vec![b'#'; SOURCE_BYTES_MAX + 1];
        let fault = SourceFile::from_bytes("p", &big).unwrap_err();
        assert!(fault.message.contains("at most"), "{fault}");
    }

    #[test]
    fn a_fault_past_the_end_or_inside_a_sign_points_into_the_text() {
        let file = SourceFile {
            name: "p".to_owned(),
            text: "ü".to_owned(),
        };
        assert_eq!(file.fault(1..1, String::new()).col, 1);
        assert_eq!(file.fault(99..99, String::new()).col, 2);
    }
}
