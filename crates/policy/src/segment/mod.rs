//! Segments: who is meant, asked of what may be read. What may not be read is unknown, and unknown selects nobody.
//!
//! Promises: a segment knows every category it reads; a value that may not be read, or is not there, is
//! [`Truth::Unknown`] (Kleene's strong logic), so neither `x` nor `not x` selects by it; whom a segment selects
//! never depends on a value that may not be read. Never: reads anything itself, or gives a permission: whom it
//! selects still needs a permit for the act.

mod check;
mod deed;
mod expr;
mod fault;
mod lex;
mod parse;
mod print;
pub mod rows;
mod truth;

use avow_model::{Category, Purpose, Slug, Timestamp};
use std::collections::BTreeMap;

use self::deed::Read;
use crate::readable::Readability;

pub use check::SegmentFault;
pub use deed::{Act, Conduct, Deed, Doing};
pub use expr::{Comparison, Expr, Test, Value};
pub use parse::Vocabulary;
pub use truth::Truth;

/// An expression that was checked, with all that it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    expr: Expr,
    reads: Vec<Category>,
}

/// What is held of one person, readable or not; the segment looks only at what it may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    pub fields: BTreeMap<String, Value>,
    pub lists: Vec<Slug>,
    pub conduct: Conduct,
    /// Whether the gate permits these purposes; one that is not named here is unknown.
    pub permits: BTreeMap<Purpose, Truth>,
}

/// One person at one instant, with the gate's word on each category that the segment reads, in its order.
#[derive(Debug, Clone, Copy)]
struct View<'a> {
    subject: &'a Subject,
    reads: &'a [Category],
    readings: &'a [Readability],
    now: Timestamp,
}

impl Segment {
    /// Checks an expression against the categories that a policy declares. All faults are in the error.
    pub fn compile(expr: Expr, declared: &[Category]) -> Result<Self, Vec<SegmentFault>> {
        check::check(&expr, declared)?;
        let mut reads = Vec::new();
        expr.each_test(&mut |test| {
            reads.extend(test.reads().cloned());
            let besides = test.reads_besides().filter(|c| declared.contains(c));
            reads.extend(besides.cloned());
        });
        reads.sort_unstable();
        reads.dedup();
        Ok(Self { expr, reads })
    }

    /// Every category that it reads, sorted, each once: what to ask the gate about.
    pub fn reads(&self) -> &[Category] {
        &self.reads
    }

    /// The expression. Its `Display` is the canonical text.
    pub const fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The fields that it looks at, each once.
    pub fn fields(&self) -> Vec<&str> {
        self.named(|test| match test {
            Test::Data { field, .. } => Some(field.as_str()),
            _ => None,
        })
    }

    /// The lists that it asks about, each once.
    pub fn lists(&self) -> Vec<&Slug> {
        self.named(|test| match test {
            Test::OnList { list } => Some(list),
            _ => None,
        })
    }

    /// The purposes whose permission it asks about, each once.
    pub fn permits(&self) -> Vec<&Purpose> {
        self.named(|test| match test {
            Test::Permits { purpose } => Some(purpose),
            _ => None,
        })
    }

    /// The questions about deeds.
    pub fn doings(&self) -> Vec<Doing> {
        let mut all = Vec::new();
        self.expr.each_test(&mut |test| {
            if let Test::Did(doing) = test {
                all.push(*doing);
            }
        });
        all
    }

    fn named<'s, T: Ord>(&'s self, name: impl Fn(&'s Test) -> Option<T>) -> Vec<T> {
        let mut names = Vec::new();
        self.expr.each_test(&mut |test| names.extend(name(test)));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// True only for those of whom the expression is known to hold. `readings` is the gate's word on each of
    /// `reads()`, in that order; one that is missing counts as unreadable.
    pub fn selects(&self, subject: &Subject, readings: &[Readability], now: Timestamp) -> bool {
        self.judge(subject, readings, now) == Truth::True
    }

    /// The same with all three answers, to say why somebody is not in it.
    pub fn judge(&self, subject: &Subject, readings: &[Readability], now: Timestamp) -> Truth {
        let view = View {
            subject,
            reads: &self.reads,
            readings,
            now,
        };
        view.judge(&self.expr)
    }
}

impl View<'_> {
    fn judge(&self, expr: &Expr) -> Truth {
        match expr {
            Expr::All(parts) => Truth::all(parts.iter().map(|part| self.judge(part))),
            Expr::Any(parts) => Truth::any(parts.iter().map(|part| self.judge(part))),
            Expr::Not(part) => self.judge(part).negated(),
            Expr::Test(test) => self.test(test),
        }
    }

    fn test(&self, test: &Test) -> Truth {
        match test {
            Test::Data {
                category,
                field,
                is,
            } => match self.reading(category) {
                Some(Readability::Readable) => is.judge(self.subject.fields.get(field)),
                Some(Readability::NotHeld) => is.judge(None),
                Some(Readability::Unreadable(_)) | None => Truth::Unknown,
            },
            Test::Did(doing) => {
                let reads = |act: Act| self.read(act);
                doing.judge(&self.subject.conduct, reads, self.now)
            }
            Test::OnList { list } => Truth::of(self.subject.lists.contains(list)),
            Test::Permits { purpose } => {
                let known = self.subject.permits.get(purpose);
                known.copied().unwrap_or(Truth::Unknown)
            }
        }
    }

    /// What is not declared is held of nobody; what the gate was not asked about may not be read.
    fn read(&self, act: Act) -> Read {
        let category = act.category();
        match self.reading(category) {
            Some(Readability::Readable) => Read::Yes,
            Some(Readability::Unreadable(_)) => Read::No,
            None if self.reads.contains(category) => Read::No,
            Some(Readability::NotHeld) | None => Read::Nothing,
        }
    }

    fn reading(&self, category: &Category) -> Option<&Readability> {
        let at = self.reads.binary_search(category).ok()?;
        self.readings.get(at)
    }
}
