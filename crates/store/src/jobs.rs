//! Work that goes on behind the pages: a file that is taken in, a file that is written.
//!
//! Promises: a job is done by one process at a time, and taken over by another when that one is gone; an order to stop
//! is seen with the next note of progress. Never: holds what is in a file.

use avow_model::{AccountId, JobId, Timestamp};

use crate::batch::Batch;
use crate::codes::{Words, read_as_word};
use crate::row::Row;
use crate::sql::queries;
use crate::staff_acts::NewAct;
use crate::value::params;
use crate::{AccountScope, Store, StoreError};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    Import,
    Export,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Somebody still says how.
    Draft,
    /// To be done by whoever has time.
    Waiting,
    Running,
    /// Told to stop; whoever does it has not seen that yet.
    Stopping,
    Stopped,
    Finished,
    Failed,
}

read_as_word!(JobKind, JobState);

impl Words for JobKind {
    const TABLE: &'static [(Self, &'static str)] =
        &[(Self::Import, "import"), (Self::Export, "export")];
}

impl Words for JobState {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Draft, "draft"),
        (Self::Waiting, "waiting"),
        (Self::Running, "running"),
        (Self::Stopping, "stopping"),
        (Self::Stopped, "stopped"),
        (Self::Finished, "finished"),
        (Self::Failed, "failed"),
    ];
}

impl JobState {
    /// The word that pages, JSON and the store use.
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// True while somebody does it or will.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running | Self::Stopping)
    }
}

/// A job to enter.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub kind: JobKind,
    /// `Draft` or `Waiting`.
    pub state: JobState,
    pub title: String,
    /// The name of its file, in the folder of files.
    pub file: String,
    /// JSON: how it is to be done.
    pub plan: String,
    pub total: u64,
    pub who: String,
    /// When its file goes.
    pub expires_at: Timestamp,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    pub account: AccountId,
    pub id: JobId,
    pub kind: JobKind,
    pub state: JobState,
    pub title: String,
    /// Empty once it is gone.
    pub file: String,
    pub plan: String,
    /// JSON, or the sentence of a fault; empty before the end.
    pub report: String,
    pub progress: JobProgress,
    pub who: String,
    pub created_at: Timestamp,
    /// When it was last begun or taken over.
    pub started_at: Option<Timestamp>,
    pub updated_at: Timestamp,
    pub expires_at: Timestamp,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobProgress {
    /// Of `total`, in bytes of a file or in people.
    pub done: u64,
    pub total: u64,
    pub people: u64,
}

/// Who does a job, and until when nobody else takes it over.
#[derive(Debug, Clone)]
pub struct JobHold {
    pub holder: String,
    pub now: Timestamp,
    pub until: Timestamp,
}

/// What somebody decides about a job that nobody does.
#[derive(Debug, Clone)]
pub struct JobOrder {
    pub state: JobState,
    pub plan: String,
    pub expires_at: Timestamp,
}

/// How a job ended.
#[derive(Debug, Clone)]
pub struct JobEnding {
    pub state: JobState,
    /// JSON, or the sentence of a fault.
    pub report: String,
    /// The file that is left of it, and until when; empty: none.
    pub file: String,
    pub expires_at: Timestamp,
}

macro_rules! columns {
    () => {
        "account, id, kind, state, title, file, plan, report, done, total, people, who, created_at,
        started_at, updated_at, expires_at"
    };
}

queries! {
    JOB_ADD = "INSERT INTO job (account, id, kind, state, title, file, plan, report, done, total, people, who, holder,
        held_until, created_at, started_at, updated_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, $8, 0, $9, '', 0, $10, NULL, $10, $11)";
    JOB_BY_ID = concat!("SELECT ", columns!(), " FROM job WHERE account = $1 AND id = $2");
    JOBS = concat!("SELECT ", columns!(), " FROM job WHERE account = $1 AND kind = $2 AND id < $3
        ORDER BY id DESC LIMIT $4");
    JOB_ORDER = "UPDATE job SET state = $3, plan = $4, expires_at = $5, updated_at = $6, report = '', done = 0, people = 0
        WHERE account = $1 AND id = $2 AND state NOT IN ('waiting', 'running', 'stopping') AND file <> ''";
    JOB_STOP = "UPDATE job SET state = CASE WHEN state = 'waiting' THEN 'stopped' ELSE 'stopping' END, updated_at = $3
        WHERE account = $1 AND id = $2 AND state IN ('waiting', 'running')";
    JOB_NEXT = "SELECT account, id FROM job WHERE state IN ('waiting', 'running', 'stopping') AND held_until <= $1
        ORDER BY held_until, id LIMIT 1";
    JOB_TAKE = "UPDATE job SET holder = $3, held_until = $4, started_at = $5, updated_at = $5,
        state = CASE WHEN state = 'waiting' THEN 'running' ELSE state END
        WHERE account = $1 AND id = $2 AND held_until <= $5 AND state IN ('waiting', 'running', 'stopping')";
    JOB_NOTE = "UPDATE job SET done = $4, total = $5, people = $6, held_until = $7, updated_at = $8
        WHERE account = $1 AND id = $2 AND holder = $3 AND state IN ('running', 'stopping')";
    JOB_END = "UPDATE job SET state = $4, report = $5, file = $6, expires_at = $7, held_until = 0, holder = '',
        updated_at = $8 WHERE account = $1 AND id = $2 AND holder = $3";
    JOB_GIVE_BACK = "UPDATE job SET held_until = 0, holder = '' WHERE account = $1 AND id = $2 AND holder = $3";
    JOBS_PAST = concat!("SELECT ", columns!(), " FROM job WHERE file <> '' AND expires_at <= $1
        AND state NOT IN ('waiting', 'running', 'stopping') ORDER BY expires_at LIMIT 100");
    JOB_FILE_GONE = "UPDATE job SET file = '' WHERE account = $1 AND id = $2";
}

const GONE: &str = "the job is under way, or its file is gone; open its page again";

impl AccountScope {
    /// Enters a job. An act of the staff is noted with it.
    pub async fn job_add(&self, new: NewJob, act: Option<NewAct>) -> Result<JobId, StoreError> {
        let id = JobId::from_i64(self.next_id());
        let mut batch = Batch::new();
        let row = params![
            self.id(),
            id,
            new.kind,
            new.state,
            new.title,
            new.file,
            new.plan,
            new.total as i64,
            new.who,
            self.now(),
            new.expires_at
        ];
        batch.run(&JOB_ADD, row);
        if let Some(act) = act {
            self.note(&mut batch, act);
        }
        self.db().write(batch).await?;
        Ok(id)
    }

    /// The job with this id.
    pub async fn job(&self, id: JobId) -> Result<Option<JobRow>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&JOB_BY_ID, key, job).await
    }

    /// Jobs of a kind, the newest first, from before one on.
    pub async fn jobs(
        &self,
        kind: JobKind,
        before: Option<JobId>,
        limit: u32,
    ) -> Result<Vec<JobRow>, StoreError> {
        let before = before.map_or(i64::MAX, JobId::as_i64);
        let key = params![self.id(), kind, before, limit];
        self.db().query_map(&JOBS, key, job).await
    }

    /// Says how a job is to be done, and that it is; of one that is under way, or without a file, a `Conflict`.
    pub async fn job_order(
        &self,
        id: JobId,
        order: JobOrder,
        act: Option<NewAct>,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let row = params![
            self.id(),
            id,
            order.state,
            order.plan,
            order.expires_at,
            self.now()
        ];
        batch.run(&JOB_ORDER, row);
        batch.expect(1, GONE);
        if let Some(act) = act {
            self.note(&mut batch, act);
        }
        self.db().write(batch).await.map(drop)
    }

    /// Tells whoever does a job to stop; one that nobody has begun is stopped at once.
    pub async fn job_stop(&self, id: JobId) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&JOB_STOP, params![self.id(), id, self.now()]);
        self.db().write(batch).await.map(drop)
    }

    /// Notes how far a job is and holds it on. Gives where it stands: `Stopping` is an order; `None`: somebody else
    /// does it now.
    pub async fn job_note(
        &self,
        id: JobId,
        hold: &JobHold,
        at: JobProgress,
    ) -> Result<Option<JobState>, StoreError> {
        let mut batch = Batch::new();
        let row = params![
            self.id(),
            id,
            &hold.holder,
            at.done as i64,
            at.total as i64,
            at.people as i64,
            hold.until,
            hold.now
        ];
        batch.run(&JOB_NOTE, row);
        let written = self.db().write(batch).await?;
        if written.rows.first() != Some(&1) {
            return Ok(None);
        }
        Ok(self.job(id).await?.map(|job| job.state))
    }

    /// Ends a job, as far as this process still does it.
    pub async fn job_end(
        &self,
        id: JobId,
        holder: &str,
        ending: JobEnding,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let row = params![
            self.id(),
            id,
            holder,
            ending.state,
            ending.report,
            ending.file,
            ending.expires_at,
            self.now()
        ];
        batch.run(&JOB_END, row);
        self.db().write(batch).await.map(drop)
    }

    /// Lets another process go on with a job at once.
    pub async fn job_give_back(&self, id: JobId, holder: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&JOB_GIVE_BACK, params![self.id(), id, holder]);
        self.db().write(batch).await.map(drop)
    }

    /// Notes that the file of a job is gone.
    pub async fn job_file_gone(&self, id: JobId) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&JOB_FILE_GONE, params![self.id(), id]);
        self.db().write(batch).await.map(drop)
    }
}

impl Store {
    /// Takes the job that has waited longest, of any account; `None` when nothing is to be done.
    pub async fn job_take(&self, hold: &JobHold) -> Result<Option<JobRow>, StoreError> {
        let read = |row: &Row<'_>| Ok((row.get::<AccountId>(0)?, row.get::<JobId>(1)?));
        let next = self.db().query_opt(&JOB_NEXT, params![hold.now], read);
        let Some((account, id)) = next.await? else {
            return Ok(None);
        };
        let mut batch = Batch::new();
        let row = params![account, id, &hold.holder, hold.until, hold.now];
        batch.run(&JOB_TAKE, row);
        let written = self.db().write(batch).await?;
        match written.rows.first() {
            Some(1) => self.account(account).job(id).await,
            // Another process was faster.
            _ => Ok(None),
        }
    }

    /// Jobs whose files are past their time, a hundred at most.
    pub async fn jobs_past(&self, now: Timestamp) -> Result<Vec<JobRow>, StoreError> {
        self.db().query_map(&JOBS_PAST, params![now], job).await
    }
}

fn job(row: &Row<'_>) -> Result<JobRow, StoreError> {
    Ok(JobRow {
        account: row.get(0)?,
        id: row.get(1)?,
        kind: row.get(2)?,
        state: row.get(3)?,
        title: row.get(4)?,
        file: row.get(5)?,
        plan: row.get(6)?,
        report: row.get(7)?,
        progress: JobProgress {
            done: row.get(8)?,
            total: row.get(9)?,
            people: row.get(10)?,
        },
        who: row.get(11)?,
        created_at: row.get(12)?,
        started_at: row.get(13)?,
        updated_at: row.get(14)?,
        expires_at: row.get(15)?,
    })
}
