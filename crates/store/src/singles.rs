//! Single messages to a person, as people look at them: where each stands, and each attempt before.
//!
//! Promises: whatever was put off is kept with its time and the server's words until the person is erased.
//! Never: a body.

use avow_model::{ContactId, OutgoingId, Purpose, RecipientState, Timestamp};

use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, AttemptLine, OutgoingKind, StoreError};

/// A single message to a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleLine {
    pub id: OutgoingId,
    pub contact: ContactId,
    pub kind: OutgoingKind,
    /// Of a message that a program handed in.
    pub purpose: Option<Purpose>,
    pub state: RecipientState,
    pub attempts: u32,
    pub next_at: Option<Timestamp>,
    pub reply_code: Option<u16>,
    /// What the mail server said; of a refused message the codes.
    pub reply: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

macro_rules! single_columns {
    () => {
        "SELECT id, contact, kind, purpose, state, attempts, next_at, reply_code, reply, created_at, updated_at
        FROM outgoing WHERE account = $1 AND contact IS NOT NULL "
    };
}

queries! {
    SINGLES_OF = concat!(single_columns!(), "AND contact = $2 ORDER BY id DESC LIMIT $3");
    SINGLE = concat!(single_columns!(), "AND id = $2");
    /// From the row that was just recorded: nothing is written of a message that went with its person meanwhile.
    pub(crate) SINGLE_ATTEMPT = "INSERT INTO attempt (account, campaign, seq, n, reply_code, reply, at)
        SELECT account, id, 0, attempts, reply_code, reply, updated_at FROM outgoing
        WHERE account = $1 AND id = $2 AND state = 2 AND contact IS NOT NULL
        ON CONFLICT (account, campaign, seq, n) DO NOTHING";
    pub(crate) SINGLE_ATTEMPTS_DROP = "DELETE FROM attempt WHERE account = $1 AND seq = 0 AND campaign IN
        (SELECT id FROM outgoing WHERE account = $1 AND contact = $2)";
}

impl AccountScope {
    /// Single messages to a contact, newest first.
    pub async fn singles_of(
        &self,
        contact: ContactId,
        limit: u32,
    ) -> Result<Vec<SingleLine>, StoreError> {
        let key = params![self.id(), contact, limit];
        self.db().query_map(&SINGLES_OF, key, single).await
    }

    /// One of them. `None` of a message to nobody known, and once its person is erased.
    pub async fn single(&self, id: OutgoingId) -> Result<Option<SingleLine>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&SINGLE, key, single).await
    }

    /// The attempts of a single message that were put off, in order.
    pub async fn single_attempts(&self, id: OutgoingId) -> Result<Vec<AttemptLine>, StoreError> {
        self.attempts(id.message().campaign, 0).await
    }
}

fn single(row: &Row<'_>) -> Result<SingleLine, StoreError> {
    Ok(SingleLine {
        id: row.get(0)?,
        contact: row.get(1)?,
        kind: row.get(2)?,
        purpose: row.get(3)?,
        state: row.get(4)?,
        attempts: row.get(5)?,
        next_at: row.get(6)?,
        reply_code: row.get(7)?,
        reply: row.get(8)?,
        created_at: row.get(9)?,
        updated_at: row.get(10)?,
    })
}
