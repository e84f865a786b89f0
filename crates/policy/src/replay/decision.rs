//! The canonical form of an answer. Written only: an answer is believed when the gate gives it again.

use avow_model::{Purpose, Slug, Verb};
use serde::Serialize;

use super::micros::Micros;
use super::{ENGINE, ReplayFault};
use crate::decision::{Decision, Permit};
use crate::obligation::Obligation;
use crate::reason::Reason;

/// Raised when the fields change; the gate's number tells when answers do.
const FORMAT: &str = "avow-decision/1";

/// Fields in the order of their names: that makes the bytes canonical.
#[derive(Serialize)]
pub(super) struct DecisionForm<'d> {
    effect: &'static str,
    engine: &'static str,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    permit: Option<PermitForm<'d>>,
    reasons: Vec<ReasonForm>,
}

#[derive(Serialize)]
struct PermitForm<'d> {
    account: &'d Slug,
    expires_at: Micros,
    issued_at: Micros,
    /// Places among the request's offers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obligations: Vec<&'static str>,
    purpose: &'d Purpose,
    /// Places among the request's fallbacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redactions: Vec<usize>,
    verb: &'d Verb,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
}

#[derive(Serialize)]
struct ReasonForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<u16>,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
}

impl<'d> DecisionForm<'d> {
    pub(super) fn of(decision: &'d Decision) -> Result<Self, ReplayFault> {
        let permit = match decision {
            Decision::Allow(permit) => Some(permit_form(permit)?),
            Decision::Hold(_) | Decision::Deny(_) => None,
        };
        Ok(Self {
            effect: decision.effect(),
            engine: ENGINE,
            format: FORMAT,
            permit,
            reasons: decision.reasons().iter().map(reason_form).collect(),
        })
    }
}

fn permit_form(permit: &Permit) -> Result<PermitForm<'_>, ReplayFault> {
    Ok(PermitForm {
        account: permit.account(),
        expires_at: Micros::of(permit.expires_at())?,
        issued_at: Micros::of(permit.issued_at())?,
        left_out: permit.left_out().places().collect(),
        obligations: permit
            .obligations()
            .iter()
            .map(Obligation::as_str)
            .collect(),
        purpose: permit.purpose(),
        redactions: permit.redactions().places().collect(),
        verb: permit.verb(),
        version: permit.version(),
    })
}

const fn reason_form(reason: &Reason) -> ReasonForm {
    let Reason {
        code,
        fact,
        category,
        version,
        rule,
    } = *reason;
    ReasonForm {
        category,
        code: code.as_str(),
        fact,
        rule,
        version,
    }
}
