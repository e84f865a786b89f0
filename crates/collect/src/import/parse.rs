//! The reading thread: records to drafts, in batches, while the store writes the batch before.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::path::PathBuf;

use avow_model::Timestamp;
use tokio::sync::mpsc::Sender;

use super::basis::Basis;
use super::columns::Columns;
use super::error::{ImportError, Reject};
use super::plan::{ImportPlan, Tally};
use super::records::{Next, Records};
use super::rejects::Rejects;
use super::row::{Draft, Record, RowReader};

/// Contacts in one transaction: large enough that the pages of the address index are written once for
/// many keys, small enough that four of them fit into a hundred megabytes and nobody waits long for the writer.
pub(super) const BATCH_CONTACTS: usize = 16_384;

/// Contacts that go into the store together, and how far the file is read with them.
pub(super) struct DraftBatch {
    pub(super) drafts: Vec<Draft>,
    pub(super) position: u64,
    /// Since the beginning of the file.
    pub(super) rows: u64,
    pub(super) rejected: u64,
}

/// What reading the whole file came to.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) rows: u64,
    pub(super) rejected: u64,
    pub(super) tally: Tally,
    pub(super) reasons: BTreeMap<&'static str, u64>,
    pub(super) rejects: Option<PathBuf>,
}

/// A file that is ready to be read row by row.
pub(super) struct Job<R> {
    pub(super) records: Records<R>,
    pub(super) columns: Columns,
    pub(super) basis: Basis,
    pub(super) plan: ImportPlan,
    /// When the run began.
    pub(super) now: Timestamp,
    /// Rows up to this position of the text are in the store already.
    pub(super) resume_at: u64,
    pub(super) hash: [u8; 32],
}

impl<R: Read + Seek> Record for Records<R> {
    fn field(&self, index: usize) -> &str {
        Records::field(self, index)
    }
}

/// Reads the header line of a file.
pub(super) fn header<R: Read + Seek>(records: &mut Records<R>) -> Result<Vec<String>, ImportError> {
    records.sniff_delimiter().map_err(ImportError::Read)?;
    match records.next().map_err(ImportError::Read)? {
        Next::Record => Ok((0..records.len())
            .map(|i| records.field(i).trim().to_owned())
            .collect()),
        Next::Broken(_) => Err(ImportError::HeaderTooLong),
        Next::End => Err(ImportError::Empty),
    }
}

/// Reads all rows. Ends early when nobody takes the batches any more.
pub(super) fn parse<R: Read + Seek>(
    job: Job<R>,
    batches: &Sender<DraftBatch>,
) -> Result<Parsed, ImportError> {
    let rejects = Rejects::new(job.plan.rejects.clone())?;
    let reader = RowReader::new(job.columns, job.basis, &job.plan, job.now);
    let mut parser = Parser {
        records: job.records,
        reader,
        rejects,
        resume_at: job.resume_at,
        rows: 0,
        rejected: 0,
        reasons: BTreeMap::new(),
    };
    while let Some(batch) = parser.batch()? {
        if batches.blocking_send(batch).is_err() {
            return Err(ImportError::Stopped);
        }
    }
    parser.finish(job.hash)
}

struct Parser<R> {
    records: Records<R>,
    reader: RowReader,
    rejects: Rejects,
    resume_at: u64,
    rows: u64,
    rejected: u64,
    reasons: BTreeMap<&'static str, u64>,
}

impl<R: Read + Seek> Parser<R> {
    /// The next batch; `None` at the end of the file.
    fn batch(&mut self) -> Result<Option<DraftBatch>, ImportError> {
        let mut drafts = Vec::with_capacity(BATCH_CONTACTS);
        while drafts.len() < BATCH_CONTACTS {
            match self.records.next().map_err(ImportError::Read)? {
                Next::End if drafts.is_empty() => return Ok(None),
                Next::End => break,
                Next::Broken(reject) => self.reject(&reject)?,
                Next::Record => match self.row() {
                    Ok(draft) if self.records.position() > self.resume_at => drafts.push(draft),
                    Ok(_) => {}
                    Err(reject) => self.reject(&reject)?,
                },
            }
            self.rows += 1;
        }
        Ok(Some(DraftBatch {
            drafts,
            position: self.records.position(),
            rows: self.rows,
            rejected: self.rejected,
        }))
    }

    fn row(&mut self) -> Result<Draft, Reject> {
        let (found, expected) = (self.records.len(), self.reader.columns().headers.len());
        if self.records.has_nul() {
            return Err(Reject::Nul);
        }
        if found != expected {
            let broken = self.records.split_broken();
            return Err(if broken {
                Reject::OpenQuote
            } else {
                Reject::Columns { found, expected }
            });
        }
        self.reader.read(&self.records)
    }

    fn reject(&mut self, reject: &Reject) -> Result<(), ImportError> {
        self.rejected += 1;
        *self.reasons.entry(reject.kind()).or_default() += 1;
        let (header, line) = (&self.reader.columns().headers, self.records.line());
        let reason = reject.to_string();
        if matches!(reject, Reject::OpenQuote | Reject::TooLong) {
            let raw = String::from_utf8_lossy(self.records.raw());
            let raw = [raw.trim_end()];
            return self.rejects.add(header, line, &reason, raw.into_iter());
        }
        let columns = (0..self.records.len()).map(|index| self.records.field(index));
        self.rejects.add(header, line, &reason, columns)
    }

    fn finish(self, hash: [u8; 32]) -> Result<Parsed, ImportError> {
        if self.records.hash() != hash {
            return Err(ImportError::Changed);
        }
        Ok(Parsed {
            rows: self.rows,
            rejected: self.rejected,
            tally: self.reader.tally,
            reasons: self.reasons,
            rejects: self.rejects.finish()?,
        })
    }
}
