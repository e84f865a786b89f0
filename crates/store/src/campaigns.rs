//! Campaigns: what is to be sent to whom, and where it stands.
//!
//! Promises: moves only as `CampaignState::may_become` allows; content never changes once a campaign has
//! left draft. Never: sends anything.

use avow_model::{
    AccountId, CampaignContent, CampaignId, CampaignState, ContactId, ListId, Purpose, SegmentId,
    SendPlan, Slug, Timestamp,
};

use crate::audience::PassedOver;
use crate::batch::Batch;
use crate::codes::json_text;
use crate::row::Row;
use crate::segments::SEGMENT_EXISTS;
use crate::sources::{CampaignSource, NOT_A_DRAFT};
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, NewAct, Store, StoreError};

/// A campaign to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCampaign {
    pub name: String,
    pub purpose: Purpose,
    /// `None` = every contact of the account.
    pub list: Option<ListId>,
    /// Only those of them who are known to be in it.
    pub segment: Option<SegmentId>,
    pub content: CampaignContent,
}

/// The segment that a campaign is sent to: of a draft as it stands, later as it was at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignSegment {
    pub id: SegmentId,
    pub slug: Slug,
    /// Canonical. Empty, and so no segment at all, where it was lost.
    pub text: String,
}

/// One campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    pub account: AccountId,
    pub id: CampaignId,
    pub name: String,
    pub purpose: Purpose,
    pub list: Option<ListId>,
    pub segment: Option<CampaignSegment>,
    pub content: CampaignContent,
    pub state: CampaignState,
    /// The audience is judged up to and including this contact; 0 before the first.
    pub prepared_through: ContactId,
    /// The whole audience is judged.
    pub prepared: bool,
    /// How many recipient rows there are. They are numbered from 1 to this.
    pub audience: u32,
    /// Who was looked at and got no row.
    pub passed_over: PassedOver,
    pub created_at: Timestamp,
    /// When it left draft: the date of its messages.
    pub started_at: Option<Timestamp>,
    /// When its last row became final. A cancelled campaign without it has rows to settle.
    pub finished_at: Option<Timestamp>,
    /// The policy version that it announces: then the program wrote it, and nobody edits or cancels it.
    pub notice: Option<u32>,
    /// When it is to leave, or left by itself, as it was typed.
    pub plan: Option<SendPlan>,
    /// Of a draft: when the engine takes it. `None` of whatever nobody has planned, or has left.
    pub starts_at: Option<Timestamp>,
}

macro_rules! campaign_columns {
    () => {
        "account, id, name, purpose, list, content, state, prepared_through, prepared, audience, \
         created_at, started_at, finished_at, notice_version, outside, untold, segment, \
         COALESCE(CASE WHEN started_at IS NULL THEN (SELECT s.slug FROM segment s \
            WHERE s.account = campaign.account AND s.id = campaign.segment) ELSE segment_name END, 'lost'), \
         COALESCE(CASE WHEN started_at IS NULL THEN (SELECT s.canonical FROM segment s \
            WHERE s.account = campaign.account AND s.id = campaign.segment) ELSE segment_text END, ''), \
         plan, starts_at"
    };
}

/// What a campaign keeps of its segment when it leaves draft.
macro_rules! segment_kept {
    () => {
        "segment_name = CASE WHEN started_at IS NULL THEN (SELECT s.slug FROM segment s
            WHERE s.account = campaign.account AND s.id = campaign.segment) ELSE segment_name END,
        segment_text = CASE WHEN started_at IS NULL THEN (SELECT s.canonical FROM segment s
            WHERE s.account = campaign.account AND s.id = campaign.segment) ELSE segment_text END"
    };
}
pub(crate) use segment_kept;

queries! {
    CAMPAIGN_ADD = "INSERT INTO campaign (account, id, name, purpose, list, content, state, prepared_through,
        prepared, audience, created_at, started_at, finished_at, segment)
        VALUES ($1, $2, $3, $4, $5, $6, 'draft', 0, FALSE, 0, $7, NULL, NULL, $8)";
    CAMPAIGN_BY_ID = concat!("SELECT ", campaign_columns!(), " FROM campaign WHERE account = $1 AND id = $2");
    CAMPAIGNS = concat!("SELECT ", campaign_columns!(), " FROM campaign WHERE account = $1 ORDER BY id DESC");
    CAMPAIGNS_OPEN = concat!("SELECT ", campaign_columns!(), " FROM campaign
        WHERE state IN ('preparing', 'sending') OR (state = 'cancelled' AND finished_at IS NULL)
        ORDER BY CASE WHEN notice_version IS NULL THEN 1 ELSE 0 END, id");
    CAMPAIGNS_UNDER_WAY = concat!("SELECT ", campaign_columns!(), " FROM campaign
        WHERE account = $1 AND state IN ('preparing', 'sending', 'paused') ORDER BY id DESC LIMIT $2");
    CAMPAIGN_NAMES = "SELECT id, name FROM campaign WHERE account = $1 AND id {in $2} ORDER BY id";
    CAMPAIGN_ACCOUNT = "SELECT account FROM campaign WHERE id = $1";
    CAMPAIGN_DRAFT = "UPDATE campaign SET name = $3, purpose = $4, list = $5, content = $6, segment = $7
        WHERE account = $1 AND id = $2 AND state = 'draft' AND starts_at IS NULL";
    /// A draft that a user sends off or gives up by hand does not leave by its plan.
    CAMPAIGN_MOVE = concat!("UPDATE campaign SET state = $4, ", segment_kept!(), ", starts_at = NULL,
        plan = CASE WHEN started_at IS NULL THEN NULL ELSE plan END,
        started_at = COALESCE(started_at, CASE WHEN CAST($4 AS TEXT) IN ('preparing', 'sending') THEN CAST($5 AS BIGINT) END),
        finished_at = CASE WHEN CAST($4 AS TEXT) = 'finished' THEN CAST($5 AS BIGINT) ELSE finished_at END
        WHERE account = $1 AND id = $2 AND state {in $3}
        AND (notice_version IS NULL OR CAST($4 AS TEXT) <> 'cancelled')");
    CAMPAIGN_SETTLE_ROWS = "UPDATE recipient SET state = 5, next_at = NULL, updated_at = $5,
        reasons = CASE WHEN EXISTS (SELECT 1 FROM campaign c WHERE c.account = $1 AND c.id = $2
            AND c.notice_version IS NOT NULL) THEN CAST($4 AS TEXT) ELSE CAST($3 AS TEXT) END
        WHERE account = $1 AND campaign = $2 AND state IN (0, 2)";
    CAMPAIGN_SETTLED = "UPDATE campaign SET finished_at = $3
        WHERE account = $1 AND id = $2 AND state = 'cancelled' AND finished_at IS NULL";
    LINKS_DROP = "DELETE FROM campaign_link WHERE account = $1 AND campaign = $2";
    LINK_ADD = "INSERT INTO campaign_link (account, campaign, n, url) VALUES ($1, $2, $3, $4)";
    LINKS = "SELECT url FROM campaign_link WHERE account = $1 AND campaign = $2 ORDER BY n";
}

/// The reason code of rows that were refused because a user cancelled their campaign.
pub const REASON_CANCELLED: &str = "CANCELLED";
/// The reason code of rows of a notice that were refused because its version was taken back.
pub const REASON_RETRACTED: &str = "C_RETRACTED";

impl Store {
    /// The campaigns of all accounts that the engine has work with: being prepared, being sent, or
    /// cancelled with rows that are not settled yet (then: let the wire run dry and call `campaign_settle`).
    /// Notices come first: they are owed.
    pub async fn campaigns_open(&self) -> Result<Vec<Campaign>, StoreError> {
        self.db()
            .query_map(&CAMPAIGNS_OPEN, params![], campaign)
            .await
    }
}

impl Store {
    /// Whose campaign it is: for commands that name a campaign by its id alone.
    pub async fn campaign_account(&self, id: CampaignId) -> Result<Option<AccountId>, StoreError> {
        let read = |row: &Row<'_>| row.get(0);
        self.db()
            .query_opt(&CAMPAIGN_ACCOUNT, params![id], read)
            .await
    }
}

impl AccountScope {
    /// Keeps a new draft.
    pub async fn campaign_create(&self, new: NewCampaign) -> Result<CampaignId, StoreError> {
        self.campaign_create_from(new, None).await
    }

    /// The same, made from a document of blocks.
    pub async fn campaign_create_from(
        &self,
        new: NewCampaign,
        document: Option<String>,
    ) -> Result<CampaignId, StoreError> {
        let id = CampaignId::from_i64(self.next_id());
        let content = json_text(&new.content);
        let mut batch = Batch::new();
        let row = params![
            self.id(),
            id,
            new.name,
            &new.purpose,
            new.list,
            content,
            self.now(),
            new.segment
        ];
        self.segment_must_exist(new.segment, &mut batch);
        batch.run(&CAMPAIGN_ADD, row);
        if document.is_some() {
            self.source_set(&mut batch, id, document, 0);
        }
        self.db().write(batch).await?;
        Ok(id)
    }

    /// The campaign with this id.
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&CAMPAIGN_BY_ID, key, campaign).await
    }

    /// All campaigns, newest first.
    pub async fn campaigns(&self) -> Result<Vec<Campaign>, StoreError> {
        self.db()
            .query_map(&CAMPAIGNS, params![self.id()], campaign)
            .await
    }

    /// Those that have begun and not ended, newest first.
    pub async fn campaigns_under_way(&self, limit: u32) -> Result<Vec<Campaign>, StoreError> {
        let key = params![self.id(), limit];
        self.db()
            .query_map(&CAMPAIGNS_UNDER_WAY, key, campaign)
            .await
    }

    /// The names of these campaigns, in the order of their ids.
    pub async fn campaign_names(
        &self,
        ids: &[CampaignId],
    ) -> Result<Vec<(CampaignId, String)>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| id.as_i64()).collect();
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let key = params![self.id(), ids];
        self.db().query_map(&CAMPAIGN_NAMES, key, read).await
    }

    /// Rewrites a draft, its content too; blocks stay where the body made from them does. A campaign that has left
    /// draft is a `Conflict`.
    pub async fn campaign_update_draft(
        &self,
        id: CampaignId,
        new: NewCampaign,
    ) -> Result<(), StoreError> {
        let source = self.campaign_source(id).await?;
        let same = |s: &CampaignSource| {
            let (old, new) = (&s.content, &new.content);
            (old.body_kind, &old.body, &old.text) == (new.body_kind, &new.body, &new.text)
        };
        let read = source.as_ref().map_or(0, |s| s.revision);
        let document = source.filter(same).and_then(|s| s.document);
        self.rewrite(id, new, (document, read)).await
    }

    /// Rewrites everything but what the message says: body and text part stay what they are.
    pub async fn campaign_update_envelope(
        &self,
        id: CampaignId,
        mut new: NewCampaign,
    ) -> Result<(), StoreError> {
        let source = self.campaign_source(id).await?;
        let source = source.ok_or(StoreError::Conflict(NOT_A_DRAFT))?;
        new.content.body_kind = source.content.body_kind;
        new.content.body = source.content.body;
        new.content.text = source.content.text;
        self.rewrite(id, new, (source.document, source.revision))
            .await
    }

    async fn rewrite(
        &self,
        id: CampaignId,
        new: NewCampaign,
        (document, read): (Option<String>, u32),
    ) -> Result<(), StoreError> {
        let content = json_text(&new.content);
        let mut batch = Batch::new();
        self.segment_must_exist(new.segment, &mut batch);
        let (name, purpose) = (new.name, &new.purpose);
        let row = params![self.id(), id, name, purpose, new.list, content, new.segment];
        batch.run(&CAMPAIGN_DRAFT, row);
        batch.expect(1, NOT_A_DRAFT);
        self.source_set(&mut batch, id, document, read);
        self.db().write(batch).await.map(drop)
    }

    /// In the transaction that names it: who removes it meanwhile waits, and finds it in use.
    fn segment_must_exist(&self, segment: Option<SegmentId>, batch: &mut Batch) {
        if let Some(id) = segment {
            batch.run(&SEGMENT_EXISTS, params![self.id(), id]);
            batch.expect(1, "the segment does not exist any more; choose another");
        }
    }

    /// Moves a campaign on, if it stands in one of `from`; otherwise a `Conflict`. A notice is not cancelled so:
    /// `retract_policy` does that.
    pub async fn campaign_move(
        &self,
        id: CampaignId,
        from: &[CampaignState],
        to: CampaignState,
    ) -> Result<(), StoreError> {
        let batch = self.move_batch(id, from, to);
        self.db().write(batch).await.map(drop)
    }

    /// The same, done by a member: the audit log has it in the same transaction.
    pub async fn campaign_move_by(
        &self,
        id: CampaignId,
        from: &[CampaignState],
        to: CampaignState,
        act: NewAct,
    ) -> Result<(), StoreError> {
        let mut batch = self.move_batch(id, from, to);
        self.note(&mut batch, act);
        self.db().write(batch).await.map(drop)
    }

    fn move_batch(&self, id: CampaignId, from: &[CampaignState], to: CampaignState) -> Batch {
        let allowed = from.iter().filter(|s| s.may_become(to));
        let words: Vec<String> = allowed.map(|s| s.as_str().to_owned()).collect();
        let mut batch = Batch::new();
        batch.run(
            &CAMPAIGN_MOVE,
            params![self.id(), id, words, to, self.now()],
        );
        batch.expect(
            1,
            "the campaign stands elsewhere by now; look at its page and try again",
        );
        batch
    }

    /// Refuses whatever has not left of a cancelled campaign, and closes it. Only when nothing of it is
    /// on the wire any more: a final row never moves. A second call does nothing.
    pub async fn campaign_settle(&self, id: CampaignId) -> Result<(), StoreError> {
        let now = self.now();
        let mut batch = Batch::new();
        let (reason, of_notice) = (Value::Word(REASON_CANCELLED), Value::Word(REASON_RETRACTED));
        batch.run(&CAMPAIGN_SETTLED, params![self.id(), id, now]);
        batch.expect(1, "the campaign is not cancelled, or was settled already");
        let rows = params![self.id(), id, reason, of_notice, now];
        batch.run(&CAMPAIGN_SETTLE_ROWS, rows);
        match self.db().write(batch).await {
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// Keeps the links of a campaign's body: a click's token names one by its place here, from 0.
    pub async fn campaign_links_set(
        &self,
        id: CampaignId,
        links: &[String],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let row = |(n, url): (usize, &String)| params![self.id(), id, n as i64, url];
        batch.run(&LINKS_DROP, params![self.id(), id]);
        batch.each(&LINK_ADD, links.iter().enumerate().map(row).collect());
        self.db().write(batch).await.map(drop)
    }

    /// The links of a campaign's body in their order.
    pub async fn campaign_links(&self, id: CampaignId) -> Result<Vec<String>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_map(&LINKS, key, |row| row.get(0)).await
    }
}

pub(crate) fn campaign(row: &Row<'_>) -> Result<Campaign, StoreError> {
    Ok(Campaign {
        account: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        purpose: row.get(3)?,
        list: row.get(4)?,
        content: row.json(5)?,
        state: row.get(6)?,
        prepared_through: row.get(7)?,
        prepared: row.get(8)?,
        audience: row.get(9)?,
        created_at: row.get(10)?,
        started_at: row.get(11)?,
        finished_at: row.get(12)?,
        notice: row.get(13)?,
        passed_over: PassedOver {
            outside: row.get(14)?,
            untold: row.get(15)?,
        },
        segment: segment(row)?,
        plan: plan(row)?,
        starts_at: row.get(20)?,
    })
}

fn plan(row: &Row<'_>) -> Result<Option<SendPlan>, StoreError> {
    match row.get::<Option<String>>(19)? {
        None => Ok(None),
        Some(_) => row.json(19).map(Some),
    }
}

fn segment(row: &Row<'_>) -> Result<Option<CampaignSegment>, StoreError> {
    let Some(id) = row.get(16)? else {
        return Ok(None);
    };
    Ok(Some(CampaignSegment {
        id,
        slug: row.get(17)?,
        text: row.get(18)?,
    }))
}
