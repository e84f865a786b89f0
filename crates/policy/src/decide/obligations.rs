//! What whoever acts on a permit must do besides.

use avow_model::MailFormat;

use super::Case;
use crate::obligation::{Obligation, Obligations};
use crate::request::Content;
use crate::version::Kind;

impl Case<'_> {
    pub(super) fn obligations(&self) -> Obligations {
        let mut all = Obligations::default();
        if self.redactions.0 != 0 {
            all.add(Obligation::Redact);
        }
        if self.left_out.0 != 0 {
            all.add(Obligation::LeaveOutOffers);
        }
        if self.request.is_mail() {
            self.mail_obligations(&mut all);
        }
        all
    }

    fn mail_obligations(&self, all: &mut Obligations) {
        all.add(Obligation::PostalAddress);
        match self.request.content {
            Content::Normal => self.plain_obligations(all),
            // Asking for a permission is advertising.
            Content::ChoiceRequest => all.add_way_out(),
            Content::PolicyNotice { .. } => all.add(Obligation::PreferencesLink),
            Content::RightsReply | Content::Confirmation => all.add_unmeasured(),
        }
        if self.facts.format == MailFormat::TextOnly {
            all.add(Obligation::TextOnly);
            all.add_unmeasured();
        }
    }

    fn plain_obligations(&self, all: &mut Obligations) {
        let rule = self.current.and_then(|at| self.rule_at(at));
        all.add(Obligation::Why);
        if rule.is_none_or(crate::version::PurposeRule::has_way_out) {
            all.add_way_out();
        }
        let Some(rule) = rule else {
            return;
        };
        if rule.kind == Kind::Referral {
            all.add(Obligation::NameReferrer);
        }
        if rule.send_as.is_some() {
            all.add(Obligation::SendAsBrand);
        }
    }
}
