//! Hits: opens and clicks as they came, machines told apart from people.
//!
//! Promises: a hit is on the disk before the call returns. Never: decides whether one may be kept.

use avow_model::{CampaignId, ContactId, HitId, HitKind, MessageId, Purpose, Timestamp, Verdict};

use crate::batch::Batch;
use crate::row::{Column, FromColumn, Row};
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, StoreError};

/// A hit that the gate has let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHit {
    pub campaign: CampaignId,
    pub seq: u32,
    pub contact: ContactId,
    pub kind: HitKind,
    pub verdict: Verdict,
    pub at: Timestamp,
    pub bound: HitBinding,
}

/// What a hit was measured under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitBinding {
    pub purpose: Purpose,
    /// The policy version in force then.
    pub version: u32,
}

/// What a campaign has seen. People are counted once each; a click shows an open where pictures are off,
/// and is counted as one for `human_openers`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HitTally {
    pub human_opens: u64,
    /// People with an open or a click of their own.
    pub human_openers: u64,
    pub human_clicks: u64,
    /// People with a click of their own.
    pub human_clickers: u64,
    /// Opens by proxies, scanners and other programs.
    pub machine_opens: u64,
    pub machine_clicks: u64,
}

/// Clicks of people on one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkCount {
    /// The link's place in `campaign_links`.
    pub link: u16,
    pub clicks: u64,
    pub clickers: u64,
}

/// One hit of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HitLine {
    pub id: HitId,
    pub campaign: CampaignId,
    pub kind: HitKind,
    pub verdict: Verdict,
    pub at: Timestamp,
}

/// A hit as the log of events tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedHit {
    pub id: HitId,
    pub contact: ContactId,
    pub message: MessageId,
    pub kind: HitKind,
    pub verdict: Verdict,
    pub at: Timestamp,
}

queries! {
    /// Nothing is told of somebody who was erased.
    HITS_LOG = "SELECT h.id, h.campaign, h.kind, h.verdict, h.at, h.link, h.seq, h.contact FROM hit h
        JOIN contact c ON c.account = h.account AND c.id = h.contact AND c.address <> ''
        WHERE h.account = $1 AND h.id > $2 AND h.id < $3 ORDER BY h.id LIMIT $4";
    HIT_ADD = "INSERT INTO hit (account, campaign, id, seq, contact, kind, link, verdict, at, purpose, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    HIT_TALLY = "SELECT COUNT(*) FILTER (WHERE verdict = 'human' AND kind = 'open'),
        COUNT(DISTINCT CASE WHEN verdict = 'human' THEN seq END),
        COUNT(*) FILTER (WHERE verdict = 'human' AND kind = 'click'),
        COUNT(DISTINCT CASE WHEN verdict = 'human' AND kind = 'click' THEN seq END),
        COUNT(*) FILTER (WHERE verdict <> 'human' AND kind = 'open'),
        COUNT(*) FILTER (WHERE verdict <> 'human' AND kind = 'click')
        FROM hit WHERE account = $1 AND campaign = $2";
    LINK_TALLY = "SELECT link, COUNT(*), COUNT(DISTINCT seq) FROM hit
        WHERE account = $1 AND campaign = $2 AND kind = 'click' AND verdict = 'human'
        GROUP BY link ORDER BY link";
    HITS_OF = "SELECT id, campaign, kind, verdict, at, link FROM hit
        WHERE account = $1 AND campaign {in $3} AND contact = $2 ORDER BY id DESC LIMIT $4";
}

impl AccountScope {
    /// Keeps hits for good; on the disk when it returns.
    pub async fn hits_add(&self, hits: Vec<NewHit>) -> Result<(), StoreError> {
        let row = |h: NewHit| {
            let kind = Value::Word(h.kind.as_str());
            let verdict = Value::Word(h.verdict.as_str());
            let id = self.next_id();
            params![
                self.id(),
                h.campaign,
                id,
                h.seq,
                h.contact,
                kind,
                h.kind.link(),
                verdict,
                h.at,
                &h.bound.purpose,
                h.bound.version
            ]
        };
        let mut batch = Batch::new();
        batch.each(&HIT_ADD, hits.into_iter().map(row).collect());
        self.db().write(batch).await.map(drop)
    }

    /// What a campaign has seen so far.
    pub async fn hit_tally(&self, campaign: CampaignId) -> Result<HitTally, StoreError> {
        let key = params![self.id(), campaign];
        self.db().query_one(&HIT_TALLY, key, tally).await
    }

    /// Clicks of people by link.
    pub async fn link_tally(&self, campaign: CampaignId) -> Result<Vec<LinkCount>, StoreError> {
        let key = params![self.id(), campaign];
        self.db().query_map(&LINK_TALLY, key, link).await
    }

    /// Hits after one and before another, in the order of their ids.
    pub async fn hits_log(
        &self,
        (after, before): (HitId, HitId),
        limit: u32,
    ) -> Result<Vec<LoggedHit>, StoreError> {
        let key = params![self.id(), after, before, limit];
        self.db().query_map(&HITS_LOG, key, logged).await
    }

    /// The newest hits of one contact.
    pub async fn hits_of(
        &self,
        contact: ContactId,
        limit: u32,
    ) -> Result<Vec<HitLine>, StoreError> {
        let messages = self.recipients_of(contact).await?;
        let campaigns: Vec<i64> = messages.iter().map(|m| m.campaign.as_i64()).collect();
        let key = params![self.id(), contact, campaigns, limit];
        self.db().query_map(&HITS_OF, key, hit).await
    }
}

impl FromColumn for Verdict {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Text(word) => Self::parse(word),
            _ => None,
        }
    }
}

fn tally(row: &Row<'_>) -> Result<HitTally, StoreError> {
    Ok(HitTally {
        human_opens: row.get(0)?,
        human_openers: row.get(1)?,
        human_clicks: row.get(2)?,
        human_clickers: row.get(3)?,
        machine_opens: row.get(4)?,
        machine_clicks: row.get(5)?,
    })
}

fn link(row: &Row<'_>) -> Result<LinkCount, StoreError> {
    Ok(LinkCount {
        link: row.get(0)?,
        clicks: row.get(1)?,
        clickers: row.get(2)?,
    })
}

fn logged(row: &Row<'_>) -> Result<LoggedHit, StoreError> {
    let line = hit(row)?;
    Ok(LoggedHit {
        id: line.id,
        contact: row.get(7)?,
        message: MessageId {
            campaign: line.campaign,
            seq: row.get(6)?,
        },
        kind: line.kind,
        verdict: line.verdict,
        at: line.at,
    })
}

fn hit(row: &Row<'_>) -> Result<HitLine, StoreError> {
    let kind: String = row.get(2)?;
    let link: Option<u16> = row.get(5)?;
    let kind = match (kind.as_str(), link) {
        ("open", None) => HitKind::Open,
        ("click", Some(link)) => HitKind::Click { link },
        _ => return Err(row.corrupt(2, "neither an open nor a click of a link")),
    };
    Ok(HitLine {
        id: row.get(0)?,
        campaign: row.get(1)?,
        kind,
        verdict: row.get(3)?,
        at: row.get(4)?,
    })
}
