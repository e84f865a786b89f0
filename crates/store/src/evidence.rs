//! Evidence: what stands behind a consent. One entry serves all rows of a file or all uses of a form.

use avow_model::{EvidenceId, Timestamp};

use crate::batch::Batch;
use crate::codes::{Words, read_as_word};
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// What sort of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// Somebody attests how the data of a file were collected.
    Attestation,
    /// A hosted form with its wording.
    Form,
    /// A page of ours on which the person acted: preferences, one-click unsubscribe.
    Page,
    /// A member of staff wrote it down.
    Staff,
}

read_as_word!(EvidenceKind);

impl Words for EvidenceKind {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Attestation, "attestation"),
        (Self::Form, "form"),
        (Self::Page, "page"),
        (Self::Staff, "staff"),
    ];
}

impl EvidenceKind {
    /// The word that pages and the store use.
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub kind: EvidenceKind,
    /// Where from: a file's name, a form's address, who attests.
    pub source: String,
    /// What the person read, as it stood.
    pub wording: String,
    pub at: Timestamp,
}

queries! {
    EVIDENCE_ADD = "INSERT INTO evidence (account, id, kind, source, wording, at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    EVIDENCE_SAME = "SELECT id FROM evidence WHERE account = $1 AND kind = $2 AND source = $3
        AND wording = $4 AND at = $5 ORDER BY id LIMIT 1";
    EVIDENCE_FIND = "SELECT kind, source, wording, at FROM evidence WHERE account = $1 AND id = $2";
}

impl AccountScope {
    /// Keeps a piece of evidence for good.
    pub async fn evidence_add(&self, new: Evidence) -> Result<EvidenceId, StoreError> {
        let id = EvidenceId::from_i64(self.next_id());
        let mut batch = Batch::new();
        let row = params![self.id(), id, new.kind, new.source, new.wording, new.at];
        batch.run(&EVIDENCE_ADD, row);
        self.db().write(batch).await?;
        Ok(id)
    }

    /// As `evidence_add`, unless the very same is kept already: an import that goes on finds its own again.
    /// Reads the account's evidence through; for files, not for each visitor of a form.
    pub async fn evidence_once(&self, new: Evidence) -> Result<EvidenceId, StoreError> {
        let same = params![self.id(), new.kind, &new.source, &new.wording, new.at];
        let found = self.db().query_opt(&EVIDENCE_SAME, same, |row| row.get(0));
        match found.await? {
            Some(id) => Ok(id),
            None => self.evidence_add(new).await,
        }
    }

    /// The piece of evidence with this id.
    pub async fn evidence(&self, id: EvidenceId) -> Result<Option<Evidence>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&EVIDENCE_FIND, key, evidence).await
    }
}

fn evidence(row: &Row<'_>) -> Result<Evidence, StoreError> {
    evidence_at(row, 0)
}

/// Reads kind, source, wording and time from four columns beginning at `first`.
pub(crate) fn evidence_at(row: &Row<'_>, first: usize) -> Result<Evidence, StoreError> {
    Ok(Evidence {
        kind: row.get(first)?,
        source: row.get(first + 1)?,
        wording: row.get(first + 2)?,
        at: row.get(first + 3)?,
    })
}
