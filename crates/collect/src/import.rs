//! Importing people from a CSV file, with what proves their consent.
//!
//! Promises: any size in bounded memory; a row that cannot be taken is written down with its reason;
//! killed at any moment and run again, it ends in the same state; the same file again changes nothing.
//! Never: lifts a no, invents a permission, or keeps a field that the policy does not declare.
//! docs/import.md is for users; the tests are in `import/tests.rs`.

mod basis;
mod columns;
mod consent;
mod dealings;
mod domains;
mod error;
mod evidence;
mod headers;
mod look;
mod one;
mod parse;
mod plan;
mod records;
mod rejects;
mod row;
mod slots;
#[cfg(test)]
mod tests;
mod text;
mod times;
mod write;

use std::io::{Read, Seek};

use avow_model::ImportId;
use avow_policy::PolicySet;
use avow_store::{AccountScope, ImportCounts};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use basis::Basis;
use parse::{Job, Parsed};
use records::Records;
use text::{Scan, Text};

pub use columns::{Columns, MapFault, MapRule, Role};
pub use error::{ImportError, Reject};
pub use look::{ColumnSeen, FirstLook, look};
pub use one::{AddFault, Added, add};
pub use plan::{Attestation, ImportPlan, ImportReport, Mode, Progress, Standing, Tally};

/// Batches read ahead of the one that is being written: with the one in the reader's hand, two.
const BATCHES_AHEAD: usize = 1;

/// Takes a file in, or only judges it (`Mode::DryRun`).
///
/// `file` is read twice and must not change meanwhile. `progress` is called after every batch, on the
/// caller's task. An error leaves what was taken in before; the same call goes on from there.
pub async fn run<R>(
    plan: ImportPlan,
    scope: &AccountScope,
    policies: &PolicySet,
    file: R,
    mut progress: impl FnMut(&Progress) + Send,
) -> Result<ImportReport, ImportError>
where
    R: Read + Seek + Send + 'static,
{
    let basis = Basis::of(policies);
    basis.check(&plan)?;
    let Opened {
        records,
        headers,
        scan,
    } = blocking(move || open(file)).await?;
    let mut columns = Columns::resolve(headers, &plan.map)?;
    let undeclared = columns.drop_undeclared(|category| basis.declares(category));
    let shown = columns
        .shown()
        .map(|(header, role)| (header.to_owned(), role.to_string()))
        .collect();
    let job = Job {
        records,
        columns,
        basis,
        now: plan.now,
        resume_at: 0,
        hash: scan.hash,
        plan,
    };
    let done = match job.plan.mode {
        Mode::DryRun => judge(job, scan.bytes, &mut progress).await?,
        Mode::Write => write::write(job, scan, scope, &mut progress).await?,
    };
    Ok(ImportReport {
        run: done.run,
        counts: done.counts,
        tally: done.parsed.tally,
        reasons: done.parsed.reasons,
        rejects: done.parsed.rejects,
        encoding: scan.encoding.name(),
        columns: shown,
        undeclared,
        resumed_at: done.resumed_at,
        was_done: done.was_done,
    })
}

/// A file whose header is read.
struct Opened<R> {
    records: Records<R>,
    headers: Vec<String>,
    scan: Scan,
}

/// What the reading and writing came to.
#[derive(Default)]
struct Done {
    run: Option<ImportId>,
    counts: ImportCounts,
    parsed: Parsed,
    resumed_at: u64,
    was_done: bool,
}

fn open<R: Read + Seek>(mut file: R) -> Result<Opened<R>, ImportError> {
    let scan = text::scan(&mut file).map_err(ImportError::Read)?;
    if scan.bytes == scan.mark_bytes {
        return Err(ImportError::Empty);
    }
    let text = Text::new(file, &scan).map_err(ImportError::Read)?;
    let mut records = Records::new(text);
    let headers = parse::header(&mut records)?;
    Ok(Opened {
        records,
        headers,
        scan,
    })
}

/// Runs work that reads files, away from the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    let mut tasks = JoinSet::new();
    tasks.spawn_blocking(work);
    joined(&mut tasks).await
}

async fn joined<T: 'static>(tasks: &mut JoinSet<Result<T, ImportError>>) -> Result<T, ImportError> {
    match tasks.join_next().await {
        Some(Ok(result)) => result,
        _ => Err(ImportError::Stopped),
    }
}

/// Reads every row and writes nothing but the rejects.
async fn judge<R: Read + Seek + Send + 'static>(
    job: Job<R>,
    bytes: u64,
    progress: &mut (impl FnMut(&Progress) + Send),
) -> Result<Done, ImportError> {
    let (sender, mut batches) = mpsc::channel(BATCHES_AHEAD);
    let mut tasks = JoinSet::new();
    tasks.spawn_blocking(move || parse::parse(job, &sender));
    while let Some(batch) = batches.recv().await {
        let counts = read_counts(ImportCounts::default(), batch.rows, batch.rejected);
        let position = batch.position;
        progress(&Progress {
            position,
            bytes,
            counts,
        });
    }
    let parsed = joined(&mut tasks).await?;
    let counts = read_counts(ImportCounts::default(), parsed.rows, parsed.rejected);
    Ok(Done {
        counts,
        parsed,
        ..Done::default()
    })
}

fn read_counts(stored: ImportCounts, rows: u64, rejected: u64) -> ImportCounts {
    ImportCounts {
        rows,
        rejected,
        ..stored
    }
}
