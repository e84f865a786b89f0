//! Steps about the act: what is claimed, which message, in which order, and what came in between.

use avow_ledger::{Decided, Digest, Payload, PermitUse};
use avow_model::{Fact, FactKind, Timestamp};

use super::{Chains, Found, Read};
use crate::bundle::Bundle;

/// How long a hand-over that had begun may take until its entry is written: a receiving server may think
/// ten minutes about the final dot (RFC 5321, 4.5.3.2.6).
const HANDOVER_SECONDS_MAX: i64 = 600;

/// Decision and use of the permit, found where the statement says.
pub(super) struct Said<'c> {
    pub(super) decided: &'c Decided,
    pub(super) used: &'c PermitUse,
    /// Places in the person's chain, from 0.
    pub(super) decided_at: usize,
    used_at: usize,
    /// Where the decision stands in the log.
    pub(super) index: u64,
}

fn entry<'c, 'b>(chain: &'c [Read<'b>], n: u64) -> Option<(usize, &'c Read<'b>)> {
    let at = usize::try_from(n.checked_sub(1)?).ok()?;
    chain.get(at).map(|read| (at, read))
}

/// Holds each line of the statement against the entries.
pub(super) fn statement<'c>(bundle: &Bundle, chains: &'c Chains<'_>) -> Found<Said<'c>> {
    let claim = &bundle.statement;
    let decision = entry(&chains.person, claim.decision);
    let Some((decided_at, at_decision)) = decision else {
        return Err("the decision is not shown".to_owned());
    };
    let Some(Payload::Decision(decided)) = &at_decision.payload else {
        return Err("the entry that should be the decision is none".to_owned());
    };
    let Some((used_at, at_use)) = entry(&chains.person, claim.used) else {
        return Err("the use of the permit is not shown".to_owned());
    };
    let Some(Payload::PermitUsed(used)) = &at_use.payload else {
        return Err("the entry that should be the use of the permit is none".to_owned());
    };
    if used_at + 1 != chains.person.len() {
        return Err("the chain does not end with the use of the permit".to_owned());
    }
    if claim.message != decided.message || claim.message != used.message {
        return Err("the statement, the decision and the use name different messages".to_owned());
    }
    if claim.digest != used.digest || claim.handed_at != used.at {
        return Err("the message's hash or its time is not that of the log".to_owned());
    }
    let said = Said {
        decided,
        used,
        decided_at,
        used_at,
        index: at_decision.link.index,
    };
    Ok((
        said,
        format!("{} left at {}", claim.message, claim.handed_at),
    ))
}

/// The message in the bundle, where there is one, is the one whose hash was logged.
pub(super) fn message(bundle: &Bundle, said: &Said<'_>) -> Found<()> {
    match &bundle.message {
        Some(bytes) if Digest::of(bytes) != said.used.digest => Err(
            "the message in the bundle is not the one that was sent: its hash is another"
                .to_owned(),
        ),
        Some(_) => Ok(((), "the message is in the bundle".to_owned())),
        None => {
            let note = format!(
                "the message is not in the bundle; its SHA-256 must be {}",
                said.used.digest
            );
            Ok(((), note))
        }
    }
}

/// The decision stands in the log before the use, and the permit was used while it lived.
pub(super) fn order(said: &Said<'_>) -> Found<()> {
    if said.decided_at >= said.used_at || said.decided.at > said.used.at {
        return Err("the permit was used before it was given".to_owned());
    }
    let expires = expiry(&said.decided.answer)?;
    if seconds_past(expires, said.used.at) > HANDOVER_SECONDS_MAX {
        return Err(format!(
            "the permit ended at {expires}, the message left at {}",
            said.used.at
        ));
    }
    let code = said
        .used
        .code
        .map_or_else(|| "no reply".to_owned(), |code| code.to_string());
    Ok((
        (),
        format!(
            "decided at {}, handed over at {} ({code})",
            said.decided.at, said.used.at
        ),
    ))
}

/// When the permit ends, from the recorded answer. That the answer is the gate's is another step's matter.
fn expiry(answer: &str) -> Result<Timestamp, String> {
    let answer: serde_json::Value = serde_json::from_str(answer)
        .map_err(|_| "the recorded answer cannot be read".to_owned())?;
    let micros = answer["permit"]["expires_at"].as_i64();
    let ends = micros.and_then(|m| Timestamp::from_microsecond(m).ok());
    ends.ok_or_else(|| "the recorded answer is no permit".to_owned())
}

/// Whole seconds from one instant to a later one; negative where it is earlier.
fn seconds_past(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second())
}

/// No entry between decision and use takes the permission back before the hand-over can have begun.
pub(super) fn withdrawals(chains: &Chains<'_>, said: &Said<'_>) -> Found<()> {
    let between = chains
        .person
        .get(said.decided_at..said.used_at)
        .unwrap_or_default();
    for read in between {
        if let Some(Payload::Choice(fact)) = &read.payload
            && is_no(fact)
            && seconds_past(fact.recorded_at, said.used.at) > HANDOVER_SECONDS_MAX
        {
            return Err(format!(
                "entry {} of the log took the permission back at {}, before the message left",
                read.link.index, fact.recorded_at
            ));
        }
    }
    Ok((
        (),
        format!("{} entries in between", between.len().saturating_sub(1)),
    ))
}

const fn is_no(fact: &Fact) -> bool {
    matches!(
        fact.kind,
        FactKind::Refuse { .. }
            | FactKind::Withdraw { .. }
            | FactKind::Object { .. }
            | FactKind::Complaint
            | FactKind::Erase
            | FactKind::Restrict
    )
}
