//! A batch: statements that are applied together or not at all.

use crate::sql::Sql;
use crate::value::Value;

/// Statements for one transaction, in order.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    steps: Vec<Step>,
}

/// One statement with one or many parameter rows.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) sql: &'static Sql,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) expect: Option<Expect>,
}

/// How many rows a step must touch, and what it means when it does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expect {
    pub(crate) rows: u64,
    pub(crate) otherwise: &'static str,
}

/// What a batch did, in the order of its statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Rows touched by each statement (by all its parameter rows together).
    pub(crate) rows: Vec<u64>,
}

impl Batch {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a statement.
    pub(crate) fn run(&mut self, sql: &'static Sql, params: Vec<Value>) -> &mut Self {
        self.each(sql, vec![params])
    }

    /// Adds a statement that is run once for each row of parameters. Give rows in key order: it is
    /// what keeps big batches fast.
    pub(crate) fn each(&mut self, sql: &'static Sql, rows: Vec<Vec<Value>>) -> &mut Self {
        let expect = None;
        self.steps.push(Step { sql, rows, expect });
        self
    }

    /// The last statement must touch exactly `rows`; otherwise the whole batch is rolled back and
    /// answered with `StoreError::Conflict(otherwise)`.
    pub(crate) fn expect(&mut self, rows: u64, otherwise: &'static str) -> &mut Self {
        if let Some(step) = self.steps.last_mut() {
            step.expect = Some(Expect { rows, otherwise });
        }
        self
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many statement executions it holds: what groups are measured by.
    pub(crate) fn operations(&self) -> usize {
        self.steps.iter().map(|step| step.rows.len()).sum()
    }
}
