//! Single messages that are no campaign's: confirmations, test sends and what programs hand in, with their bodies.

use avow_model::{AccountId, ContactId, Outcome, OutgoingId, RecipientState, Timestamp};

use crate::batch::Batch;
use crate::codes::{Words, read_as_word};
use crate::row::Row;
use crate::singles::SINGLE_ATTEMPT;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, NewEntry, Store, StoreError};

/// What a single message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutgoingKind {
    /// Asks a person to confirm a sign-up.
    Confirmation,
    /// A draft to whoever writes it.
    Test,
    /// Handed in by a program, for a purpose. See `injected.rs`.
    Message,
    /// To one of the staff about their log-in: it names no contact.
    Staff,
}

impl OutgoingKind {
    /// The word that programs and the store use.
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Confirmation, Self::Test, Self::Message, Self::Staff];
}

read_as_word!(OutgoingKind);

impl Words for OutgoingKind {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Confirmation, "confirmation"),
        (Self::Test, "test"),
        (Self::Message, "message"),
        (Self::Staff, "staff"),
    ];
}

/// A message to send.
#[derive(Debug, Clone)]
pub struct NewOutgoing {
    pub kind: OutgoingKind,
    pub contact: Option<ContactId>,
    pub mail_from: String,
    pub rcpt_to: String,
    /// Headers and body, CRLF, unsigned and not dot-stuffed.
    pub body: Vec<u8>,
}

/// A message that is due.
#[derive(Debug, Clone)]
pub struct OutgoingRow {
    pub account: AccountId,
    pub id: OutgoingId,
    pub kind: OutgoingKind,
    pub contact: Option<ContactId>,
    pub mail_from: String,
    pub rcpt_to: String,
    pub body: Vec<u8>,
    pub attempts: u32,
    pub created_at: Timestamp,
    /// Of a message: the question to the gate that it was written for.
    pub question: Option<String>,
    /// Of a message: what it carries, as bits that its writer understands.
    pub means: u32,
}

/// A message that is due: whose it is, and to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingHead {
    pub account: AccountId,
    pub id: OutgoingId,
    pub rcpt_to: String,
}

/// What became of an attempt.
#[derive(Debug, Clone)]
pub struct OutgoingOutcome {
    pub account: AccountId,
    pub id: OutgoingId,
    pub state: RecipientState,
    pub attempts: u32,
    /// For `Waiting` and `Deferred`, and only for them.
    pub next_at: Option<Timestamp>,
    pub reply_code: Option<u16>,
    pub reply: Option<String>,
    pub at: Timestamp,
}

/// Where a single message stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingState {
    pub state: RecipientState,
    pub attempts: u32,
    pub reply_code: Option<u16>,
    pub reply: Option<String>,
}

/// Single messages of an account that have not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutgoingOpen {
    pub kind: OutgoingKind,
    /// Never tried.
    pub waiting: u32,
    /// Put off.
    pub deferred: u32,
    /// When the first of them is due.
    pub next_at: Timestamp,
}

/// Open messages counted: somebody who looks at more of them sees that there are so many at least.
pub const OUTGOING_COUNTED_MAX: u32 = 10_000;

// `+account` keeps both databases from walking the account's ended messages: the open ones have an index.
queries! {
    OUTGOING_OPEN = "SELECT kind, CAST(SUM(CASE WHEN state = 0 THEN 1 ELSE 0 END) AS BIGINT),
        CAST(SUM(CASE WHEN state = 2 THEN 1 ELSE 0 END) AS BIGINT), MIN(next_at)
        FROM (SELECT kind, state, next_at FROM outgoing WHERE +account = $1 AND state IN (0, 2)
            AND kind IN ('confirmation', 'test', 'message', 'staff') LIMIT $2) AS o
        GROUP BY kind ORDER BY kind";
    pub(crate) OUTGOING_ADD = "INSERT INTO outgoing (account, id, kind, contact, mail_from, rcpt_to, body, state, attempts,
        next_at, reply_code, reply, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, NULL, NULL, $8, $8)";
    OUTGOING_HEADS = "SELECT account, id, rcpt_to FROM outgoing WHERE state IN (0, 2) AND kind = $1 AND next_at <= $2
        ORDER BY next_at LIMIT $3";
    OUTGOING_OF = "SELECT account, id, kind, contact, mail_from, rcpt_to, body, attempts, created_at, question,
        COALESCE(means, 0) FROM outgoing WHERE account {in $1} AND id {in $2} AND state IN (0, 2)
        AND next_at <= $3 ORDER BY next_at";
    OUTGOING_NEXT = "SELECT MIN(next_at) FROM outgoing WHERE state IN (0, 2)";
    OUTGOING_RECORD = "UPDATE outgoing SET state = $3, attempts = $4, next_at = $5, reply_code = $6, reply = $7,
        updated_at = $8 WHERE account = $1 AND id = $2 AND state IN (0, 2)";
    CONFIRMATIONS_SENT = "SELECT updated_at FROM outgoing WHERE account = $1 AND contact = $2
        AND kind = 'confirmation' AND state IN (1, 6) AND updated_at > $3 ORDER BY updated_at";
    OUTGOING_PERSON = "SELECT account, contact FROM outgoing WHERE id = $1 AND contact IS NOT NULL";
    OUTGOING_STATE = "SELECT state, attempts, reply_code, reply FROM outgoing WHERE account = $1 AND id = $2";
}

impl Store {
    /// Who is written to by messages of a kind, of all accounts, whose time has come: the longest due first.
    pub async fn outgoing_heads(
        &self,
        kind: OutgoingKind,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<OutgoingHead>, StoreError> {
        let key = params![kind, now, limit];
        let read = |row: &Row<'_>| {
            Ok(OutgoingHead {
                account: row.get(0)?,
                id: row.get(1)?,
                rcpt_to: row.get(2)?,
            })
        };
        self.db().query_map(&OUTGOING_HEADS, key, read).await
    }

    /// Those of these messages whose time has come, the longest due first.
    pub async fn outgoing_of(
        &self,
        messages: &[(AccountId, OutgoingId)],
        now: Timestamp,
    ) -> Result<Vec<OutgoingRow>, StoreError> {
        let accounts: Vec<i64> = messages.iter().map(|(a, _)| a.as_i64()).collect();
        let ids: Vec<i64> = messages.iter().map(|(_, id)| id.as_i64()).collect();
        let key = params![accounts, ids, now];
        self.db().query_map(&OUTGOING_OF, key, outgoing).await
    }

    /// When the next message is due; `None` when none is open.
    pub async fn outgoing_next_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let read = |row: &Row<'_>| row.get(0);
        self.db().query_one(&OUTGOING_NEXT, params![], read).await
    }

    /// Records what became of attempts; on the disk when it returns. A final message never moves.
    pub async fn outgoing_record(&self, outcomes: Vec<OutgoingOutcome>) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let key = |o: &OutgoingOutcome| params![o.account, o.id];
        let put_off = outcomes.iter().filter(|o| is_put_off(o)).map(key).collect();
        batch.each(&OUTGOING_RECORD, outcomes.into_iter().map(record).collect());
        batch.each(&SINGLE_ATTEMPT, put_off);
        self.db().write(batch).await.map(drop)
    }

    /// Whose message it is and to whom; `None` of a message that is gone, or was to nobody known.
    pub async fn outgoing_person(
        &self,
        id: OutgoingId,
    ) -> Result<Option<(AccountId, ContactId)>, StoreError> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.db()
            .query_opt(&OUTGOING_PERSON, params![id], read)
            .await
    }
}

impl AccountScope {
    /// As `outgoing_record`, with what the ledger is told of it, in the same transaction.
    pub async fn outgoing_record_told(
        &self,
        outcome: OutgoingOutcome,
        told: Option<NewEntry>,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let put_off = is_put_off(&outcome).then(|| params![outcome.account, outcome.id]);
        batch.run(&OUTGOING_RECORD, record(outcome));
        batch.each(&SINGLE_ATTEMPT, put_off.into_iter().collect());
        self.enter(&mut batch, told.as_slice()).await?;
        self.db().write(batch).await.map(drop)
    }

    /// Queues a message; on the disk when it returns. Due at once.
    pub async fn outgoing_add(&self, new: NewOutgoing) -> Result<OutgoingId, StoreError> {
        let id = OutgoingId::from_i64(self.next_id());
        let mut batch = Batch::new();
        let row = queued((self.id(), id.as_i64()), new, self.now());
        batch.run(&OUTGOING_ADD, row);
        self.db().write(batch).await?;
        Ok(id)
    }

    /// When confirmation mails went to a contact after this instant, those in doubt with them.
    pub async fn confirmations_sent(
        &self,
        contact: ContactId,
        after: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let key = params![self.id(), contact, after];
        let read = |row: &Row<'_>| row.get(0);
        self.db().query_map(&CONFIRMATIONS_SENT, key, read).await
    }

    /// How many messages of each kind are open, of at most [`OUTGOING_COUNTED_MAX`] that are looked at.
    pub async fn outgoing_open(&self) -> Result<Vec<OutgoingOpen>, StoreError> {
        let key = params![self.id(), OUTGOING_COUNTED_MAX];
        let read = |row: &Row<'_>| {
            Ok(OutgoingOpen {
                kind: row.get(0)?,
                waiting: row.get(1)?,
                deferred: row.get(2)?,
                next_at: row.get(3)?,
            })
        };
        self.db().query_map(&OUTGOING_OPEN, key, read).await
    }

    /// Where a message stands.
    pub async fn outgoing_state(
        &self,
        id: OutgoingId,
    ) -> Result<Option<OutgoingState>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&OUTGOING_STATE, key, state).await
    }
}

fn is_put_off(o: &OutgoingOutcome) -> bool {
    o.state == RecipientState::At(Outcome::Deferred)
}

/// The row of a new message, due at once.
pub(crate) fn queued(
    (account, id): (AccountId, i64),
    new: NewOutgoing,
    now: Timestamp,
) -> Vec<Value> {
    params![
        account,
        id,
        new.kind,
        new.contact,
        new.mail_from,
        new.rcpt_to,
        new.body,
        now
    ]
}

fn record(o: OutgoingOutcome) -> Vec<Value> {
    params![
        o.account,
        o.id,
        o.state,
        o.attempts,
        o.next_at,
        o.reply_code,
        o.reply,
        o.at
    ]
}

fn outgoing(row: &Row<'_>) -> Result<OutgoingRow, StoreError> {
    Ok(OutgoingRow {
        account: row.get(0)?,
        id: row.get(1)?,
        kind: row.get(2)?,
        contact: row.get(3)?,
        mail_from: row.get(4)?,
        rcpt_to: row.get(5)?,
        body: row.get(6)?,
        attempts: row.get(7)?,
        created_at: row.get(8)?,
        question: row.get(9)?,
        means: row.get(10)?,
    })
}

fn state(row: &Row<'_>) -> Result<OutgoingState, StoreError> {
    Ok(OutgoingState {
        state: row.get(0)?,
        attempts: row.get(1)?,
        reply_code: row.get(2)?,
        reply: row.get(3)?,
    })
}
