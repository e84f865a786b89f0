//! What a draft's content is written in: blocks or its body, with a number that keeps two writers apart.
//!
//! Promises: a write names the revision that it was made from, and one that is not the latest is a `Conflict`; a
//! document and the body made from it are written together or not at all; only drafts are written.

use avow_model::{BodyKind, CampaignContent, CampaignId, CampaignState, SourceMode};

use crate::batch::Batch;
use crate::codes::json_text;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// What a `Conflict` says when somebody else wrote first.
pub const STALE_SOURCE: &str =
    "somebody else changed this draft meanwhile, perhaps you in another window; load it again";
/// What a `Conflict` says when the campaign has left draft.
pub(crate) const NOT_A_DRAFT: &str = "only a draft that is not scheduled can be changed; take it off the schedule, or make a new one if it has started";

/// A campaign's content and what it is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignSource {
    pub state: CampaignState,
    pub content: CampaignContent,
    /// The blocks as JSON, where the body is made from them.
    pub document: Option<String>,
    /// 0 before the first write.
    pub revision: u32,
}

impl CampaignSource {
    /// What it is written in.
    pub const fn mode(&self) -> SourceMode {
        match (&self.document, self.content.body_kind) {
            (Some(_), _) => SourceMode::Blocks,
            (None, BodyKind::Mjml) => SourceMode::Mjml,
            (None, BodyKind::Html) => SourceMode::Html,
        }
    }
}

queries! {
    SOURCE = "SELECT c.state, c.content, s.document, COALESCE(s.revision, 0) FROM campaign c
        LEFT JOIN campaign_source s ON s.account = c.account AND s.campaign = c.id
        WHERE c.account = $1 AND c.id = $2";
    SOURCE_SET = "INSERT INTO campaign_source (account, campaign, revision, document)
        SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS TEXT)
        WHERE COALESCE((SELECT s.revision FROM campaign_source s
            WHERE s.account = $1 AND s.campaign = $2), 0) = CAST($5 AS BIGINT)
        ON CONFLICT (account, campaign) DO UPDATE SET revision = excluded.revision, document = excluded.document
        WHERE campaign_source.revision = CAST($5 AS BIGINT)";
    SOURCE_CONTENT = "UPDATE campaign SET content = $3 WHERE account = $1 AND id = $2 AND state = 'draft'
        AND starts_at IS NULL";
}

impl AccountScope {
    /// What a campaign is written in, of one instant.
    pub async fn campaign_source(
        &self,
        id: CampaignId,
    ) -> Result<Option<CampaignSource>, StoreError> {
        self.db()
            .query_opt(&SOURCE, params![self.id(), id], source)
            .await
    }

    /// Writes a draft's content over the revision `read`, and gives the new one. `Conflict` with `STALE_SOURCE` where
    /// that is not the latest, with another sentence where the campaign has started.
    pub async fn campaign_write(
        &self,
        id: CampaignId,
        content: &CampaignContent,
        document: Option<String>,
        read: u32,
    ) -> Result<u32, StoreError> {
        let mut batch = Batch::new();
        batch.run(&SOURCE_CONTENT, params![self.id(), id, json_text(content)]);
        batch.expect(1, NOT_A_DRAFT);
        self.source_set(&mut batch, id, document, read);
        self.db().write(batch).await?;
        Ok(read + 1)
    }

    /// Puts the write of a document and its revision into the transaction of the body made from it.
    pub(crate) fn source_set(
        &self,
        batch: &mut Batch,
        id: CampaignId,
        document: Option<String>,
        read: u32,
    ) {
        let next = read + 1;
        batch.run(&SOURCE_SET, params![self.id(), id, next, document, read]);
        batch.expect(1, STALE_SOURCE);
    }
}

fn source(row: &Row<'_>) -> Result<CampaignSource, StoreError> {
    Ok(CampaignSource {
        state: row.get(0)?,
        content: row.json(1)?,
        document: row.get(2)?,
        revision: row.get(3)?,
    })
}
