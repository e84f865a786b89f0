//! Results on their way into the journal.

use avow_model::{RecipientState, Timestamp};
use avow_store::OutcomeRow;
use avow_store::journal::{Entry, JournalDot};

/// A result that the journal does not have yet. The recorder has it already.
pub(super) struct Owed {
    dot: JournalDot,
    state: RecipientState,
    reply_code: Option<u16>,
    reply: String,
    at: Timestamp,
}

impl Owed {
    pub(super) fn entry(&self) -> Entry<'_> {
        Entry::Result {
            dot: self.dot,
            state: self.state,
            reply_code: self.reply_code,
            reply: &self.reply,
            at: self.at,
        }
    }

    /// It did not leave after all.
    pub(super) fn unsent(dot: JournalDot, at: Timestamp) -> Self {
        Self {
            dot,
            state: RecipientState::Waiting,
            reply_code: None,
            reply: String::new(),
            at,
        }
    }

    pub(super) fn of(dot: JournalDot, row: &OutcomeRow) -> Self {
        Self {
            dot,
            state: row.state,
            reply_code: row.reply_code,
            reply: row.reply.clone().unwrap_or_default(),
            at: row.at,
        }
    }
}
