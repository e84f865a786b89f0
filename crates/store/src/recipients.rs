//! The account of a campaign: every recipient with one outcome and its reason.
//!
//! Promises: the tally is read from the rows themselves, so it is exact at every moment. Never: estimates.

use avow_model::{
    CampaignId, ContactId, EmailAddress, MessageId, Outcome, RecipientState, Timestamp,
};

use crate::contacts::address_at;
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, StoreError};

/// How many rows of a campaign stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub waiting: u64,
    pub delivered: u64,
    pub deferred: u64,
    pub bounced: u64,
    pub expired: u64,
    pub refused: u64,
    pub unknown: u64,
}

impl Tally {
    /// All rows.
    pub fn audience(&self) -> u64 {
        RecipientState::all().map(|state| self.of(state)).sum()
    }

    /// The rows in one state.
    pub fn of(&self, state: RecipientState) -> u64 {
        match state {
            RecipientState::Waiting => self.waiting,
            RecipientState::At(Outcome::Delivered) => self.delivered,
            RecipientState::At(Outcome::Deferred) => self.deferred,
            RecipientState::At(Outcome::Bounced) => self.bounced,
            RecipientState::At(Outcome::Expired) => self.expired,
            RecipientState::At(Outcome::Refused) => self.refused,
            RecipientState::At(Outcome::Unknown) => self.unknown,
        }
    }

    /// Rows of which nothing more will become.
    pub fn settled(&self) -> u64 {
        self.audience() - self.waiting - self.deferred
    }
}

/// Which rows a page shows.
#[derive(Debug, Clone, Default)]
pub struct RecipientFilter {
    pub state: Option<RecipientState>,
    /// Only rows with this reason code among theirs.
    pub reason: Option<String>,
    /// Only rows whose last reply had this code.
    pub reply_code: Option<u16>,
}

/// One row with its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientLine {
    pub campaign: CampaignId,
    pub seq: u32,
    pub contact: ContactId,
    /// `None` once the contact is erased.
    pub address: Option<EmailAddress>,
    pub state: RecipientState,
    pub attempts: u32,
    pub next_at: Option<Timestamp>,
    pub reply_code: Option<u16>,
    pub reply: Option<String>,
    /// Codes of the decision with spaces between.
    pub reasons: String,
    pub updated_at: Timestamp,
}

/// How many rows share an outcome, the decision's codes and the reply's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonCount {
    pub state: RecipientState,
    pub reasons: String,
    pub reply_code: Option<u16>,
    pub n: u64,
}

/// One attempt that was not the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptLine {
    pub n: u32,
    pub reply_code: Option<u16>,
    pub reply: Option<String>,
    pub at: Timestamp,
}

/// Where a contact stands in one campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactMessage {
    pub campaign: CampaignId,
    pub seq: u32,
    pub state: RecipientState,
    pub updated_at: Timestamp,
}

/// Where a message stands, without what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageStanding {
    pub message: MessageId,
    pub state: RecipientState,
    pub attempts: u32,
}

macro_rules! line_columns {
    () => {
        "r.campaign, r.seq, r.contact, COALESCE(c.address, ''), r.state, r.attempts, r.next_at, r.reply_code, \
         r.reply, r.reasons, r.updated_at FROM recipient r \
         LEFT JOIN contact c ON c.account = r.account AND c.id = r.contact "
    };
}

/// Rows are numbered in the order of their contacts' ids, so a contact's row is found by halving: twenty
/// reads in a million rows, and no index that sending would have to keep up. `CROSS JOIN` keeps SQLite
/// from turning the order of the tables round.
macro_rules! halving {
    ($campaigns:literal) => {
        concat!(
            "WITH RECURSIVE probe (campaign, low, high) AS (
                SELECT id, CAST(1 AS BIGINT), audience FROM campaign WHERE account = $1 AND audience > 0 ",
            $campaigns,
            " UNION ALL
                SELECT p.campaign,
                    CASE WHEN m.contact < $2 THEN m.seq + 1 ELSE p.low END,
                    CASE WHEN m.contact < $2 THEN p.high ELSE m.seq END
                FROM probe p CROSS JOIN recipient m
                WHERE p.low < p.high AND m.account = $1 AND m.campaign = p.campaign
                    AND m.seq = (p.low + p.high) / 2
            ) "
        )
    };
}

pub(crate) use halving;

queries! {
    /// One pass with seven counters: half the time of a GROUP BY, which sorts.
    TALLY = "SELECT COUNT(*) FILTER (WHERE state = 0), COUNT(*) FILTER (WHERE state = 1),
        COUNT(*) FILTER (WHERE state = 2), COUNT(*) FILTER (WHERE state = 3),
        COUNT(*) FILTER (WHERE state = 4), COUNT(*) FILTER (WHERE state = 5),
        COUNT(*) FILTER (WHERE state = 6) FROM recipient WHERE account = $1 AND campaign = $2";
    RECIPIENTS = concat!("SELECT ", line_columns!(), "WHERE r.account = $1 AND r.campaign = $2 AND r.seq > $3
        AND (CAST($5 AS BIGINT) IS NULL OR r.state = $5)
        AND (CAST($6 AS BIGINT) IS NULL OR r.reply_code = $6)
        AND (CAST($7 AS TEXT) IS NULL OR REPLACE(' ' || r.reasons || ' ', $7, '') <> ' ' || r.reasons || ' ')
        ORDER BY r.seq LIMIT $4");
    RECIPIENT = concat!("SELECT ", line_columns!(), "WHERE r.account = $1 AND r.campaign = $2 AND r.seq = $3");
    RECIPIENT_OF = concat!(halving!("AND id = $3"), "SELECT ", line_columns!(),
        "WHERE r.account = $1 AND r.campaign = $3 AND r.contact = $2
        AND r.seq = (SELECT low FROM probe WHERE low = high)");
    RECIPIENTS_OF = concat!(halving!(""), "SELECT r.campaign, r.seq, r.state, r.updated_at
        FROM probe p CROSS JOIN recipient r
        WHERE p.low = p.high AND r.account = $1 AND r.campaign = p.campaign AND r.seq = p.low
        AND r.contact = $2 ORDER BY r.campaign DESC");
    REASONS = "SELECT state, reasons, reply_code, COUNT(*) FROM recipient WHERE account = $1 AND campaign = $2
        GROUP BY state, reasons, reply_code ORDER BY state, COUNT(*) DESC, reasons, reply_code";
    STANDINGS = "SELECT campaign, seq, state, attempts FROM recipient
        WHERE account = $1 AND campaign {in $2} AND seq {in $3}
        UNION ALL SELECT id, 0, state, attempts FROM outgoing WHERE account = $1 AND id {in $2}";
    ATTEMPTS = "SELECT n, reply_code, reply, at FROM attempt
        WHERE account = $1 AND campaign = $2 AND seq = $3 ORDER BY n";
}

impl AccountScope {
    /// How many rows stand where, at this moment.
    pub async fn tally(&self, campaign: CampaignId) -> Result<Tally, StoreError> {
        let key = params![self.id(), campaign];
        self.db().query_one(&TALLY, key, tally).await
    }

    /// Rows with their people, in order, from the one after `after_seq` (0 = the first).
    pub async fn recipients_page(
        &self,
        campaign: CampaignId,
        filter: &RecipientFilter,
        after_seq: u32,
        limit: u32,
    ) -> Result<Vec<RecipientLine>, StoreError> {
        let mut key = params![self.id(), campaign, after_seq, limit];
        key.push(Value::from(filter.state));
        key.push(Value::from(filter.reply_code));
        key.push(Value::from(
            filter.reason.as_ref().map(|code| format!(" {code} ")),
        ));
        self.db().query_map(&RECIPIENTS, key, line).await
    }

    /// One row by its number.
    pub async fn recipient(
        &self,
        campaign: CampaignId,
        seq: u32,
    ) -> Result<Option<RecipientLine>, StoreError> {
        let key = params![self.id(), campaign, seq];
        self.db().query_opt(&RECIPIENT, key, line).await
    }

    /// The row of one contact.
    pub async fn recipient_of(
        &self,
        campaign: CampaignId,
        contact: ContactId,
    ) -> Result<Option<RecipientLine>, StoreError> {
        let key = params![self.id(), contact, campaign];
        self.db().query_opt(&RECIPIENT_OF, key, line).await
    }

    /// All campaigns that a contact is a recipient of, newest first.
    pub async fn recipients_of(
        &self,
        contact: ContactId,
    ) -> Result<Vec<ContactMessage>, StoreError> {
        let key = params![self.id(), contact];
        self.db().query_map(&RECIPIENTS_OF, key, message).await
    }

    /// The rows counted by outcome, codes and reply, the most frequent first within an outcome.
    pub async fn reasons_tally(
        &self,
        campaign: CampaignId,
    ) -> Result<Vec<ReasonCount>, StoreError> {
        let key = params![self.id(), campaign];
        self.db().query_map(&REASONS, key, reason).await
    }

    /// Where these messages stand, of campaigns and single ones, with others of the same campaigns among them.
    pub async fn standings(
        &self,
        messages: &[MessageId],
    ) -> Result<Vec<MessageStanding>, StoreError> {
        let mut campaigns: Vec<i64> = messages.iter().map(|m| m.campaign.as_i64()).collect();
        campaigns.sort_unstable();
        campaigns.dedup();
        let seqs: Vec<i64> = messages.iter().map(|m| m.seq.into()).collect();
        let read = |row: &Row<'_>| {
            Ok(MessageStanding {
                message: MessageId {
                    campaign: row.get(0)?,
                    seq: row.get(1)?,
                },
                state: row.get(2)?,
                attempts: row.get(3)?,
            })
        };
        let key = params![self.id(), campaigns, seqs];
        self.db().query_map(&STANDINGS, key, read).await
    }

    /// The attempts of a row that were put off, in order.
    pub async fn attempts(
        &self,
        campaign: CampaignId,
        seq: u32,
    ) -> Result<Vec<AttemptLine>, StoreError> {
        let key = params![self.id(), campaign, seq];
        self.db().query_map(&ATTEMPTS, key, attempt).await
    }
}

/// Seven counts in the order of the states' numbers.
fn tally(row: &Row<'_>) -> Result<Tally, StoreError> {
    Ok(Tally {
        waiting: row.get(0)?,
        delivered: row.get(1)?,
        deferred: row.get(2)?,
        bounced: row.get(3)?,
        expired: row.get(4)?,
        refused: row.get(5)?,
        unknown: row.get(6)?,
    })
}

fn line(row: &Row<'_>) -> Result<RecipientLine, StoreError> {
    Ok(RecipientLine {
        campaign: row.get(0)?,
        seq: row.get(1)?,
        contact: row.get(2)?,
        address: address_at(row, 3)?,
        state: row.get(4)?,
        attempts: row.get(5)?,
        next_at: row.get(6)?,
        reply_code: row.get(7)?,
        reply: row.get(8)?,
        reasons: row.get(9)?,
        updated_at: row.get(10)?,
    })
}

fn message(row: &Row<'_>) -> Result<ContactMessage, StoreError> {
    Ok(ContactMessage {
        campaign: row.get(0)?,
        seq: row.get(1)?,
        state: row.get(2)?,
        updated_at: row.get(3)?,
    })
}

fn reason(row: &Row<'_>) -> Result<ReasonCount, StoreError> {
    Ok(ReasonCount {
        state: row.get(0)?,
        reasons: row.get(1)?,
        reply_code: row.get(2)?,
        n: row.get(3)?,
    })
}

fn attempt(row: &Row<'_>) -> Result<AttemptLine, StoreError> {
    Ok(AttemptLine {
        n: row.get(0)?,
        reply_code: row.get(1)?,
        reply: row.get(2)?,
        at: row.get(3)?,
    })
}
