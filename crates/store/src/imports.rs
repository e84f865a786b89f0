//! Runs of imports: how far each file has come, so that a broken run goes on and the same file is one run.

use avow_model::{ImportId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::codes::{Words, json_text, read_as_word};
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// What became of the rows of a file so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportCounts {
    /// Rows read, whatever became of them.
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// Rows of people who were erased: left alone.
    pub erased: u64,
    pub rejected: u64,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportState {
    Running,
    Finished,
}

read_as_word!(ImportState);

impl Words for ImportState {
    const TABLE: &'static [(Self, &'static str)] =
        &[(Self::Running, "running"), (Self::Finished, "finished")];
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    pub id: ImportId,
    pub file_name: String,
    /// Everything up to this byte of the file is in the store.
    pub position: u64,
    pub counts: ImportCounts,
    pub state: ImportState,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
}

queries! {
    IMPORT_BEGIN = "INSERT INTO import_run (account, id, file_name, file_hash, position, counts, state,
        started_at, updated_at) VALUES ($1, $2, $3, $4, 0, $5, 'running', $6, $6)
        ON CONFLICT (account, file_hash) DO NOTHING";
    IMPORT_BY_HASH = "SELECT id, file_name, position, counts, state, started_at, updated_at
        FROM import_run WHERE account = $1 AND file_hash = $2";
    IMPORTS = "SELECT id, file_name, position, counts, state, started_at, updated_at
        FROM import_run WHERE account = $1 ORDER BY id DESC LIMIT 100";
    pub(crate) IMPORT_PROGRESS = "UPDATE import_run SET position = $3, counts = $4, updated_at = $5
        WHERE account = $1 AND id = $2 AND position <= $3";
    IMPORT_FINISH = "UPDATE import_run SET state = 'finished', counts = $3, updated_at = $4
        WHERE account = $1 AND id = $2";
}

impl AccountScope {
    /// Begins the import of a file, or finds the run that has begun it (by the SHA-256 of its content).
    pub async fn import_begin(
        &self,
        file_name: &str,
        file_hash: [u8; 32],
    ) -> Result<ImportRun, StoreError> {
        let id = ImportId::from_i64(self.next_id());
        let counts = json_text(&ImportCounts::default());
        let mut batch = Batch::new();
        let row = params![self.id(), id, file_name, file_hash, counts, self.now()];
        batch.run(&IMPORT_BEGIN, row);
        self.db().write(batch).await?;
        let key = params![self.id(), file_hash];
        self.db().query_one(&IMPORT_BY_HASH, key, run).await
    }

    /// Notes how far a run has come where no contacts came with it; `import_batch` does so itself.
    pub async fn import_progress(
        &self,
        id: ImportId,
        position: u64,
        counts: &ImportCounts,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let row = params![
            self.id(),
            id,
            position as i64,
            json_text(counts),
            self.now()
        ];
        batch.run(&IMPORT_PROGRESS, row);
        self.db().write(batch).await.map(drop)
    }

    /// Ends a run.
    pub async fn import_finish(
        &self,
        id: ImportId,
        counts: &ImportCounts,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(
            &IMPORT_FINISH,
            params![self.id(), id, json_text(counts), self.now()],
        );
        self.db().write(batch).await.map(drop)
    }

    /// The last hundred runs, newest first.
    pub async fn imports(&self) -> Result<Vec<ImportRun>, StoreError> {
        self.db().query_map(&IMPORTS, params![self.id()], run).await
    }
}

fn run(row: &Row<'_>) -> Result<ImportRun, StoreError> {
    Ok(ImportRun {
        id: row.get(0)?,
        file_name: row.get(1)?,
        position: row.get(2)?,
        counts: row.json(3)?,
        state: row.get(4)?,
        started_at: row.get(5)?,
        updated_at: row.get(6)?,
    })
}
