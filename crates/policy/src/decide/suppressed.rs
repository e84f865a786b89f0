//! Suppression-list entries: protection stops every use, a choice everything but service and notices.

use avow_model::{Suppression, SuppressionClass, SuppressionScope};

use super::Case;
use super::choice::Choices;
use crate::code::Code;
use crate::reason::Reason;
use crate::version::Kind;

impl Case<'_> {
    pub(super) fn check_suppressions(&mut self, choices: &Choices, kind: Option<Kind>) {
        let facts = self.facts;
        for (index, entry) in facts.suppressions.iter().enumerate() {
            if self.is_hit_by(entry) && stops(entry, choices, kind, self.asks()) {
                let code = match entry.reach {
                    SuppressionScope::Account => Code::DSuppressedTenant,
                    SuppressionScope::Global => Code::DSuppressedGlobal,
                };
                let index = u16::try_from(index).unwrap_or(u16::MAX);
                self.deny(Reason::new(code).fact(Some(index)));
            }
        }
    }

    fn is_hit_by(&self, entry: &Suppression) -> bool {
        let asked = self.asked();
        let purpose = |p: &avow_model::Purpose| asked.line.iter().any(|q| p.covers(q));
        entry.at <= self.now
            && asked.in_scope(&entry.scope)
            && entry.purpose.as_ref().is_none_or(purpose)
    }
}

/// A choice entry gives way to a later grant of the person, a protection entry to nothing.
fn stops(entry: &Suppression, choices: &Choices, kind: Option<Kind>, asks: bool) -> bool {
    match entry.class {
        SuppressionClass::Protection => true,
        SuppressionClass::Choice if kind == Some(Kind::Service) && !asks => false,
        SuppressionClass::Choice => !choices.granted_after(entry.at),
    }
}
