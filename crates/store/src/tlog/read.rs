//! Reading the ledger, for proofs and for whoever checks it.

use std::collections::HashMap;

use avow_ledger::{
    Appended, ChainHead, Digest, EntryKind, Head, Leaf, Opening, Salt, Sealed, SubjectKey,
    TILE_HASHES, TreeFault, parse_entry_bundle,
};
use avow_model::{ContactId, EntryId, Timestamp};

use super::keys::Subject;
use super::sequence::broken;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

queries! {
    STANDING = "SELECT h.size, h.updated_at, (SELECT COALESCE(CAST(SUM(w.n) AS BIGINT), 0) FROM ledger_waiting w
        WHERE w.account = h.account) FROM ledger_head h WHERE h.account = $1";
    CHAIN = "SELECT n, idx, id, kind, head, sealed FROM ledger_entry
        WHERE account = $1 AND subject = $2 AND n > $3 ORDER BY n LIMIT $4";
    CHAINS = "SELECT subject, n, idx, id, kind, head, sealed FROM ledger_entry
        WHERE account = $1 AND (subject, n) > ($2, $3) ORDER BY subject, n LIMIT $4";
    LEAF_ROWS = "SELECT n, leaves FROM ledger_leaf WHERE account = $1 AND n >= $2 AND n <= $3 ORDER BY n";
}

/// How long a log is, and what still waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerStanding {
    pub size: u64,
    /// When entries last got numbers.
    pub at: Timestamp,
    /// Entries that are written and have no number yet.
    pub waiting: u64,
}

/// Whose chain is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainOf {
    Person(ContactId),
    /// The account's policy versions.
    Policy,
    /// The account's own work.
    Office,
}

/// One entry of a chain, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEntry {
    /// Its place in the chain, from 1.
    pub n: u64,
    /// Its place in the log, from 0.
    pub index: u64,
    pub id: EntryId,
    pub kind: EntryKind,
    /// The chain's hash up to here.
    pub head: Digest,
    /// What opens the chain commitment of its leaf.
    pub link_salt: Salt,
    /// Salt and payload.
    pub opening: Opening,
}

/// An entry as its row holds it.
pub(super) struct Kept {
    pub(super) subject: Subject,
    n: u64,
    pub(super) index: u64,
    id: EntryId,
    kind: EntryKind,
    head: Digest,
    sealed: Vec<u8>,
}

impl From<ChainOf> for Subject {
    fn from(of: ChainOf) -> Self {
        match of {
            ChainOf::Person(contact) => contact.into(),
            ChainOf::Policy => Self::POLICY,
            ChainOf::Office => Self::OFFICE,
        }
    }
}

impl AccountScope {
    /// How long the log is.
    pub async fn ledger_standing(&self) -> Result<LedgerStanding, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(LedgerStanding {
                size: row.get(0)?,
                at: row.get(1)?,
                waiting: row.get(2)?,
            })
        };
        let standing = self.db().query_opt(&STANDING, params![self.id()], read);
        standing
            .await?
            .ok_or(StoreError::Missing("there is no such account"))
    }

    /// Size and root of the log as it stands: what a checkpoint would state.
    pub async fn ledger_head(&self) -> Result<Head, StoreError> {
        let size = self.standing().await?.size;
        Ok(self.edge(size).await?.head())
    }

    /// Entries of a chain in their order, from the one after `after`. Of an erased person: none.
    /// Entries that wait for their number are not among them: `sequence` first.
    pub async fn chain(
        &self,
        of: ChainOf,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ChainEntry>, StoreError> {
        let subject = Subject::from(of);
        let key = params![self.id(), subject, after as i64, limit];
        let read = move |row: &Row<'_>| kept(row, subject, 0);
        let entries = self.db().query_map(&CHAIN, key, read).await?;
        self.opened(entries).await
    }

    /// Entries of all chains, in the order of subject and place; for whoever checks the whole.
    pub(crate) async fn chains(
        &self,
        after: (Subject, u64),
        limit: u32,
    ) -> Result<Vec<(Subject, ChainEntry)>, StoreError> {
        let key = params![self.id(), after.0, after.1 as i64, limit];
        let read = |row: &Row<'_>| kept(row, Subject::from_i64(row.get(0)?), 1);
        let entries = self.db().query_map(&CHAINS, key, read).await?;
        let subjects: Vec<Subject> = entries.iter().map(|e| e.subject).collect();
        let opened = self.opened(entries).await?;
        Ok(subjects.into_iter().zip(opened).collect())
    }

    async fn opened(&self, entries: Vec<Kept>) -> Result<Vec<ChainEntry>, StoreError> {
        let mut subjects: Vec<i64> = entries.iter().map(|e| e.subject.as_i64()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let keys = self.subject_keys(subjects).await?;
        let leaves = self.leaves_of(&entries).await?;
        let open = |entry: Kept| {
            let leaf = leaves
                .get(&entry.index)
                .ok_or_else(|| broken(&TreeFault::Bundle))?;
            let key = keys.get(&entry.subject).ok_or_else(closed)?;
            opened(entry, leaf, key)
        };
        entries.into_iter().map(open).collect()
    }

    /// The leaves of these entries, by index.
    pub(super) async fn leaves_of(
        &self,
        entries: &[Kept],
    ) -> Result<HashMap<u64, Leaf>, StoreError> {
        let mut rows: Vec<u64> = entries
            .iter()
            .map(|e| e.index / TILE_HASHES as u64)
            .collect();
        rows.sort_unstable();
        rows.dedup();
        let mut leaves = HashMap::new();
        // A chain of a busy person is spread over the log: runs of rows that touch are read at once.
        for run in rows.chunk_by(|a, b| a + 1 == *b) {
            let (first, last) = (run[0], run[run.len() - 1]);
            leaves.extend(self.leaf_rows(first, last).await?);
        }
        Ok(leaves)
    }

    /// The leaves from `first` on, at most `limit` of them, in the order of the log.
    pub async fn leaves(&self, first: u64, limit: u64) -> Result<Vec<Leaf>, StoreError> {
        let tile = TILE_HASHES as u64;
        let last = first + limit.max(1) - 1;
        let rows = self.leaf_rows(first / tile, last / tile).await?;
        let wanted = rows.into_iter().filter(|(i, _)| (first..=last).contains(i));
        Ok(wanted.map(|(_, leaf)| leaf).collect())
    }

    async fn leaf_rows(&self, first: u64, last: u64) -> Result<Vec<(u64, Leaf)>, StoreError> {
        let key = params![self.id(), first as i64, last as i64];
        let read = |row: &Row<'_>| Ok((row.get::<u64>(0)?, row.get::<Vec<u8>>(1)?));
        let rows = self.db().query_map(&LEAF_ROWS, key, read).await?;
        let mut leaves = Vec::with_capacity(rows.len() * TILE_HASHES);
        for (row, bytes) in rows {
            let bundle = parse_entry_bundle(&bytes).map_err(|fault| broken(&fault))?;
            leaves.extend((row * TILE_HASHES as u64..).zip(bundle));
        }
        Ok(leaves)
    }
}

pub(super) fn kept(row: &Row<'_>, subject: Subject, first: usize) -> Result<Kept, StoreError> {
    let kind: u8 = row.get(first + 3)?;
    let kind = EntryKind::from_code(kind);
    Ok(Kept {
        subject,
        n: row.get(first)?,
        index: row.get(first + 1)?,
        id: row.get(first + 2)?,
        kind: kind
            .ok_or_else(|| row.corrupt(first + 3, "a kind that this version does not know"))?,
        head: Digest::from_bytes(row.get(first + 4)?),
        sealed: row.get(first + 5)?,
    })
}

pub(super) fn opened(kept: Kept, leaf: &Leaf, key: &SubjectKey) -> Result<ChainEntry, StoreError> {
    let appended = Appended {
        id: kept.id,
        kind: kept.kind,
        commitment: leaf.commitment,
        sealed: Sealed::from_bytes(kept.sealed),
    };
    let opening = appended.open(key).map_err(|fault| StoreError::Damaged {
        detail: format!("entry {} of the ledger: {fault}", kept.index),
    })?;
    let link_salt = key.link_salt(kept.id);
    let chain = ChainHead {
        n: kept.n,
        head: kept.head,
    };
    if leaf.kind != kept.kind || chain.commitment(&link_salt) != leaf.chain {
        return Err(StoreError::Damaged {
            detail: format!("entry {} of the ledger is not that of its leaf", kept.index),
        });
    }
    Ok(ChainEntry {
        n: kept.n,
        index: kept.index,
        id: kept.id,
        kind: kept.kind,
        head: kept.head,
        link_salt,
        opening,
    })
}

/// The person was erased between two reads.
fn closed() -> StoreError {
    StoreError::Conflict("the person was erased at this moment: there is nothing to open any more")
}
