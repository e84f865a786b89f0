//! What a reason rests on, for those who must prove it.

use avow_model::{Act, Fact, FactKind, Grantor, Method, SuppressionClass};

use super::Told;
use super::words::exact;
use crate::pack::Pack;
use crate::reason::Reason;
use crate::version::{PurposeRule, Version};

impl Told<'_> {
    /// In square brackets: policy, version and clause; event; entry; rule; code.
    pub(super) fn basis(&self, reason: &Reason) -> String {
        let parts = [
            self.policy(reason),
            self.event(reason),
            self.listed(reason),
            self.pack(reason),
            Some(reason.code.as_str().to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        format!("[{}]", parts.join("; "))
    }

    /// The version that the reason names, else the one in force, and where it speaks of the purpose.
    fn policy(&self, reason: &Reason) -> Option<String> {
        let version = match reason.version {
            Some(n) => self.policies.version(n),
            None => self.policies.in_force(self.now?),
        }?;
        let text = format!("policy {} version {}", version.family(), version.n());
        let Some(rule) = self.purpose_in(version) else {
            return Some(text);
        };
        Some(match &rule.clause {
            Some(clause) => format!("{text}, purpose {}, clause {clause}", rule.id),
            None => format!("{text}, purpose {}", rule.id),
        })
    }

    /// The purpose, under the name that this version has for it.
    fn purpose_in<'v>(&self, version: &'v Version) -> Option<&'v PurposeRule> {
        let asked = &self.request?.purpose;
        let line = self.policies.table(asked).map(|t| t.line.as_slice());
        let names = line.unwrap_or(std::slice::from_ref(asked));
        names.iter().find_map(|name| version.purpose(name))
    }

    fn event(&self, reason: &Reason) -> Option<String> {
        if self.entry(reason).is_some() {
            return None;
        }
        let fact = self.facts.events.get(usize::from(reason.fact?))?;
        let mut text = format!("{} made {}", name_of(&fact.kind), exact(fact.at));
        if fact.recorded_at != fact.at {
            text = format!("{text}, recorded {}", exact(fact.recorded_at));
        }
        if let Some(manner) = manner(fact) {
            text = format!("{text}, {manner}");
        }
        Some(text)
    }

    fn listed(&self, reason: &Reason) -> Option<String> {
        let entry = self.entry(reason)?;
        let class = match entry.class {
            SuppressionClass::Choice => "choice",
            SuppressionClass::Protection => "protection",
        };
        Some(format!("{class} entry of {}", exact(entry.at)))
    }

    fn pack(&self, reason: &Reason) -> Option<String> {
        let pack = self.pack_of(reason.rule?)?;
        Some(format!("rule pack {} version {}", pack.name, pack.version))
    }

    /// Rules are numbered through all packs.
    fn pack_of(&self, rule: u16) -> Option<&Pack> {
        let mut left = usize::from(rule);
        self.policies.packs().iter().find(|pack| {
            let here = left < pack.rules.len();
            left = left.saturating_sub(pack.rules.len());
            here
        })
    }
}

const fn name_of(kind: &FactKind) -> &'static str {
    match kind {
        FactKind::Grant { .. } => "opt-in",
        FactKind::Confirm { .. } => "confirmation",
        FactKind::Refuse { .. } => "refusal",
        FactKind::Withdraw { .. } => "withdrawal",
        FactKind::Object { .. } => "objection",
        FactKind::Complaint => "complaint",
        FactKind::Notice { .. } => "notice",
        FactKind::Bounce => "hard bounce",
        FactKind::ConfirmAddress => "confirmation of the address",
        FactKind::Erase => "erasure",
        FactKind::Recollect => "new sign-up",
        FactKind::Restrict => "restriction",
        FactKind::Unrestrict => "end of restriction",
        FactKind::Used { .. } => "use",
        FactKind::AccountOpened => "opening of the account",
        FactKind::AccountClosed => "closing of the account",
        FactKind::Purchase => "purchase",
        FactKind::Inquiry => "inquiry",
    }
}

/// By whom, how, and on which wording an opt-in was given.
fn manner(fact: &Fact) -> Option<String> {
    let FactKind::Grant {
        saw,
        method,
        by,
        asked,
        ..
    } = &fact.kind
    else {
        return None;
    };
    let by = match by {
        Grantor::Person => "by the person",
        Grantor::Parent => "by a parent",
        Grantor::Import => "by an import",
        Grantor::Staff => "by staff",
        Grantor::Other => "by somebody else",
    };
    let how = match (method, asked) {
        (Method::ContinuedUse, _) => "by going on using the site",
        (Method::Click, Act::Fair) => "with an unticked, separate question",
        (Method::Click, Act::PreTicked) => "with a pre-ticked box",
        (Method::Click, Act::Bundled) => "bundled with something else",
    };
    let wording = match saw {
        Some(n) => format!("on the wording of version {n}"),
        None => "on a wording that is not recorded".to_owned(),
    };
    Some(format!("{by}, {how}, {wording}"))
}
