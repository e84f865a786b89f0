//! A permit that is presented at the handoff: young enough, unused, and no no recorded since.

use avow_model::FactKind;

use super::{Case, PERMIT_LIFE_WITHOUT_POLICY};
use crate::code::Code;
use crate::request::PresentedPermit;
use crate::version::Version;

impl Case<'_> {
    pub(super) fn check_permit(&mut self) {
        let Some(permit) = self.request.permit else {
            return;
        };
        self.check_permit_itself(permit);
        if self.changed_since(permit) {
            self.out.deny.add(Code::DPermitStale);
        }
    }

    /// Age and use only: what can go wrong with the permit of a reply that nothing may stop.
    pub(super) fn check_permit_itself(&mut self, permit: PresentedPermit) {
        let version = self.current.map(|at| self.set.version_at(at));
        let life = version.map_or(PERMIT_LIFE_WITHOUT_POLICY, Version::permit_life);
        let age = self.now.duration_since(permit.issued_at);
        if age > life || age.is_negative() {
            self.out.deny.add(Code::DPermitStale);
        }
        if permit.used {
            self.out.deny.add(Code::DPermitReused);
        }
    }

    fn changed_since(&self, permit: PresentedPermit) -> bool {
        self.facts.events.iter().any(|fact| {
            let recorded = fact.recorded_at.max(fact.at);
            recorded > permit.issued_at && recorded <= self.now && restricts(&fact.kind)
        })
    }
}

/// True for what makes an earlier permit stale.
pub(crate) const fn restricts(kind: &FactKind) -> bool {
    matches!(
        kind,
        FactKind::Refuse { .. }
            | FactKind::Withdraw { .. }
            | FactKind::Object { .. }
            | FactKind::Complaint
            | FactKind::Bounce
            | FactKind::Erase
            | FactKind::Restrict
            | FactKind::AccountClosed
    )
}
