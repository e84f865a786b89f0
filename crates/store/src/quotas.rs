//! Quotas: how much was sent in an hour or a day of what is limited.
//!
//! Promises: what was counted is on the disk when the call returns; counts only grow. Never: decides a limit.

use avow_model::{AccountId, Timestamp};

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, Store, StoreError};

/// One count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuotaKey {
    /// `None`: of the installation.
    pub account: Option<AccountId>,
    pub name: String,
}

/// What was counted in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotaRow {
    /// Hours or days since the epoch, in UTC.
    pub period: i64,
    pub used: u64,
    pub bad: u64,
}

queries! {
    QUOTA_ADD = "INSERT INTO quota (account, name, period, used, bad) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account, name, period) DO UPDATE SET used = quota.used + excluded.used, bad = quota.bad + excluded.bad";
    QUOTA_SINCE = "SELECT period, used, bad FROM quota WHERE account = $1 AND name = $2 AND period >= $3 ORDER BY period";
    COMPLAINTS_SINCE = "SELECT COUNT(*) FROM returned WHERE account = $1 AND kind = 'complaint' AND at >= $2";
}

impl QuotaKey {
    fn owner(&self) -> i64 {
        self.account.map_or(0, AccountId::as_i64)
    }
}

impl Store {
    /// Adds to the count of a period.
    pub async fn quota_add(&self, key: &QuotaKey, more: QuotaRow) -> Result<(), StoreError> {
        let QuotaRow { period, used, bad } = more;
        let (used, bad) = (used.cast_signed(), bad.cast_signed());
        let mut batch = Batch::new();
        let row = params![key.owner(), key.name.as_str(), period, used, bad];
        batch.run(&QUOTA_ADD, row);
        self.db().write(batch).await.map(drop)
    }

    /// The counts of a period and of those after it.
    pub async fn quota_since(
        &self,
        key: &QuotaKey,
        period: i64,
    ) -> Result<Vec<QuotaRow>, StoreError> {
        let params = params![key.owner(), key.name.as_str(), period];
        self.db().query_map(&QUOTA_SINCE, params, count).await
    }
}

impl AccountScope {
    /// How many messages were complained about since then.
    pub async fn complaints_since(&self, since: Timestamp) -> Result<u64, StoreError> {
        let key = params![self.id(), since];
        let read = |row: &Row<'_>| row.get(0);
        self.db().query_one(&COMPLAINTS_SINCE, key, read).await
    }
}

fn count(row: &Row<'_>) -> Result<QuotaRow, StoreError> {
    Ok(QuotaRow {
        period: row.get(0)?,
        used: row.get(1)?,
        bad: row.get(2)?,
    })
}
