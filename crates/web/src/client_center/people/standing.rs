//! Where a person stands: may mail go there, and if not, what stands in the way most of all.

use std::sync::Arc;

use avow_model::{FactKind, Facts, Timestamp};
use avow_policy::{PolicySet, PurposeRule, decide};
use avow_store::{AccountRow, AccountScope, StoreError};

use super::query::Wanted;
use crate::App;
use crate::client_center::gate;
use crate::client_center::words::Tone;

/// Where one person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub kind: Wanted,
    /// The titles of the purposes that mail may be sent for.
    pub purposes: Vec<String>,
}

/// Asks the gate about many people.
pub(crate) struct Judge {
    account: AccountRow,
    policies: Option<Arc<PolicySet>>,
    now: Timestamp,
}

fn sends(rule: &PurposeRule) -> bool {
    rule.kind.is_marketing_at_large() && rule.verbs.iter().any(|v| v.as_str() == "send")
}

impl Judge {
    /// For an account as it is now.
    pub(crate) async fn of(app: &App, account: &AccountScope) -> Result<Self, StoreError> {
        Ok(Self {
            account: account.row().await?,
            policies: gate::policies(app, account).await?.ok(),
            now: app.now(),
        })
    }

    fn allowed(&self, facts: &Facts) -> Vec<String> {
        let Some(set) = &self.policies else {
            return Vec::new();
        };
        let rules = set.in_force(self.now).map_or(&[][..], |v| v.purposes());
        let may = |rule: &&PurposeRule| {
            let send = rule.verbs.iter().find(|v| v.as_str() == "send").cloned();
            send.is_some_and(|verb| {
                let request = gate::question_about(&self.account, rule, verb, facts);
                decide(&request, facts, self.now, set).is_allowed()
            })
        };
        let rules = rules.iter().filter(|rule| sends(rule)).filter(may);
        rules.map(|rule| rule.title.clone()).collect()
    }

    /// Where the person of these facts stands.
    pub(crate) fn standing(&self, facts: &Facts) -> Standing {
        let purposes = self.allowed(facts);
        let kind = if purposes.is_empty() {
            in_the_way(facts)
        } else {
            Wanted::May
        };
        Standing { kind, purposes }
    }
}

/// What stands in the way of mail most of all.
fn in_the_way(facts: &Facts) -> Wanted {
    let said = |no: fn(&FactKind) -> bool| facts.events.iter().any(|e| no(&e.kind));
    if said(|k| matches!(k, FactKind::Bounce)) {
        return Wanted::Bounced;
    }
    let refused = |k: &FactKind| {
        matches!(
            k,
            FactKind::Withdraw { .. }
                | FactKind::Object { .. }
                | FactKind::Complaint
                | FactKind::Refuse { .. }
        )
    };
    if facts.events.iter().any(|e| refused(&e.kind)) {
        return Wanted::SaidNo;
    }
    if facts.suppressions.is_empty() {
        Wanted::NoPermission
    } else {
        Wanted::Suppressed
    }
}

impl Standing {
    /// How the table shows it: a tone and words.
    pub(crate) fn told(&self) -> (Tone, String) {
        match (self.kind, self.purposes.as_slice()) {
            (Wanted::May, [one]) => (Tone::Good, one.clone()),
            (Wanted::May, many) => (Tone::Good, format!("{} purposes", many.len())),
            (Wanted::NoPermission, _) => (Tone::Neutral, "No permission".to_owned()),
            (Wanted::SaidNo, _) => (Tone::Bad, "Said no".to_owned()),
            (Wanted::Suppressed, _) => (Tone::Bad, "Suppressed".to_owned()),
            (Wanted::Bounced, _) => (Tone::Bad, "Address is dead".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use avow_model::{Fact, PurposeSelector, Scope};

    use super::*;

    fn facts(kinds: &[FactKind]) -> Facts {
        let at = Timestamp::from_second(1_780_000_000).unwrap();
        let event = |kind: &FactKind| Fact {
            kind: kind.clone(),
            scope: Scope::default(),
            at,
            recorded_at: at,
        };
        Facts {
            events: kinds.iter().map(event).collect(),
            ..Facts::default()
        }
    }

    #[test]
    fn what_stands_in_the_way_is_the_strongest_of_what_happened() {
        let any = PurposeSelector::Any;
        let no = FactKind::Object { purpose: any };
        assert_eq!(in_the_way(&facts(&[])), Wanted::NoPermission);
        assert_eq!(
            in_the_way(&facts(std::slice::from_ref(&no))),
            Wanted::SaidNo
        );
        assert_eq!(in_the_way(&facts(&[no, FactKind::Bounce])), Wanted::Bounced);
    }
}
