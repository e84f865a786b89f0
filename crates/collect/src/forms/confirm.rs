//! The button in the confirmation mail.
//!
//! Promises: `pending` changes nothing (programs that open links find a page with a button); `confirm` is
//! durable when it returns, and pressing twice, or again after a later withdrawal, adds nothing.

use std::collections::BTreeMap;

use avow_model::{
    ContactId, EmailAddress, Fact, FactId, FactKind, Facts, How, PurposeSelector, Slug, Timestamp,
};
use avow_store::{
    AccountScope, ContactFlags, LedgerEntry, LedgerLine, NewCollection, NewContact, NewFact,
    StoreError, SubscriptionState,
};

/// Lines of a ledger that are searched for the sign-up: the newest, and far more than a person makes in a week.
const LEDGER_LINES_MAX: u32 = 500;
/// The category that a confirmation collects anew.
const EMAIL: &str = "email";

/// A sign-up that a confirmation mail was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub contact: ContactId,
    pub address: EmailAddress,
    pub asked_at: Timestamp,
    /// What the person agreed to, as it was put.
    pub wordings: Vec<String>,
    /// The version whose notice was served.
    pub version: Option<u32>,
    /// Purposes that still wait; empty once confirmed.
    pub waiting: Vec<PurposeSelector>,
    form: Option<Slug>,
}

/// Why there is nothing to confirm.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmFault {
    /// The contact or the sign-up is gone: erased, most likely.
    #[error("there is no such sign-up any more")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds the sign-up that was recorded as `fact`. Changes nothing.
pub async fn pending(
    scope: &AccountScope,
    contact: ContactId,
    fact: FactId,
) -> Result<Pending, ConfirmFault> {
    let person = scope.contact(contact).await?.ok_or(ConfirmFault::Gone)?;
    let address = person.address.ok_or(ConfirmFault::Gone)?;
    let ledger = scope.ledger(contact, LEDGER_LINES_MAX).await?;
    let first = ledger
        .iter()
        .find(|line| is_fact(line, fact))
        .ok_or(ConfirmFault::Gone)?;
    let together = |line: &&LedgerLine| line.at == first.at && line.evidence == first.evidence;
    let asked: Vec<&Fact> = ledger
        .iter()
        .filter(together)
        .filter_map(asks_to_confirm)
        .collect();
    let version = asked.iter().find_map(|f| match &f.kind {
        FactKind::Grant { saw, .. } => *saw,
        _ => None,
    });
    let open = |f: &&&Fact| !ledger.iter().any(|line| confirms(line, f));
    let evidence = first.evidence.as_ref();
    Ok(Pending {
        contact,
        address,
        asked_at: first.at,
        wordings: evidence
            .map(|e| e.wording.lines().map(str::to_owned).collect())
            .unwrap_or_default(),
        version,
        waiting: asked
            .iter()
            .filter(open)
            .filter_map(|f| granted(f).cloned())
            .collect(),
        form: evidence.and_then(|e| e.source.rsplit('/').next()?.parse().ok()),
    })
}

fn is_fact(line: &LedgerLine, wanted: FactId) -> bool {
    matches!(line.entry, LedgerEntry::Fact { id, .. } if id == wanted)
}

/// The grant of a line that waits for a confirmation by mail.
fn asks_to_confirm(line: &LedgerLine) -> Option<&Fact> {
    match &line.entry {
        LedgerEntry::Fact { fact, .. } => matches!(
            fact.kind,
            FactKind::Grant {
                double_opt_in: true,
                confirmed: false,
                ..
            }
        )
        .then_some(fact),
        LedgerEntry::Collection { .. } => None,
    }
}

fn granted(fact: &Fact) -> Option<&PurposeSelector> {
    match &fact.kind {
        FactKind::Grant { purpose, .. } => Some(purpose),
        _ => None,
    }
}

fn confirms(line: &LedgerLine, grant: &Fact) -> bool {
    match &line.entry {
        LedgerEntry::Fact { fact, .. } => match &fact.kind {
            FactKind::Confirm { purpose } => {
                let same = purpose.is_none() || purpose.as_ref() == granted(grant);
                same && fact.at >= grant.at
            }
            _ => false,
        },
        LedgerEntry::Collection { .. } => false,
    }
}

/// Records the person's confirmation; durable when it returns. Nothing is added when nothing waits.
pub async fn confirm(
    scope: &AccountScope,
    pending: &Pending,
    now: Timestamp,
) -> Result<(), StoreError> {
    if pending.waiting.is_empty() {
        return Ok(());
    }
    let facts = scope.facts(pending.contact).await?;
    let form = match &pending.form {
        Some(slug) => scope.form_by_slug(slug).await?,
        None => None,
    };
    if let Some(form) = &form {
        scope.form_confirmed(form.id, pending.contact, now).await?;
    }
    let list = form.and_then(|f| f.settings.list);
    let new = NewContact {
        address: pending.address.clone(),
        fields: BTreeMap::new(),
        flags: ContactFlags {
            role: pending.address.is_role(),
            disposable: false,
        },
        jurisdiction: None,
        age: None,
        soft_opt_in: false,
        collection: collected_anew(pending, &facts),
        facts: confirming(pending, &facts, now),
        subscribe: list.map(|list| (list, SubscriptionState::Confirmed)),
    };
    scope.contact_save(new).await.map(drop)
}

/// The address under the version that was served, where it is not bound to it yet.
fn collected_anew(pending: &Pending, facts: &Facts) -> Option<NewCollection> {
    let version = pending.version?;
    let bound = facts
        .data
        .iter()
        .any(|d| d.version == Some(version) && d.category.as_str() == EMAIL);
    let category = EMAIL.parse().expect("invariant: a constant that is a name");
    (!bound).then(|| NewCollection {
        categories: vec![category],
        version: Some(version),
        how: How::Direct,
        evidence: None,
        at: pending.asked_at,
    })
}

fn confirming(pending: &Pending, facts: &Facts, now: Timestamp) -> Vec<NewFact> {
    let confirm = |purpose: &PurposeSelector| FactKind::Confirm {
        purpose: Some(purpose.clone()),
    };
    // An address that bounced or was given up is good again: somebody read the mail that went there.
    let bounced = facts.events.iter().any(|f| f.kind == FactKind::Bounce);
    let dead = bounced || facts.retired.is_some();
    let address = dead.then_some(FactKind::ConfirmAddress);
    let kinds = pending.waiting.iter().map(confirm).chain(address);
    kinds.map(|kind| NewFact::new(kind, now)).collect()
}
