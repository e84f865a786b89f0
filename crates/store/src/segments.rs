//! Segments: who is meant, in words, and what is read of people to tell who that is.
//!
//! Promises: a segment that a draft is to be sent to is not removed; a campaign that has left draft keeps the
//! words it had then. Never: reads the words (that is `policy`), or decides who may be read.

use std::collections::BTreeMap;

use avow_model::{CampaignId, CampaignState, ContactId, SegmentId, Slug, Timestamp};

use crate::batch::Batch;
use crate::contacts::{ContactSummary, summary};
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// The field that is the address itself.
const ADDRESS_FIELD: &str = "email";

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    pub id: SegmentId,
    pub slug: Slug,
    /// As it was written.
    pub text: String,
    /// The one way to write it.
    pub canonical: String,
    pub created_at: Timestamp,
}

/// A campaign that is sent to a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentUse {
    pub campaign: CampaignId,
    pub name: String,
    pub state: CampaignState,
}

/// The words of a segment, read and found to be one by `policy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentText {
    pub text: String,
    pub canonical: String,
}

macro_rules! segment_columns {
    () => {
        "SELECT id, slug, text, canonical, created_at FROM segment WHERE account = $1"
    };
}

queries! {
    SEGMENT_ADD = "INSERT INTO segment (account, id, slug, text, canonical, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    SEGMENT_BY_SLUG = concat!(segment_columns!(), " AND slug = $2");
    SEGMENT_BY_ID = concat!(segment_columns!(), " AND id = $2");
    SEGMENT_USES = "SELECT id, name, state FROM campaign WHERE account = $1 AND segment = $2
        ORDER BY id DESC LIMIT $3";
    CAMPAIGNS_GONE = "SELECT id, name FROM campaign WHERE account = $1 AND started_at IS NOT NULL
        AND notice_version IS NULL ORDER BY id DESC LIMIT $2";
    CONTACTS_NAMED = "SELECT id, address, fields, flags, jurisdiction, created_at FROM contact
        WHERE account = $1 AND id {in $2} AND address <> '' ORDER BY id";
    SEGMENTS = concat!(segment_columns!(), " ORDER BY slug");
    SEGMENT_CHANGE = "UPDATE segment SET text = $3, canonical = $4 WHERE account = $1 AND id = $2";
    pub(crate) SEGMENT_EXISTS = "UPDATE segment SET created_at = created_at WHERE account = $1 AND id = $2";
    SEGMENT_REMOVE = "DELETE FROM segment WHERE account = $1 AND id = $2 AND NOT EXISTS (
        SELECT 1 FROM campaign c WHERE c.account = $1 AND c.segment = $2 AND c.state = 'draft')";
    CHOOSING_FIELDS = "SELECT id, address, fields FROM contact WHERE account = $1 AND id {in $2}
        AND address <> ''";
    CHOOSING_LISTS = "SELECT s.contact, l.slug FROM list l
        JOIN subscription s ON s.account = l.account AND s.list = l.id
        WHERE l.account = $1 AND l.slug {in $3} AND s.contact {in $2} AND s.state = 'confirmed'
        ORDER BY s.contact, l.slug";
}

impl AccountScope {
    /// Keeps a new segment. A slug that is taken is a `Duplicate`.
    pub async fn segment_create(
        &self,
        slug: &Slug,
        new: &SegmentText,
    ) -> Result<SegmentId, StoreError> {
        let id = SegmentId::from_i64(self.next_id());
        let (text, canonical) = (new.text.as_str(), new.canonical.as_str());
        let mut batch = Batch::new();
        let row = params![self.id(), id, slug, text, canonical, self.now()];
        batch.run(&SEGMENT_ADD, row);
        self.db().write(batch).await?;
        Ok(id)
    }

    /// The segment with this slug.
    pub async fn segment_by_slug(&self, slug: &Slug) -> Result<Option<SegmentRow>, StoreError> {
        let key = params![self.id(), slug];
        self.db().query_opt(&SEGMENT_BY_SLUG, key, segment).await
    }

    /// The segment with this id.
    pub async fn segment(&self, id: SegmentId) -> Result<Option<SegmentRow>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&SEGMENT_BY_ID, key, segment).await
    }

    /// The campaigns that are sent to a segment, or were, newest first.
    pub async fn segment_uses(
        &self,
        id: SegmentId,
        limit: u32,
    ) -> Result<Vec<SegmentUse>, StoreError> {
        let key = params![self.id(), id, limit];
        let read = |row: &Row<'_>| {
            Ok(SegmentUse {
                campaign: row.get(0)?,
                name: row.get(1)?,
                state: row.get(2)?,
            })
        };
        self.db().query_map(&SEGMENT_USES, key, read).await
    }

    /// The campaigns that went out, newest first: whose mail people may have opened.
    pub async fn campaigns_gone(
        &self,
        limit: u32,
    ) -> Result<Vec<(CampaignId, String)>, StoreError> {
        let key = params![self.id(), limit];
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.db().query_map(&CAMPAIGNS_GONE, key, read).await
    }

    /// These contacts as lists show them, in the order of their ids; whoever was erased is not among them.
    pub async fn contacts_named(
        &self,
        contacts: &[ContactId],
    ) -> Result<Vec<ContactSummary>, StoreError> {
        let ids: Vec<i64> = contacts.iter().map(|c| c.as_i64()).collect();
        let key = params![self.id(), ids];
        self.db().query_map(&CONTACTS_NAMED, key, summary).await
    }

    /// All segments in the order of their slugs.
    pub async fn segments(&self) -> Result<Vec<SegmentRow>, StoreError> {
        let key = params![self.id()];
        self.db().query_map(&SEGMENTS, key, segment).await
    }

    /// Rewrites a segment. Drafts follow; campaigns that have started do not.
    pub async fn segment_change(&self, id: SegmentId, new: &SegmentText) -> Result<(), StoreError> {
        let (text, canonical) = (new.text.as_str(), new.canonical.as_str());
        let mut batch = Batch::new();
        batch.run(&SEGMENT_CHANGE, params![self.id(), id, text, canonical]);
        batch.expect(1, "there is no such segment any more");
        self.db().write(batch).await.map(drop)
    }

    /// Removes a segment. One that a draft is to be sent to is a `Conflict`.
    pub async fn segment_remove(&self, id: SegmentId) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SEGMENT_REMOVE, params![self.id(), id]);
        batch.expect(
            1,
            "a draft is to be sent to this segment; choose another audience there first",
        );
        self.db().write(batch).await.map(drop)
    }

    /// These fields of these contacts, as they were typed; the address is the field `email`. Who has none of
    /// them is left out. In the order of the contacts' ids or in none.
    pub async fn choosing_fields(
        &self,
        contacts: &[ContactId],
        names: &[String],
    ) -> Result<Vec<(ContactId, BTreeMap<String, String>)>, StoreError> {
        let ids: Vec<i64> = contacts.iter().map(|c| c.as_i64()).collect();
        let names = names.to_vec();
        let read = move |row: &Row<'_>| {
            let mut fields: BTreeMap<String, String> = row.json(2)?;
            fields.insert(ADDRESS_FIELD.to_owned(), row.get(1)?);
            fields.retain(|name, _| names.contains(name));
            Ok((row.get::<ContactId>(0)?, fields))
        };
        let rows = self
            .db()
            .query_map(&CHOOSING_FIELDS, params![self.id(), ids], read);
        let mut rows = rows.await?;
        rows.retain(|(_, fields)| !fields.is_empty());
        Ok(rows)
    }

    /// On which of these lists each of these contacts is confirmed.
    pub async fn choosing_lists(
        &self,
        contacts: &[ContactId],
        lists: &[Slug],
    ) -> Result<Vec<(ContactId, Slug)>, StoreError> {
        let ids: Vec<i64> = contacts.iter().map(|c| c.as_i64()).collect();
        let names: Vec<String> = lists.iter().map(ToString::to_string).collect();
        let key = params![self.id(), ids, names];
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.db().query_map(&CHOOSING_LISTS, key, read).await
    }
}

fn segment(row: &Row<'_>) -> Result<SegmentRow, StoreError> {
    Ok(SegmentRow {
        id: row.get(0)?,
        slug: row.get(1)?,
        text: row.get(2)?,
        canonical: row.get(3)?,
        created_at: row.get(4)?,
    })
}
