//! From an opened token to a kept hit: gate at hit time, verdict, group commit.
//!
//! Promises: the gate sees facts at most one second old, and at once every no that this process recorded;
//! `observe` returns only after the hit is in the store; a fault or a no stores nothing and costs the
//! person nothing. Never: tells the caller's client what was decided.
//!
//! Caches, all bounded: campaigns (links, policy, questions) and people (facts), each for one second.

use std::sync::Arc;

use avow_compose::MessageRef;
use avow_model::{HitKind, Outcome, RecipientState, Timestamp};
use avow_policy::Shelf;
use avow_store::{NewHit, Store, StoreError};

use crate::campaigns::{CampaignGate, Campaigns};
use crate::intake::{Candidate, Intake};
use crate::sweeps::Sweeps;
use crate::verdict::{Judgement, Load, Method, Sight, judge};
use crate::{AgentMemory, lock};

/// A `Sec-GPC` header: only an exact `1` is an objection (W3C Global Privacy Control).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlobalPrivacy {
    Silent,
    Objects,
}

/// One request for a beacon or a link.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    pub message: MessageRef,
    pub kind: HitKind,
    pub method: Method,
    pub load: Load,
    pub privacy: GlobalPrivacy,
    pub agent: &'a str,
    pub at: Timestamp,
}

/// What became of it. For logs and tests; the client sees no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Stored(Judgement),
    NotStored(WhyNot),
}

/// Why nothing was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// The browser objects to tracking.
    GlobalPrivacyControl,
    /// The policy in force measures no mail.
    NothingDeclared,
    /// The gate said no, or could not tell.
    NotPermitted,
    /// The campaign does not exist any more.
    NoCampaign,
    /// The store failed: nothing was acknowledged as kept.
    Fault,
}

/// Takes hits in. One for each process; shared by all requests.
#[derive(Debug)]
pub struct Tracker {
    campaigns: Campaigns,
    sweeps: std::sync::Mutex<Sweeps>,
    agents: std::sync::Mutex<AgentMemory>,
    intake: Intake,
}

impl Tracker {
    /// Does nothing until the first hit.
    pub fn new(store: Store, shelf: Arc<Shelf>) -> Self {
        Self {
            campaigns: Campaigns::new(store, shelf),
            sweeps: std::sync::Mutex::default(),
            agents: std::sync::Mutex::default(),
            intake: Intake::default(),
        }
    }

    /// Where a link of a campaign leads; `None` where there is no such campaign or link.
    pub async fn target(
        &self,
        message: &MessageRef,
        link: u16,
        now: Timestamp,
    ) -> Result<Option<Arc<str>>, StoreError> {
        let gate = self.campaigns.gate(message, now).await?;
        Ok(gate.and_then(|g| g.links.get(usize::from(link)).cloned()))
    }

    /// Judges a hit and keeps it where the person permits it.
    pub async fn observe(&self, arrival: &Arrival<'_>) -> Kept {
        match self.try_observe(arrival).await {
            Ok(kept) => kept,
            Err(fault) => {
                tracing::warn!(%fault, "a hit was not kept");
                Kept::NotStored(WhyNot::Fault)
            }
        }
    }

    async fn try_observe(&self, arrival: &Arrival<'_>) -> Result<Kept, StoreError> {
        if arrival.privacy == GlobalPrivacy::Objects {
            return Ok(Kept::NotStored(WhyNot::GlobalPrivacyControl));
        }
        let Some(gate) = self.campaigns.gate(&arrival.message, arrival.at).await? else {
            return Ok(Kept::NotStored(WhyNot::NoCampaign));
        };
        let Some(bound) = gate.binding(arrival.kind, arrival.at) else {
            return Ok(Kept::NotStored(WhyNot::NothingDeclared));
        };
        let judgement = judge(&self.sight(&gate, arrival).await?);
        let hit = NewHit {
            campaign: arrival.message.campaign,
            seq: arrival.message.seq,
            contact: arrival.message.contact,
            kind: arrival.kind,
            verdict: judgement.verdict,
            at: arrival.at,
            bound,
        };
        let candidate = Candidate {
            gate,
            hit,
            judgement,
        };
        Ok(self.intake.settle(candidate).await)
    }

    async fn sight(&self, gate: &CampaignGate, arrival: &Arrival<'_>) -> Result<Sight, StoreError> {
        let agent = lock(&self.agents).classify(arrival.agent);
        let mut sight = Sight {
            kind: arrival.kind,
            method: arrival.method,
            load: arrival.load,
            agent,
            since_delivery_s: None,
            links_at_once: 1,
        };
        if let HitKind::Click { link } = arrival.kind {
            let noted = lock(&self.sweeps).note(arrival.message.message(), link, arrival.at);
            let delivered = match noted.delivered {
                Some(at) => Some(at),
                None => self.delivered_at(gate, arrival).await?,
            };
            let since = |at: Timestamp| arrival.at.duration_since(at).as_secs();
            sight.links_at_once = noted.links;
            sight.since_delivery_s = delivered.map(since);
        }
        Ok(sight)
    }

    /// When the receiving server took the message; `None` while that is not recorded.
    async fn delivered_at(
        &self,
        gate: &CampaignGate,
        arrival: &Arrival<'_>,
    ) -> Result<Option<Timestamp>, StoreError> {
        let message = arrival.message.message();
        let row = gate.scope.recipient(message.campaign, message.seq).await?;
        let delivered = RecipientState::At(Outcome::Delivered);
        let at = row.filter(|r| r.state == delivered).map(|r| r.updated_at);
        if let Some(at) = at {
            lock(&self.sweeps).learn(message, at);
        }
        Ok(at)
    }
}
