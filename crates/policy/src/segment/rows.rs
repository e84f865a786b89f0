//! A segment as rows in groups: what a page of rows can show, and the way back.
//!
//! Promises: `Group::of` then `expr` gives the expression that was shown, to the letter; what has no such form
//! (a not of a not, groups inside each other beyond [`LEVELS_MAX`]) is `None` and stays a text.

use super::expr::{Comparison, Expr, Test, Value};
use super::lex;

/// Groups inside each other that a page shows: a fourth is read as text more easily.
pub const LEVELS_MAX: usize = 4;

/// How the parts of a group hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    All,
    Any,
}

/// Conditions side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub joint: Joint,
    pub negated: bool,
    pub parts: Vec<Part>,
}

/// A condition, or more of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Row(Row),
    Group(Group),
}

/// One condition, or its contrary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub test: Test,
    pub negated: bool,
}

impl Group {
    /// The rows of an expression; `None` where rows cannot show it.
    pub fn of(expr: &Expr) -> Option<Self> {
        match part(expr, LEVELS_MAX)? {
            Part::Group(group) => Some(group),
            row @ Part::Row(_) => Some(Self {
                joint: Joint::All,
                negated: false,
                parts: vec![row],
            }),
        }
    }

    /// What the rows say. A group of one part is that part; groups of the same joint inside each other are one.
    pub fn expr(&self) -> Expr {
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            match (self.joint, part.expr()) {
                (Joint::All, Expr::All(inner)) | (Joint::Any, Expr::Any(inner)) => {
                    parts.extend(inner);
                }
                (_, other) => parts.push(other),
            }
        }
        let joined = match (self.joint, parts.len()) {
            (_, 1) => parts.remove(0),
            (Joint::All, _) => Expr::All(parts),
            (Joint::Any, _) => Expr::Any(parts),
        };
        negated(self.negated, joined)
    }
}

impl Part {
    fn expr(&self) -> Expr {
        match self {
            Self::Group(group) => group.expr(),
            Self::Row(row) => negated(row.negated, Expr::Test(row.test.clone())),
        }
    }
}

fn negated(is: bool, expr: Expr) -> Expr {
    if is { Expr::Not(Box::new(expr)) } else { expr }
}

fn part(expr: &Expr, levels: usize) -> Option<Part> {
    Some(match expr {
        Expr::Test(test) => Part::Row(row(test, false)?),
        Expr::All(parts) => Part::Group(group(Joint::All, parts, levels)?),
        Expr::Any(parts) => Part::Group(group(Joint::Any, parts, levels)?),
        Expr::Not(inner) => match inner.as_ref() {
            Expr::Test(test) => Part::Row(row(test, true)?),
            Expr::Not(_) => return None,
            other => match part(other, levels)? {
                Part::Group(group) => Part::Group(Group {
                    negated: true,
                    ..group
                }),
                Part::Row(_) => return None,
            },
        },
    })
}

fn group(joint: Joint, parts: &[Expr], levels: usize) -> Option<Group> {
    let inner = levels.checked_sub(1)?;
    let parts = parts.iter().map(|one| part(one, inner));
    Some(Group {
        joint,
        negated: false,
        parts: parts.collect::<Option<_>>()?,
    })
}

fn row(test: &Test, negated: bool) -> Option<Row> {
    let shown = match test {
        Test::Data { is, .. } => is.is_shown(),
        Test::Did(_) | Test::OnList { .. } | Test::Permits { .. } => true,
    };
    let test = test.clone();
    shown.then_some(Row { test, negated })
}

impl Comparison {
    /// True where each value stands in a field of one line as it is.
    fn is_shown(&self) -> bool {
        let value = |value: &Value| Value::typed(&value.shown()) == *value && value.is_one_line();
        match self {
            Self::Is(one) | Self::LessThan(one) | Self::MoreThan(one) => value(one),
            Self::OneOf(all) => {
                all.iter().all(value) && Value::typed_list(&Value::shown_list(all)) == *all
            }
            Self::Contains(part) | Self::StartsWith(part) => {
                Value::Text(part.clone()).is_one_line()
            }
            Self::Present => true,
        }
    }
}

impl Value {
    /// What was typed into a field for one value: a number, a day, yes or no; else a text. In double quotes it
    /// is a text, whatever it looks like, with the signs of the language for a quote inside.
    pub fn typed(typed: &str) -> Self {
        quoted(typed).map_or_else(|| Self::plain(typed.trim()), Self::Text)
    }

    /// The same where only a text can be meant.
    pub fn typed_text(typed: &str) -> String {
        quoted(typed).unwrap_or_else(|| typed.trim().to_owned())
    }

    /// The value as a field shows it: a text without quotes where that is read as the same text.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) if !text.is_empty() && Self::typed(text) == *self => text.clone(),
            other => other.to_string(),
        }
    }

    /// The same where only a text can be meant.
    pub fn shown_text(text: &str) -> String {
        if !text.is_empty() && Self::typed_text(text) == text {
            return text.to_owned();
        }
        Self::Text(text.to_owned()).to_string()
    }

    /// Several values with commas between; one with a comma in it stands in double quotes.
    pub fn typed_list(typed: &str) -> Vec<Self> {
        let pieces = pieces(typed).into_iter().filter(|p| !p.trim().is_empty());
        pieces.map(Self::typed).collect()
    }

    /// The values as a field shows them.
    pub fn shown_list(values: &[Self]) -> String {
        let one = |value: &Self| match value {
            Self::Text(text) if text.contains([',', '"']) || text.trim().is_empty() => {
                value.to_string()
            }
            other => other.shown(),
        };
        let all: Vec<String> = values.iter().map(one).collect();
        all.join(", ")
    }

    fn is_one_line(&self) -> bool {
        match self {
            Self::Text(text) => !text.chars().any(char::is_control),
            Self::Number(_) | Self::Instant(_) | Self::Flag(_) => true,
        }
    }
}

/// What stands between commas, but for those in double quotes.
fn pieces(typed: &str) -> Vec<&str> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (place, c) in typed.char_indices() {
        let begins = typed[start..place].trim().is_empty();
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if quoted || begins => quoted = !quoted,
            ',' if !quoted => {
                pieces.push(&typed[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    pieces.push(&typed[start..]);
    pieces
}

/// What stands between double quotes, where nothing else was typed.
fn quoted(typed: &str) -> Option<String> {
    let tokens = lex::tokens(typed.trim().strip_prefix('"').map(|_| typed)?).ok()?;
    match tokens.as_slice() {
        [
            lex::Placed {
                token: lex::Token::Quoted(text),
                ..
            },
        ] => Some(text.clone()),
        _ => None,
    }
}
