//! Decisions in sentences: one that a marketer understands, and one that a lawyer accepts.
//!
//! Promises: both audiences are told the same by the same renderer; the lawyer's sentence adds what it rests
//! on: the policy, its version and clause, the event with its exact times and the wording that was seen, the
//! rule of the pack, the code. Every reason has a sentence, and each ends with what to do next.
//! Never: an address, or anything of a person beside what the facts say.

mod basis;
mod lead;
mod words;

#[cfg(test)]
mod tests;

use avow_model::{Facts, Timestamp};

use crate::code::Code;
use crate::decision::Decision;
use crate::reason::Reason;
use crate::request::Request;
use crate::set::PolicySet;

pub(crate) use words::{date, instant, list};

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// What happened, and what to do next.
    Marketer,
    /// The same with everything that it rests on.
    Lawyer,
}

/// One reason, told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub code: Code,
    pub text: String,
    /// What to do next.
    pub remedy: String,
}

/// A question with what it was judged by. All of it must be what the decision was made from.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub request: &'a Request,
    pub facts: &'a Facts,
    pub now: Timestamp,
    pub policies: &'a PolicySet,
}

/// What the renderer knows; the question itself may be missing.
#[derive(Clone, Copy)]
struct Told<'a> {
    request: Option<&'a Request>,
    facts: &'a Facts,
    now: Option<Timestamp>,
    policies: &'a PolicySet,
}

/// Tells every reason of a decision to a marketer, the most special first. The facts must be those it was
/// made from. Whoever still has the question says more with [`Asked::explain`].
pub fn explain(decision: &Decision, facts: &Facts, policies: &PolicySet) -> Vec<Sentence> {
    let told = Told {
        request: None,
        facts,
        now: None,
        policies,
    };
    told.sentences(decision, Audience::Marketer)
}

impl Asked<'_> {
    /// Tells every reason of a decision, the most special first.
    pub fn explain(&self, decision: &Decision, audience: Audience) -> Vec<Sentence> {
        let told = Told {
            request: Some(self.request),
            facts: self.facts,
            now: Some(self.now),
            policies: self.policies,
        };
        told.sentences(decision, audience)
    }

    /// The whole decision in one sentence: what was asked, the answer, and its first reason with the remedy.
    pub fn summary(&self, decision: &Decision, audience: Audience) -> String {
        let Request { purpose, verb, .. } = self.request;
        let answer = match decision {
            Decision::Allow(_) => "is allowed",
            Decision::Hold(_) => "has to wait",
            Decision::Deny(_) => "is not allowed",
        };
        let sentences = self.explain(decision, audience);
        let Some(first) = sentences.first() else {
            return format!("To {verb} for {purpose} {answer}.");
        };
        let act = match audience {
            Audience::Marketer => format!("To {verb} for {purpose} {answer}"),
            Audience::Lawyer => {
                let at = words::exact(self.now);
                format!("To {verb} for {purpose} {answer} as of {at}")
            }
        };
        format!("{act}. {} {}", first.text, first.remedy)
    }
}

impl Told<'_> {
    fn sentences(&self, decision: &Decision, audience: Audience) -> Vec<Sentence> {
        let reasons = decision.reasons();
        let special = |r: &&Reason| !says_less(r.code, reasons);
        let sentence = |reason: &Reason| Sentence {
            code: reason.code,
            text: match audience {
                Audience::Marketer => self.lead(reason),
                Audience::Lawyer => format!("{} {}", self.lead(reason), self.basis(reason)),
            },
            remedy: self.remedy(reason),
        };
        reasons.iter().filter(special).map(sentence).collect()
    }

    fn remedy(&self, reason: &Reason) -> String {
        let waits = reason.code == Code::DVersionNotEffective;
        let next = self.policies.versions().last().filter(|_| waits);
        match next {
            Some(version) => format!(
                "Wait until that version takes effect; the newest one does on {}.",
                date(version.effective_at())
            ),
            None => reason.code.remedy().to_owned(),
        }
    }
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
