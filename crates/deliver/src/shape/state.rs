//! The shape of one site, or of all sites of one provider: its limits, what it answered, and what follows.

use std::time::Duration;

use avow_model::Timestamp;

use super::{Aimd, Effect, Gcra, Limits};

/// What an answer says about our pace or our set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// Accepted.
    Good,
    /// It wants less: 421, or a refusal for our pace or reputation.
    Less,
    /// As `Less`, and nothing for a time.
    Pause { wait: Duration, why: String },
    /// Our own set-up is at fault: nothing goes until it may have been mended.
    OurFault { wait: Duration, why: String },
}

/// Why nothing more goes at this moment, or not faster. Closed: pages and metrics have a word for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The rate.
    Rate,
    /// It asked for a pause.
    Paused(String),
    /// Our set-up is at fault.
    OurFault(String),
    /// What the plan of the address allows for today has left.
    WarmUp,
}

/// Limits and memory. One for each site, and one for each provider, of each address that mail leaves from.
#[derive(Debug, Clone)]
pub struct Shape {
    limits: Limits,
    gcra: Gcra,
    aimd: Aimd,
    rest: Option<(Timestamp, Held)>,
}

impl Shape {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            gcra: Gcra::default(),
            aimd: Aimd::default(),
            rest: None,
        }
    }

    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// New rules; what was learned stays.
    pub fn reload(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// How many connections may be open: at least one, so that the way back is tried.
    pub fn connections(&self) -> usize {
        let given = self.limits.connections as f64 * self.aimd.share();
        (given as usize).max(1)
    }

    /// Of its limits, how much it is given after what it answered.
    pub const fn share(&self) -> f64 {
        self.aimd.share()
    }

    /// When the next message may go, and why not now.
    pub fn free_at(&self, now: Timestamp) -> Result<(), (Timestamp, Held)> {
        if let Some((until, why)) = &self.rest
            && now < *until
        {
            return Err((*until, why.clone()));
        }
        let Some(rate) = self.limits.rate else {
            return Ok(());
        };
        match self.gcra.free_at(rate, self.aimd.share(), now) {
            at if at <= now => Ok(()),
            at => Err((at, Held::Rate)),
        }
    }

    fn take(&mut self, now: Timestamp) {
        if let Some(rate) = self.limits.rate {
            self.gcra.take(rate, self.aimd.share(), now);
        }
    }

    /// What it answered.
    pub fn heard(&mut self, signal: &Signal, now: Timestamp) {
        match signal {
            Signal::Good => self.aimd.accepted(now),
            Signal::Less => {
                self.aimd.refused(now);
            }
            Signal::Pause { wait, why } => {
                self.aimd.refused(now);
                self.rest_for(*wait, Held::Paused(why.clone()), now);
            }
            // Slower would not mend it.
            Signal::OurFault { wait, why } => {
                self.rest_for(*wait, Held::OurFault(why.clone()), now);
            }
        }
    }

    /// A longer rest is not cut short by a shorter one.
    fn rest_for(&mut self, wait: Duration, why: Held, now: Timestamp) {
        let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        if self.rest.as_ref().is_none_or(|(at, _)| *at <= until) {
            self.rest = Some((until, why));
        }
    }

    /// Why nothing goes now, if nothing goes.
    pub fn held(&self, now: Timestamp) -> Option<(Timestamp, Held)> {
        self.free_at(now).err()
    }
}

/// Leave for one message from a site's shape and its provider's: both, or neither is counted.
pub fn grant(
    site: &mut Shape,
    provider: Option<&mut Shape>,
    now: Timestamp,
) -> Result<(), (Timestamp, Held)> {
    site.free_at(now)?;
    if let Some(provider) = provider {
        provider.free_at(now)?;
        provider.take(now);
    }
    site.take(now);
    Ok(())
}

impl Effect {
    /// The signal of a rule, in its words.
    pub fn signal(&self, why: &str) -> Signal {
        let why = why.to_owned();
        match self {
            Self::Slow => Signal::Less,
            Self::Suspend(wait) => Signal::Pause { wait: *wait, why },
            Self::OurFault(wait) => Signal::OurFault { wait: *wait, why },
        }
    }
}
