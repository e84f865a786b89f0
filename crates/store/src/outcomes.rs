//! The hot path of sending: which rows are due, and what became of them.
//!
//! Promises: a final row never moves, so replaying outcomes is harmless; a row's attempts never go
//! back. Delivered rows touch no secondary index. Never: reads a body.

use avow_model::{
    AccountId, CampaignId, ContactId, Jurisdiction, Outcome, RecipientState, Timestamp,
};

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, NewEntry, StoreError};

/// A row to send now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRecipient {
    pub seq: u32,
    pub contact: ContactId,
    /// Attempts so far.
    pub attempts: u32,
    /// When a deferred row is due.
    pub next_at: Option<Timestamp>,
    /// Not before, where each person has their own hour.
    pub due_at: Option<Timestamp>,
    /// `None` when the contact is gone or erased.
    pub person: Option<DuePerson>,
}

/// What a message needs of its recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePerson {
    /// As typed; parses as an `EmailAddress`.
    pub address: String,
    /// JSON object of text values.
    pub fields: String,
    pub jurisdiction: Jurisdiction,
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeRow {
    pub seq: u32,
    pub state: RecipientState,
    /// Attempts with this one.
    pub attempts: u32,
    /// When to try again: for `Deferred`, and only for it.
    pub next_at: Option<Timestamp>,
    pub reply_code: Option<u16>,
    pub reply: Option<String>,
    /// `None` leaves the reasons of the decision that stand.
    pub reasons: Option<String>,
    pub at: Timestamp,
}

/// When rows are due: after one instant, and through another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueSpan {
    /// `None`: from the beginning, with those who have no hour of their own.
    pub after: Option<Timestamp>,
    pub through: Timestamp,
}

/// Below the 0 that stands for rows without an hour of their own.
const NOT_DUE_BEFORE: i64 = -1;

macro_rules! due_columns {
    () => {
        "r.seq, r.contact, r.attempts, r.next_at, c.address, c.fields, c.jurisdiction, r.due_at FROM recipient r \
         LEFT JOIN contact c ON c.account = r.account AND c.id = r.contact "
    };
}

queries! {
    WAITING = concat!("SELECT ", due_columns!(), "WHERE r.account = $1 AND r.campaign = $2 AND r.seq > $3
        AND r.state = 0 AND COALESCE(r.due_at, 0) > $5 AND COALESCE(r.due_at, 0) <= $6 ORDER BY r.seq LIMIT $4");
    DEFERRED_DUE = concat!("SELECT ", due_columns!(), "WHERE r.account = $1 AND r.campaign = $2 AND r.state = 2
        AND r.next_at <= $3 AND (r.next_at, r.seq) > ($4, $5) ORDER BY r.next_at, r.seq LIMIT $6");
    AT = concat!("SELECT ", due_columns!(), "WHERE r.account = $1 AND r.campaign = $2 AND r.seq {in $3}
        AND r.state IN (0, 2) ORDER BY r.seq");
    NEXT_DEFERRED = "SELECT MIN(next_at) FROM recipient WHERE account = $1 AND campaign = $2 AND state = 2";
    pub(crate) OUTCOME = "UPDATE recipient SET state = $4, attempts = $5, next_at = $6, reply_code = $7, reply = $8,
        reasons = COALESCE($9, reasons), updated_at = $10
        WHERE account = $1 AND campaign = $2 AND seq = $3 AND state IN (0, 2) AND attempts <= $5";
    pub(crate) ATTEMPT_ADD = "INSERT INTO attempt (account, campaign, seq, n, reply_code, reply, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account, campaign, seq, n) DO NOTHING";
}

impl AccountScope {
    /// Rows that wait for their first attempt, whenever they are due, in order, from the one after `after_seq`
    /// (0 = the first).
    pub async fn recipients_waiting(
        &self,
        campaign: CampaignId,
        after_seq: u32,
        limit: u32,
    ) -> Result<Vec<DueRecipient>, StoreError> {
        let whenever = DueSpan {
            after: None,
            through: Timestamp::MAX,
        };
        let due = self.recipients_waiting_due(campaign, after_seq, whenever, limit);
        due.await
    }

    /// The same, of those who are due in a span of time. Rows without an hour of their own are due before all others.
    pub async fn recipients_waiting_due(
        &self,
        campaign: CampaignId,
        after_seq: u32,
        span: DueSpan,
        limit: u32,
    ) -> Result<Vec<DueRecipient>, StoreError> {
        let after = span.after.map_or(NOT_DUE_BEFORE, Timestamp::as_microsecond);
        let key = params![self.id(), campaign, after_seq, limit, after, span.through];
        self.db().query_map(&WAITING, key, due).await
    }

    /// Deferred rows whose time has come, the longest due first, from the one after `after` (its time and number).
    pub async fn recipients_deferred_due(
        &self,
        campaign: CampaignId,
        (after, now): ((Timestamp, u32), Timestamp),
        limit: u32,
    ) -> Result<Vec<DueRecipient>, StoreError> {
        let key = params![self.id(), campaign, now, after.0, after.1, limit];
        self.db().query_map(&DEFERRED_DUE, key, due).await
    }

    /// Rows by their numbers, as far as they are still open.
    pub async fn recipients_at(
        &self,
        campaign: CampaignId,
        seqs: &[u32],
    ) -> Result<Vec<DueRecipient>, StoreError> {
        let seqs: Vec<i64> = seqs.iter().map(|seq| i64::from(*seq)).collect();
        let key = params![self.id(), campaign, seqs];
        self.db().query_map(&AT, key, due).await
    }

    /// When the next deferred row is due; `None` when none is deferred.
    pub async fn next_deferred_at(
        &self,
        campaign: CampaignId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let key = params![self.id(), campaign];
        let read = |row: &Row<'_>| row.get(0);
        self.db().query_one(&NEXT_DEFERRED, key, read).await
    }

    /// Records what became of rows; on the disk when it returns. Rows that are final already, or that
    /// have had more attempts, are left as they are.
    pub async fn record_outcomes(
        &self,
        campaign: CampaignId,
        outcomes: Vec<OutcomeRow>,
    ) -> Result<(), StoreError> {
        self.record_outcomes_told(campaign, outcomes, &[]).await
    }

    /// As `record_outcomes`, with what the ledger is told of them, in the same transaction.
    pub async fn record_outcomes_told(
        &self,
        campaign: CampaignId,
        mut outcomes: Vec<OutcomeRow>,
        told: &[NewEntry],
    ) -> Result<(), StoreError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        outcomes.sort_unstable_by_key(|o| (o.seq, o.attempts));
        let attempts = put_off(self.id(), campaign, &outcomes);
        let mut batch = Batch::new();
        let row = |o| self.outcome_row(campaign, o);
        batch.each(&OUTCOME, outcomes.into_iter().map(row).collect());
        if !attempts.is_empty() {
            batch.each(&ATTEMPT_ADD, attempts);
        }
        self.enter(&mut batch, told).await?;
        self.db().write(batch).await.map(drop)
    }

    pub(crate) fn outcome_row(&self, campaign: CampaignId, o: OutcomeRow) -> Vec<Value> {
        params![
            self.id(),
            campaign,
            o.seq,
            o.state,
            o.attempts,
            o.next_at,
            o.reply_code,
            o.reply,
            o.reasons,
            o.at
        ]
    }
}

/// The attempts among these outcomes that were not the last: the history behind a row.
pub(crate) fn put_off(
    account: AccountId,
    campaign: CampaignId,
    outcomes: &[OutcomeRow],
) -> Vec<Vec<Value>> {
    let attempt = |o: &OutcomeRow| {
        let reply = o.reply.as_deref();
        params![
            account,
            campaign,
            o.seq,
            o.attempts,
            o.reply_code,
            reply,
            o.at
        ]
    };
    let deferred = |o: &&OutcomeRow| o.state == RecipientState::At(Outcome::Deferred);
    outcomes.iter().filter(deferred).map(attempt).collect()
}

fn due(row: &Row<'_>) -> Result<DueRecipient, StoreError> {
    let address: Option<String> = row.get(4)?;
    let person = match address.filter(|a| !a.is_empty()) {
        None => None,
        Some(address) => Some(DuePerson {
            address,
            fields: row.get(5)?,
            jurisdiction: row.get(6)?,
        }),
    };
    Ok(DueRecipient {
        seq: row.get(0)?,
        contact: row.get(1)?,
        attempts: row.get(2)?,
        next_at: row.get(3)?,
        due_at: row.get(7)?,
        person,
    })
}
