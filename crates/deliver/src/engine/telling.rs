//! What the ledger is told of sending: each answer of the gate with all that is needed to ask again, and
//! each permit that was used.
//!
//! Promises: a decision is in the store before its message may start; a used permit is in the transaction
//! of its outcome. Never: decides.

use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};

use avow_ledger::{Decided, Digest, Payload, PermitUse};
use avow_model::{EntryId, Facts, Timestamp};
use avow_policy::replay::{
    ENGINE, ReplayFault, encode_attributes, encode_decision, encode_facts, encode_request,
    whole_micros,
};
use avow_policy::{Decision, PolicySet, Request};
use avow_store::{NewEntry, OutcomeRow};
use aws_lc_rs::digest;

use crate::outbound::Outbound;

/// The policies that the gate knew, by the hashes of their canonical bytes.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    policies: Vec<Digest>,
    packs: Vec<Digest>,
}

/// The hashes of the set that was last asked: writing a policy canonically for every page would cost more
/// than judging it.
#[derive(Default)]
pub(crate) struct Hashes(Mutex<Option<(Arc<PolicySet>, Arc<Known>)>>);

impl Hashes {
    /// The hashes of a set's versions and packs.
    pub(crate) fn of(&self, set: &Arc<PolicySet>) -> Arc<Known> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, hashes)) = last.as_ref()
            && Arc::ptr_eq(known, set)
        {
            return hashes.clone();
        }
        let hashes = Arc::new(Known {
            policies: set
                .versions()
                .map(|v| Digest::from_bytes(*v.hash().bytes()))
                .collect(),
            packs: set
                .packs()
                .iter()
                .map(|p| Digest::from_bytes(*p.hash().bytes()))
                .collect(),
        });
        *last = Some((set.clone(), hashes.clone()));
        hashes
    }
}

/// A question in canonical form, written once for everybody whom it is asked about.
pub(crate) fn question(request: &Request) -> Result<String, ReplayFault> {
    encode_request(request).map(text)
}

/// One answer of the gate.
pub(crate) struct Answer<'a> {
    /// The question in canonical form.
    pub(crate) question: &'a str,
    pub(crate) facts: &'a Facts,
    pub(crate) decision: &'a Decision,
    pub(crate) now: Timestamp,
    pub(crate) known: &'a Known,
}

impl Answer<'_> {
    /// What the ledger says of it.
    pub(crate) fn told(&self, message: impl Display) -> Result<Payload, ReplayFault> {
        Ok(Payload::Decision(Box::new(Decided {
            answer: text(encode_decision(self.decision)?),
            at: self.now,
            contact: text(encode_attributes(self.facts)?),
            engine: ENGINE.to_owned(),
            inputs: Digest::from_bytes(sha256(&[&encode_facts(self.facts)?])),
            message: message.to_string(),
            packs: self.known.packs.clone(),
            policies: self.known.policies.clone(),
            request: self.question.to_owned(),
        })))
    }
}

/// SHA-256 of parts put one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = digest::Context::new(&digest::SHA256);
    for part in parts {
        hash.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(hash.finish().as_ref());
    out
}

/// The permit of a message was used: a server said something about it. `None` where none did.
pub(crate) fn used(outbound: &Outbound, row: &OutcomeRow) -> Option<NewEntry> {
    let decision: EntryId = outbound.pass.decision?;
    let digest = Digest::from_bytes(outbound.digest?);
    if row.attempts == outbound.attempt.before {
        return None;
    }
    let used = PermitUse {
        at: whole_micros(row.at),
        attempts: row.attempts,
        code: row.reply_code,
        decision,
        digest,
        message: outbound.message().to_string(),
        reply: row.reply.clone().unwrap_or_default(),
    };
    let person = outbound.person.contact;
    Some(NewEntry::about(person, Payload::PermitUsed(used)))
}

fn text(canonical: Vec<u8>) -> String {
    String::from_utf8(canonical).expect("invariant: canonical JSON is UTF-8")
}
