//! Writing what a file says: one batch is on its way to the disk while the next is read and planned.

use std::io::{Read, Seek};

use avow_model::ImportId;
use avow_store::{
    AccountScope, BatchAhead, BatchRows, ImportCounts, ImportRun, ImportState, ImportStep, Marked,
};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::evidence::Evidences;
use super::parse::{self, DraftBatch, Job};
use super::text::Scan;
use super::{BATCHES_AHEAD, Done, ImportError, Progress, joined, read_counts};

/// Takes every row in, from where the run stands.
pub(super) async fn write<R: Read + Seek + Send + 'static>(
    mut job: Job<R>,
    scan: Scan,
    scope: &AccountScope,
    progress: &mut (impl FnMut(&Progress) + Send),
) -> Result<Done, ImportError> {
    let run = scope
        .import_begin(&job.plan.file_name, job.plan.fingerprint(scan.hash))
        .await?;
    let begun = Done {
        run: Some(run.id),
        counts: run.counts,
        ..Done::default()
    };
    if run.state == ImportState::Finished {
        return Ok(Done {
            was_done: true,
            ..begun
        });
    }
    // A run that goes on judges times as it did when it began.
    job.now = run.started_at;
    job.resume_at = run.position;
    let (sender, batches) = mpsc::channel(BATCHES_AHEAD);
    let intake = Intake {
        scope,
        run: run.id,
        evidences: Evidences::new(&job.plan, run.started_at),
        batches,
    };
    let mut tasks = JoinSet::new();
    tasks.spawn_blocking(move || parse::parse(job, &sender));
    let told = |position, counts| {
        let bytes = scan.bytes;
        progress(&Progress {
            position,
            bytes,
            counts,
        });
    };
    let counts = intake.take_in(&run, told).await?;
    let parsed = joined(&mut tasks).await?;
    let counts = read_counts(counts, parsed.rows, parsed.rejected);
    scope.import_finish(run.id, &counts).await?;
    Ok(Done {
        counts,
        parsed,
        resumed_at: run.position,
        ..begun
    })
}

/// Makes batches ready for the store: evidence named by its id, then planned.
struct Intake<'a> {
    scope: &'a AccountScope,
    run: ImportId,
    evidences: Evidences,
    batches: mpsc::Receiver<DraftBatch>,
}

/// How far the file is read once a batch is in.
#[derive(Debug, Clone, Copy)]
struct Stand {
    position: u64,
    rows: u64,
    rejected: u64,
}

/// A batch that only needs to be written.
struct Planned {
    stand: Stand,
    ahead: BatchAhead,
    rows: BatchRows,
}

/// What comes after the batch that is being written.
enum Next {
    End,
    Planned(Box<Planned>),
    /// It shares somebody with that batch: it can be planned once that is written.
    Read(Marked, Stand),
}

impl Intake<'_> {
    /// Writes batch after batch; tells position and counts after each.
    async fn take_in(
        mut self,
        run: &ImportRun,
        mut told: impl FnMut(u64, ImportCounts),
    ) -> Result<ImportCounts, ImportError> {
        let mut counts = run.counts;
        let mut next = match self.read().await? {
            Some((marked, stand)) => Some(self.plan(marked, stand, counts).await?),
            None => None,
        };
        while let Some(Planned { stand, ahead, rows }) = next {
            let foretold = ahead.counts();
            let scope = self.scope;
            let following = self.following(&ahead, foretold);
            let (written, following) = tokio::join!(scope.import_write(&ahead, rows), following);
            counts = written?.counts;
            told(stand.position, counts);
            drop(ahead);
            next = match following? {
                Next::End => None,
                Next::Planned(planned) if counts == foretold => Some(*planned),
                Next::Planned(planned) => {
                    let Planned { stand, ahead, .. } = *planned;
                    Some(self.plan(ahead.unplanned(), stand, counts).await?)
                }
                Next::Read(marked, stand) => Some(self.plan(marked, stand, counts).await?),
            };
        }
        Ok(counts)
    }

    /// Reads the batch after this one, and plans it where that can be done before this one is written.
    async fn following(
        &mut self,
        writing: &BatchAhead,
        counts: ImportCounts,
    ) -> Result<Next, ImportError> {
        let Some((marked, stand)) = self.read().await? else {
            return Ok(Next::End);
        };
        if marked.meets(writing) {
            return Ok(Next::Read(marked, stand));
        }
        let planned = self.plan(marked, stand, counts).await?;
        Ok(Next::Planned(Box::new(planned)))
    }

    /// The next batch; `None` when the file is read.
    async fn read(&mut self) -> Result<Option<(Marked, Stand)>, ImportError> {
        let Some(batch) = self.batches.recv().await else {
            return Ok(None);
        };
        let stand = Stand {
            position: batch.position,
            rows: batch.rows,
            rejected: batch.rejected,
        };
        let mut people = Vec::with_capacity(batch.drafts.len());
        for draft in batch.drafts {
            people.push(self.evidences.attach(self.scope, draft).await?);
        }
        Ok(Some((self.scope.import_mark(people), stand)))
    }

    async fn plan(
        &self,
        marked: Marked,
        stand: Stand,
        counts: ImportCounts,
    ) -> Result<Planned, ImportError> {
        let step = ImportStep {
            run: self.run,
            position: stand.position,
            counts: read_counts(counts, stand.rows, stand.rejected),
        };
        let (ahead, rows) = self.scope.import_plan(marked, step).await?;
        Ok(Planned { stand, ahead, rows })
    }
}
