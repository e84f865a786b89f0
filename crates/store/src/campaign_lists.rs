//! Campaigns for a list: by state and name, page by page, without their bodies.

use avow_model::{CampaignId, CampaignState, Timestamp};

use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// Which campaigns a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignFilter {
    /// In one of these states.
    pub states: Vec<CampaignState>,
    /// `Some(true)`: only those that leave by themselves; `Some(false)`: only the others.
    pub scheduled: Option<bool>,
    /// A part of the name, in whatever case.
    pub words: Option<String>,
}

/// A campaign of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignLine {
    pub id: CampaignId,
    pub name: String,
    /// As it was written, with its merge fields.
    pub subject: String,
    pub state: CampaignState,
    pub audience: u32,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub starts_at: Option<Timestamp>,
    /// The policy version that it announces.
    pub notice: Option<u32>,
}

queries! {
    CAMPAIGN_LINES = "SELECT id, name, content, state, audience, created_at, started_at, finished_at, starts_at,
        notice_version FROM campaign WHERE account = $1 AND id < $2 AND state {in $3}
        AND (CAST($4 AS BOOLEAN) IS NULL OR (starts_at IS NOT NULL) = $4)
        AND (CAST($5 AS TEXT) IS NULL OR REPLACE(LOWER(name), LOWER($5), '') <> LOWER(name))
        ORDER BY id DESC LIMIT $6";
}

/// What a line shows of a content.
#[derive(serde::Deserialize)]
struct Shown {
    subject: String,
}

impl AccountScope {
    /// Campaigns that fit, newest first, from the one before `before`.
    pub async fn campaign_lines(
        &self,
        filter: &CampaignFilter,
        before: Option<CampaignId>,
        limit: u32,
    ) -> Result<Vec<CampaignLine>, StoreError> {
        let states: Vec<String> = filter
            .states
            .iter()
            .map(|s| s.as_str().to_owned())
            .collect();
        let before = before.map_or(i64::MAX, CampaignId::as_i64);
        let words = filter.words.as_deref().filter(|w| !w.is_empty());
        let key = params![self.id(), before, states, filter.scheduled, words, limit];
        self.db().query_map(&CAMPAIGN_LINES, key, line).await
    }
}

fn line(row: &Row<'_>) -> Result<CampaignLine, StoreError> {
    let shown: Shown = row.json(2)?;
    Ok(CampaignLine {
        id: row.get(0)?,
        name: row.get(1)?,
        subject: shown.subject,
        state: row.get(3)?,
        audience: row.get(4)?,
        created_at: row.get(5)?,
        started_at: row.get(6)?,
        finished_at: row.get(7)?,
        starts_at: row.get(8)?,
        notice: row.get(9)?,
    })
}
