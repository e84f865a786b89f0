//! The browser's own no (W3C Global Privacy Control): to selling, to sharing, and to being followed across
//! sites. It says nothing about first-party mail or measuring, and is never a yes.

use super::{Case, Need};
use crate::circumstance::BrowserSignal;
use crate::code::Code;
use crate::pack::{Demand, Signal};
use crate::reason::Reason;
use crate::version::Kind;

impl Case<'_> {
    pub(super) fn check_signal(&mut self, need: &Need) {
        if self.request.signal == BrowserSignal::None || !self.is_reached_by_signal(need.kind) {
            return;
        }
        let asks = |rule: &crate::pack::Rule| rule.demand == Demand::HonourSignal(Signal::Gpc);
        let rule = self.rules().find(|(_, rule)| asks(rule)).map(|(n, _)| n);
        let mut reason = Reason::new(Code::DSignal);
        reason.rule = rule;
        self.deny(reason);
    }

    fn is_reached_by_signal(&self, kind: Kind) -> bool {
        let outward = !self.request.goes_to_self();
        match kind {
            Kind::Sharing => true,
            Kind::Tracking | Kind::Profiling => outward,
            Kind::Service | Kind::Marketing | Kind::Referral | Kind::Demo => false,
        }
    }
}
