//! Whether what the person said suffices: first for the published policy, then for every pack rule of
//! their jurisdiction. The stricter wins, so each is judged by itself and all must pass.

use avow_model::Timestamp;
use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::choice::{Choices, State};
use super::person::Latest;
use super::{Case, Findings, Need};
use crate::code::Code;
use crate::pack::{Demand, Instead, Rule};
use crate::reason::Reason;
use crate::version::{ChoiceRule, Kind};

/// What an implied consent is worth now.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Window {
    Never,
    Lapsed,
    Open,
}

impl Case<'_> {
    pub(super) fn check_ground(&mut self, choices: &Choices, need: &Need) {
        let mut out = Findings::none();
        match need.kind {
            Kind::Service => self.service_ground(choices, &mut out),
            _ if self.asks() => self.asking_ground(choices, need, &mut out),
            Kind::Referral | Kind::Demo if need.choice == ChoiceRule::None => {
                self.single_use_ground(choices, need, &mut out);
            }
            _ => self.choice_ground(choices, need, &mut out),
        }
        if let Some(uses_max) = need.uses_max {
            self.check_unused(uses_max, &mut out);
        }
        self.out.absorb(&out);
    }

    /// A purpose that needs a choice.
    pub(super) fn choice_ground(&self, choices: &Choices, need: &Need, out: &mut Findings) {
        push_nos(choices, need.kind, out);
        if choices.state() == State::No {
            return;
        }
        let strength = strength(choices);
        if strength >= need.choice {
            push_yes(choices, need.choice, out);
        } else {
            push_lack(choices, need.choice, out);
        }
        for (number, rule) in self.rules() {
            if rule.concerns(need.kind, need.choice) {
                self.check_rule(number, rule, choices, out);
            }
        }
    }

    /// The pack rules for the person's jurisdiction.
    pub(super) fn rules(&self) -> impl Iterator<Item = (u16, &Rule)> {
        let numbers = self.set.rules_for(self.facts.jurisdiction).iter();
        let all = numbers.map(|n| (*n, &self.set.rules[usize::from(*n)]));
        all.filter(|(_, rule)| rule.reaches(self.facts.age))
    }

    pub(super) fn check_rule(
        &self,
        number: u16,
        rule: &Rule,
        choices: &Choices,
        out: &mut Findings,
    ) {
        let breach = Reason::new(Code::DJurisdictionRule).rule(number);
        match &rule.demand {
            Demand::AskOnlyWithPermission | Demand::HonourSignal(_) => {}
            Demand::Forbid => out.deny.push(breach),
            Demand::Choice { least, instead } => {
                if strength(choices) >= *least {
                    return;
                }
                let mut lapsed = false;
                for ground in instead {
                    match self.instead(ground) {
                        (Window::Open, code) if choices.state() != State::RunOut => {
                            return out.allow.push(Reason::new(code).rule(number));
                        }
                        (window, _) => lapsed |= window == Window::Lapsed,
                    }
                }
                if lapsed {
                    out.deny
                        .push(Reason::new(Code::DConsentExpired).rule(number));
                }
                out.deny.push(breach);
                push_lack(choices, *least, out);
            }
        }
    }

    fn instead(&self, ground: &Instead) -> (Window, Code) {
        match ground {
            Instead::SoftOptIn if self.facts.soft_opt_in => (Window::Open, Code::ASoftOptIn),
            Instead::SoftOptIn => (Window::Never, Code::ASoftOptIn),
            Instead::Implied {
                purchase_months,
                inquiry_months,
            } => {
                let bought = self.window(&self.facts.purchases, *purchase_months);
                let asked = self.window(&self.facts.inquiries, *inquiry_months);
                (bought.max(asked), Code::AImpliedConsent)
            }
        }
    }

    /// Whether one of the events is at most so many calendar months old, the end not included.
    fn window(&self, events: &[Timestamp], months: Option<u32>) -> Window {
        let Some(months) = months else {
            return Window::Never;
        };
        let erased = self.moments.erased.map(|e| e.at);
        let counted = |at: &&Timestamp| **at <= self.now && erased.is_none_or(|e| **at > e);
        let open = |at: &Timestamp| end_of(*at, months).is_some_and(|end| self.now < end);
        let mut found = Window::Never;
        for at in events.iter().filter(counted) {
            found = found.max(if open(at) {
                Window::Open
            } else {
                Window::Lapsed
            });
        }
        found
    }

    /// No choice, but one use only: a friend's invitation, a demonstration that was asked for.
    fn single_use_ground(&self, choices: &Choices, need: &Need, out: &mut Findings) {
        push_nos(choices, need.kind, out);
        for (number, rule) in self.rules() {
            if rule.concerns(need.kind, need.choice) {
                self.check_rule(number, rule, choices, out);
            }
        }
    }

    fn check_unused(&self, uses_max: u32, out: &mut Findings) {
        let (count, last) = self.used();
        if count >= uses_max as usize {
            out.deny.push(Reason::new(Code::DSingleUseSpent).fact(last));
        } else {
            out.allow.add(Code::ASingleUse);
        }
    }
}

/// The instant so many calendar months later, in UTC; the last day of the month where the day is missing.
fn end_of(at: Timestamp, months: u32) -> Option<Timestamp> {
    let zoned = at.to_zoned(TimeZone::UTC);
    let later = zoned.checked_add(i64::from(months).months()).ok()?;
    Some(later.timestamp())
}

/// How strong a choice the person has made and kept.
fn strength(choices: &Choices) -> ChoiceRule {
    match choices.state() {
        State::No | State::RunOut => ChoiceRule::None,
        State::Silent => ChoiceRule::OptOut,
        State::Yes if choices.granted_confirmed().is_some() => ChoiceRule::ConfirmedOptIn,
        State::Yes => ChoiceRule::OptIn,
    }
}

fn push_yes(choices: &Choices, needed: ChoiceRule, out: &mut Findings) {
    let allow = &mut out.allow;
    if let Some(grant) = choices.granted_confirmed() {
        allow.push(Reason::new(Code::AConfirmedOptIn).fact(Some(grant.fact)));
    }
    if let Some(grant) = choices.granted() {
        allow.push(Reason::new(Code::AOptIn).fact(Some(grant.fact)));
    } else if needed == ChoiceRule::OptOut {
        allow.add(Code::AOptOutNotExercised);
    }
}

/// What is lacking for a choice of this strength: the special reasons first, the general one last.
fn push_lack(choices: &Choices, needed: ChoiceRule, out: &mut Findings) {
    let deny = &mut out.deny;
    let about = |code, latest: Option<Latest>| Reason::new(code).fact(latest.map(|l| l.fact));
    let granted = choices.granted();
    if choices.state() == State::RunOut {
        deny.push(about(Code::DConsentExpired, choices.expired));
    }
    if granted.is_none() && choices.pending.is_some() {
        deny.push(about(Code::DPendingConfirmation, choices.pending));
    } else if needed == ChoiceRule::ConfirmedOptIn && granted.is_some() {
        deny.push(about(Code::DPendingConfirmation, granted));
    }
    let only_invalid = choices.state() == State::Silent && choices.pending.is_none();
    if only_invalid && choices.invalid.is_some() {
        deny.push(about(Code::DConsentInvalid, choices.invalid));
    }
    deny.add(Code::DNoChoice);
}

/// Every no that stands for a purpose of this kind.
pub(super) fn push_nos(choices: &Choices, kind: Kind, out: &mut Findings) {
    let deny = &mut out.deny;
    if choices.state() == State::No {
        let latest = choices.no_at();
        for (code, no) in [
            (Code::DRefused, choices.refused),
            (Code::DWithdrawn, choices.withdrawn),
            (Code::DObjected, choices.objected),
        ] {
            if let Some(no) = no.filter(|no| Some(no.at) == latest) {
                deny.push(Reason::new(code).fact(Some(no.fact)));
            }
        }
        push_worthless(choices, out);
    }
    push_hard_nos(choices, kind, out);
}

/// After a no: a later request that waits, or grants that do not count, are worth knowing too.
fn push_worthless(choices: &Choices, out: &mut Findings) {
    let after = |latest: &Latest| Some(latest.at) > choices.no_at();
    if let Some(pending) = choices.pending.filter(after) {
        let reason = Reason::new(Code::DPendingConfirmation);
        out.deny.push(reason.fact(Some(pending.fact)));
    }
}

/// The nos that only a confirmed opt-in lifts.
pub(super) fn push_hard_nos(choices: &Choices, kind: Kind, out: &mut Findings) {
    if let Some(no) = choices.not_lifted(choices.any_no) {
        let reason = Reason::new(Code::DSuppressedChannel);
        out.deny.push(reason.fact(Some(no.fact)));
    }
    let complaint = choices.complaint.filter(|_| kind.is_marketing_at_large());
    if let Some(no) = choices.not_lifted(complaint) {
        out.deny
            .push(Reason::new(Code::DComplaint).fact(Some(no.fact)));
    }
}

impl Findings {
    pub(super) fn absorb(&mut self, other: &Self) {
        other.allow.iter().for_each(|r| self.allow.push(*r));
        other.deny.iter().for_each(|r| self.deny.push(*r));
    }
}
