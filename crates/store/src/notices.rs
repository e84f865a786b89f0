//! Notices of policy versions: the mailing that the program itself makes when a version is published.
//!
//! Promises: a version has at most one notice; a notice that was delivered to a person is a fact about that
//! person, written in the transaction of the outcome, once, whatever is replayed. Never: writes its words.

use std::collections::BTreeMap;

use avow_ledger::Payload;
use avow_model::{
    CampaignContent, CampaignId, CampaignState, ContactId, FactId, FactKind, Outcome, Purpose,
    RecipientState, Timestamp,
};

use crate::batch::Batch;
use crate::codes::json_text;
use crate::fact_rows::{FactPlace, NewFact, as_kept, fact_params};
use crate::facts::FACT_ADD;
use crate::outcomes::{ATTEMPT_ADD, OUTCOME, OutcomeRow, put_off};
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, NewEntry, StoreError, Tally};

/// How often outcomes are recorded again because the last write of a process that was killed came between
/// reading and writing.
const TRIES_MAX: usize = 4;

/// The mailing that announces a version, to every contact of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    pub name: String,
    /// What the gate is asked about.
    pub purpose: Purpose,
    pub content: CampaignContent,
}

/// A notice, and how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeStanding {
    /// The version that it announces.
    pub version: u32,
    pub campaign: CampaignId,
    pub state: CampaignState,
    /// Everybody who is to be told has a row.
    pub prepared: bool,
    pub tally: Tally,
    /// Of the delivered: those who had it only when the version was in effect already.
    pub late: u64,
}

queries! {
    NOTICE_ADD = "INSERT INTO campaign (account, id, name, purpose, list, content, state, prepared_through,
        prepared, audience, created_at, started_at, finished_at, notice_version)
        VALUES ($1, $2, $3, $4, NULL, $5, 'preparing', 0, FALSE, 0, $6, $6, NULL, $7)";
    NOTICE_STOP = "UPDATE campaign SET state = 'cancelled'
        WHERE account = $1 AND notice_version = $2 AND state IN ('preparing', 'sending', 'paused')";
    NOTICES = "SELECT c.notice_version, c.id, c.state, c.prepared, COUNT(*) FILTER (WHERE r.state = 0),
        COUNT(*) FILTER (WHERE r.state = 1), COUNT(*) FILTER (WHERE r.state = 2),
        COUNT(*) FILTER (WHERE r.state = 3), COUNT(*) FILTER (WHERE r.state = 4),
        COUNT(*) FILTER (WHERE r.state = 5), COUNT(*) FILTER (WHERE r.state = 6),
        COUNT(*) FILTER (WHERE r.state = 1 AND r.updated_at >= v.effective_at)
        FROM campaign c JOIN policy_version v ON v.account = c.account AND v.n = c.notice_version
        LEFT JOIN recipient r ON r.account = c.account AND r.campaign = c.id
        WHERE c.account = $1 AND c.notice_version IS NOT NULL
        GROUP BY c.notice_version, c.id, c.state, c.prepared ORDER BY c.notice_version DESC";
    PEOPLE_TO_TELL = "SELECT COUNT(*) FROM contact WHERE account = $1 AND address <> ''";
    NOTICE_OPEN_ROWS = "SELECT seq, contact, attempts FROM recipient
        WHERE account = $1 AND campaign = $2 AND seq {in $3} AND state IN (0, 2)";
}

impl AccountScope {
    /// All notices of the account, the newest version first. Reads every row of them once.
    pub async fn notices(&self) -> Result<Vec<NoticeStanding>, StoreError> {
        let key = params![self.id()];
        self.db().query_map(&NOTICES, key, standing).await
    }

    /// How many people a notice that is published now is to: every contact that is not erased.
    pub async fn people_to_tell(&self) -> Result<u64, StoreError> {
        let count = |row: &Row<'_>| row.get(0);
        let key = params![self.id()];
        self.db().query_one(&PEOPLE_TO_TELL, key, count).await
    }

    /// Adds a notice to the batch of its version's publication. It is on its way when that is written.
    pub(crate) fn announce(&self, batch: &mut Batch, version: u32, new: &NewNotice) -> CampaignId {
        let id = CampaignId::from_i64(self.next_id());
        let row = params![
            self.id(),
            id,
            new.name.as_str(),
            &new.purpose,
            json_text(&new.content),
            self.now(),
            version
        ];
        batch.run(&NOTICE_ADD, row);
        id
    }

    /// Stops the notice of a version, in the batch that takes the version back.
    pub(crate) fn announce_no_more(&self, batch: &mut Batch, version: u32) {
        batch.run(&NOTICE_STOP, params![self.id(), version]);
    }

    /// As `record_outcomes_told`, for a notice: who got it has been told, and their facts and their chain
    /// say so from the same transaction on.
    pub async fn record_notice_outcomes(
        &self,
        notice: (CampaignId, u32),
        mut outcomes: Vec<OutcomeRow>,
        told: &[NewEntry],
    ) -> Result<(), StoreError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        outcomes.sort_unstable_by_key(|o| (o.seq, o.attempts));
        let mut tries = 0;
        loop {
            tries += 1;
            let tried = self.try_notice_outcomes(notice, outcomes.clone(), told);
            match tried.await {
                Err(StoreError::Conflict(_)) if tries < TRIES_MAX => {}
                other => return other,
            }
        }
    }

    async fn try_notice_outcomes(
        &self,
        (campaign, version): (CampaignId, u32),
        outcomes: Vec<OutcomeRow>,
        told: &[NewEntry],
    ) -> Result<(), StoreError> {
        let reached = self.reached(campaign, &outcomes).await?;
        let (facts, entries) = self.notices_told(version, &reached);
        let attempts = put_off(self.id(), campaign, &outcomes);
        let (got, others): (Vec<OutcomeRow>, Vec<OutcomeRow>) =
            outcomes.into_iter().partition(delivered);
        let rows = |all: Vec<OutcomeRow>| -> Vec<Vec<Value>> {
            let row = |o| self.outcome_row(campaign, o);
            all.into_iter().map(row).collect()
        };
        let mut batch = Batch::new();
        batch.each(&OUTCOME, rows(others));
        batch.each(&OUTCOME, rows(got));
        // Each row that becomes delivered here is one whose person is told here, and no other.
        batch.expect(
            facts.len() as u64,
            "somebody else recorded outcomes of the notice at the same moment",
        );
        batch.each(&FACT_ADD, facts);
        batch.each(&ATTEMPT_ADD, attempts);
        self.enter(&mut batch, &[told, &entries].concat()).await?;
        self.db().write(batch).await.map(drop)
    }

    /// The fact that each of these people was told at that moment, and its entry in their chain.
    fn notices_told(
        &self,
        version: u32,
        reached: &[(ContactId, Timestamp)],
    ) -> (Vec<Vec<Value>>, Vec<NewEntry>) {
        let told = |(contact, at): &(ContactId, Timestamp)| {
            let new = NewFact::new(FactKind::Notice { version }, *at);
            let place = FactPlace {
                account: self.id(),
                contact: *contact,
                id: FactId::from_i64(self.next_id()),
                now: self.now(),
            };
            let entry = NewEntry::about(*contact, Payload::Choice(as_kept(place, &new)));
            (fact_params(place, &new), entry)
        };
        reached.iter().map(told).unzip()
    }

    /// The people whose rows these outcomes turn into delivered ones, and when.
    async fn reached(
        &self,
        campaign: CampaignId,
        outcomes: &[OutcomeRow],
    ) -> Result<Vec<(ContactId, Timestamp)>, StoreError> {
        let got = outcomes.iter().filter(|o| delivered(o));
        let got: BTreeMap<u32, &OutcomeRow> = got.map(|o| (o.seq, o)).collect();
        if got.is_empty() {
            return Ok(Vec::new());
        }
        let seqs: Vec<i64> = got.keys().map(|seq| i64::from(*seq)).collect();
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let key = params![self.id(), campaign, seqs];
        let open: Vec<(u32, ContactId, u32)> =
            self.db().query_map(&NOTICE_OPEN_ROWS, key, read).await?;
        let of = |(seq, contact, attempts): (u32, ContactId, u32)| {
            let row = got.get(&seq).filter(|o| attempts <= o.attempts)?;
            Some((contact, row.at))
        };
        Ok(open.into_iter().filter_map(of).collect())
    }
}

fn delivered(outcome: &OutcomeRow) -> bool {
    outcome.state == RecipientState::At(Outcome::Delivered)
}

fn standing(row: &Row<'_>) -> Result<NoticeStanding, StoreError> {
    Ok(NoticeStanding {
        version: row.get(0)?,
        campaign: row.get(1)?,
        state: row.get(2)?,
        prepared: row.get(3)?,
        tally: Tally {
            waiting: row.get(4)?,
            delivered: row.get(5)?,
            deferred: row.get(6)?,
            bounced: row.get(7)?,
            expired: row.get(8)?,
            refused: row.get(9)?,
            unknown: row.get(10)?,
        },
        late: row.get(11)?,
    })
}
