//! The audience of a campaign, page by page, and the rows it becomes.
//!
//! Promises: rows and the cursor move in one transaction, so each contact gets exactly one row whatever
//! breaks; a page that is appended twice changes nothing the second time.

use avow_model::{CampaignId, ContactId, ListId, RecipientState, Timestamp};

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, NewEntry, StoreError};

/// One recipient as judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecipient {
    pub contact: ContactId,
    /// `Waiting`, or `Refused` by the gate.
    pub state: RecipientState,
    /// Codes of the decision with spaces between.
    pub reasons: String,
    /// Not before; `None`: at once.
    pub due_at: Option<Timestamp>,
}

/// People of a page who are in one zone, where each has their own hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneGroup {
    pub zone: String,
    pub due_at: Timestamp,
    pub people: u32,
}

/// Who was looked at for a segment and got no row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// Known not to be meant.
    pub outside: u32,
    /// It could not be told: what would tell may not be read, or is not held.
    pub untold: u32,
}

/// The rows of one page of the audience.
#[derive(Debug, Clone)]
pub struct AudienceChunk {
    /// The number of the first row: the campaign's `audience` + 1.
    pub first_seq: u32,
    /// In the order of their contacts' ids, each above those of earlier chunks.
    pub recipients: Vec<NewRecipient>,
    /// The last contact of the page, with a row or without.
    pub prepared_through: ContactId,
    /// All that have none, from the first page to this.
    pub passed_over: PassedOver,
    /// The audience ends here.
    pub prepared: bool,
    /// Where each person has their own hour: those of this page.
    pub zones: Vec<ZoneGroup>,
}

queries! {
    AUDIENCE_ALL = "SELECT id FROM contact WHERE account = $1 AND id > $2 AND address <> ''
        ORDER BY id LIMIT $3";
    AUDIENCE_LIST = "SELECT s.contact FROM subscription s
        JOIN contact c ON c.account = s.account AND c.id = s.contact
        WHERE s.account = $1 AND s.list = $4 AND s.contact > $2 AND s.state = 'confirmed'
        AND c.address <> '' ORDER BY s.contact LIMIT $3";
    CURSOR_MOVE = "UPDATE campaign SET audience = $4, prepared_through = $5, prepared = $6, outside = $7, untold = $8
        WHERE account = $1 AND id = $2 AND audience = $3 AND prepared = FALSE AND prepared_through <= $5";
    RECIPIENT_ADD = "INSERT INTO recipient (account, campaign, seq, contact, state, attempts, next_at, reply_code,
        reply, reasons, updated_at, due_at) VALUES ($1, $2, $3, $4, $5, 0, NULL, NULL, NULL, $6, $7, $8)";
    ZONE_ADD = "INSERT INTO campaign_zone (account, campaign, zone, due_at, people) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account, campaign, zone) DO UPDATE SET people = campaign_zone.people + excluded.people";
    ZONES = "SELECT zone, due_at, people FROM campaign_zone WHERE account = $1 AND campaign = $2
        ORDER BY due_at, zone";
}

impl AccountScope {
    /// The next contacts of a list (those confirmed on it), or of the account, in the order of their ids.
    pub async fn audience_page(
        &self,
        list: Option<ListId>,
        after: ContactId,
        limit: u32,
    ) -> Result<Vec<ContactId>, StoreError> {
        let mut row = params![self.id(), after, limit];
        let sql = match list {
            None => &AUDIENCE_ALL,
            Some(list) => {
                row.push(Value::from(list));
                &AUDIENCE_LIST
            }
        };
        self.db().query_map(sql, row, |row| row.get(0)).await
    }

    /// Appends the rows of a page and moves the campaign's cursor. A chunk that is there already is no
    /// fault; one that does not follow the last is a `Conflict`.
    pub async fn recipients_append(
        &self,
        campaign: CampaignId,
        chunk: AudienceChunk,
    ) -> Result<(), StoreError> {
        self.recipients_append_told(campaign, chunk, &[]).await
    }

    /// As `recipients_append`, with what the ledger is told of the rows, in the same transaction.
    pub async fn recipients_append_told(
        &self,
        campaign: CampaignId,
        chunk: AudienceChunk,
        told: &[NewEntry],
    ) -> Result<(), StoreError> {
        debug_assert!(
            chunk.recipients.is_sorted_by(|a, b| a.contact < b.contact),
            "rows are found by contact because both grow together"
        );
        let before = chunk.first_seq.saturating_sub(1);
        let after = before + chunk.recipients.len() as u32;
        let through = chunk.prepared_through;
        let mut batch = Batch::new();
        let PassedOver { outside, untold } = chunk.passed_over;
        let cursor = params![
            self.id(),
            campaign,
            before,
            after,
            through,
            chunk.prepared,
            outside,
            untold
        ];
        batch.run(&CURSOR_MOVE, cursor);
        batch.expect(
            1,
            "the audience is being prepared by another process; let it end",
        );
        batch.each(&ZONE_ADD, self.zone_rows(campaign, &chunk.zones));
        batch.each(&RECIPIENT_ADD, self.new_rows(campaign, chunk));
        self.enter(&mut batch, told).await?;
        match self.db().write(batch).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(why)) => self.appended(campaign, after, through, why).await,
            Err(fault) => Err(fault),
        }
    }

    fn new_rows(&self, campaign: CampaignId, chunk: AudienceChunk) -> Vec<Vec<Value>> {
        let now: Timestamp = self.now();
        let numbered = (chunk.first_seq..).zip(chunk.recipients);
        let row = |(seq, r): (u32, NewRecipient)| {
            params![
                self.id(),
                campaign,
                seq,
                r.contact,
                r.state,
                r.reasons,
                now,
                r.due_at
            ]
        };
        numbered.map(row).collect()
    }

    fn zone_rows(&self, campaign: CampaignId, zones: &[ZoneGroup]) -> Vec<Vec<Value>> {
        let row = |z: &ZoneGroup| params![self.id(), campaign, &z.zone, z.due_at, z.people];
        zones.iter().map(row).collect()
    }

    /// The zones of a campaign in which each person has their own hour, the earliest first. Empty of any other.
    pub async fn campaign_zones(&self, campaign: CampaignId) -> Result<Vec<ZoneGroup>, StoreError> {
        let key = params![self.id(), campaign];
        let read = |row: &Row<'_>| {
            Ok(ZoneGroup {
                zone: row.get(0)?,
                due_at: row.get(1)?,
                people: row.get(2)?,
            })
        };
        self.db().query_map(&ZONES, key, read).await
    }

    /// `Ok` when the cursor shows that the chunk is in already.
    async fn appended(
        &self,
        campaign: CampaignId,
        audience: u32,
        through: ContactId,
        why: &'static str,
    ) -> Result<(), StoreError> {
        let stands = self.campaign(campaign).await?;
        let there = |c: &crate::Campaign| c.audience >= audience && c.prepared_through >= through;
        match stands.filter(there) {
            Some(_) => Ok(()),
            None => Err(StoreError::Conflict(why)),
        }
    }
}
