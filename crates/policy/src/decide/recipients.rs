//! To whom data go: contracts that run, categories that stay inside, and what every version since the
//! collection claims about sharing.

use super::Case;
use crate::code::Code;
use crate::reason::Reason;
use crate::version::{Claim, RecipientRole, RecipientRule};

impl Case<'_> {
    pub(super) fn check_recipient(&mut self, from: usize) {
        if self.request.goes_to_self() {
            return;
        }
        let Some(current) = self.current else {
            return;
        };
        let rule = self
            .set
            .version_at(current)
            .recipient(&self.request.recipient);
        if let Some(rule) = rule {
            self.check_contract(rule);
        }
        for at in self.versions_since(from) {
            self.check_inside(at);
            self.check_claims(at, rule);
        }
    }

    fn check_contract(&mut self, rule: &RecipientRule) {
        let over = rule.until.is_some_and(|end| self.now >= end);
        let none = rule.role == Some(RecipientRole::Processor) && rule.contract.is_none();
        if over || none {
            self.out.deny.add(Code::DContractEnded);
        }
    }

    /// What is internal stays inside, whatever the purpose says.
    fn check_inside(&mut self, at: usize) {
        let (request, version) = (self.request, self.set.version_at(at));
        for (number, category) in request.reads.iter().enumerate() {
            let rule = version.category(category);
            if rule.is_some_and(|rule| rule.internal_only.is_yes()) {
                let reason = Reason::new(Code::DInternalOnly).version(version.n());
                self.deny(reason.category(number as u16));
            }
        }
    }

    /// A promise of the text binds the data that were given under it. What is not said of a recipient is
    /// taken for what the promise excludes.
    fn check_claims(&mut self, at: usize, rule: Option<&RecipientRule>) {
        let version = self.set.version_at(at);
        let said = |told: fn(&RecipientRule) -> bool| rule.is_some_and(told);
        let processor = said(|r| r.role == Some(RecipientRole::Processor));
        let found = [
            (Claim::NeverShared, processor, Code::DUnaffiliated),
            (
                Claim::NeverSharedUnaffiliated,
                processor || said(|r| r.affiliated.is_yes()),
                Code::DUnaffiliated,
            ),
            (
                Claim::NeverRecipientPromo,
                processor || said(|r| r.promotes.is_no()),
                Code::DRecipientPromotes,
            ),
        ];
        for (claim, kept, code) in found {
            if version.claims_that(claim) && !kept {
                self.deny(Reason::new(code).version(version.n()));
            }
        }
    }
}
