//! The campaigns that an account shows to everybody.
//!
//! Promises: never one that has not started, that was cancelled, that went to a segment or that is a notice: the
//! query says so itself, whoever asks. What a purpose is, the caller knows.

use avow_model::{CampaignContent, CampaignId, Timestamp};

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// What a `Conflict` says of a campaign that cannot be shown.
pub const NOT_FOR_THE_ARCHIVE: &str =
    "only a campaign that was sent, and to no segment, can be in the archive";

/// A campaign in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    pub campaign: CampaignId,
    pub content: CampaignContent,
    /// When it left draft.
    pub sent_at: Timestamp,
    pub published_at: Timestamp,
}

queries! {
    ARCHIVE_PUT = "INSERT INTO archive (account, campaign, published_at)
        SELECT account, id, CAST($3 AS BIGINT) FROM campaign
        WHERE account = $1 AND id = $2 AND started_at IS NOT NULL AND state <> 'cancelled'
            AND segment IS NULL AND notice_version IS NULL
        ON CONFLICT (account, campaign) DO UPDATE SET published_at = archive.published_at";
    ARCHIVE_TAKE = "DELETE FROM archive WHERE account = $1 AND campaign = $2";
    ARCHIVE_ONE = "SELECT a.campaign, c.content, c.started_at, a.published_at FROM archive a
        JOIN campaign c ON c.account = a.account AND c.id = a.campaign
        WHERE a.account = $1 AND a.campaign = $2 AND c.state <> 'cancelled'";
    ARCHIVE_PAGE = "SELECT a.campaign, c.content, c.started_at, a.published_at FROM archive a
        JOIN campaign c ON c.account = a.account AND c.id = a.campaign
        WHERE a.account = $1 AND a.campaign < $2 AND c.state <> 'cancelled'
        ORDER BY a.campaign DESC LIMIT $3";
}

impl AccountScope {
    /// Shows a campaign to everybody; once more changes nothing. `Conflict` for one that cannot be shown.
    pub async fn archive_put(&self, id: CampaignId, at: Timestamp) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&ARCHIVE_PUT, params![self.id(), id, at]);
        batch.expect(1, NOT_FOR_THE_ARCHIVE);
        self.db().write(batch).await.map(drop)
    }

    /// Takes it out again; one that is not there stays out.
    pub async fn archive_take(&self, id: CampaignId) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&ARCHIVE_TAKE, params![self.id(), id]);
        self.db().write(batch).await.map(drop)
    }

    /// A campaign, where it is in the archive.
    pub async fn archived(&self, id: CampaignId) -> Result<Option<Archived>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&ARCHIVE_ONE, key, archived).await
    }

    /// The archive, newest first, at most `limit`; `before` the last of the page before.
    pub async fn archive(
        &self,
        before: Option<CampaignId>,
        limit: u32,
    ) -> Result<Vec<Archived>, StoreError> {
        let before = before.map_or(i64::MAX, CampaignId::as_i64);
        let key = params![self.id(), before, limit];
        self.db().query_map(&ARCHIVE_PAGE, key, archived).await
    }
}

fn archived(row: &Row<'_>) -> Result<Archived, StoreError> {
    Ok(Archived {
        campaign: row.get(0)?,
        content: row.json(1)?,
        sent_at: row.get(2)?,
        published_at: row.get(3)?,
    })
}
