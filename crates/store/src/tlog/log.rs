//! The account's log as a stream: what it tells of people, in the order of its numbers.
//!
//! Promises: numbers have no gap and never change, so that whoever reads on from the last one misses nothing; of an
//! erased person nothing is told. Never: a second copy of anything.

use avow_ledger::{EntryKind, Payload, TreeFault};
use avow_model::ContactId;

use super::keys::Subject;
use super::read::{kept, opened};
use super::sequence::broken;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

queries! {
    LOG = "SELECT subject, n, idx, id, kind, head, sealed FROM ledger_entry
        WHERE account = $1 AND idx >= $2 AND subject > 0 AND kind {in $3} ORDER BY idx LIMIT $4";
}

/// What the log tells of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place in the log, from 0.
    pub index: u64,
    pub contact: ContactId,
    pub payload: Payload,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    pub entries: Vec<LogEntry>,
    /// Where the next page begins; the same place as before at the end.
    pub next: u64,
    /// True when there may be more at once.
    pub more: bool,
}

impl AccountScope {
    /// Entries of these kinds about people, from the number `from` on. Those that wait for their number are not
    /// among them: they get one within a second.
    pub async fn log(
        &self,
        from: u64,
        kinds: &[EntryKind],
        limit: u32,
    ) -> Result<LogPage, StoreError> {
        let codes: Vec<i64> = kinds.iter().map(|kind| kind.code().into()).collect();
        let key = params![self.id(), from as i64, codes, limit];
        let read = |row: &Row<'_>| kept(row, Subject::from_i64(row.get(0)?), 1);
        let found = self.db().query_map(&LOG, key, read).await?;
        let (more, next) = (
            found.len() == limit as usize,
            found.last().map_or(from, |last| last.index + 1),
        );
        let mut subjects: Vec<i64> = found.iter().map(|e| e.subject.as_i64()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let keys = self.subject_keys(subjects).await?;
        let leaves = self.leaves_of(&found).await?;
        let mut entries = Vec::with_capacity(found.len());
        for entry in found {
            let contact = ContactId::from_i64(entry.subject.as_i64());
            let index = entry.index;
            // The person was erased between two reads.
            let Some(key) = keys.get(&entry.subject) else {
                continue;
            };
            let leaf = leaves.get(&index);
            let leaf = leaf.ok_or_else(|| broken(&TreeFault::Bundle))?;
            let opening = opened(entry, leaf, key)?.opening;
            let payload = opening.read().map_err(|fault| StoreError::Damaged {
                detail: format!("entry {index} of the ledger: {fault}"),
            })?;
            entries.push(LogEntry {
                index,
                contact,
                payload,
            });
        }
        Ok(LogPage {
            entries,
            next,
            more,
        })
    }
}
