//! What the ledger is told of a single message to a person: the gate's answer before it leaves, and the use of
//! its permit with the server's word. A test message is about nobody: it has no entry.

use avow_ledger::{Digest, Payload, PermitUse};
use avow_model::{ContactId, EntryId, Facts, Timestamp};
use avow_policy::replay::whole_micros;
use avow_policy::{Decision, PolicySet, Request};
use avow_store::{AccountScope, NewEntry, OutgoingOutcome, OutgoingRow};

use super::SingleFault;
use crate::engine::gate::GateFault;
use crate::engine::telling::{self, Answer, Hashes, sha256};

/// One question about a person, and its answer.
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request,
    pub(super) facts: &'a Facts,
    pub(super) decision: &'a Decision,
    pub(super) now: Timestamp,
    pub(super) policies: &'a std::sync::Arc<PolicySet>,
}

impl Asked<'_> {
    /// Puts the answer in the ledger; it is there when this returns. `None` where nobody was asked about.
    pub(super) async fn tell(
        &self,
        scope: &AccountScope,
        row: &OutgoingRow,
    ) -> Result<Option<Standing>, SingleFault> {
        let Some(contact) = row.contact else {
            return Ok(None);
        };
        let question = telling::question(self.request).map_err(GateFault::from)?;
        let known = Hashes::default().of(self.policies);
        let answer = Answer {
            question: &question,
            facts: self.facts,
            decision: self.decision,
            now: self.now,
            known: &known,
        };
        let told = answer.told(row.id).map_err(GateFault::from)?;
        let decision = scope.append_entry(NewEntry::about(contact, told)).await?;
        Ok(Some(Standing { contact, decision }))
    }
}

/// The entry under which a message leaves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    contact: ContactId,
    decision: EntryId,
}

impl Standing {
    /// That its permit was used, with what became of it; `wire` is the message as it left, in parts.
    pub(super) fn used(self, outcome: &OutgoingOutcome, wire: &[&[u8]]) -> NewEntry {
        let used = PermitUse {
            at: whole_micros(outcome.at),
            attempts: outcome.attempts,
            code: outcome.reply_code,
            decision: self.decision,
            digest: Digest::from_bytes(sha256(wire)),
            message: outcome.id.to_string(),
            reply: outcome.reply.clone().unwrap_or_default(),
        };
        NewEntry::about(self.contact, Payload::PermitUsed(used))
    }
}
