//! What the person said about this purpose, folded from the facts: the latest choice wins, and at the
//! same instant the no wins.

use avow_model::{
    Act, Fact, FactKind, Facts, Grantor, Method, Purpose, PurposeSelector, Scope, Timestamp,
};

use super::person::{Latest, counts, keep_latest};
use crate::request::Request;
use crate::set::PolicySet;
use crate::version::Kind;

/// Which choices count for a question.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub request: &'a Request,
    /// The versions: a choice on the wording of one that was taken back counts for nothing.
    pub set: &'a PolicySet,
    /// The purpose and those it continues.
    pub line: &'a [Purpose],
    pub kind: Option<Kind>,
    /// Grants up to this instant went with the erased data; nos stay.
    pub erased: Option<Timestamp>,
    /// Every no counts, whatever its purpose.
    pub any_purpose: bool,
}

impl Asked<'_> {
    fn covered_by(&self, selector: &PurposeSelector) -> bool {
        match selector {
            PurposeSelector::One(purpose) => self.line.iter().any(|p| purpose.covers(p)),
            PurposeSelector::AllMarketing => self.kind.is_none_or(Kind::is_marketing_at_large),
            PurposeSelector::Any => true,
        }
    }

    pub(super) fn in_scope(&self, scope: &Scope) -> bool {
        let Request { account, brand, .. } = self.request;
        scope.account.as_ref().is_none_or(|a| a == account)
            && scope.brand.as_ref().is_none_or(|b| b == brand)
            && scope.list.as_ref().is_none_or(|l| self.is_list(l.as_str()))
    }

    /// The list addressed is by default named like the purpose, under any of its names.
    fn is_list(&self, name: &str) -> bool {
        let purpose = self.request.purpose.as_str();
        let list = self.request.list.as_ref().map_or(purpose, |l| l.as_str());
        let renamed = || self.line.iter().any(|p| p.as_str() == name);
        list == name || (list == purpose && renamed())
    }
}

/// The latest of each sort of choice that counts for the question.
#[derive(Debug, Default)]
pub(super) struct Choices {
    pub refused: Option<Latest>,
    pub withdrawn: Option<Latest>,
    pub objected: Option<Latest>,
    /// A no to e-mail of any sort.
    pub any_no: Option<Latest>,
    pub complaint: Option<Latest>,
    confirm: Option<Latest>,
    /// Valid grants that hold now.
    good: Option<Latest>,
    /// The confirmed ones among them.
    pub confirmed: Option<Latest>,
    pub expired: Option<Latest>,
    pub pending: Option<Latest>,
    pub invalid: Option<Latest>,
}

/// Where the latest choice leaves the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Silent,
    Yes,
    /// The latest yes was limited in time, and its time is over.
    RunOut,
    No,
}

impl Choices {
    pub(super) fn fold(facts: &Facts, now: Timestamp, asked: &Asked<'_>) -> Self {
        let mut choices = Self::default();
        for (index, fact) in facts.events.iter().enumerate() {
            if counts(fact, now) && asked.in_scope(&fact.scope) {
                choices.take_no(index, fact, asked);
            }
        }
        for (index, fact) in facts.events.iter().enumerate() {
            if asked.counts_grant(fact, now) {
                choices.take_grant(index, fact, now);
            }
        }
        choices
    }

    /// Nos, complaints and confirmations.
    fn take_no(&mut self, index: usize, fact: &Fact, asked: &Asked<'_>) {
        let (slot, selector) = match &fact.kind {
            FactKind::Refuse { purpose } => (&mut self.refused, purpose),
            FactKind::Withdraw { purpose } => (&mut self.withdrawn, purpose),
            FactKind::Object { purpose } => (&mut self.objected, purpose),
            FactKind::Complaint => return keep_latest(&mut self.complaint, fact.at, index),
            FactKind::Confirm { purpose } => {
                if purpose.as_ref().is_none_or(|p| asked.covered_by(p)) {
                    keep_latest(&mut self.confirm, fact.at, index);
                }
                return;
            }
            _ => return,
        };
        if asked.any_purpose || asked.covered_by(selector) {
            keep_latest(slot, fact.at, index);
        }
        if *selector == PurposeSelector::Any {
            keep_latest(&mut self.any_no, fact.at, index);
        }
    }

    fn take_grant(&mut self, index: usize, fact: &Fact, now: Timestamp) {
        let slot = match standing(fact, self.confirm, now) {
            Standing::Invalid => &mut self.invalid,
            Standing::Pending => &mut self.pending,
            Standing::RunOut => &mut self.expired,
            Standing::Plain => &mut self.good,
            Standing::Confirmed => {
                keep_latest(&mut self.confirmed, fact.at, index);
                &mut self.good
            }
        };
        keep_latest(slot, fact.at, index);
    }

    /// The latest plain no: refusal, withdrawal or objection.
    pub(super) fn no_at(&self) -> Option<Timestamp> {
        let nos = [self.refused, self.withdrawn, self.objected];
        nos.into_iter().flatten().map(|l| l.at).max()
    }

    pub(super) fn state(&self) -> State {
        let (yes, out) = (at(self.good), at(self.expired));
        match self.no_at() {
            no if no.is_some() && no >= yes.max(out) => State::No,
            _ if out.is_some() && out >= yes => State::RunOut,
            _ if yes.is_some() => State::Yes,
            _ => State::Silent,
        }
    }

    /// The grant that stands now.
    pub(super) fn granted(&self) -> Option<Latest> {
        self.good.filter(|_| self.state() == State::Yes)
    }

    /// The confirmed grant that stands now.
    pub(super) fn granted_confirmed(&self) -> Option<Latest> {
        let after_no = |c: &Latest| self.no_at().is_none_or(|no| c.at > no);
        self.granted().and(self.confirmed.filter(after_no))
    }

    /// A valid grant made after `no`.
    pub(super) fn granted_after(&self, no: Timestamp) -> bool {
        self.granted().is_some_and(|yes| yes.at > no)
    }

    /// A no to all mail or a complaint that still stands.
    pub(super) fn hard_no(&self) -> Option<Latest> {
        let any = self.not_lifted(self.any_no);
        any.or_else(|| self.not_lifted(self.complaint))
    }

    /// The no that only a confirmed opt-in lifts, unless one did.
    pub(super) fn not_lifted(&self, no: Option<Latest>) -> Option<Latest> {
        no.filter(|no| self.confirmed.is_none_or(|yes| yes.at <= no.at))
    }
}

fn at(latest: Option<Latest>) -> Option<Timestamp> {
    latest.map(|l| l.at)
}

/// What a grant is worth now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Invalid,
    Pending,
    RunOut,
    Plain,
    Confirmed,
}

fn standing(fact: &Fact, confirm: Option<Latest>, now: Timestamp) -> Standing {
    let FactKind::Grant {
        method,
        by,
        asked,
        double_opt_in,
        confirmed,
        expires,
        ..
    } = &fact.kind
    else {
        return Standing::Invalid;
    };
    let confirmed = *confirmed || confirm.is_some_and(|c| c.at >= fact.at);
    if !is_own_act(*method, *by, *asked) {
        Standing::Invalid
    } else if *double_opt_in && !confirmed {
        Standing::Pending
    } else if expires.is_some_and(|end| now >= end) {
        Standing::RunOut
    } else if confirmed {
        Standing::Confirmed
    } else {
        Standing::Plain
    }
}

/// Going on using a site is no act of consent, nor is a ticked box left as it was.
fn is_own_act(method: Method, by: Grantor, asked: Act) -> bool {
    method == Method::Click && matches!(by, Grantor::Person | Grantor::Parent) && asked == Act::Fair
}

/// The version whose wording a grant is on, when it is the person's own valid act on one purpose.
pub(super) fn bridging_version(fact: &Fact, choices: &Choices, now: Timestamp) -> Option<u32> {
    let FactKind::Grant {
        purpose: PurposeSelector::One(_),
        saw: Some(version),
        by: Grantor::Person,
        ..
    } = &fact.kind
    else {
        return None;
    };
    let valid = matches!(
        standing(fact, choices.confirm, now),
        Standing::Plain | Standing::Confirmed
    );
    let after_no = choices.no_at().is_none_or(|no| fact.at > no);
    (valid && after_no).then_some(*version)
}

impl Asked<'_> {
    /// True when this grant, by scope and purpose, counts for the question.
    pub(super) fn counts_grant(&self, fact: &Fact, now: Timestamp) -> bool {
        let FactKind::Grant { purpose, saw, .. } = &fact.kind else {
            return false;
        };
        saw.is_none_or(|version| !self.set.is_retracted(version))
            && self.erased.is_none_or(|erased| fact.at > erased)
            && counts(fact, now)
            && self.in_scope(&fact.scope)
            && self.covered_by(purpose)
    }
}
