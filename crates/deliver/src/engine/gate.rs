//! Where the engine asks the gate: a page of people when rows are read, one person at the last moment.
//!
//! Promises: no message without a permit that is at most [`FRESH`] old and older than no restriction that
//! this process recorded; a fault is never a yes. Never decides anything itself: `policy::decide` does.

use std::sync::Arc;
use std::time::Duration;

use avow_model::{Category, ContactId, EntryId, Facts, MessageId, Timestamp, Verb};
use avow_policy::replay::{ReplayFault, whole_micros};
use avow_policy::segment::Truth;
use avow_policy::{
    Content, Decision, Diagnostic, Permit, PolicySet, Reason, Redactions, Request, Shelf, decide,
};
use avow_store::{AccountScope, NewEntry, StoreError};

use super::duty::{self, Means, Shape};
use super::known;
use super::telling::{self, Answer, Hashes, Known};
use crate::choosing::{Asking, Candidate, Chooser, REASON_LEFT_SEGMENT};

/// How old a permit may be when a message starts. A no that another process recorded is seen after this.
pub(crate) const FRESH: Duration = Duration::from_secs(1);

/// Why nothing can be decided now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GateFault {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of the program: what cannot be recorded is not sent.
    #[error(transparent)]
    Record(#[from] ReplayFault),
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
    /// What stands in the question's `fallbacks`, in its order: the content does without.
    pub(crate) spares: Vec<Need>,
    /// Who of the audience is meant; `None`: everybody.
    pub(crate) chooser: Option<Chooser>,
    pub(crate) means: Means,
    /// Of the policies that were last asked.
    pub(crate) hashes: Hashes,
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
    /// What the permit asks for besides.
    pub(crate) shape: Shape,
    pub(crate) open: bool,
    pub(crate) click: bool,
    /// Which of the needed categories the person has: what is not held is not read.
    pub(crate) held: u32,
    /// The account's restriction counter before the facts were read.
    pub(crate) counter: u64,
    /// The ledger's entry of the decision; none until it is in the store.
    pub(crate) decision: Option<EntryId>,
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
        // The ledger keeps microseconds: the gate is asked as it will be asked again.
        let now = whole_micros(now);
        let counter = self.scope.restriction_counter();
        let published = self.scope.published().await?;
        let policies = self
            .shelf
            .open(self.scope.id(), &published)
            .map_err(|faults| GateFault::Policy(first(&faults)))?;
        let [open, click] =
            ["track.open", "track.click"].map(|verb| self.measure(verb, &policies, now));
        Ok(Bench {
            known: self.hashes.of(&policies),
            gate: self,
            sends: Vec::new(),
            open,
            click,
            policies,
            now,
            counter,
        })
    }

    /// The question whether opens or clicks may be measured; `None` when the policy measures nothing, and
    /// for a notice.
    fn measure(&self, verb: &str, policies: &PolicySet, now: Timestamp) -> Option<Request> {
        if matches!(self.send.content, Content::PolicyNotice { .. }) {
            return None;
        }
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

    /// Asks again about one person, with facts read now. The answer is in the ledger when this returns.
    pub(crate) async fn ask_again(
        &self,
        contact: ContactId,
        message: MessageId,
        now: Timestamp,
    ) -> Result<Ruling, GateFault> {
        let mut bench = self.bench(now).await?;
        let found = bench.candidates(&[contact]).await?.into_iter().next();
        let person = found.unwrap_or_else(|| Candidate::anybody(Facts::default()));
        let (mut ruling, told) = bench.rule_told((contact, message), &person)?;
        let id = self.scope.append_entry(told).await?;
        if let Ruling::Go(pass) = &mut ruling {
            pass.decision = Some(id);
        }
        Ok(ruling)
    }
}

/// The gate, ready for a page of people.
pub(crate) struct Bench<'a> {
    gate: &'a Gate,
    /// The question for each set of categories that people turned out to have.
    sends: Vec<Send>,
    known: Arc<Known>,
    open: Option<Request>,
    click: Option<Request>,
    policies: Arc<PolicySet>,
    now: Timestamp,
    counter: u64,
}

impl Bench<'_> {
    /// What is known of these contacts, sorted and without repeats, and whether they are meant.
    pub(crate) async fn candidates(
        &self,
        contacts: &[ContactId],
    ) -> Result<Vec<Candidate>, GateFault> {
        let facts = self.facts(contacts).await?;
        let asking = Asking {
            scope: &self.gate.scope,
            send: &self.gate.send,
            policies: &self.policies,
            now: self.now,
        };
        match &self.gate.chooser {
            None => Ok(facts.into_iter().map(Candidate::anybody).collect()),
            Some(chooser) => Ok(chooser.candidates(asking, contacts, facts).await?),
        }
    }

    async fn facts(&self, contacts: &[ContactId]) -> Result<Vec<Facts>, GateFault> {
        let known = known::Known {
            scope: &self.gate.scope,
            policies: &self.policies,
            purpose: &self.gate.send.purpose,
            now: self.now,
        };
        Ok(known.facts(contacts).await?)
    }

    /// Judges one person.
    pub(crate) fn rule(&mut self, person: &Candidate) -> Ruling {
        let decision = self.decide(person);
        self.ruling(decision, person)
    }

    /// Judges one person, with what the ledger is to be told of it.
    pub(crate) fn rule_told(
        &mut self,
        about: (ContactId, MessageId),
        person: &Candidate,
    ) -> Result<(Ruling, NewEntry), GateFault> {
        let decision = self.decide(person);
        let told = self.told(about, person, &decision)?;
        Ok((self.ruling(decision, person), told))
    }

    /// As `rule_told`, telling of a no only: a yes is asked again before anything leaves.
    pub(crate) fn rule_noes(
        &mut self,
        about: (ContactId, MessageId),
        person: &Candidate,
    ) -> Result<(Ruling, Option<NewEntry>), GateFault> {
        let decision = self.decide(person);
        let told = match &decision {
            Decision::Deny(_) => Some(self.told(about, person, &decision)?),
            Decision::Allow(_) | Decision::Hold(_) => None,
        };
        Ok((self.ruling(decision, person), told))
    }

    fn decide(&mut self, person: &Candidate) -> Decision {
        let (read, now, policies) = (self.gate.read(person), self.now, self.policies.clone());
        decide(&self.send(read).request, &person.facts, now, &policies)
    }

    fn told(
        &mut self,
        (contact, message): (ContactId, MessageId),
        person: &Candidate,
        decision: &Decision,
    ) -> Result<NewEntry, GateFault> {
        let (known, now) = (self.known.clone(), self.now);
        let send = self.send(self.gate.read(person));
        if send.question.is_none() {
            send.question = Some(telling::question(&send.request)?);
        }
        let answer = Answer {
            question: send.question.as_deref().unwrap_or_default(),
            facts: &person.facts,
            decision,
            now,
            known: &known,
        };
        Ok(NewEntry::about(contact, answer.told(message)?))
    }

    fn ruling(&self, decision: Decision, person: &Candidate) -> Ruling {
        let facts = &person.facts;
        match decision {
            // What the segment asks about has changed, or may not be read any more, since the person was chosen.
            Decision::Allow(_) if person.is_meant() != Truth::True => {
                Ruling::No(REASON_LEFT_SEGMENT.to_owned())
            }
            Decision::Allow(permit) => match duty::shape(&permit, self.gate.means) {
                Ok(shape) => Ruling::Go(self.pass((permit, shape), facts)),
                Err(undone) => Ruling::No(duty::code(undone).to_owned()),
            },
            Decision::Hold(refusal) => Ruling::Later(codes(refusal.reasons())),
            Decision::Deny(refusal) => Ruling::No(codes(refusal.reasons())),
        }
    }

    fn pass(&self, (permit, shape): (Permit, Shape), facts: &Facts) -> Pass {
        Pass {
            permit,
            shape,
            open: shape.may_have_pixel && self.measured(self.open.as_ref(), facts),
            click: shape.may_count_links && self.measured(self.click.as_ref(), facts),
            held: self.gate.held(facts),
            counter: self.counter,
            decision: None,
        }
    }

    fn measured(&self, request: Option<&Request>, facts: &Facts) -> bool {
        request.is_some_and(|r| decide(r, facts, self.now, &self.policies).is_allowed())
    }

    /// The question about a person who has these data.
    fn send(&mut self, mask: u32) -> &mut Send {
        let known = self.sends.iter().position(|send| send.mask == mask);
        let at = known.unwrap_or_else(|| {
            self.sends.push(Send {
                mask,
                request: self.gate.question(mask),
                question: None,
            });
            self.sends.len() - 1
        });
        &mut self.sends[at]
    }
}

/// The question about everybody who has the same data.
struct Send {
    mask: u32,
    request: Request,
    /// In canonical form, once somebody is told of it.
    question: Option<String>,
}

impl Gate {
    /// Which of the needed categories a person has, one bit each.
    pub(crate) fn held(&self, facts: &Facts) -> u32 {
        let held = |c: &Category| facts.data.iter().any(|d| d.category == *c);
        let bits = self.needs.iter().enumerate();
        bits.fold(0, |mask, (bit, need)| {
            mask | u32::from(held(&need.category)) << bit
        })
    }

    /// The fields that may not be read of a person: what they have not, and what the permit says to leave out.
    pub(crate) fn hidden(&self, held: u32, left_out: Redactions) -> impl Iterator<Item = &String> {
        let needs = self.needs.iter().enumerate();
        let needs = needs.filter(move |(bit, _)| held >> bit & 1 == 0);
        let spares = self.spares.iter().enumerate();
        let spares = spares.filter(move |(place, _)| left_out.has(*place));
        needs.chain(spares).flat_map(|(_, need)| &need.fields)
    }

    /// What is read of a person: the needed categories that they have, and after those what the segment read.
    fn read(&self, person: &Candidate) -> u32 {
        let chosen_by = person.choice.reads.unbounded_shl(self.needs.len() as u32);
        self.held(&person.facts) | chosen_by
    }

    /// The question about one person.
    pub(crate) fn question_about(&self, person: &Candidate) -> Request {
        self.question(self.read(person))
    }

    pub(crate) fn question(&self, mask: u32) -> Request {
        let mut request = self.send.clone();
        let needs = self.needs.iter().map(|need| &need.category);
        let chosen_by = self.chooser.iter().flat_map(Chooser::reads);
        for (bit, category) in needs.chain(chosen_by).enumerate() {
            if mask >> bit & 1 == 1 && !request.reads.contains(category) {
                request.reads.push(category.clone());
            }
        }
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
