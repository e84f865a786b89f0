//! The gate: one pure and total function from a question and the facts to an answer with all its reasons.
//!
//! Promises: the same input gives the same answer; every step runs, so every reason is found; unknown
//! is no; a fault is Hold. Never: a clock, I/O, randomness, an allocation on the way to Allow.
//!
//! Steps, each a file: `permit` (a permit presented again), `person` (erased, restricted, minor,
//! bounced), `choice` (what the person said), `binding` (the ratchet and bridges), `ground` (does the
//! choice suffice for policy and packs), `suppressed`, `special` (service, notices, replies, asking),
//! `confirmation` (the answer to a sign-up).

mod actor;
mod ahead;
mod binding;
mod choice;
mod confirmation;
mod content;
mod coop;
mod ground;
mod limits;
mod obligations;
mod permit;
mod person;
mod recipients;
mod signal;
mod special;
mod suppressed;

use avow_model::{Facts, Purpose, Slug, StoreHealth, Timestamp};
use jiff::SignedDuration;

use crate::code::Code;
use crate::decision::{Decision, LeftOut, Permit, Redactions, Refusal};
use crate::reason::{Reason, Reasons};
use crate::request::{Content, Promotion, Request};
use crate::set::PolicySet;
use crate::table::{PurposeTable, Terms};
use crate::version::{ChoiceRule, Kind, Version};

use choice::{Asked, Choices};
pub use confirmation::CONFIRMATIONS_COUNT_FOR;
pub use coop::edition_exclusions;
pub(crate) use permit::restricts;
use person::Moments;

/// What a permit for a rights reply lives where no version is in force to say it.
const PERMIT_LIFE_WITHOUT_POLICY: SignedDuration = SignedDuration::from_mins(10);

/// One question being judged, and the reasons found so far.
struct Case<'a> {
    request: &'a Request,
    facts: &'a Facts,
    now: Timestamp,
    set: &'a PolicySet,
    /// Index of the version in force.
    current: Option<usize>,
    table: Option<&'a PurposeTable>,
    /// What the version in force says of the purpose; else what the nearest version says.
    terms: Option<Terms>,
    moments: Moments,
    redactions: Redactions,
    left_out: LeftOut,
    out: Findings,
}

/// Grounds for and against.
#[derive(Clone)]
struct Findings {
    allow: Reasons,
    deny: Reasons,
}

impl Findings {
    const fn none() -> Self {
        Self {
            allow: Reasons::none(),
            deny: Reasons::none(),
        }
    }
}

/// What must hold over all versions since the data was collected: the strictest of each.
#[derive(PartialEq, Eq)]
struct Need {
    kind: Kind,
    choice: ChoiceRule,
    uses_max: Option<u32>,
    retention: Option<SignedDuration>,
    min_age: u8,
}

/// Judges one use of one person's data. See the module's promises; `now` is the instant of the act.
pub fn decide(request: &Request, facts: &Facts, now: Timestamp, policies: &PolicySet) -> Decision {
    if facts.store == StoreHealth::Down {
        return Decision::Hold(Refusal::for_code(Code::HStoreUnavailable));
    }
    let mut case = Case::open(request, facts, now, policies);
    match request.content {
        Content::RightsReply if request.is_mail() => case.rights_reply(),
        Content::PolicyNotice { version } if request.is_mail() => case.policy_notice(version),
        Content::Confirmation if request.is_mail() => case.confirmation(),
        _ if request.is_shown() => case.shown(),
        _ => case.ordinary(),
    }
    case.close()
}

impl<'a> Case<'a> {
    fn open(request: &'a Request, facts: &'a Facts, now: Timestamp, set: &'a PolicySet) -> Self {
        let current = set.in_force_index(now);
        let table = set.table(&request.purpose);
        Self {
            request,
            facts,
            now,
            set,
            current,
            table,
            terms: table.and_then(|t| t.nearest_terms(current.unwrap_or(0))),
            moments: Moments::of(facts, now),
            redactions: Redactions::default(),
            left_out: LeftOut::default(),
            out: Findings::none(),
        }
    }

    fn ordinary(&mut self) {
        self.check_permit();
        self.check_person();
        let choices = Choices::fold(self.facts, self.now, &self.asked());
        let from = self.check_binding(&choices);
        let need = self.need(from);
        self.check_age(&need);
        self.check_ground(&choices, &need);
        self.check_suppressions(&choices, Some(need.kind));
        self.check_retention(&need);
        self.check_limits(from, &need);
        self.check_recipient(from);
        self.check_hosts();
        self.check_coop();
        self.check_signal(&need);
        self.check_actor();
        self.look_ahead(&choices, &need);
    }

    /// Whom and what a choice must be about to count here.
    fn asked(&self) -> Asked<'a> {
        let line = self
            .table
            .map_or(std::slice::from_ref(&self.request.purpose), |t| &t.line);
        self.asked_about(line, self.terms.map(|t| t.kind))
    }

    fn asked_about(&self, line: &'a [Purpose], kind: Option<Kind>) -> Asked<'a> {
        Asked {
            request: self.request,
            set: self.set,
            line,
            kind,
            erased: self.moments.erased.map(|e| e.at),
            // A request for a choice that names only the service purpose may ask for anything.
            any_purpose: kind == Some(Kind::Service) && self.asks(),
        }
    }

    /// True for a mail that asks for a permission.
    fn asks(&self) -> bool {
        self.request.content == Content::ChoiceRequest && self.request.is_mail()
    }

    /// The strictest terms of the versions from index `from` to the one in force.
    fn need(&self, from: usize) -> Need {
        let nearest = self.terms;
        let mut need = Need {
            kind: nearest.map_or(Kind::Marketing, |t| t.kind),
            choice: nearest.map_or(ChoiceRule::OptIn, |t| t.choice),
            uses_max: None,
            retention: None,
            min_age: 0,
        };
        let Some(current) = self.current else {
            return need;
        };
        for at in from.min(current)..=current {
            need.min_age = need.min_age.max(self.set.version_at(at).min_age());
            if let Some(terms) = self.table.and_then(|t| t.terms(at)) {
                need.tighten(terms);
            }
        }
        need
    }

    fn check_age(&mut self, need: &Need) {
        if self.facts.age.is_some_and(|age| age < need.min_age) {
            self.out.deny.add(Code::DMinor);
        }
    }

    fn check_retention(&mut self, need: &Need) {
        let (Some(kept), Some(last)) = (need.retention, self.facts.last_activity) else {
            return;
        };
        let open = last.checked_add(kept).is_ok_and(|end| self.now < end);
        if !open {
            self.out.deny.add(Code::DRetentionElapsed);
        }
    }

    fn promotes(&self) -> bool {
        self.request.promotion != Promotion::None
    }

    fn close(self) -> Decision {
        if !self.out.deny.is_empty() {
            return Decision::Deny(Refusal(self.out.deny.telling_first()));
        }
        if self.out.allow.is_empty() {
            // Nothing forbids it and nothing permits it: unknown is no.
            return Decision::Deny(Refusal::for_code(Code::DNotDeclared));
        }
        let version = self.current.map(|at| self.set.version_at(at));
        let life = version.map_or(PERMIT_LIFE_WITHOUT_POLICY, Version::permit_life);
        let obligations = self.obligations();
        Decision::Allow(Permit {
            reasons: self.out.allow,
            issued_at: self.now,
            expires_at: self.now.checked_add(life).unwrap_or(self.now),
            account: self.request.account.clone(),
            purpose: self.request.purpose.clone(),
            verb: self.request.verb.clone(),
            version: version.map(Version::n),
            redactions: self.redactions,
            left_out: self.left_out,
            obligations,
        })
    }

    fn deny(&mut self, reason: Reason) {
        self.out.deny.push(reason);
    }

    fn is_own(&self, account: &Slug) -> bool {
        *account == self.request.account
    }
}

impl Need {
    fn tighten(&mut self, terms: Terms) {
        self.choice = self.choice.max(terms.choice);
        self.uses_max = least(self.uses_max, terms.uses_max);
        self.retention = least(self.retention, terms.retention);
    }

    /// What one version alone asks.
    fn of(terms: Terms) -> Self {
        Self {
            kind: terms.kind,
            choice: terms.choice,
            uses_max: None,
            retention: None,
            min_age: 0,
        }
    }
}

fn least<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
