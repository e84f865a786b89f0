//! Suppression-list entries: protection stops every use, a choice everything but service and notices.

use avow_model::{Suppression, SuppressionClass, SuppressionScope};

use super::Case;
use super::choice::Choices;
use crate::code::Code;
use crate::reason::Reason;
use crate::version::Kind;

impl Case<'_> {
    /// Entries that protect somebody, and they alone.
    pub(super) fn check_protection(&mut self) {
        let facts = self.facts;
        for (index, entry) in facts.suppressions.iter().enumerate() {
            if entry.class == SuppressionClass::Protection && self.is_hit_by(entry) {
                self.deny_entry(index, entry);
            }
        }
    }

    /// A choice entry that names no purpose, brand or list, or counts for the whole installation.
    pub(super) fn wide_choice_entry(&self) -> Option<u16> {
        let wide = |entry: &&Suppression| {
            entry.class == SuppressionClass::Choice
                && self.is_hit_by(entry)
                && entry.purpose.is_none()
                && entry.scope.brand.is_none()
                && entry.scope.list.is_none()
        };
        let place = self.facts.suppressions.iter().position(|e| wide(&e))?;
        Some(u16::try_from(place).unwrap_or(u16::MAX))
    }

    fn deny_entry(&mut self, index: usize, entry: &Suppression) {
        let code = match entry.reach {
            SuppressionScope::Account => Code::DSuppressedTenant,
            SuppressionScope::Global => Code::DSuppressedGlobal,
        };
        let index = u16::try_from(index).unwrap_or(u16::MAX);
        self.deny(Reason::new(code).fact(Some(index)));
    }

    pub(super) fn check_suppressions(&mut self, choices: &Choices, kind: Option<Kind>) {
        let facts = self.facts;
        for (index, entry) in facts.suppressions.iter().enumerate() {
            if self.is_hit_by(entry) && stops(entry, choices, kind, self.asks()) {
                self.deny_entry(index, entry);
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
