//! The facade: queries with a mapping closure, and batches. Which database it is ends here.

use crate::batch::{Batch, Written};
use crate::error::StoreError;
use crate::postgres::Postgres;
use crate::row::Row;
use crate::sql::Sql;
use crate::sqlite::Sqlite;
use crate::value::Value;

/// An open database with its schema in place.
#[derive(Debug)]
pub(crate) enum Db {
    Lite(Sqlite),
    Postgres(Postgres),
}

impl Db {
    /// All rows of an answer, each mapped where it is read. Bound what you ask for: there is no streaming.
    pub(crate) async fn query_map<T, F>(
        &self,
        sql: &'static Sql,
        params: Vec<Value>,
        map: F,
    ) -> Result<Vec<T>, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        match self {
            Self::Lite(lite) => lite.query_map(sql, params, map).await,
            Self::Postgres(postgres) => postgres.query_map(sql, params, map).await,
        }
    }

    /// The first row of an answer, if there is one.
    pub(crate) async fn query_opt<T, F>(
        &self,
        sql: &'static Sql,
        params: Vec<Value>,
        map: F,
    ) -> Result<Option<T>, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        Ok(self.query_map(sql, params, map).await?.into_iter().next())
    }

    /// The first row of an answer that always has one (counts and sums).
    pub(crate) async fn query_one<T, F>(
        &self,
        sql: &'static Sql,
        params: Vec<Value>,
        map: F,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let first = self.query_opt(sql, params, map).await?;
        first.ok_or(StoreError::Corrupt {
            query: sql.name(),
            column: "all of them".to_owned(),
            found: "no row",
        })
    }

    /// Applies a batch whole or not at all. When it returns `Ok`, the batch is on the disk.
    pub(crate) async fn write(&self, batch: Batch) -> Result<Written, StoreError> {
        match self {
            Self::Lite(lite) => lite.write(batch).await,
            Self::Postgres(postgres) => postgres.write(batch).await,
        }
    }
}
