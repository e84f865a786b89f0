//! What is wrong in a file, shown like a compiler shows it: the line, a caret under the fault, the other
//! place that it contradicts, and what to write instead.

use std::fmt;
use std::ops::Range;

use crate::source::SourceFile;

/// A longer line is cut around the fault when it is shown.
const SHOWN_CHARS_MAX: usize = 100;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The policy works, and somebody should look at it.
    Warning,
    /// The policy cannot be published like this.
    Error,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
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
    pub severity: Severity,
    /// The rule that found it, where it is one of the named ones: `X17`, `P44`.
    pub lint: Option<&'static str>,
    view: Box<View>,
}

/// What is shown of a fault beyond its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct View {
    shot: Shot,
    asides: Vec<Aside>,
}

/// Another place that a fault has to do with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    pub file: String,
    pub line: usize,
    pub col: usize,
    pub message: String,
    shot: Shot,
}

/// The line of a place as it is shown, and what is underlined in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Shot {
    shown: String,
    caret: usize,
    width: usize,
}

/// Line and column of a byte range, and its line.
struct Spot {
    line: usize,
    col: usize,
    shot: Shot,
}

impl Diagnostic {
    /// About a file as a whole, where there is no text to show.
    pub(crate) fn unshown(file: &str, message: String) -> Self {
        Self {
            file: file.to_owned(),
            line: 1,
            col: 1,
            message,
            hint: None,
            severity: Severity::Error,
            lint: None,
            view: Box::default(),
        }
    }

    /// At a byte range of a file. Ranges outside the text point at its end.
    pub(crate) fn at(file: &SourceFile, span: Range<usize>, message: String) -> Self {
        let spot = Spot::of(&file.text, span);
        Self {
            line: spot.line,
            col: spot.col,
            view: Box::new(View {
                shot: spot.shot,
                asides: Vec::new(),
            }),
            ..Self::unshown(&file.name, message)
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Another place, with what stands there.
    pub(crate) fn aside(
        mut self,
        file: &SourceFile,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let spot = Spot::of(&file.text, span);
        self.view.asides.push(Aside {
            file: file.name.clone(),
            line: spot.line,
            col: spot.col,
            message: message.into(),
            shot: spot.shot,
        });
        self
    }

    /// As found by a named rule.
    pub(crate) fn ruled(mut self, lint: &'static str, severity: Severity) -> Self {
        self.lint = Some(lint);
        self.severity = severity;
        self
    }

    /// The other places that it has to do with.
    pub fn asides(&self) -> &[Aside] {
        &self.view.asides
    }

    /// True when the policy cannot be published like this.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl Spot {
    fn of(text: &str, span: Range<usize>) -> Self {
        let at = floor_boundary(text, span.start);
        let end = floor_boundary(text, span.end.max(at));
        let begin = text[..at].rfind('\n').map_or(0, |i| i + 1);
        let line_end = text[at..].find('\n').map_or(text.len(), |i| at + i);
        let before = text[begin..at].chars().count();
        let width = text[at..end.min(line_end)].chars().count();
        Self {
            line: 1 + text[..begin].matches('\n').count(),
            col: 1 + before,
            shot: Shot::of(&text[begin..line_end], before, width),
        }
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Shot {
    /// The part of a line around char `caret`, control characters made visible.
    fn of(line: &str, caret: usize, width: usize) -> Self {
        let from = caret.saturating_sub(SHOWN_CHARS_MAX / 2);
        let seen = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        let tab = |c: char| if c == '\t' { ' ' } else { seen(c) };
        let shown = line.chars().skip(from).take(SHOWN_CHARS_MAX).map(tab);
        let caret = caret - from;
        Self {
            shown: shown.collect(),
            caret,
            width: width.clamp(1, SHOWN_CHARS_MAX - caret.min(SHOWN_CHARS_MAX - 1)),
        }
    }

    fn write(&self, line: usize, mark: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.shown.is_empty() {
            return Ok(());
        }
        let gutter = line.to_string();
        let pad = " ".repeat(gutter.len());
        let under = mark.repeat(self.width);
        writeln!(f, " {pad} |")?;
        writeln!(f, " {gutter} | {}", self.shown)?;
        writeln!(f, " {pad} | {}{under}", " ".repeat(self.caret))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.col)?;
        if let Some(lint) = self.lint {
            write!(f, "{}[{lint}]: ", self.severity.as_str())?;
        }
        writeln!(f, "{}", self.message)?;
        self.view.shot.write(self.line, "^", f)?;
        for aside in self.asides() {
            let Aside {
                file, line, col, ..
            } = aside;
            writeln!(f, "{file}:{line}:{col}: {}", aside.message)?;
            aside.shot.write(*line, "-", f)?;
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

    fn file(text: &str) -> SourceFile {
        SourceFile {
            name: "p.toml".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_diagnostic_shows_the_line_with_carets_under_the_fault() {
        let file = file("a = 1\nchoise = \"opt_in\"\n");
        let fault = Diagnostic::at(&file, 6..12, "unknown key".to_owned()).hint("choice?");
        assert_eq!(
            fault.to_string(),
            "p.toml:2:1: unknown key\n   |\n 2 | choise = \"opt_in\"\n   | ^^^^^^\n hint: choice?\n"
        );
    }

    #[test]
    fn a_contradiction_shows_both_places() {
        let file = file("a = 1\nb = 2\n");
        let fault = Diagnostic::at(&file, 0..5, "a is not b".to_owned())
            .aside(&file, 6..7, "b is here")
            .ruled("X1", Severity::Warning);
        assert_eq!(
            fault.to_string(),
            "p.toml:1:1: warning[X1]: a is not b\n   |\n 1 | a = 1\n   | ^^^^^\np.toml:2:1: b is here\n   |\n 2 | b = 2\n   | -\n"
        );
        assert!(!fault.is_error());
    }

    #[test]
    fn a_fault_past_the_end_or_inside_a_sign_points_into_the_text() {
        let col = |text: &str, span| Diagnostic::at(&file(text), span, String::new()).col;
        assert_eq!(col("ü", 1..1), 1);
        assert_eq!(col("ü", 99..99), 2);
        assert_eq!(col("", 3..4), 1);
    }

    #[test]
    fn a_long_line_is_cut_around_the_fault_and_a_long_fault_at_the_line_s_end() {
        let text = format!("{}fault{}\nmore", "x".repeat(300), "y".repeat(300));
        let fault = Diagnostic::at(&file(&text), 300..700, "m".to_owned());
        for line in fault.to_string().lines() {
            assert!(line.chars().count() < 110, "{line}");
        }
    }
}
