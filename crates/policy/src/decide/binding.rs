//! Binding per datum: the ratchet over all versions since collection, and the bridges over it.
//!
//! A use is inside policy when every version from the collection until now permits it. Of several
//! copies of a category one inside is enough. A bridge (delivered notice of a version, then the
//! person's own grant on its wording) lets the count begin at that version.

use avow_model::{Category, Datum, FactKind, How, Timestamp};

use super::Case;
use super::choice::{Asked, Choices, bridging_version};
use super::person::counts;
use crate::code::Code;
use crate::decision::Redactions;
use crate::reason::Reason;
use crate::table::{Bits, Mask, PurposeTable, Row, range};
use crate::version::Kind;

/// What stays the same over the categories of one question.
struct Ground<'c> {
    current: usize,
    choices: &'c Choices,
    /// The version in force declares the verb and the recipient.
    declared: bool,
    /// The versions that a bridge leads to; found when first needed.
    bridges: Option<Mask>,
}

/// What the copies of one category amount to. Version indices.
#[derive(Default)]
struct Copies {
    held: bool,
    foreign: bool,
    /// A copy of unattested origin, or of a version that the account never had.
    unbound: bool,
    /// The newest version that an inside copy is bound to.
    inside: Option<usize>,
    outside: Option<usize>,
    narrowed: Option<usize>,
}

impl<'a> Case<'a> {
    /// Checks that policy covers the use of every category. Gives the index of the oldest version
    /// that still has a say: the terms of all from there on count.
    pub(super) fn check_binding(&mut self, choices: &Choices) -> usize {
        let row = self.row();
        let Some(current) = self.current else {
            self.deny(Reason::new(Code::DNoPolicy));
            if row.any.own != 0 {
                self.deny(Reason::new(Code::DVersionNotEffective));
            }
            return 0;
        };
        let mut ground = Ground {
            current,
            choices,
            declared: self.check_declared(row.any, current, None),
            bridges: None,
        };
        let mut from = current;
        let request = self.request;
        for (number, category) in request.reads.iter().enumerate() {
            let bits = row.category(self.set.index.categories.find(category.as_str()));
            let start = self.bind(number as u16, category, bits, &mut ground);
            from = from.min(start.unwrap_or(current));
        }
        self.bind_fallbacks(row, from, &mut ground)
    }

    /// Fallbacks are read where that is inside policy and asks for no more than the rest does.
    fn bind_fallbacks(&mut self, row: Row<'a>, mut from: usize, ground: &mut Ground<'_>) -> usize {
        let request = self.request;
        for (place, category) in request.fallbacks.iter().enumerate() {
            let bits = row.category(self.set.index.categories.find(category.as_str()));
            let number = (request.reads.len() + place) as u16;
            let before = self.out.clone();
            let start = self.bind(number, category, bits, ground);
            if place >= Redactions::MAX {
                from = from.min(start.unwrap_or(from));
                continue;
            }
            match start.map(|start| start.min(from)) {
                Some(start) if self.need(start) == self.need(from) => from = start,
                _ => {
                    self.out = before;
                    self.redactions.0 |= 1 << place;
                }
            }
        }
        from
    }

    fn row(&self) -> Row<'a> {
        if self.request.is_shown() {
            return self.table.map_or(Row::NOTHING, PurposeTable::shown);
        }
        let index = &self.set.index;
        let verb = index.verbs.find(self.request.verb.as_str());
        let recipient = index.recipients.find(self.request.recipient.as_str());
        self.table
            .map_or(Row::NOTHING, |table| table.uses(verb, recipient))
    }

    /// True when the version in force declares this use under this very name; else says what is known of it.
    fn check_declared(&mut self, bits: Bits, current: usize, category: Option<u16>) -> bool {
        let code = if bits.own & (1 << current) != 0 {
            return true;
        } else if bits.own & range(0, current) != 0 {
            Code::DNotInCurrentVersion
        } else if bits.own != 0 {
            Code::DVersionNotEffective
        } else {
            Code::DNotDeclared
        };
        let mut reason = Reason::new(code);
        reason.category = category;
        reason.version = Some(self.set.version_at(current).n());
        self.deny(reason);
        false
    }

    /// The version index that one category counts from; `None` after saying what is wrong.
    fn bind(
        &mut self,
        number: u16,
        category: &Category,
        bits: Bits,
        ground: &mut Ground<'_>,
    ) -> Option<usize> {
        let current = ground.current;
        let declared = ground.declared && self.check_declared(bits, current, Some(number));
        let copies = self.copies(category, bits, ground);
        self.check_held(number, &copies);
        if !copies.held {
            return None;
        }
        if let Some(start) = copies.inside.filter(|_| declared) {
            return Some(start);
        }
        let bridges = *ground
            .bridges
            .get_or_insert_with(|| self.bridges(ground.choices));
        if let Some(start) = crossing(bridges, bits, current).filter(|_| declared) {
            let n = self.set.version_at(start).n();
            self.out.allow.push(
                Reason::new(Code::ABridgedChoice)
                    .category(number)
                    .version(n),
            );
            return Some(start);
        }
        self.refuse_copies(number, &copies, (bits, bridges), (declared, current));
        None
    }

    fn check_held(&mut self, number: u16, copies: &Copies) {
        if copies.held {
            return;
        }
        if copies.foreign {
            self.deny(Reason::new(Code::DTenantIsolation).category(number));
        }
        self.deny(Reason::new(Code::DNoBinding).category(number));
    }

    fn refuse_copies(
        &mut self,
        number: u16,
        copies: &Copies,
        (bits, bridges): (Bits, Mask),
        (declared, current): (bool, usize),
    ) {
        let set = self.set;
        let about = |code, at: usize| {
            Reason::new(code)
                .category(number)
                .version(set.version_at(at).n())
        };
        if copies.unbound {
            self.deny(Reason::new(Code::DNoBinding).category(number));
        }
        // Where no version so far allowed it, the bound version is not what stands in the way.
        let ever = bits.line & range(0, current) != 0;
        if let Some(at) = copies.outside.filter(|_| ever) {
            self.deny(about(Code::DNotInBoundVersion, at));
        }
        let bridged = bits.line & bridges & range(0, current);
        let narrowed = copies
            .narrowed
            .or((bridged != 0).then(|| bridged.trailing_zeros() as usize));
        if let Some(at) = narrowed.filter(|_| declared) {
            self.deny(about(Code::DNarrowedSince, at));
        }
    }

    fn copies(&self, category: &Category, bits: Bits, ground: &Ground<'_>) -> Copies {
        let mut copies = Copies::default();
        for datum in self.facts.data.iter().filter(|d| d.category == *category) {
            if self.is_own(&datum.account) {
                copies.held = true;
                self.weigh(datum, bits, ground, &mut copies);
            } else {
                copies.foreign = true;
            }
        }
        copies
    }

    fn weigh(&self, datum: &Datum, bits: Bits, ground: &Ground<'_>, copies: &mut Copies) {
        let bound = datum.version.and_then(|n| self.set.version_index(n));
        let Some(bound) = bound.filter(|_| datum.how != How::ImportUnattested) else {
            copies.unbound = true;
            return;
        };
        let current = ground.current;
        // A form may show a version before it takes effect: then that (asked below) and the one in force count.
        let since = range(bound.min(current), current);
        if !self.lent_for_this(datum, ground) || bits.line & (1 << bound) == 0 {
            copies.outside = copies.outside.max(Some(bound));
        } else if bits.line & since == since {
            copies.inside = copies.inside.max(Some(bound.min(current)));
        } else {
            copies.narrowed = copies.narrowed.max(Some(bound));
        }
    }

    /// What a friend gave serves the one referral, and else only what the person grants in person.
    fn lent_for_this(&self, datum: &Datum, ground: &Ground<'_>) -> bool {
        datum.how != How::Referral
            || self.terms.is_some_and(|t| t.kind == Kind::Referral)
            || ground.choices.granted().is_some()
    }

    /// The versions to which the person was led by a delivered notice and then went on their own.
    fn bridges(&self, choices: &Choices) -> Mask {
        let asked = self.asked();
        let mut mask = 0;
        for fact in &self.facts.events {
            let version = bridging_version(fact, choices, self.now)
                .filter(|_| asked.counts_grant(fact, self.now));
            if let Some(n) = version.filter(|n| self.noticed(*n, fact.at, &asked)) {
                mask |= self.set.version_index(n).map_or(0, |at| 1 << at);
            }
        }
        mask
    }

    fn noticed(&self, n: u32, until: Timestamp, asked: &Asked<'_>) -> bool {
        self.facts.events.iter().any(|fact| {
            matches!(fact.kind, FactKind::Notice { version } if version == n)
                && fact.at <= until
                && counts(fact, self.now)
                && asked.in_scope(&fact.scope)
        })
    }
}

/// The newest bridged version from which on every version permits the use.
fn crossing(bridges: Mask, bits: Bits, current: usize) -> Option<usize> {
    (0..=current).rev().find(|at| {
        let since = range(*at, current);
        bridges & (1 << at) != 0 && bits.line & since == since
    })
}
