//! The expression tree of a segment, and how one value compares.

use std::cmp::Ordering;

use avow_model::{Category, Purpose, Slug, Timestamp};
use serde::{Deserialize, Serialize};

use super::Truth;
use super::deed::{Act, Doing};

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Test(Test),
}

/// One statement about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// A field, which is data of this category.
    Data {
        category: Category,
        field: String,
        is: Comparison,
    },
    /// Did something with mail, of late or ever.
    Did(Doing),
    OnList {
        list: Slug,
    },
    /// The gate permits this purpose now.
    Permits {
        purpose: Purpose,
    },
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Text(String),
    Number(i64),
    Instant(Timestamp),
    Flag(bool),
}

/// How a field is compared. Texts are compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Comparison {
    Is(Value),
    OneOf(Vec<Value>),
    Contains(String),
    StartsWith(String),
    LessThan(Value),
    MoreThan(Value),
    /// There is a value.
    Present,
}

impl Expr {
    /// Visits every statement.
    pub(super) fn each_test<'s>(&'s self, visit: &mut impl FnMut(&'s Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.each_test(visit);
                }
            }
            Self::Not(part) => part.each_test(visit),
            Self::Test(test) => visit(test),
        }
    }
}

impl Test {
    /// The category that it reads, and must be declared. Lists and permissions are no data of a category.
    pub(super) fn reads(&self) -> Option<&Category> {
        match self {
            Self::Data { category, .. } => Some(category),
            Self::Did(doing) => Some(doing.act.category()),
            Self::OnList { .. } | Self::Permits { .. } => None,
        }
    }

    /// The category that it reads besides, where that is declared: a click tells of an open as well.
    pub(super) fn reads_besides(&self) -> Option<&Category> {
        match self {
            Self::Did(Doing {
                act: Act::Opened, ..
            }) => Some(Act::Clicked.category()),
            _ => None,
        }
    }
}

impl Comparison {
    /// Of a value that may be read. No value, or one of another sort, is unknown.
    pub(super) fn judge(&self, held: Option<&Value>) -> Truth {
        if *self == Self::Present {
            return Truth::of(held.is_some());
        }
        let Some(held) = held else {
            return Truth::Unknown;
        };
        match self {
            Self::Present => Truth::True,
            Self::Is(wanted) => held.compared(wanted, Ordering::is_eq),
            Self::OneOf(all) => {
                Truth::any(all.iter().map(|one| held.compared(one, Ordering::is_eq)))
            }
            Self::LessThan(wanted) => held.compared(wanted, Ordering::is_lt),
            Self::MoreThan(wanted) => held.compared(wanted, Ordering::is_gt),
            Self::Contains(part) => held.holds(part, |text, part| text.contains(part)),
            Self::StartsWith(part) => held.holds(part, |text, part| text.starts_with(part)),
        }
    }
}

impl Value {
    /// A word without quotes: a number, a day (its first instant, UTC), yes or no, or else a text.
    pub(super) fn plain(word: &str) -> Self {
        number(word)
            .or_else(|| day(word))
            .or_else(|| flag(word))
            .unwrap_or_else(|| Self::Text(word.to_owned()))
    }

    /// What people type into a form is text: read as the sort that is asked for, where it can be.
    fn as_sort_of(&self, wanted: &Self) -> Option<Self> {
        let Self::Text(text) = self else {
            return Some(self.clone());
        };
        match wanted {
            Self::Text(_) => Some(self.clone()),
            Self::Number(_) => number(text.trim()),
            Self::Instant(_) => day(text.trim()).or_else(|| instant(text.trim())),
            Self::Flag(_) => flag(text.trim()),
        }
    }

    fn compared(&self, wanted: &Self, fits: impl Fn(Ordering) -> bool) -> Truth {
        let Some(held) = self.as_sort_of(wanted) else {
            return Truth::Unknown;
        };
        let order = match (&held, wanted) {
            (Self::Text(a), Self::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Instant(a), Self::Instant(b)) => a.cmp(b),
            (Self::Flag(a), Self::Flag(b)) => a.cmp(b),
            _ => return Truth::Unknown,
        };
        Truth::of(fits(order))
    }

    fn holds(&self, part: &str, fits: impl Fn(&str, &str) -> bool) -> Truth {
        match self {
            Self::Text(text) => Truth::of(fits(&text.to_lowercase(), &part.to_lowercase())),
            _ => Truth::Unknown,
        }
    }
}

fn number(word: &str) -> Option<Value> {
    word.parse().ok().map(Value::Number)
}

fn instant(word: &str) -> Option<Value> {
    word.parse().ok().map(Value::Instant)
}

/// A day as `2026-05-31`, and nothing looser.
fn day(word: &str) -> Option<Value> {
    /// What a day is long when it is written so.
    const DAY_BYTES: usize = 10;
    let date: jiff::civil::Date = word.parse().ok().filter(|_| word.len() == DAY_BYTES)?;
    let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Value::Instant(start.timestamp()))
}

fn flag(word: &str) -> Option<Value> {
    match word.to_lowercase().as_str() {
        "yes" | "true" => Some(Value::Flag(true)),
        "no" | "false" => Some(Value::Flag(false)),
        _ => None,
    }
}
