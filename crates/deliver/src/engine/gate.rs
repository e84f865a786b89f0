//! Where the engine asks the gate: a page of people when rows are read, one person at the last moment.
//!
//! Promises: no message without a permit that is at most [`FRESH`] old and older than no restriction that
//! this process recorded; a fault is never a yes. Never decides anything itself: `policy::decide` does.

use std::sync::Arc;
use std::time::Duration;

use avow_model::{Category, ContactId, Facts, Timestamp, Verb};
use avow_policy::{Decision, Diagnostic, Permit, PolicySet, Reason, Request, Shelf, decide};
use avow_store::{AccountScope, StoreError};

/// How old a permit may be when a message starts. A no that another process recorded is seen after this.
pub(crate) const FRESH: Duration = Duration::from_secs(1);

/// Why nothing can be decided now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GateFault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the account's published policy does not compile ({0}); publish a corrected version")]
    Policy(String),
}

/// What one campaign asks about each person.
pub(crate) struct Gate {
    pub(crate) scope: AccountScope,
    pub(crate) shelf: Arc<Shelf>,
    /// The question, reading the address only.
    pub(crate) send: Request,
    /// The categories that the content reads beside the address, of those who have them.
    pub(crate) needs: Vec<Need>,
}

/// A category that the content reads, and the fields in which it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) category: Category,
    pub(crate) fields: Vec<String>,
}

/// What the gate said about one person.
#[expect(
    clippy::large_enum_variant,
    reason = "most are Go, and moved once: into the box of their message"
)]
pub(crate) enum Ruling {
    Go(Pass),
    /// Never: the codes.
    No(String),
    /// Not now: the codes.
    Later(String),
}

/// Leave to send one message, and whether it may be measured.
pub(crate) struct Pass {
    pub(crate) permit: Permit,
    pub(crate) open: bool,
    pub(crate) click: bool,
    /// Which of the needed categories the person has: what is not held is not read.
    pub(crate) held: u32,
    /// The account's restriction counter before the facts were read.
    pub(crate) counter: u64,
}

impl Pass {
    /// True when nothing can have changed that this process would not know of.
    pub(crate) fn is_fresh(&self, scope: &AccountScope, now: Timestamp) -> bool {
        let age = now.duration_since(self.permit.issued_at());
        age <= jiff::SignedDuration::try_from(FRESH).unwrap_or_default() && self.is_untouched(scope)
    }

    /// The grounds, as rows keep them.
    pub(crate) fn codes(&self) -> String {
        codes(self.permit.reasons())
    }

    /// True when no restriction was recorded since the facts were read.
    pub(crate) fn is_untouched(&self, scope: &AccountScope) -> bool {
        self.counter == scope.restriction_counter()
    }
}

impl Gate {
    /// Everything but the facts: policies, questions and counter as they stand now.
    pub(crate) async fn bench(&self, now: Timestamp) -> Result<Bench<'_>, GateFault> {
        let counter = self.scope.restriction_counter();
        let published = self.scope.published().await?;
        let policies = self
            .shelf
            .open(self.scope.id(), &published)
            .map_err(|faults| GateFault::Policy(first(&faults)))?;
        let [open, click] =
            ["track.open", "track.click"].map(|verb| self.measure(verb, &policies, now));
        Ok(Bench {
            gate: self,
            sends: Vec::new(),
            open,
            click,
            policies,
            now,
            counter,
        })
    }

    /// The question whether opens or clicks may be measured; `None` when the policy measures nothing.
    fn measure(&self, verb: &str, policies: &PolicySet, now: Timestamp) -> Option<Request> {
        let version = policies.in_force(now)?;
        let own = version
            .purpose(&self.send.purpose)
            .and_then(|p| p.measure.as_ref());
        let purpose = own.or_else(|| version.measuring_purpose())?.clone();
        let verb: Verb = verb.parse().ok()?;
        Some(Request {
            purpose,
            verb,
            ..self.send.clone()
        })
    }

    /// Asks again about one person, with facts read now.
    pub(crate) async fn ask_again(
        &self,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<Ruling, GateFault> {
        let mut bench = self.bench(now).await?;
        let facts = self.scope.facts(contact).await?;
        Ok(bench.rule(&facts))
    }
}

/// The gate, ready for a page of people.
pub(crate) struct Bench<'a> {
    gate: &'a Gate,
    /// The question for each set of categories that people turned out to have.
    sends: Vec<(u32, Request)>,
    open: Option<Request>,
    click: Option<Request>,
    policies: Arc<PolicySet>,
    now: Timestamp,
    counter: u64,
}

impl Bench<'_> {
    pub(crate) fn rule(&mut self, facts: &Facts) -> Ruling {
        let (now, counter, held) = (self.now, self.counter, self.gate.held(facts));
        let policies = self.policies.clone();
        match decide(self.send(held), facts, now, &policies) {
            Decision::Allow(permit) => Ruling::Go(Pass {
                permit,
                open: self.measured(self.open.as_ref(), facts),
                click: self.measured(self.click.as_ref(), facts),
                held,
                counter,
            }),
            Decision::Hold(refusal) => Ruling::Later(codes(refusal.reasons())),
            Decision::Deny(refusal) => Ruling::No(codes(refusal.reasons())),
        }
    }

    fn measured(&self, request: Option<&Request>, facts: &Facts) -> bool {
        request.is_some_and(|r| decide(r, facts, self.now, &self.policies).is_allowed())
    }

    /// The question about a person who has these data.
    fn send(&mut self, mask: u32) -> &Request {
        let known = self.sends.iter().position(|(m, _)| *m == mask);
        let at = known.unwrap_or_else(|| {
            self.sends.push((mask, self.gate.question(mask)));
            self.sends.len() - 1
        });
        &self.sends[at].1
    }
}

impl Gate {
    /// Which of the needed categories a person has, one bit each.
    fn held(&self, facts: &Facts) -> u32 {
        let held = |c: &Category| facts.data.iter().any(|d| d.category == *c);
        let bits = self.needs.iter().enumerate();
        bits.fold(0, |mask, (bit, need)| {
            mask | u32::from(held(&need.category)) << bit
        })
    }

    /// The fields that may not be read of a person who has these data.
    pub(crate) fn hidden(&self, held: u32) -> impl Iterator<Item = &String> {
        let needs = self.needs.iter().enumerate();
        let hidden = needs.filter(move |(bit, _)| held >> bit & 1 == 0);
        hidden.flat_map(|(_, need)| &need.fields)
    }

    /// The question about one person.
    pub(crate) fn question_about(&self, facts: &Facts) -> Request {
        self.question(self.held(facts))
    }

    fn question(&self, mask: u32) -> Request {
        let mut request = self.send.clone();
        let needs = self.needs.iter().enumerate();
        let held = needs.filter(|(bit, _)| mask >> bit & 1 == 1);
        request
            .reads
            .extend(held.map(|(_, need)| need.category.clone()));
        request
    }
}

/// The form in which rows keep reasons: codes with spaces between.
pub(crate) fn codes(reasons: &[Reason]) -> String {
    let codes: Vec<&str> = reasons.iter().map(|r| r.code.as_str()).collect();
    codes.join(" ")
}

/// The first fault of a policy, with its place.
pub(crate) fn first(faults: &[Diagnostic]) -> String {
    faults.first().map_or_else(String::new, ToString::to_string)
}
