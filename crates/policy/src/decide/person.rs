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
        let erased = stands(self.moments.erased, self.moments.recollected);
        self.deny_because(Code::DErased, erased);
        self.check_restricted();
        if self.request.is_mail() {
            self.check_address();
        }
    }

    pub(super) fn check_restricted(&mut self) {
        let restricted = stands(self.moments.restricted, self.moments.unrestricted);
        self.deny_because(Code::DRestricted, restricted);
    }

    /// An address that is dead, or was given up: until the person confirms it.
    fn check_address(&mut self) {
        let confirmed = self.moments.address_confirmed;
        self.deny_because(Code::DBounced, stands(self.moments.bounced, confirmed));
        let retired = self.facts.retired.filter(|at| *at <= self.now);
        if retired.is_some_and(|at| confirmed.is_none_or(|yes| yes.at <= at)) {
            self.out.deny.add(Code::DRetired);
        }
    }

    fn deny_because(&mut self, code: Code, latest: Option<Latest>) {
        if let Some(latest) = latest {
            self.deny(Reason::new(code).fact(Some(latest.fact)));
        }
    }
}
