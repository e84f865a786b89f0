//! Reasons as sentences that a marketer reads: what, when, and what to do next.

use avow_model::{Facts, Timestamp};
use jiff::fmt::strtime;

use crate::code::Code;
use crate::decision::Decision;
use crate::reason::Reason;
use crate::set::PolicySet;

/// One reason, told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub code: Code,
    pub text: String,
    /// What to do next.
    pub remedy: String,
}

/// Tells every reason of a decision, the most special first. The facts must be those it was made from.
pub fn explain(decision: &Decision, facts: &Facts, policies: &PolicySet) -> Vec<Sentence> {
    let reasons = decision.reasons();
    let special = |r: &&Reason| !says_less(r.code, reasons);
    reasons
        .iter()
        .filter(special)
        .map(|reason| Sentence {
            code: reason.code,
            text: text(reason, facts, policies),
            remedy: remedy(reason, policies),
        })
        .collect()
}

/// True when another reason says the same more exactly.
fn says_less(code: Code, reasons: &[Reason]) -> bool {
    let has = |codes: &[Code]| reasons.iter().any(|r| codes.contains(&r.code));
    match code {
        Code::DNoChoice => has(&[
            Code::DPendingConfirmation,
            Code::DConsentInvalid,
            Code::DConsentExpired,
            Code::DJurisdictionRule,
        ]),
        Code::AOptIn => has(&[Code::AConfirmedOptIn]),
        _ => false,
    }
}

fn text(reason: &Reason, facts: &Facts, policies: &PolicySet) -> String {
    let code = reason.code;
    let when = happened(reason, facts);
    let told = |verb: &str| match when {
        Some(at) => format!("This person {verb} on {}.", instant(at)),
        None => format!("{}.", code.title()),
    };
    match code {
        Code::AOptIn => told("opted in"),
        Code::AConfirmedOptIn => told("opted in, with confirmation,"),
        Code::DRefused => told("refused"),
        Code::DWithdrawn => told("withdrew"),
        Code::DObjected => told("objected"),
        Code::DComplaint => told("reported mail as spam"),
        Code::DSuppressedChannel => told("asked for no e-mail of any sort"),
        Code::DSuppressedTenant | Code::DSuppressedGlobal => suppressed(reason, facts),
        Code::DErased => told("was erased"),
        Code::DRestricted => told("had processing restricted"),
        Code::DBounced => told("had a hard bounce"),
        Code::DSingleUseSpent => told("was written to already"),
        Code::DPendingConfirmation => told("signed up without confirming"),
        Code::DConsentExpired if when.is_some() => {
            told("gave a time-limited permission that has run out,")
        }
        Code::DConsentInvalid => told("has only a permission on record that does not count, given"),
        Code::DJurisdictionRule | Code::ASoftOptIn | Code::AImpliedConsent => {
            ruled(reason, policies)
        }
        _ => versioned(reason),
    }
}

fn happened(reason: &Reason, facts: &Facts) -> Option<Timestamp> {
    let index = usize::from(reason.fact?);
    facts.events.get(index).map(|f| f.at)
}

fn suppressed(reason: &Reason, facts: &Facts) -> String {
    let entry = reason
        .fact
        .and_then(|i| facts.suppressions.get(usize::from(i)));
    let title = reason.code.title();
    match entry {
        Some(entry) => format!("{title} since {}.", date(entry.at)),
        None => format!("{title}."),
    }
}

fn ruled(reason: &Reason, policies: &PolicySet) -> String {
    let rule = reason.rule.and_then(|i| policies.rules.get(usize::from(i)));
    match rule {
        Some(rule) => format!("{}: {}", reason.code.title(), rule.why),
        None => format!("{}.", reason.code.title()),
    }
}

fn versioned(reason: &Reason) -> String {
    let title = reason.code.title();
    match reason.version {
        Some(n) => format!("{title} (policy version {n})."),
        None => format!("{title}."),
    }
}

fn remedy(reason: &Reason, policies: &PolicySet) -> String {
    let waits = reason.code == Code::DVersionNotEffective;
    let next = policies.versions().last().filter(|_| waits);
    match next {
        Some(version) => format!(
            "Wait until that version takes effect; the newest one does on {}.",
            date(version.effective_at())
        ),
        None => reason.code.remedy().to_owned(),
    }
}

/// `3 May 2026`, UTC.
pub(crate) fn date(at: Timestamp) -> String {
    strtime::format("%-d %B %Y", at).unwrap_or_else(|_| at.to_string())
}

/// `3 May 2026 at 14:02 UTC`.
pub(crate) fn instant(at: Timestamp) -> String {
    strtime::format("%-d %B %Y at %H:%M UTC", at).unwrap_or_else(|_| at.to_string())
}

/// `a, b and c`.
pub(crate) fn list(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}
