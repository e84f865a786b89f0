//! Who of the staff sees what of a person, where the policy claims `need_to_know`.
//!
//! Promises: under the claim every look at a person is asked of the gate with the member as actor, shows only the
//! categories that it allows, and stands in the person's ledger before anything is shown; lists show masked
//! addresses. Never: decides by itself, or shows what could not be recorded.

use std::sync::Arc;

use avow_deliver::events::without_addresses;
use avow_model::{Category, ContactId, EmailAddress, Facts, Purpose, Timestamp};
use avow_policy::{
    Actor, Claim, Code, Decision, PolicySet, PurposeRule, Request, StaffRole, Version, Via, decide,
};
use avow_store::Role;
use jiff::SignedDuration;

use super::gate;
use super::guard::Member;
use crate::public::masked;
use crate::{App, PageFault};

/// How long a training counts: reminders come each quarter.
const TRAINING_COUNTS_FOR: SignedDuration = SignedDuration::from_hours(92 * 24);

/// What a page may show of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    /// The policy makes no claim about staff.
    Whole,
    Part(Vec<Category>),
}

impl Sight {
    /// True for data of this category; what is of no category goes with the address.
    pub(crate) fn shows(&self, category: Option<&Category>) -> bool {
        match (self, category) {
            (Self::Whole, _) => true,
            (Self::Part(seen), Some(category)) => seen.contains(category),
            (Self::Part(seen), None) => seen.iter().any(|c| c.as_str() == "email"),
        }
    }

    /// True for a field of a contact.
    pub(crate) fn shows_field(&self, field: &str, version: Option<&Version>) -> bool {
        let category = version.and_then(|v| avow_deliver::category_of(field, v));
        self.shows(category.as_ref())
    }
}

/// Whether lists show addresses as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Veil {
    Off,
    On,
}

impl Veil {
    /// Off for who sees addresses.
    pub(crate) const fn of(sees: bool) -> Self {
        if sees { Self::Off } else { Self::On }
    }

    /// An address as a list shows it.
    pub(crate) fn address(self, address: &EmailAddress) -> String {
        match self {
            Self::Off => address.expose().to_owned(),
            Self::On => masked(address),
        }
    }

    /// A server's reply as a list shows it: many repeat the address.
    pub(crate) fn reply(self, reply: &str) -> String {
        match self {
            Self::Off => reply.to_owned(),
            Self::On => without_addresses(reply),
        }
    }
}

/// The policies, where the version in force claims that only those see data who need them.
async fn claimed(app: &App, member: &Member) -> Result<Option<Arc<PolicySet>>, PageFault> {
    let policies = gate::policies(app, &member.account).await?;
    let claims = |set: &Arc<PolicySet>| {
        let version = set.in_force(app.now());
        version.is_some_and(|v| v.claims().contains(&Claim::NeedToKnow))
    };
    // A policy that does not compile claims nothing; nothing is sent under it either.
    Ok(policies.ok().filter(claims))
}

/// How lists of people are shown.
pub(crate) async fn veil(app: &App, member: &Member) -> Result<Veil, PageFault> {
    let claimed = claimed(app, member).await?;
    Ok(claimed.map_or(Veil::Off, |_| Veil::On))
}

/// Looks at one person, for a reason in a few words. The look is in the ledger when this returns.
pub(crate) async fn look(
    app: &App,
    member: &Member,
    (contact, why): (ContactId, &str),
) -> Result<Sight, PageFault> {
    let Some(set) = claimed(app, member).await? else {
        return Ok(Sight::Whole);
    };
    let now = app.now();
    let account = member.account.row().await?;
    let facts = member.account.facts_or_down(contact).await;
    let seeing = Seeing {
        member,
        set: &set,
        facts: &facts,
        now,
    };
    let ask = |purpose: Purpose| {
        Request::new(
            account.slug.clone(),
            account.settings.brand.clone(),
            purpose,
            display(),
        )
    };
    let seen = seeing.categories(&ask)?;
    let account = &member.account;
    account
        .staff_reveal(contact, member.visitor.user, (&seen, why))
        .await?;
    Ok(Sight::Part(seen))
}

fn display() -> avow_model::Verb {
    "display"
        .parse()
        .expect("invariant: a constant that is a name")
}

/// One look of one member at one person.
struct Seeing<'a> {
    member: &'a Member,
    set: &'a PolicySet,
    facts: &'a Facts,
    now: Timestamp,
}

impl Seeing<'_> {
    /// The categories that the gate shows this member, at least one; else why none.
    fn categories(&self, ask: &dyn Fn(Purpose) -> Request) -> Result<Vec<Category>, PageFault> {
        let version = self.set.in_force(self.now);
        let rules = version.map_or(&[][..], |v| v.purposes());
        let actor = self.actor(version);
        let mut held: Vec<&Category> = self.facts.data.iter().map(|d| &d.category).collect();
        held.sort_unstable();
        held.dedup();
        let (mut seen, mut why) = (Vec::new(), None);
        for category in held {
            match self.shown(category, (rules, &actor), ask) {
                Ok(()) => seen.push(category.clone()),
                Err(code) => why = why.or(Some(code)),
            }
        }
        match why {
            Some(code) if seen.is_empty() => Err(refusal(code, self.member)),
            None if seen.is_empty() => Err(PageFault::NotShown(Code::DNoDataHeld)),
            _ => Ok(seen),
        }
    }

    /// Shown for some purpose that the role needs; else the reason that says most.
    fn shown(
        &self,
        category: &Category,
        (rules, actor): (&[PurposeRule], &Actor),
        ask: &dyn Fn(Purpose) -> Request,
    ) -> Result<(), Code> {
        let mut why = Code::DNoNeedToKnow;
        for rule in rules.iter().filter(|r| r.reads.contains(category)) {
            let request = Request {
                reads: vec![category.clone()],
                actor: Some(actor.clone()),
                ..ask(rule.id.clone())
            };
            let decision = decide(&request, self.facts, self.now, self.set);
            if decision.is_allowed() {
                return Ok(());
            }
            why = telling(&decision).unwrap_or(why);
        }
        Err(why)
    }

    fn actor(&self, version: Option<&Version>) -> Actor {
        let membership = &self.member.membership;
        let trained = membership.trained_at;
        Actor {
            role: membership
                .role
                .as_str()
                .parse()
                .expect("invariant: a role is a name"),
            needs: needed(membership.role, version),
            trained_until: trained.and_then(|at| at.checked_add(TRAINING_COUNTS_FOR).ok()),
            acknowledged: membership.acknowledged,
            via: Via::Session {
                active_at: self.member.visitor.active_at,
            },
        }
    }
}

/// For which purposes a role needs to see people, as the policy says; a role that the policy does not know needs none.
fn needed(role: Role, version: Option<&Version>) -> Vec<Purpose> {
    let role = StaffRole::parse(role.as_str());
    let needs = role
        .zip(version)
        .map(|(role, version)| version.needs_of(role));
    needs.unwrap_or_default()
}

/// What the member can mend first: the screen, the policy, the training; then what the gate says of the person.
fn telling(decision: &Decision) -> Option<Code> {
    let first = [
        Code::DLocked,
        Code::DNotAcknowledged,
        Code::DTrainingOverdue,
    ];
    let own = first.into_iter().find(|code| decision.has(*code));
    own.or_else(|| decision.reasons().first().map(|r| r.code))
}

fn refusal(code: Code, member: &Member) -> PageFault {
    match code {
        // The password is entered again, and the page comes back.
        Code::DLocked => PageFault::Locked {
            back: member.back.clone(),
        },
        code => PageFault::NotShown(code),
    }
}

#[cfg(test)]
#[path = "staff_test.rs"]
mod tests;
