//! What stops every use: erasure, restriction; and for mail a hard bounce.

use avow_model::{Fact, FactKind, Facts, Timestamp};

use super::Case;
use crate::code::Code;
use crate::reason::Reason;

/// When something last happened, and which fact says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Latest {
    pub at: Timestamp,
    pub fact: u16,
}

/// Keeps the later of the two. At a tie the first stays: the order of facts decides no answer.
pub(super) fn keep_latest(slot: &mut Option<Latest>, at: Timestamp, fact: usize) {
    if slot.is_none_or(|last| at > last.at) {
        let fact = u16::try_from(fact).unwrap_or(u16::MAX);
        *slot = Some(Latest { at, fact });
    }
}

/// A fact counts from when it happened and was recorded, both reached.
pub(super) fn counts(fact: &Fact, now: Timestamp) -> bool {
    fact.at <= now && fact.recorded_at <= now
}

/// The latest of each event that is about the person and not about a purpose.
#[derive(Debug, Default)]
pub(super) struct Moments {
    pub erased: Option<Latest>,
    recollected: Option<Latest>,
    bounced: Option<Latest>,
    address_confirmed: Option<Latest>,
    restricted: Option<Latest>,
    unrestricted: Option<Latest>,
}

impl Moments {
    pub(super) fn of(facts: &Facts, now: Timestamp) -> Self {
        let mut moments = Self::default();
        for (index, fact) in facts.events.iter().enumerate() {
            let Some(slot) = moments.slot(&fact.kind) else {
                continue;
            };
            if counts(fact, now) {
                keep_latest(slot, fact.at, index);
            }
        }
        moments
    }

    const fn slot(&mut self, kind: &FactKind) -> Option<&mut Option<Latest>> {
        match kind {
            FactKind::Erase => Some(&mut self.erased),
            FactKind::Recollect => Some(&mut self.recollected),
            FactKind::Bounce => Some(&mut self.bounced),
            FactKind::ConfirmAddress => Some(&mut self.address_confirmed),
            FactKind::Restrict => Some(&mut self.restricted),
            FactKind::Unrestrict => Some(&mut self.unrestricted),
            _ => None,
        }
    }
}

/// The no, unless the yes came after it; at the same instant the no wins.
fn stands(no: Option<Latest>, yes: Option<Latest>) -> Option<Latest> {
    no.filter(|no| yes.is_none_or(|yes| yes.at <= no.at))
}

impl Case<'_> {
    /// True when the person is erased and has not come back.
    pub(super) fn is_erased(&self) -> bool {
        stands(self.moments.erased, self.moments.recollected).is_some()
    }

    pub(super) fn check_person(&mut self) {
        let moments = &self.moments;
        let bounced = stands(moments.bounced, moments.address_confirmed);
        let found = [
            (Code::DErased, stands(moments.erased, moments.recollected)),
            (
                Code::DRestricted,
                stands(moments.restricted, moments.unrestricted),
            ),
            (Code::DBounced, bounced.filter(|_| self.request.is_mail())),
        ];
        for (code, latest) in found {
            if let Some(latest) = latest {
                self.deny(Reason::new(code).fact(Some(latest.fact)));
            }
        }
    }
}
