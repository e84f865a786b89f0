//! What a cell holds, and when a spreadsheet would take it for a formula.

use std::borrow::Cow;

use avow_model::Timestamp;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Empty,
    Text(String),
    Count(i64),
    /// A part of one: 0.25 is a quarter.
    #[cfg_attr(not(test), expect(dead_code, reason = "reports write shares"))]
    Share(f64),
    At(Timestamp),
}

/// The cells of one row.
pub(crate) type Row = Vec<Cell>;

impl Cell {
    /// A text; an empty one is no cell.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }
}

/// True for a text that a spreadsheet may calculate when it reads it from a file of text: one that begins with a sign
/// of a formula, also behind quotes and blanks, which some programs take away (OWASP, CSV injection).
pub(crate) fn is_formula(text: &str) -> bool {
    let wrapped = |c: char| {
        matches!(
            c,
            '"' | '\'' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}'
        )
    };
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let bare = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || wrapped(c));
    // The wide forms are read as the narrow ones by programs set to Chinese, Japanese or Korean.
    bare.starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ])
}

/// The text as it may stand in a file of text: an apostrophe before what could be a formula.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_could_calculate_gets_an_apostrophe() {
        for evil in [
            "=1+1",
            "+1",
            "-1+cmd|' /C calc'!A0",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "\tplain",
            "\"=1+1",
            "'=1+1",
            "\"\"=1",
            " =1",
            "\u{a0}=1",
            "\u{ff1d}1",
            "\u{201c}=1",
        ] {
            assert_eq!(harmless(evil), format!("'{evil}"), "{evil:?}");
        }
        for plain in [
            "",
            "Ada",
            "O'Neill",
            "a=b",
            "1-2",
            "'tis",
            "ada@example.org",
        ] {
            assert_eq!(harmless(plain), plain);
        }
    }
}
