//! What people did with mail, for segments: hits of people with what they are bound to, and what mail they got.
//!
//! Never: tells whether any of it may be read (that is `policy`), or counts what a machine did.

use std::collections::BTreeMap;

use avow_model::{CampaignId, ContactId, HitKind, Purpose, Timestamp};

use crate::recipients::halving;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// A campaign that went out, as far as its mail may have been measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    pub campaign: CampaignId,
    pub purpose: Purpose,
    /// Hits were deleted when their time was past.
    pub hits_retired: bool,
}

/// A hit of a person, and what it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundHit {
    pub contact: ContactId,
    pub campaign: CampaignId,
    pub kind: HitKind,
    pub at: Timestamp,
    /// The policy version in force when it was measured; `None` where that was not noted.
    pub version: Option<u32>,
}

/// A mail that somebody got, or may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Got {
    pub contact: ContactId,
    pub campaign: CampaignId,
    pub at: Timestamp,
}

queries! {
    CONDUCT_CAMPAIGNS = "SELECT id, purpose, hits_retired FROM campaign WHERE account = $1
        AND started_at IS NOT NULL AND notice_version IS NULL ORDER BY id";
    CONDUCT_HITS = "SELECT contact, campaign, kind, link, at, version FROM hit
        WHERE account = $1 AND contact {in $2} AND verdict = 'human'";
    CONDUCT_BOUNDS = concat!(halving!("AND id {in $3} "),
        "SELECT campaign, low FROM probe WHERE low = high");
    /// Delivered, or in doubt.
    CONDUCT_GOT = "SELECT contact, updated_at FROM recipient WHERE account = $1 AND campaign = $2
        AND seq >= $3 AND seq <= $4 AND state IN (1, 6)";
}

impl AccountScope {
    /// The campaigns that went out: whose mail people may have opened.
    pub async fn conduct_campaigns(&self) -> Result<Vec<Measured>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(Measured {
                campaign: row.get(0)?,
                purpose: row.get(1)?,
                hits_retired: row.get::<i64>(2)? != 0,
            })
        };
        self.db()
            .query_map(&CONDUCT_CAMPAIGNS, params![self.id()], read)
            .await
    }

    /// What these contacts did with any mail, machines left out.
    pub async fn conduct_hits(&self, contacts: &[ContactId]) -> Result<Vec<BoundHit>, StoreError> {
        let ids: Vec<i64> = contacts.iter().map(|c| c.as_i64()).collect();
        let key = params![self.id(), ids];
        self.db().query_map(&CONDUCT_HITS, key, bound).await
    }

    /// Which mails of these campaigns these contacts got. `contacts` must be sorted and without repeats.
    /// Two probes into all campaigns, and one pass over the rows of each that has any of them.
    pub async fn conduct_got(
        &self,
        contacts: &[ContactId],
        campaigns: &[CampaignId],
    ) -> Result<Vec<Got>, StoreError> {
        debug_assert!(contacts.is_sorted(), "conduct_got takes sorted ids");
        let (Some(first), Some(last)) = (contacts.first(), contacts.last()) else {
            return Ok(Vec::new());
        };
        let from = self.conduct_bounds(*first, campaigns).await?;
        let to = self.conduct_bounds(*last, campaigns).await?;
        let mut out = Vec::new();
        for (campaign, low) in from {
            let high = to.get(&campaign).copied().unwrap_or(low);
            let key = params![self.id(), campaign, low, high];
            let read = move |row: &Row<'_>| {
                Ok(Got {
                    contact: row.get(0)?,
                    campaign,
                    at: row.get(1)?,
                })
            };
            let rows = self.db().query_map(&CONDUCT_GOT, key, read).await?;
            let wanted = |got: &Got| contacts.binary_search(&got.contact).is_ok();
            out.extend(rows.into_iter().filter(wanted));
        }
        Ok(out)
    }

    /// In each of these campaigns the row of this contact, or of the next one after it.
    async fn conduct_bounds(
        &self,
        contact: ContactId,
        campaigns: &[CampaignId],
    ) -> Result<BTreeMap<CampaignId, i64>, StoreError> {
        let ids: Vec<i64> = campaigns.iter().map(|id| id.as_i64()).collect();
        let key = params![self.id(), contact, ids];
        let read = |row: &Row<'_>| Ok((row.get::<CampaignId>(0)?, row.get::<i64>(1)?));
        let rows = self.db().query_map(&CONDUCT_BOUNDS, key, read).await?;
        Ok(rows.into_iter().collect())
    }
}

fn bound(row: &Row<'_>) -> Result<BoundHit, StoreError> {
    let link: Option<u16> = row.get(3)?;
    Ok(BoundHit {
        contact: row.get(0)?,
        campaign: row.get(1)?,
        kind: link.map_or(HitKind::Open, |link| HitKind::Click { link }),
        at: row.get(4)?,
        version: row.get(5)?,
    })
}
