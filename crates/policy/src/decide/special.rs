//! What is not plain marketing: service mail, policy notices, asking for a choice, rights replies.

use avow_model::FactKind;

use super::choice::{Choices, State};
use super::ground::{push_hard_nos, push_nos};
use super::person::counts;
use super::{Case, Findings, Need};
use crate::code::Code;
use crate::pack::Demand;
use crate::reason::Reason;
use crate::version::{Kind, Version};

impl Case<'_> {
    /// Goes always, to the address given in the request: no fact about the person stops it.
    pub(super) fn rights_reply(&mut self) {
        if let Some(permit) = self.request.permit {
            self.check_permit_itself(permit);
        }
        self.out.allow.add(Code::ARightsReply);
    }

    /// Once for each person and version, without promotion, to those of whom something is held.
    pub(super) fn policy_notice(&mut self, version: u32) {
        self.check_permit();
        self.check_person();
        let choices = Choices::fold(self.facts, self.now, &self.asked());
        self.check_notice_data();
        self.check_notice_version(version);
        // `notice.email` is the promise that it keeps: it needs no purpose, and is none of another kind.
        if self.promotes() || self.terms.is_some_and(|t| t.kind != Kind::Service) {
            self.out.deny.add(Code::DContentClass);
        }
        let mut out = Findings::none();
        push_hard_nos(&choices, Kind::Service, &mut out);
        self.out.absorb(&out);
        let need = self.need(0);
        self.check_age(&need);
        self.check_suppressions(&choices, Some(Kind::Service));
        self.out.allow.add(Code::APolicyNotice);
    }

    fn check_notice_data(&mut self) {
        let (facts, request) = (self.facts, self.request);
        let own = |d: &&avow_model::Datum| self.is_own(&d.account);
        let nothing = self.is_erased() || !facts.data.iter().any(|d| own(&d));
        if nothing {
            self.out.deny.add(Code::DNoDataHeld);
        }
        for (number, category) in request.reads.iter().enumerate() {
            let mut copies = facts.data.iter().filter(|d| d.category == *category);
            let foreign = copies.clone().next().is_some();
            if copies.any(|d| self.is_own(&d.account)) {
                continue;
            }
            if foreign {
                self.deny(Reason::new(Code::DTenantIsolation).category(number as u16));
            }
            self.deny(Reason::new(Code::DNoBinding).category(number as u16));
        }
    }

    fn check_notice_version(&mut self, n: u32) {
        if self.current.is_none() {
            self.out.deny.add(Code::DNoPolicy);
        }
        let published = self.set.version(n).map(Version::published_at);
        match published {
            None => self.deny(Reason::new(Code::DNotDeclared).version(n)),
            Some(at) if at > self.now => {
                self.deny(Reason::new(Code::DVersionNotEffective).version(n));
            }
            Some(_) => {}
        }
        let told = |kind: &FactKind| matches!(kind, FactKind::Notice { version } if *version == n);
        if let Some(fact) = self.find(told) {
            let reason = Reason::new(Code::DSingleUseSpent).version(n);
            self.deny(reason.fact(Some(fact)));
        }
    }

    /// Mail that a running relationship needs; the marketing nos do not reach it.
    pub(super) fn service_ground(&self, choices: &Choices, out: &mut Findings) {
        if self.asks() {
            return self.asking_for_anything(choices, out);
        }
        push_hard_nos(choices, Kind::Service, out);
        if self.promotes() {
            out.deny.add(Code::DContentClass);
        }
        if self.facts.account_active {
            out.allow.add(Code::ANecessaryService);
        } else {
            out.deny.add(Code::DNoRelationship);
        }
    }

    /// Asking for the choice of a purpose: never after a no; some packs want a permission first.
    pub(super) fn asking_ground(&self, choices: &Choices, need: &Need, out: &mut Findings) {
        push_nos(choices, need.kind, out);
        self.check_asking_rules(out);
        for (code, grant) in [
            (Code::AConfirmedOptIn, choices.granted_confirmed()),
            (Code::AOptIn, choices.granted()),
        ] {
            if let Some(grant) = grant {
                out.allow.push(Reason::new(code).fact(Some(grant.fact)));
            }
        }
        if choices.state() != State::Yes {
            out.allow.add(Code::AOptOutNotExercised);
        }
    }

    /// A request that names the service purpose only: any no of the person counts.
    fn asking_for_anything(&self, choices: &Choices, out: &mut Findings) {
        push_nos(choices, Kind::Marketing, out);
        self.check_asking_rules(out);
        if self.promotes() {
            out.deny.add(Code::DContentClass);
        }
        if self.facts.account_active {
            out.allow.add(Code::ANecessaryService);
        }
        out.allow.add(Code::AOptOutNotExercised);
    }

    fn check_asking_rules(&self, out: &mut Findings) {
        for (number, rule) in self.rules() {
            if rule.demand == Demand::AskOnlyWithPermission && !self.has_permission() {
                out.deny
                    .push(Reason::new(Code::DJurisdictionRule).rule(number));
                out.deny.add(Code::DNoChoice);
            }
        }
    }

    /// True when the person may be sent some marketing mail of this account already.
    fn has_permission(&self) -> bool {
        let Some(current) = self.current else {
            return false;
        };
        self.set.tables().iter().any(|table| {
            let Some(terms) = table.terms(current) else {
                return false;
            };
            let asked = self.asked_about(&table.line, Some(terms.kind));
            let choices = Choices::fold(self.facts, self.now, &asked);
            let need = Need::of(terms);
            let mut out = Findings::none();
            self.choice_ground(&choices, &need, &mut out);
            terms.kind == Kind::Marketing && out.deny.is_empty()
        })
    }

    /// How often the purpose was used, and which fact tells of the first time.
    pub(super) fn used(&self) -> (usize, Option<u16>) {
        let line = self.asked().line;
        let same = |kind: &FactKind| {
            matches!(kind, FactKind::Used { purpose: used }
                if used.as_ref().is_none_or(|u| line.iter().any(|p| u.covers(p))))
        };
        let counted = |f: &&avow_model::Fact| same(&f.kind) && counts(f, self.now);
        (
            self.facts.events.iter().filter(counted).count(),
            self.find(same),
        )
    }

    /// The first fact of this kind that counts now.
    fn find(&self, wanted: impl Fn(&FactKind) -> bool) -> Option<u16> {
        let hit = |f: &avow_model::Fact| wanted(&f.kind) && counts(f, self.now);
        let place = self.facts.events.iter().position(hit)?;
        Some(u16::try_from(place).unwrap_or(u16::MAX))
    }
}
