//! What is past its time is blanked, in pages. The policy says what and when; this file only carries it out.
//!
//! Promises: a page and the ledger's count of it are one transaction; a page done twice changes nothing the
//! second time. Never: decides what is past, removes a fact, or touches what a later collection renewed.

use std::collections::BTreeMap;

use avow_ledger::{Payload, Tombstone};
use avow_model::{CampaignId, Category, ContactId, Timestamp};

use crate::batch::Batch;
use crate::codes::json_text;
use crate::fact_rows::whole_micros;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, NewEntry, StoreError};

/// From which event a time of keeping counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeptAfter {
    /// The collection, or the person's last act where that came later.
    LastActivity,
    Collection,
}

/// One line of what is past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    pub category: Category,
    /// The version that the data are bound to; `None` = no version.
    pub version: Option<u32>,
    pub after: KeptAfter,
    /// What counts from this instant or an earlier one is past.
    pub cutoff: Timestamp,
}

/// What a page came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// The last contact looked at: the next page goes on after it. `None` at the end.
    pub through: Option<ContactId>,
    /// Contacts whose values were blanked.
    pub blanked: u64,
}

queries! {
    /// Only the last collection of a category binds it: one that came later has its own line.
    PAST = "SELECT c.id, c.fields FROM collection k JOIN contact c ON c.account = k.account AND c.id = k.contact
        WHERE k.account = $1 AND k.contact > $2 AND c.address <> ''
        AND COALESCE(k.version, 0) = $4 AND k.at <= $6
        AND REPLACE(' ' || k.categories || ' ', $5, '') <> ' ' || k.categories || ' '
        AND ($7 = FALSE OR c.last_activity_at IS NULL OR c.last_activity_at <= $6)
        AND NOT EXISTS (SELECT 1 FROM collection later WHERE later.account = k.account
            AND later.contact = k.contact AND later.id > k.id
            AND REPLACE(' ' || later.categories || ' ', $5, '') <> ' ' || later.categories || ' ')
        ORDER BY k.contact LIMIT $3";
    FIELDS_SET = "UPDATE contact SET fields = $3 WHERE account = $1 AND id = $2 AND fields = $4 AND address <> ''";
    HITS_PAST = "SELECT id FROM hit WHERE account = $1 AND campaign = $2 AND at <= $3 ORDER BY id LIMIT $4";
    HITS_RETIRED = "UPDATE campaign SET hits_retired = 1 WHERE account = $1 AND id = $2";
    HITS_DROP = "DELETE FROM hit WHERE account = $1 AND campaign = $2 AND id {in $3}";
}

impl AccountScope {
    /// Contacts whose data are past, in the order of their ids, from the one after `after`.
    pub async fn past_page(
        &self,
        past: &Past,
        after: Option<ContactId>,
        limit: u32,
    ) -> Result<Vec<ContactId>, StoreError> {
        let rows = self.past(past, after, limit).await?;
        Ok(rows.into_iter().map(|(id, _)| id).collect())
    }

    /// Blanks the fields that are of the category, of a page of contacts whose data are past, and tells the
    /// ledger how many.
    /// Values that somebody changed at the same moment are left for the next time.
    pub async fn retire_fields(
        &self,
        past: &Past,
        is_of: impl Fn(&str) -> bool + Send,
        after: Option<ContactId>,
        limit: u32,
    ) -> Result<Retired, StoreError> {
        let page = self.past(past, after, limit).await?;
        let through = page.last().map(|(id, _)| *id);
        let mut rows = Vec::new();
        for (contact, held) in page {
            let mut left: BTreeMap<String, String> =
                serde_json::from_str(&held).unwrap_or_default();
            left.retain(|name, _| !is_of(name));
            let left = json_text(&left);
            if left != held {
                rows.push(params![self.id(), contact, left, held]);
            }
        }
        let blanked = rows.len() as u64;
        if blanked > 0 {
            let mut batch = Batch::new();
            batch.each(&FIELDS_SET, rows);
            self.count_retired(blanked, &mut batch).await?;
            self.db().write(batch).await?;
        }
        Ok(Retired { through, blanked })
    }

    /// Deletes hits of a campaign that happened at this instant or before, at most `limit` of them; how many.
    pub async fn retire_hits(
        &self,
        campaign: CampaignId,
        cutoff: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let key = params![self.id(), campaign, cutoff, limit];
        let past = self.db().query_map(&HITS_PAST, key, |row| row.get(0));
        let past: Vec<i64> = past.await?;
        let gone = past.len() as u64;
        if gone > 0 {
            let mut batch = Batch::new();
            batch.run(&HITS_DROP, params![self.id(), campaign, past]);
            batch.run(&HITS_RETIRED, params![self.id(), campaign]);
            self.count_retired(gone, &mut batch).await?;
            self.db().write(batch).await?;
        }
        Ok(gone)
    }

    async fn count_retired(&self, rows: u64, batch: &mut Batch) -> Result<(), StoreError> {
        let tombstone = Tombstone {
            seeds: 0,
            entries: 0,
            rows: u32::try_from(rows).unwrap_or(u32::MAX),
            at: whole_micros(self.now()),
        };
        let entry = NewEntry::own(Payload::Erasure(tombstone));
        self.enter(batch, &[entry]).await.map(drop)
    }

    async fn past(
        &self,
        past: &Past,
        after: Option<ContactId>,
        limit: u32,
    ) -> Result<Vec<(ContactId, String)>, StoreError> {
        let key = params![
            self.id(),
            after.map_or(0, ContactId::as_i64),
            limit,
            past.version.unwrap_or(0),
            format!(" {} ", past.category.as_str()),
            past.cutoff,
            past.after == KeptAfter::LastActivity
        ];
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.db().query_map(&PAST, key, read).await
    }
}
