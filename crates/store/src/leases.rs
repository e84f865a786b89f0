//! Leases: who may run the delivery engine, fenced by an epoch.
//!
//! Promises: while a lease runs no other owner gets it, and each new owner gets a higher epoch.

use avow_model::Timestamp;

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{Store, StoreError};

/// Who wants which lease for how long.
#[derive(Debug, Clone)]
pub struct LeaseWish {
    pub name: String,
    /// Names the process; the same owner renews.
    pub owner: String,
    pub now: Timestamp,
    pub until: Timestamp,
}

/// Who holds a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRow {
    pub owner: String,
    pub epoch: i64,
    pub until: Timestamp,
}

queries! {
    LEASE_TAKE = "INSERT INTO engine_lease (name, owner, epoch, until) VALUES ($1, $2, 1, $4)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until,
        epoch = CASE WHEN engine_lease.owner = excluded.owner THEN engine_lease.epoch
            ELSE engine_lease.epoch + 1 END
        WHERE engine_lease.owner = excluded.owner OR engine_lease.until <= $3";
    LEASE_FIND = "SELECT owner, epoch, until FROM engine_lease WHERE name = $1";
    LEASE_RELEASE = "UPDATE engine_lease SET until = 0 WHERE name = $1 AND owner = $2";
}

impl Store {
    /// Takes or renews a lease: its epoch, or `None` while another owner's runs.
    pub async fn lease_take(&self, wish: LeaseWish) -> Result<Option<i64>, StoreError> {
        let mut batch = Batch::new();
        let row = params![&wish.name, &wish.owner, wish.now, wish.until];
        batch.run(&LEASE_TAKE, row);
        self.db().write(batch).await?;
        let held = self.lease(&wish.name).await?;
        Ok(held
            .filter(|row| row.owner == wish.owner)
            .map(|row| row.epoch))
    }

    /// Who holds a lease, running or not.
    pub async fn lease(&self, name: &str) -> Result<Option<LeaseRow>, StoreError> {
        self.db().query_opt(&LEASE_FIND, params![name], lease).await
    }

    /// Gives a lease back, so that the next owner need not wait.
    pub async fn lease_release(&self, name: &str, owner: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&LEASE_RELEASE, params![name, owner]);
        self.db().write(batch).await.map(drop)
    }
}

fn lease(row: &Row<'_>) -> Result<LeaseRow, StoreError> {
    Ok(LeaseRow {
        owner: row.get(0)?,
        epoch: row.get(1)?,
        until: row.get(2)?,
    })
}
