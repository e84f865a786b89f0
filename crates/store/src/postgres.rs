//! PostgreSQL: a pool for queries, one task for group commit.

use avow_model::Timestamp;

use crate::batch::{Batch, Written};
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::Sql;
use crate::value::Value;

mod types;

/// An open PostgreSQL database.
#[derive(Debug)]
pub(crate) struct Postgres {}

impl Postgres {
    pub(crate) async fn open(_url: &str, _now: Timestamp) -> Result<Self, StoreError> {
        Err(StoreError::stopped())
    }

    pub(crate) async fn query_map<T, F>(
        &self,
        _sql: &'static Sql,
        _params: Vec<Value>,
        mut _map: F,
    ) -> Result<Vec<T>, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        Err(StoreError::stopped())
    }

    pub(crate) async fn write(&self, _batch: Batch) -> Result<Written, StoreError> {
        Err(StoreError::stopped())
    }
}
