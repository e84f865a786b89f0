//! SQLite: one writer thread that takes whole batches, and a few reader threads.

mod connect;
mod fault;
mod readers;
mod statement;
mod writer;

use std::path::PathBuf;

use avow_model::Timestamp;
use tokio::sync::oneshot;

use crate::batch::{Batch, Written};
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::Sql;
use crate::value::Value;

pub(crate) use connect::Limits;

/// An open SQLite file. Dropping it lets the threads finish what they were given.
#[derive(Debug)]
pub(crate) struct Sqlite {
    writer: writer::Writer,
    readers: readers::Readers,
}

impl Sqlite {
    /// Opens or makes the file, migrates it, starts the threads.
    pub(crate) async fn open(path: PathBuf, now: Timestamp) -> Result<Self, StoreError> {
        Self::open_limited(path, now, Limits::default()).await
    }

    /// As `open`, with other limits: tests make the disk full with them.
    pub(crate) async fn open_limited(
        path: PathBuf,
        now: Timestamp,
        limits: Limits,
    ) -> Result<Self, StoreError> {
        let (done, opened) = oneshot::channel();
        let start = move || {
            // Nobody waits any more when the send fails: the connections close by themselves.
            let _ = done.send(Self::start(&path, now, limits));
        };
        connect::thread("avow-open", start)?;
        opened.await.map_err(|_| StoreError::stopped())?
    }

    fn start(path: &std::path::Path, now: Timestamp, limits: Limits) -> Result<Self, StoreError> {
        let mut connection = connect::writer(path, limits)?;
        connect::migrate(&mut connection, now)?;
        let writer = writer::Writer::start(connection)?;
        let readers = readers::Readers::start(path, limits)?;
        Ok(Self { writer, readers })
    }

    pub(crate) async fn query_map<T, F>(
        &self,
        sql: &'static Sql,
        params: Vec<Value>,
        mut map: F,
    ) -> Result<Vec<T>, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (done, answer) = oneshot::channel();
        self.readers.submit(Box::new(move |connection| {
            // The asker may have gone away (a closed HTTP connection): nothing to do then.
            let _ = done.send(statement::query(connection, sql, &params, &mut map));
        }))?;
        answer.await.map_err(|_| StoreError::stopped())?
    }

    pub(crate) async fn write(&self, batch: Batch) -> Result<Written, StoreError> {
        self.writer.write(batch).await
    }

    /// Only prepares: for the test that looks at every statement.
    #[cfg(test)]
    pub(crate) async fn prepare(&self, sql: &'static Sql) -> Result<(), StoreError> {
        let (done, answer) = oneshot::channel();
        self.readers.submit(Box::new(move |connection| {
            let prepared = connection.prepare(sql.lite()).map(drop);
            let _ = done.send(prepared.map_err(|f| fault::lite_fault(f, sql.name())));
        }))?;
        answer.await.map_err(|_| StoreError::stopped())?
    }
}
