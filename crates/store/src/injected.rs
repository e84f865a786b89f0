//! Messages that programs hand in, and the calls by which they did.
//!
//! Promises: a call with all its messages, and what the ledger is told of those that were refused, is one transaction,
//! on the disk when it returns; a call that names itself is kept once, so that doing it again does nothing.
//! Never: keeps the address of a stranger.

use avow_model::{ContactId, EmailAddress, OutgoingId, Purpose, RecipientState, Timestamp};

use crate::batch::Batch;
use crate::contacts::contact;
use crate::row::Row;
use crate::sql::queries;
use crate::staff_doors::STAFF_MAIL_DROP;
use crate::value::{Value, params};
use crate::{AccountScope, Contact, NewEntry, ReturnedKind, StoreError};

/// A message that was judged, and written where it may leave.
#[derive(Debug, Clone)]
pub struct Injected {
    /// From [`AccountScope::outgoing_id`]: the message says it.
    pub id: OutgoingId,
    pub contact: Option<ContactId>,
    pub purpose: Purpose,
    /// The question to the gate, in canonical form.
    pub question: String,
    /// What it carries, as bits that its writer understands.
    pub means: u32,
    pub standing: Standing,
    /// What the ledger is told with it.
    pub told: Option<NewEntry>,
}

/// Whether a message is to leave.
#[derive(Debug, Clone)]
pub enum Standing {
    Queued {
        mail_from: String,
        rcpt_to: String,
        /// Headers and body, CRLF, unsigned and not dot-stuffed.
        body: Vec<u8>,
    },
    /// The codes why not.
    Refused(String),
}

/// A call that named itself.
#[derive(Debug, Clone)]
pub struct NewCall {
    pub key: String,
    /// SHA-256 of what was asked.
    pub body_hash: [u8; 32],
    /// What was answered, without addresses.
    pub answer: String,
}

/// A call as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    pub body_hash: [u8; 32],
    pub answer: String,
}

/// Where a message that was handed in stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    pub id: OutgoingId,
    pub contact: Option<ContactId>,
    pub purpose: Purpose,
    pub state: RecipientState,
    pub attempts: u32,
    pub next_at: Option<Timestamp>,
    pub reply_code: Option<u16>,
    /// What the mail server said; of a refused message the codes.
    pub reply: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

queries! {
    INJECTED_ADD = "INSERT INTO outgoing (account, id, kind, contact, mail_from, rcpt_to, body, state, attempts,
        next_at, reply_code, reply, created_at, updated_at, purpose, question, means)
        VALUES ($1, $2, 'message', $3, $4, $5, $6, $7, 0, $8, NULL, $9, $10, $10, $11, $12, $13)";
    CALL_ADD = "INSERT INTO api_call (account, call_key, body_hash, answer, at) VALUES ($1, $2, $3, $4, $5)";
    CALL_FIND = "SELECT body_hash, answer FROM api_call WHERE account = $1 AND call_key = $2";
    CALLS_FIND = "SELECT call_key, body_hash, answer FROM api_call WHERE account = $1 AND call_key {in $2}";
    CALLS_DROP = "DELETE FROM api_call WHERE account = $1 AND at <= $2";
    MESSAGE_FIND = "SELECT id, contact, purpose, state, attempts, next_at, reply_code, reply, created_at, updated_at
        FROM outgoing WHERE account = $1 AND id = $2 AND kind = 'message'";
    MESSAGE_BODY = "SELECT body FROM outgoing WHERE account = $1 AND id = $2 AND kind = 'message'";
    MESSAGE_RETURNED = "SELECT kind, class, hard FROM returned WHERE account = $1 AND campaign = $2 AND seq = 0";
    BODIES_DROP = "UPDATE outgoing SET body = $3, mail_from = '' WHERE account = $1 AND kind = 'message'
        AND next_at IS NULL AND mail_from <> '' AND updated_at <= $2";
    CONTACTS_BY_MARKER = "SELECT c.id, c.address, c.fields, c.flags, c.jurisdiction, c.age, c.soft_opt_in,
        c.last_activity_at, c.created_at
        FROM contact_key k JOIN contact c ON c.account = k.account AND c.id = k.contact
        WHERE k.account = $1 AND k.marker {in $2} AND c.address <> '' ORDER BY c.id";
}

impl AccountScope {
    /// The number of a message that is about to be written.
    pub fn outgoing_id(&self) -> OutgoingId {
        OutgoingId::from_i64(self.next_id())
    }

    /// Keeps messages, and the calls they came by; on the disk when it returns. Where the key of a call was used before it
    /// is a `Duplicate`, and nothing at all is kept.
    pub async fn inject(
        &self,
        messages: Vec<Injected>,
        calls: impl IntoIterator<Item = NewCall>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut batch = Batch::new();
        let call = |c: NewCall| params![self.id(), c.key, c.body_hash, c.answer, now];
        let calls: Vec<_> = calls.into_iter().map(call).collect();
        if !calls.is_empty() {
            batch.each(&CALL_ADD, calls);
        }
        let mut told = Vec::new();
        let mut rows = Vec::with_capacity(messages.len());
        for mut message in messages {
            told.extend(message.told.take());
            rows.push(self.injected(message, now));
        }
        batch.each(&INJECTED_ADD, rows);
        self.enter(&mut batch, &told).await?;
        self.db().write(batch).await.map(drop)
    }

    fn injected(&self, message: Injected, now: Timestamp) -> Vec<Value> {
        let refused = RecipientState::At(avow_model::Outcome::Refused);
        let (from, to, body, state, next, reply) = match message.standing {
            Standing::Queued {
                mail_from,
                rcpt_to,
                body,
            } => {
                let state = RecipientState::Waiting;
                (mail_from, rcpt_to, body, state, Some(now), None)
            }
            Standing::Refused(codes) => {
                let none = String::new;
                (none(), none(), Vec::new(), refused, None, Some(codes))
            }
        };
        params![
            self.id(),
            message.id,
            message.contact,
            from,
            to,
            body,
            state,
            next,
            reply,
            now,
            &message.purpose,
            message.question,
            message.means
        ]
    }

    /// A call that was made before.
    pub async fn api_call(&self, key: &str) -> Result<Option<CallRow>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(CallRow {
                body_hash: row.get(0)?,
                answer: row.get(1)?,
            })
        };
        let key = params![self.id(), key];
        self.db().query_opt(&CALL_FIND, key, read).await
    }

    /// Those of these calls that were made before, by their keys.
    pub async fn api_calls(&self, keys: &[String]) -> Result<Vec<(String, CallRow)>, StoreError> {
        let read = |row: &Row<'_>| {
            let call = CallRow {
                body_hash: row.get(1)?,
                answer: row.get(2)?,
            };
            Ok((row.get(0)?, call))
        };
        let keys = params![self.id(), keys.to_vec()];
        self.db().query_map(&CALLS_FIND, keys, read).await
    }

    /// Where a message that was handed in stands.
    pub async fn message(&self, id: OutgoingId) -> Result<Option<MessageRow>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&MESSAGE_FIND, key, message).await
    }

    /// The message as it was written; empty where it was refused or let go of.
    pub async fn message_body(&self, id: OutgoingId) -> Result<Option<Vec<u8>>, StoreError> {
        let key = params![self.id(), id];
        let read = |row: &Row<'_>| row.get(0);
        self.db().query_opt(&MESSAGE_BODY, key, read).await
    }

    /// What came back of a message after it was accepted: kind, class, and whether it ended the address.
    pub async fn message_returned(
        &self,
        id: OutgoingId,
    ) -> Result<Vec<(ReturnedKind, String, bool)>, StoreError> {
        let key = params![self.id(), id.message().campaign];
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        self.db().query_map(&MESSAGE_RETURNED, key, read).await
    }

    /// Lets go of the bodies of messages and of all mail to staff that ended by `bodies`, and of calls that were made
    /// by `calls`.
    pub async fn retire_injected(
        &self,
        bodies: Timestamp,
        calls: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&BODIES_DROP, params![self.id(), bodies, Vec::<u8>::new()]);
        batch.run(&STAFF_MAIL_DROP, params![self.id(), bodies]);
        batch.run(&CALLS_DROP, params![self.id(), calls]);
        self.db().write(batch).await.map(drop)
    }

    /// The contacts with these addresses, in the order of their ids, as `contact_by_address` finds them one by one.
    pub async fn contacts_by_address(
        &self,
        addresses: &[&EmailAddress],
    ) -> Result<Vec<Contact>, StoreError> {
        let marker = |a: &&EmailAddress| self.markers().contact(self.id(), a).to_vec();
        let markers: Vec<Vec<u8>> = addresses.iter().map(marker).collect();
        let key = params![self.id(), markers];
        self.db().query_map(&CONTACTS_BY_MARKER, key, contact).await
    }
}

fn message(row: &Row<'_>) -> Result<MessageRow, StoreError> {
    Ok(MessageRow {
        id: row.get(0)?,
        contact: row.get(1)?,
        purpose: row.get(2)?,
        state: row.get(3)?,
        attempts: row.get(4)?,
        next_at: row.get(5)?,
        reply_code: row.get(6)?,
        reply: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
    })
}
