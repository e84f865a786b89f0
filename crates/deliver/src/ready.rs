//! A campaign as the engine would send it now: for previews, test messages and explanations.
//!
//! Promises: the same compiled content and the same question to the gate as sending has. Never: sends.

use std::sync::Arc;

use avow_compose::{Compiled, Fields};
use avow_model::{Category, ContactId, Facts, MessageClass, Timestamp};
use avow_policy::{Decision, Permit, PolicySet, Redactions, Shelf, decide};
use avow_store::{AccountRow, Campaign, Store, StoreError};

use crate::choosing::{Asking, Candidate, Chooser};
use crate::engine::BriefFault;
use crate::engine::brief::{Draft, draft};
use crate::engine::duty;
use crate::engine::known::Known;

/// A campaign under the policy that is in force at one instant.
pub struct Ready {
    draft: Draft,
    at: Timestamp,
}

impl Ready {
    /// Compiles the campaign; the fault says why it cannot be sent, and what to do.
    pub async fn open(
        store: &Store,
        shelf: &Arc<Shelf>,
        campaign: &Campaign,
        at: Timestamp,
    ) -> Result<Self, BriefFault> {
        let draft = draft(store, shelf, campaign, at).await?;
        Ok(Self { draft, at })
    }

    /// Whose campaign it is.
    pub fn account(&self) -> &AccountRow {
        &self.draft.account
    }

    /// The content, ready to be filled in for a reader.
    pub fn compiled(&self) -> &Compiled {
        &self.draft.compiled
    }

    /// What mail for its purpose is by law and policy.
    pub fn class(&self) -> MessageClass {
        self.draft.class
    }

    /// The number of the policy version that it was compiled under.
    pub fn version(&self) -> u32 {
        let version = self.draft.policies.in_force(self.at);
        version
            .expect("invariant: it was compiled under the version in force")
            .n()
    }

    /// The hosts that it loads from and that the policy in force does not name: while there is one, nobody gets it.
    pub fn strange_hosts(&self) -> Vec<&str> {
        self.draft.strange_hosts(self.at)
    }

    /// Whose offers stand in nobody's message, with the code that says why.
    pub fn left_out(&self) -> impl Iterator<Item = (&str, &'static str)> {
        let excluded = self.draft.edition.excluded();
        excluded.map(|(offer, code)| (offer.advertiser.as_str(), code.as_str()))
    }

    /// The account's policies.
    pub fn policies(&self) -> &PolicySet {
        &self.draft.policies
    }

    /// The code of the first thing that goes with a permit and that this campaign's messages cannot do.
    pub fn undone(&self, permit: &Permit) -> Option<&'static str> {
        let shape = duty::shape(permit, self.draft.gate.means);
        shape.err().map(duty::code)
    }

    /// The fields that a message to this person may show now: without what the gate leaves out, and where it
    /// permits no message, without all that the content can do without.
    pub fn shown(&self, facts: &Facts, fields: Fields) -> Fields {
        let gate = &self.draft.gate;
        let question = gate.question_about(&Candidate::anybody(facts.clone()));
        let left_out = match decide(&question, facts, self.at, &self.draft.policies) {
            Decision::Allow(permit) => permit.redactions(),
            Decision::Hold(_) | Decision::Deny(_) => Redactions::ALL,
        };
        let hidden = gate.hidden(gate.held(facts), left_out);
        fields.without(hidden.map(String::as_str))
    }

    /// What is known of these contacts, as far as the gate asks about this campaign. Sorted, without repeats.
    pub async fn facts(&self, contacts: &[ContactId]) -> Result<Vec<Facts>, StoreError> {
        let gate = &self.draft.gate;
        let known = Known {
            scope: &gate.scope,
            policies: &self.draft.policies,
            purpose: &gate.send.purpose,
            now: self.at,
        };
        known.facts(contacts).await
    }

    /// The same, with what the campaign's segment says of each.
    pub async fn candidates(&self, contacts: &[ContactId]) -> Result<Vec<Candidate>, StoreError> {
        let facts = self.facts(contacts).await?;
        let gate = &self.draft.gate;
        let asking = Asking {
            scope: &gate.scope,
            send: &gate.send,
            policies: &self.draft.policies,
            now: self.at,
        };
        match &gate.chooser {
            None => Ok(facts.into_iter().map(Candidate::anybody).collect()),
            Some(chooser) => chooser.candidates(asking, contacts, facts).await,
        }
    }

    /// What the gate says of sending it to a person.
    pub fn decide(&self, person: &Candidate) -> Decision {
        let question = self.draft.gate.question_about(person);
        decide(&question, &person.facts, self.at, &self.draft.policies)
    }

    /// The canonical text of the segment that it is sent to.
    pub fn segment(&self) -> Option<String> {
        self.draft.gate.chooser.as_ref().map(Chooser::text)
    }

    /// The categories that the segment reads.
    pub fn chosen_by(&self) -> &[Category] {
        let chooser = self.draft.gate.chooser.as_ref();
        chooser.map_or(&[], Chooser::reads)
    }

    /// Of those, what is read of this person.
    pub fn read_to_choose<'r>(
        &'r self,
        person: &'r Candidate,
    ) -> impl Iterator<Item = &'r Category> {
        let all = self.chosen_by().iter().enumerate();
        all.filter(|(bit, _)| person.choice.reads >> bit & 1 == 1)
            .map(|(_, category)| category)
    }
}
