//! Which categories of a person's data a use may read: the gate's word on each by itself.

use avow_model::{Category, Facts, Timestamp};

use crate::code::Code;
use crate::decide::decide;
use crate::decision::{Decision, Refusal};
use crate::request::Request;
use crate::set::PolicySet;

/// Whether one category may be read for a use.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "reasons are in place everywhere, and few of these live at once"
)]
pub enum Readability {
    Readable,
    /// It might be, but the account holds nothing of it.
    NotHeld,
    Unreadable(Refusal),
}

impl Readability {
    /// True for what may be read and is there.
    pub const fn is_readable(&self) -> bool {
        matches!(self, Self::Readable)
    }
}

/// The gate's word on one category, for any of the uses: a segment of a campaign may read what the campaign's
/// own purpose reads, and what a profile purpose reads for `profile.use`. With no use, nothing may be read.
/// `reads` and `fallbacks` of the uses do not matter.
pub fn may_read(
    category: &Category,
    uses: &[Request],
    facts: &Facts,
    now: Timestamp,
    policies: &PolicySet,
) -> Readability {
    let mut first = None;
    for asked in uses {
        match one(category, asked, facts, now, policies) {
            Readability::Unreadable(refusal) => {
                first.get_or_insert(Readability::Unreadable(refusal));
            }
            answer => return answer,
        }
    }
    first.unwrap_or(Readability::Unreadable(Refusal::for_code(
        Code::DNotDeclared,
    )))
}

/// The gate's word on each category, in their order: what a template may fill in for this person.
pub fn readable(
    categories: &[Category],
    uses: &[Request],
    facts: &Facts,
    now: Timestamp,
    policies: &PolicySet,
) -> Vec<Readability> {
    let ask = |category| may_read(category, uses, facts, now, policies);
    categories.iter().map(ask).collect()
}

fn one(
    category: &Category,
    asked: &Request,
    facts: &Facts,
    now: Timestamp,
    policies: &PolicySet,
) -> Readability {
    let request = Request {
        reads: vec![category.clone()],
        fallbacks: Vec::new(),
        ..asked.clone()
    };
    match decide(&request, facts, now, policies) {
        Decision::Allow(_) => Readability::Readable,
        Decision::Deny(refusal) if is_only_missing(&refusal, category, &request, facts) => {
            Readability::NotHeld
        }
        Decision::Deny(refusal) | Decision::Hold(refusal) => Readability::Unreadable(refusal),
    }
}

/// True when nothing but the absence of data stands in the way: then there is nothing that reading could tell.
fn is_only_missing(
    refusal: &Refusal,
    category: &Category,
    request: &Request,
    facts: &Facts,
) -> bool {
    let held = |d: &avow_model::Datum| d.category == *category && d.account == request.account;
    refusal.reasons().iter().all(|r| r.code == Code::DNoBinding) && !facts.data.iter().any(held)
}
