//! How often people were written to of late: what a policy that limits it must know.
//!
//! Promises: a page of contacts costs two probes into each campaign and one pass over the rows between them,
//! so all pages together pass once over each campaign. Never: an index that sending would have to keep up.

use std::collections::BTreeMap;

use avow_model::{CampaignId, ContactId, Purpose, Timestamp};

use crate::recipients::halving;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

queries! {
    SENT_BOUNDS = concat!(halving!("AND purpose {in $3} AND notice_version IS NULL
            AND (finished_at IS NULL OR finished_at > $4) "),
        "SELECT campaign, low FROM probe WHERE low = high");
    SENT_ROWS = "SELECT contact, updated_at FROM recipient WHERE account = $1 AND campaign = $2
        AND seq >= $3 AND seq <= $4 AND state IN (1, 6) AND updated_at > $5";
    SENT_SINGLES = "SELECT contact, updated_at FROM outgoing WHERE account = $1 AND contact {in $2}
        AND kind = 'message' AND purpose {in $3} AND state IN (1, 6) AND updated_at > $4";
}

impl AccountScope {
    /// When mails for one of the purposes went to these contacts after this instant, those of campaigns and single
    /// ones; those in doubt count, notices of policy versions do not.
    /// `contacts` must be sorted and without repeats.
    pub async fn sent_to(
        &self,
        contacts: &[ContactId],
        purposes: &[Purpose],
        after: Timestamp,
    ) -> Result<Vec<(ContactId, Timestamp)>, StoreError> {
        debug_assert!(contacts.is_sorted(), "sent_to takes sorted ids");
        let (Some(first), Some(last)) = (contacts.first(), contacts.last()) else {
            return Ok(Vec::new());
        };
        let from = self.sent_bounds(*first, purposes, after).await?;
        let to = self.sent_bounds(*last, purposes, after).await?;
        let mut out = self.singles_to(contacts, purposes, after).await?;
        for (campaign, low) in from {
            let high = to.get(&campaign).copied().unwrap_or(low);
            let rows = params![self.id(), campaign, low, high, after];
            let read = |row: &Row<'_>| Ok((row.get::<ContactId>(0)?, row.get::<Timestamp>(1)?));
            let rows = self.db().query_map(&SENT_ROWS, rows, read).await?;
            let wanted =
                |(contact, _): &(ContactId, Timestamp)| contacts.binary_search(contact).is_ok();
            out.extend(rows.into_iter().filter(wanted));
        }
        Ok(out)
    }

    async fn singles_to(
        &self,
        contacts: &[ContactId],
        purposes: &[Purpose],
        after: Timestamp,
    ) -> Result<Vec<(ContactId, Timestamp)>, StoreError> {
        let ids: Vec<i64> = contacts.iter().map(|c| c.as_i64()).collect();
        let names: Vec<String> = purposes.iter().map(ToString::to_string).collect();
        let key = params![self.id(), ids, names, after];
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.db().query_map(&SENT_SINGLES, key, read).await
    }

    /// In each campaign for one of the purposes, the row of this contact or of the next one after it.
    async fn sent_bounds(
        &self,
        contact: ContactId,
        purposes: &[Purpose],
        after: Timestamp,
    ) -> Result<BTreeMap<CampaignId, i64>, StoreError> {
        let names: Vec<String> = purposes.iter().map(ToString::to_string).collect();
        let key = params![self.id(), contact, names, after];
        let read = |row: &Row<'_>| Ok((row.get::<CampaignId>(0)?, row.get::<i64>(1)?));
        let rows = self.db().query_map(&SENT_BOUNDS, key, read).await?;
        Ok(rows.into_iter().collect())
    }
}
