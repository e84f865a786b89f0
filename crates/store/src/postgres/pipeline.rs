//! Sends many statements without waiting for each answer, in order, on one connection.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use deadpool_postgres::Client;
use tokio_postgres::Statement;

use super::bulk;
use super::fault::{is_echo, postgres_fault};
use crate::batch::{Batch, Step, Written};
use crate::error::StoreError;
use crate::sql::Sql;
use crate::value::Value;

/// Statements on the wire at once: enough to hide the round trip, few enough to bound memory.
const WINDOW: usize = 1_024;

type Answer<'a> = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>>;

/// A statement, and its form for many rows where it has one.
struct Ready {
    single: Statement,
    bulk: Option<Statement>,
}

/// Statements of a group, prepared on one connection.
pub(super) struct Prepared(HashMap<&'static str, Ready>);

impl Prepared {
    /// Prepares what the batches need (the connection remembers it for the next group).
    pub(super) async fn make(client: &Client, batches: &[&Batch]) -> Result<Self, StoreError> {
        let mut prepared: HashMap<&'static str, Ready> = HashMap::new();
        for batch in batches {
            for step in batch.steps() {
                let text = step.sql.postgres();
                let many = step.rows.len() >= bulk::ROWS_MIN;
                if prepared
                    .get(text)
                    .is_some_and(|r| r.bulk.is_some() || !many)
                {
                    continue;
                }
                let ready = ready(client, text, many).await;
                let ready = ready.map_err(|fault| postgres_fault(&fault, step.sql.name()))?;
                prepared.insert(text, ready);
            }
        }
        Ok(Self(prepared))
    }

    fn of(&self, step: &Step) -> &Ready {
        &self.0[step.sql.postgres()]
    }
}

async fn ready(client: &Client, text: &str, many: bool) -> Result<Ready, tokio_postgres::Error> {
    let single = client.prepare_cached(text).await?;
    let bulk = match bulk::text(text, single.params()).filter(|_| many) {
        Some(text) => Some(client.prepare_cached(&text).await?),
        None => None,
    };
    Ok(Ready { single, bulk })
}

/// One execution: which statement of which batch, and with what.
struct Operation<'a> {
    batch: usize,
    step: usize,
    sql: &'static Sql,
    statement: &'a Statement,
    given: Given<'a>,
}

/// The parameters of an execution.
enum Given<'a> {
    Row(&'a [Value]),
    /// For each parameter, its values in all rows.
    Columns(Vec<Vec<&'a Value>>),
}

fn operations<'a>(prepared: &'a Prepared, batches: &[&'a Batch]) -> Vec<Operation<'a>> {
    let mut all = Vec::new();
    for (batch, content) in batches.iter().enumerate() {
        for (step, content) in content.steps().iter().enumerate() {
            let operation = |(statement, given)| Operation {
                batch,
                step,
                sql: content.sql,
                statement,
                given,
            };
            all.extend(executions(prepared.of(content), &content.rows).map(operation));
        }
    }
    all
}

/// The executions of a step: row by row, or in great pieces.
fn executions<'a>(
    ready: &'a Ready,
    rows: &'a [Vec<Value>],
) -> Box<dyn Iterator<Item = (&'a Statement, Given<'a>)> + 'a> {
    let width = ready.single.params().len();
    let square = || rows.iter().all(|row| row.len() == width);
    match &ready.bulk {
        Some(bulk) if rows.len() >= bulk::ROWS_MIN && square() => {
            let pieces = rows.chunks(bulk::ROWS_MAX);
            Box::new(pieces.map(move |piece| (bulk, columns(piece, width))))
        }
        _ => Box::new(rows.iter().map(|row| (&ready.single, Given::Row(row)))),
    }
}

fn columns(rows: &[Vec<Value>], width: usize) -> Given<'_> {
    let column = |at: usize| rows.iter().map(|row| &row[at]).collect();
    Given::Columns((0..width).map(column).collect())
}

/// Runs all statements of the batches in order; what each batch touched, or the first fault.
pub(super) async fn run(
    client: &Client,
    prepared: &Prepared,
    batches: &[&Batch],
) -> Result<Vec<Written>, StoreError> {
    let mut touched = zeros(batches);
    for window in operations(prepared, batches).chunks(WINDOW) {
        let answers = in_order(send(client, window)).await;
        if let Err((broken, fault)) = count(window, answers, &mut touched) {
            // The steps before it are done: an expectation that failed there came first, as on SQLite.
            let before = &batches[broken.batch].steps()[..broken.step];
            expectations(before, &touched[broken.batch])?;
            return Err(fault);
        }
    }
    check(batches, &touched)?;
    Ok(touched)
}

/// Adds up what was touched; the first real fault of the window wins over its echoes.
fn count<'w>(
    window: &'w [Operation<'_>],
    answers: Vec<Result<u64, tokio_postgres::Error>>,
    touched: &mut [Written],
) -> Result<(), (&'w Operation<'w>, StoreError)> {
    for (operation, answer) in window.iter().zip(answers) {
        match answer {
            Ok(rows) => touched[operation.batch].rows[operation.step] += rows,
            Err(fault) if is_echo(&fault) => {}
            Err(fault) => return Err((operation, postgres_fault(&fault, operation.sql.name()))),
        }
    }
    Ok(())
}

fn zeros(batches: &[&Batch]) -> Vec<Written> {
    let zeros = |batch: &&Batch| Written {
        rows: vec![0; batch.steps().len()],
    };
    batches.iter().map(zeros).collect()
}

fn check(batches: &[&Batch], touched: &[Written]) -> Result<(), StoreError> {
    for (batch, written) in batches.iter().zip(touched) {
        expectations(batch.steps(), written)?;
    }
    Ok(())
}

/// Whether each of these steps touched as many rows as it had to.
fn expectations(steps: &[Step], written: &Written) -> Result<(), StoreError> {
    for (step, rows) in steps.iter().zip(&written.rows) {
        match step.expect {
            Some(expect) if expect.rows != *rows => {
                return Err(StoreError::Conflict(expect.otherwise));
            }
            _ => {}
        }
    }
    Ok(())
}

fn send<'a>(client: &'a Client, window: &'a [Operation<'a>]) -> Vec<Answer<'a>> {
    let mut answers: Vec<Answer<'a>> = Vec::with_capacity(window.len());
    for operation in window {
        answers.push(match &operation.given {
            Given::Row(row) => Box::pin(client.execute_raw(operation.statement, *row)),
            Given::Columns(columns) => {
                Box::pin(client.execute_raw(operation.statement, columns.iter()))
            }
        });
    }
    answers
}

/// Starts each future in order (the driver puts a statement on the wire at its first poll), then
/// waits for them in order.
async fn in_order(mut answers: Vec<Answer<'_>>) -> Vec<Result<u64, tokio_postgres::Error>> {
    let mut early: Vec<Option<_>> = Vec::with_capacity(answers.len());
    poll_fn(|context| {
        for answer in &mut answers {
            early.push(match answer.as_mut().poll(context) {
                Poll::Ready(result) => Some(result),
                Poll::Pending => None,
            });
        }
        Poll::Ready(())
    })
    .await;
    let mut results = Vec::with_capacity(answers.len());
    for (answer, early) in answers.into_iter().zip(early) {
        results.push(match early {
            Some(result) => result,
            None => answer.await,
        });
    }
    results
}
