//! PostgreSQL: a pool for queries, one task for group commit.

mod bulk;
mod connect;
mod fault;
mod pipeline;
mod types;
mod writer;

use avow_model::Timestamp;
use deadpool_postgres::Pool;

use crate::batch::{Batch, Written};
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::Sql;
use crate::value::Value;

/// An open PostgreSQL database.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: Pool,
    writer: writer::Writer,
}

impl Postgres {
    /// Connects, migrates, starts the task that writes.
    pub(crate) async fn open(url: &str, now: Timestamp) -> Result<Self, StoreError> {
        let pool = connect::pool(url)?;
        connect::migrate(&pool, now).await?;
        let writer = writer::Writer::start(pool.clone());
        Ok(Self { pool, writer })
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
        let client = self.pool.get().await.map_err(fault::pool_fault)?;
        let fault = |fault| fault::postgres_fault(&fault, sql.name());
        let statement = client.prepare_cached(sql.postgres()).await.map_err(fault)?;
        let params = types::references(&params);
        let rows = client.query(&statement, &params).await.map_err(fault)?;
        rows.iter()
            .map(|row| map(&Row::postgres(row, sql.name())))
            .collect()
    }

    pub(crate) async fn write(&self, batch: Batch) -> Result<Written, StoreError> {
        self.writer.write(batch).await
    }

    /// Only prepares: for the test that looks at every statement.
    #[cfg(test)]
    pub(crate) async fn prepare(&self, sql: &'static Sql) -> Result<(), StoreError> {
        let client = self.pool.get().await.map_err(fault::pool_fault)?;
        let prepared = client.prepare(sql.postgres()).await.map(drop);
        prepared.map_err(|f| fault::postgres_fault(&f, sql.name()))
    }
}
