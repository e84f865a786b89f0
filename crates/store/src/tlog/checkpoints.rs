//! Checkpoints that were signed, kept for proofs. The store never signs; it refuses what goes backwards.

use avow_model::Timestamp;

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

queries! {
    CHECKPOINT_ADD = "INSERT INTO ledger_checkpoint (account, size, note, at)
        SELECT $1, CAST($2 AS BIGINT), $3, $4 FROM ledger_head WHERE account = $1 AND size >= CAST($2 AS BIGINT)
        ON CONFLICT (account, size) DO NOTHING";
    CHECKPOINT_LAST = "SELECT size, note, at FROM ledger_checkpoint WHERE account = $1 ORDER BY size DESC LIMIT 1";
    CHECKPOINT_FROM = "SELECT size, note, at FROM ledger_checkpoint WHERE account = $1 AND size >= $2
        ORDER BY size LIMIT 1";
    CHECKPOINT_BEFORE = "SELECT size, note, at FROM ledger_checkpoint WHERE account = $1 AND size <= $2
        ORDER BY size DESC LIMIT 1";
}

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCheckpoint {
    pub size: u64,
    /// The signed note (C2SP tlog-checkpoint).
    pub note: String,
    pub at: Timestamp,
}

impl AccountScope {
    /// Keeps a signed checkpoint of this many entries. One of a size that is kept already changes nothing.
    pub async fn checkpoint_keep(&self, size: u64, note: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(
            &CHECKPOINT_ADD,
            params![self.id(), size as i64, note, self.now()],
        );
        self.db().write(batch).await.map(drop)
    }

    /// The latest one.
    pub async fn checkpoint_last(&self) -> Result<Option<KeptCheckpoint>, StoreError> {
        let key = params![self.id()];
        self.db().query_opt(&CHECKPOINT_LAST, key, checkpoint).await
    }

    /// The first that covers a log of at least this many entries.
    pub async fn checkpoint_from(&self, size: u64) -> Result<Option<KeptCheckpoint>, StoreError> {
        let key = params![self.id(), size as i64];
        self.db().query_opt(&CHECKPOINT_FROM, key, checkpoint).await
    }

    /// The last that covers at most this many entries.
    pub async fn checkpoint_before(&self, size: u64) -> Result<Option<KeptCheckpoint>, StoreError> {
        let key = params![self.id(), size as i64];
        self.db()
            .query_opt(&CHECKPOINT_BEFORE, key, checkpoint)
            .await
    }
}

fn checkpoint(row: &Row<'_>) -> Result<KeptCheckpoint, StoreError> {
    Ok(KeptCheckpoint {
        size: row.get(0)?,
        note: row.get(1)?,
        at: row.get(2)?,
    })
}
