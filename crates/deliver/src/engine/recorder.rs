//! From answers to rows: outcomes gathered for a moment, written in one batch, then settled.
//!
//! Promises: an outcome that was handed in is written, however often the store fails; a row counts as
//! in hand until its outcome is committed. The channel is bounded: while the store is away, workers
//! wait and nothing new starts.

use std::sync::Arc;
use std::time::Duration;

use avow_model::{ContactId, FactKind, Scope};
use avow_store::journal::{Journal, JournalDot};
use avow_store::{NewEntry, NewFact, OutcomeRow, StoreError};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::figures::Counters;
use super::halt::{Halt, Part};
use super::pace::Pace;
use super::run::InHand;

/// Outcomes in one batch: one page of rows, a few milliseconds of writing.
const BATCH: usize = 1_000;
/// How long the first outcome of a batch waits for others. The journal holds it meanwhile.
const LINGER: Duration = Duration::from_millis(5);
/// Outcomes that may wait for the store before workers do.
const QUEUE: usize = 4 * BATCH;

/// What became of one row.
pub(crate) struct Report {
    pub(crate) hand: InHand,
    pub(crate) row: OutcomeRow,
    /// The attempt, when the journal knows of it.
    pub(crate) dot: Option<JournalDot>,
    /// The contact, when the other side is certain that there is no such mailbox.
    pub(crate) no_mailbox: Option<ContactId>,
    /// What the ledger is told of the permit's use.
    pub(crate) used: Option<NewEntry>,
}

pub(crate) fn queue() -> (Sender<Report>, Receiver<Report>) {
    channel(QUEUE)
}

/// Writes until every sender is gone.
pub(crate) async fn record(
    mut reports: Receiver<Report>,
    journal: Arc<Journal>,
    halt: Arc<Halt>,
    counters: Arc<Counters>,
    mut pace: Pace,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while reports.recv_many(&mut batch, BATCH).await > 0 {
        if batch.len() < BATCH {
            tokio::time::sleep(LINGER).await;
            while batch.len() < BATCH {
                let Ok(report) = reports.try_recv() else {
                    break;
                };
                batch.push(report);
            }
        }
        batch.sort_unstable_by_key(|r| (r.hand.run.campaign, r.hand.seq));
        for of_one in batch.chunk_by(|a, b| Arc::ptr_eq(&a.hand.run, &b.hand.run)) {
            write(of_one, &halt, &mut pace).await;
            for report in of_one {
                counters.recorded(report.row.state);
            }
        }
        settle(&batch, &journal);
        batch.clear();
    }
}

/// Writes the outcomes of one campaign, again and again until the store has them.
async fn write(reports: &[Report], halt: &Halt, pace: &mut Pace) {
    while let Err(fault) = try_write(reports).await {
        tracing::error!(%fault, rows = reports.len(), "outcomes cannot be recorded; trying again");
        halt.raise(Part::Store, fault.to_string());
        pace.look().await;
    }
    halt.clear(Part::Store);
    for report in reports {
        report.hand.run.count(report.row.state);
    }
}

async fn try_write(reports: &[Report]) -> Result<(), StoreError> {
    let run = &reports[0].hand.run;
    let scope = &run.brief.gate.scope;
    for report in reports {
        if let Some(contact) = report.no_mailbox {
            let bounce = NewFact {
                kind: FactKind::Bounce,
                at: report.row.at,
                scope: Scope::default(),
                evidence: None,
                ip: None,
            };
            scope.record_fact(contact, bounce).await?;
        }
    }
    let rows = reports.iter().map(|r| r.row.clone()).collect();
    let used: Vec<NewEntry> = reports.iter().filter_map(|r| r.used.clone()).collect();
    match run.brief.notice {
        None => scope.record_outcomes_told(run.campaign, rows, &used).await,
        Some(version) => {
            let notice = (run.campaign, version);
            scope.record_notice_outcomes(notice, rows, &used).await
        }
    }
}

fn settle(reports: &[Report], journal: &Journal) {
    let dots: Vec<JournalDot> = reports.iter().filter_map(|r| r.dot).collect();
    if dots.is_empty() {
        return;
    }
    if let Err(fault) = journal.settle(&dots) {
        // Harmless but for the journal's size: what it holds is recorded again after a restart.
        tracing::error!(%fault, "the send journal could not be settled");
    }
}
