//! What happened, in a sentence for anybody.

use avow_model::{Category, Suppression, Timestamp};

use super::{Told, date, instant};
use crate::code::Code;
use crate::pack::Rule;
use crate::reason::Reason;

impl Told<'_> {
    pub(super) fn lead(&self, reason: &Reason) -> String {
        let code = reason.code;
        match act_of(code) {
            Some(act) => match self.happened(reason) {
                Some(at) => format!("This person {act} on {}.", instant(at)),
                None => format!("{}.", code.title()),
            },
            None => self.state(reason),
        }
    }

    /// What is so, without an event of the person.
    fn state(&self, reason: &Reason) -> String {
        let title = reason.code.title();
        match reason.code {
            Code::DSuppressedTenant | Code::DSuppressedGlobal => match self.entry(reason) {
                Some(entry) => format!("{title} since {}.", date(entry.at)),
                None => format!("{title}."),
            },
            Code::DJurisdictionRule
            | Code::ASoftOptIn
            | Code::AImpliedConsent
            | Code::AProposedRuleAhead => match self.rule(reason) {
                Some(rule) => format!("{title}: {}", rule.why),
                None => format!("{title}."),
            },
            _ => self.about(reason),
        }
    }

    /// With the kind of data and the version, where the reason names them.
    fn about(&self, reason: &Reason) -> String {
        let title = reason.code.title();
        let data = self.category(reason).map(|c| self.title_of(c));
        match (data, reason.version) {
            (Some(data), Some(n)) => format!("{title} ({data}, policy version {n})."),
            (Some(data), None) => format!("{title} ({data})."),
            (None, Some(n)) => format!("{title} (policy version {n})."),
            (None, None) => format!("{title}."),
        }
    }

    fn happened(&self, reason: &Reason) -> Option<Timestamp> {
        let index = usize::from(reason.fact?);
        self.facts.events.get(index).map(|f| f.at)
    }

    pub(super) fn entry(&self, reason: &Reason) -> Option<&Suppression> {
        let place = usize::from(reason.fact?);
        let listed = matches!(
            reason.code,
            Code::DSuppressedTenant | Code::DSuppressedGlobal
        );
        self.facts.suppressions.get(place).filter(|_| listed)
    }

    pub(super) fn rule(&self, reason: &Reason) -> Option<&Rule> {
        self.policies.rules.get(usize::from(reason.rule?))
    }

    pub(super) fn category(&self, reason: &Reason) -> Option<&Category> {
        let (request, place) = (self.request?, usize::from(reason.category?));
        let mut all = request.reads.iter().chain(&request.fallbacks);
        all.nth(place)
    }

    /// How the newest version that knows the category calls it.
    fn title_of(&self, id: &Category) -> String {
        let rules = self.policies.versions().filter_map(|v| v.category(id));
        let title = rules.last().map(|rule| rule.title.clone());
        title.unwrap_or_else(|| id.to_string())
    }
}

/// What the person did or what befell them, where the reason rests on such an event.
const fn act_of(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::AOptIn => "opted in",
        Code::AConfirmedOptIn => "opted in, with confirmation,",
        Code::DRefused => "refused",
        Code::DWithdrawn => "withdrew",
        Code::DObjected => "objected",
        Code::DComplaint => "reported mail as spam",
        Code::DSuppressedChannel => "asked for no e-mail of any sort",
        Code::DErased => "was erased",
        Code::DRestricted => "had processing restricted",
        Code::DBounced => "had a hard bounce",
        Code::DSingleUseSpent => "was written to already",
        Code::DPendingConfirmation => "signed up without confirming",
        Code::DConsentExpired => "gave a time-limited permission that has run out,",
        Code::DConsentInvalid => "has only a permission on record that does not count, given",
        _ => return None,
    })
}
