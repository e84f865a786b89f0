//! What came back by mail after a message was accepted: bounces, complaints, opt-outs.
//!
//! Promises: one row a message, kind and class, however often the mail comes; on the disk when the call
//! returns. Never: the mail itself, or a move of the outcome that the message has.

use avow_model::{CampaignId, MessageId, Timestamp};

use crate::batch::Batch;
use crate::codes::{Words, read_as_word};
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, StoreError};

/// What sort of mail came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReturnedKind {
    /// It failed after it was accepted.
    Bounce,
    /// It is late and still tried.
    Delay,
    /// The person called it spam.
    Complaint,
    /// The person wants no more of it.
    OptOut,
    /// A feedback report of another sort: authentication, fraud, virus.
    Report,
}

read_as_word!(ReturnedKind);

impl Words for ReturnedKind {
    const TABLE: &'static [(Self, &'static str)] = &[
        (Self::Bounce, "bounce"),
        (Self::Delay, "delay"),
        (Self::Complaint, "complaint"),
        (Self::OptOut, "opt_out"),
        (Self::Report, "report"),
    ];
}

impl ReturnedKind {
    /// The word that reports and the store use.
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}

/// One returned mail, for one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedMail {
    pub message: MessageId,
    pub kind: ReturnedKind,
    /// The word of the bounce room.
    pub class: &'static str,
    /// True when it ended the address.
    pub hard: bool,
    /// The enhanced code in it (RFC 3463).
    pub status: Option<String>,
    pub at: Timestamp,
}

/// How many messages of a campaign came back alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedCount {
    pub kind: ReturnedKind,
    pub class: String,
    pub hard: bool,
    pub n: u64,
}

queries! {
    RETURNED_ADD = "INSERT INTO returned (account, campaign, seq, kind, class, hard, status, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account, campaign, seq, kind, class) DO NOTHING";
    RETURNED_TALLY = "SELECT kind, class, hard, COUNT(*) FROM returned WHERE account = $1 AND campaign = $2
        GROUP BY kind, class, hard ORDER BY kind, class, hard";
}

impl AccountScope {
    /// Keeps a returned mail; the same again changes nothing.
    pub async fn returned_add(&self, mail: &ReturnedMail) -> Result<(), StoreError> {
        let row = params![
            self.id(),
            mail.message.campaign,
            mail.message.seq,
            mail.kind,
            Value::Word(mail.class),
            mail.hard,
            mail.status.as_deref(),
            mail.at
        ];
        let mut batch = Batch::new();
        batch.run(&RETURNED_ADD, row);
        self.db().write(batch).await.map(drop)
    }

    /// What came back of a campaign, by kind and class.
    pub async fn returned_tally(
        &self,
        campaign: CampaignId,
    ) -> Result<Vec<ReturnedCount>, StoreError> {
        let key = params![self.id(), campaign];
        self.db().query_map(&RETURNED_TALLY, key, count).await
    }
}

fn count(row: &Row<'_>) -> Result<ReturnedCount, StoreError> {
    Ok(ReturnedCount {
        kind: row.get(0)?,
        class: row.get(1)?,
        hard: row.get(2)?,
        n: row.get(3)?,
    })
}
