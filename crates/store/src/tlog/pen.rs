//! Writes entries into a batch, beside the change they tell of.

use avow_ledger::{AccountKey, Digest, EntryFault, Hour, Payload, Pending, SubjectKey, append};
use avow_model::{EntryId, Timestamp};

use super::append::WAITING_ADD;
use super::block::{self, BLOCK_ENTRIES};
use super::keys::Subject;
use crate::batch::Batch;
use crate::value::{Value, params};
use crate::{AccountScope, StoreError};

/// Writes entries for one batch.
pub(crate) struct Pen<'s> {
    scope: &'s AccountScope,
    key: AccountKey,
    policy: Digest,
    hour: Hour,
    rows: Vec<Vec<Value>>,
    block: Block,
}

/// The row that is being filled.
#[derive(Default)]
struct Block {
    first: Option<EntryId>,
    entries: usize,
    bytes: Vec<u8>,
}

impl<'s> Pen<'s> {
    /// `policy` is the hash of the version in force.
    pub(crate) fn new(scope: &'s AccountScope, policy: Digest, now: Timestamp) -> Self {
        Self {
            scope,
            key: scope.account_key(),
            policy,
            hour: Hour::of(now),
            rows: Vec::new(),
            block: Block::default(),
        }
    }

    /// The secret half of the account's keys.
    pub(crate) fn key(&self) -> &AccountKey {
        &self.key
    }

    /// Adds an entry. Without a key (the person was erased) it is committed to under a key that nobody
    /// keeps: the leaf counts, and nothing of it ever opens.
    pub(crate) fn write(
        &mut self,
        subject: Subject,
        key: Option<&SubjectKey>,
        payload: &Payload,
    ) -> Result<EntryId, StoreError> {
        let id = EntryId::from_i64(self.scope.next_id());
        let lost;
        let (key, keep) = if let Some(key) = key {
            (key, true)
        } else {
            lost = self.key.subject(&self.scope.store.new_seed());
            (&lost, false)
        };
        let made = append(id, payload, key).map_err(|fault| unfit(&fault))?;
        let pending = Pending {
            id,
            kind: made.kind,
            hour: self.hour,
            policy: self.policy,
            commitment: made.commitment,
        };
        let sealed = if keep { made.sealed.as_bytes() } else { &[] };
        self.push(subject, &pending, sealed);
        Ok(id)
    }

    fn push(&mut self, subject: Subject, pending: &Pending, sealed: &[u8]) {
        self.block.first.get_or_insert(pending.id);
        block::push(&mut self.block.bytes, subject, pending, sealed);
        self.block.entries += 1;
        if self.block.entries == BLOCK_ENTRIES {
            self.close();
        }
    }

    fn close(&mut self) {
        let Block {
            first: Some(first),
            entries,
            bytes,
        } = std::mem::take(&mut self.block)
        else {
            return;
        };
        let row = params![self.scope.id(), first.as_i64(), entries as i64, bytes];
        self.rows.push(row);
    }

    /// Puts what was written into the batch of its change.
    pub(crate) fn file(mut self, batch: &mut Batch) {
        self.close();
        if !self.rows.is_empty() {
            batch.each(&WAITING_ADD, self.rows);
        }
    }
}

/// A payload that cannot be written: a fault of the program, or a text of monstrous length.
fn unfit(fault: &EntryFault) -> StoreError {
    StoreError::Rule {
        query: "WAITING_ADD",
        rule: fault.to_string(),
    }
}
