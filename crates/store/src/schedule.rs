//! Drafts that leave by themselves: their hour, and the move when it has come.
//!
//! Promises: a draft leaves by its plan once, whoever looks and however often; one that a user took off the
//! schedule, or sent by hand, does not. Never: reads a clock.

use avow_model::{AccountId, CampaignId, SendPlan, Timestamp};

use crate::batch::Batch;
use crate::campaigns::segment_kept;
use crate::codes::json_text;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, NewAct, Store, StoreError};

/// A draft whose hour has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartDue {
    pub account: AccountId,
    pub campaign: CampaignId,
}

queries! {
    PLAN_SET = "UPDATE campaign SET plan = $3, starts_at = $4 WHERE account = $1 AND id = $2 AND state = 'draft'";
    PLAN_DROP = "UPDATE campaign SET plan = NULL, starts_at = NULL
        WHERE account = $1 AND id = $2 AND state = 'draft' AND starts_at IS NOT NULL";
    STARTS_DUE = "SELECT account, id FROM campaign WHERE starts_at IS NOT NULL AND starts_at <= $1
        AND state = 'draft' ORDER BY starts_at, id LIMIT $2";
    STARTS_NEXT = "SELECT MIN(starts_at) FROM campaign WHERE starts_at IS NOT NULL";
    START_BY_PLAN = concat!("UPDATE campaign SET state = 'preparing', ", segment_kept!(), ",
        starts_at = NULL, started_at = $3
        WHERE account = $1 AND id = $2 AND state = 'draft' AND starts_at <= $3");
    LAST_PLAN = "SELECT plan FROM campaign WHERE account = $1 AND plan IS NOT NULL ORDER BY id DESC LIMIT 1";
}

impl Store {
    /// Drafts of all accounts whose hour has come, the longest due first.
    pub async fn campaigns_due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<StartDue>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(StartDue {
                account: row.get(0)?,
                campaign: row.get(1)?,
            })
        };
        self.db()
            .query_map(&STARTS_DUE, params![now, limit], read)
            .await
    }

    /// Starts drafts whose hour has come. One that was taken off the schedule or started meanwhile is left as it is.
    pub async fn campaigns_start(
        &self,
        due: &[StartDue],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if due.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::new();
        let row = |d: &StartDue| params![d.account, d.campaign, now];
        batch.each(&START_BY_PLAN, due.iter().map(row).collect());
        self.db().write(batch).await.map(drop)
    }

    /// When the next draft leaves by itself; `None` when none does.
    pub async fn campaigns_next_start(&self) -> Result<Option<Timestamp>, StoreError> {
        let read = |row: &Row<'_>| row.get(0);
        self.db().query_one(&STARTS_NEXT, params![], read).await
    }
}

impl AccountScope {
    /// Lets a draft leave by itself at this instant, by a plan as it was typed; takes the place of an earlier
    /// one. Whatever has left draft is a `Conflict`.
    pub async fn campaign_schedule(
        &self,
        id: CampaignId,
        plan: (&SendPlan, Timestamp),
        act: NewAct,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let row = params![self.id(), id, json_text(plan.0), plan.1];
        batch.run(&PLAN_SET, row);
        batch.expect(
            1,
            "the campaign has left already; look at its page for where it stands",
        );
        self.note(&mut batch, act);
        self.db().write(batch).await.map(drop)
    }

    /// Takes a draft off the schedule: it stays a draft. One that has left meanwhile is a `Conflict`.
    pub async fn campaign_unschedule(&self, id: CampaignId, act: NewAct) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&PLAN_DROP, params![self.id(), id]);
        batch.expect(
            1,
            "the campaign is on no schedule any more: it has left, or somebody took it off",
        );
        self.note(&mut batch, act);
        self.db().write(batch).await.map(drop)
    }

    /// The plan of the newest campaign that has one: what a form starts with.
    pub async fn last_plan(&self) -> Result<Option<SendPlan>, StoreError> {
        let read = |row: &Row<'_>| row.json(0);
        self.db()
            .query_opt(&LAST_PLAN, params![self.id()], read)
            .await
    }
}
