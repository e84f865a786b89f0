//! Batches of a file made ready one ahead: while the store writes one, the next is planned.
//!
//! Promises: the same state as one batch after the other. A batch is planned ahead only when it shares nobody
//! with the one that is being written, so that nothing in its plan can depend on what that one adds.

use super::{
    AccountScope, ImportBatchResult, ImportContact, ImportCounts, ImportStep, Plan, StoreError,
    Work, is_outdated,
};
use crate::batch::Batch;
use crate::markers::Marker;

/// The people of a batch, each with the marker by which the store knows the address.
#[derive(Debug)]
pub struct Marked {
    people: Vec<ImportContact>,
    markers: Vec<Marker>,
}

/// A batch that is planned and only needs to be written.
#[derive(Debug)]
pub struct BatchAhead {
    marked: Marked,
    step: ImportStep,
    plan: Plan,
}

/// The rows of a [`BatchAhead`].
#[derive(Debug)]
pub struct BatchRows(Batch);

impl Marked {
    /// True when somebody of these is in that batch, too: then it has to be written before these are planned.
    pub fn meets(&self, other: &BatchAhead) -> bool {
        self.markers.iter().any(|m| other.plan.is_about(m))
    }
}

impl BatchAhead {
    /// The counts of the run once this is written, unless another process takes one of its people in meanwhile.
    pub fn counts(&self) -> ImportCounts {
        self.plan.result(self.step.counts).counts
    }

    /// Planned again: for when the batch before it came out otherwise than its plan said.
    pub fn unplanned(self) -> Marked {
        self.marked
    }
}

impl AccountScope {
    /// Marks people for [`AccountScope::import_plan`].
    pub fn import_mark(&self, people: Vec<ImportContact>) -> Marked {
        let markers = self.markers_of(&people);
        Marked { people, markers }
    }

    /// Plans a batch as `import_batch` does, and writes nothing.
    pub async fn import_plan(
        &self,
        marked: Marked,
        step: ImportStep,
    ) -> Result<(BatchAhead, BatchRows), StoreError> {
        let Marked { people, markers } = &marked;
        let (plan, batch) = self.made(markers, people, Work::file(step)).await?;
        let ahead = BatchAhead { marked, step, plan };
        Ok((ahead, BatchRows(batch)))
    }

    /// Writes a planned batch. Where another writer took one of its people in or erased one meanwhile it is planned
    /// anew, and the counts differ from those that [`BatchAhead::counts`] foretold.
    pub async fn import_write(
        &self,
        ahead: &BatchAhead,
        rows: BatchRows,
    ) -> Result<ImportBatchResult, StoreError> {
        let BatchAhead { marked, step, plan } = ahead;
        match self.put(plan, rows.0).await {
            Ok(()) => Ok(plan.result(step.counts)),
            Err(fault) if is_outdated(&fault) => {
                let work = Work::file(*step);
                let plan = self.take_in(&marked.markers, &marked.people, work).await?;
                Ok(plan.result(step.counts))
            }
            Err(fault) => Err(fault),
        }
    }
}
