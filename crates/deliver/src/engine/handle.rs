//! What others see of a running engine: a bell to ring and progress to watch.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use avow_model::{CampaignId, Outcome, RecipientState, SharedClock, Timestamp};

use super::crew::Crew;
use super::figures::{Counters, Figures};
use super::halt::Halt;
use super::lane::Lanes;
use super::pace::{Bell, News};
use super::quota::Quotas;
use super::run::Run;
use crate::shape::Rules;

/// Cheap to clone. Outlives the engine: then there is no progress.
#[derive(Clone)]
pub struct EngineHandle {
    bell: Bell,
    lanes: Arc<Lanes>,
    counters: Arc<Counters>,
    halt: Arc<Halt>,
    news: News,
    clock: SharedClock,
    quotas: Arc<Quotas>,
    watched: Arc<Mutex<HashMap<CampaignId, Watched>>>,
}

enum Watched {
    Run(Arc<Run>),
    Trouble(String),
}

/// Where a campaign stands in this engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    /// Rows in memory: ready, on the wire, or being recorded.
    pub in_hand: usize,
    /// Outcomes that this engine has recorded since it took the campaign in hand.
    pub recorded: u64,
    /// Of these, how many were delivered.
    pub delivered: u64,
}

/// What goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Being prepared or sent.
    Going,
    /// Its account has sent as much as it may for now; it goes on by itself.
    OverBudget { until: Timestamp },
    /// The relay does not answer: why. Nothing is lost; it is tried again.
    LineDown(String),
    /// It cannot go on: why, and what to do. It is tried again.
    Stuck(String),
}

impl EngineHandle {
    pub(crate) fn of(crew: &Crew) -> Self {
        Self {
            bell: crew.bell.clone(),
            lanes: crew.lanes.clone(),
            counters: crew.counters.clone(),
            halt: crew.halt.clone(),
            news: crew.news.clone(),
            clock: crew.clock.clone(),
            quotas: crew.quotas.clone(),
            watched: Arc::default(),
        }
    }

    /// Something changed that the engine should see at once: a campaign's state, a message to send.
    pub fn wake(&self) {
        self.bell.ring();
    }

    /// Waits until something has happened in this engine, at most a second: what another process does
    /// makes no sound here. Call it before a look at the state and await it after: nothing is missed.
    pub fn news(&self) -> impl Future<Output = ()> + '_ {
        self.news.next()
    }

    /// Where a campaign stands; `None` when this engine does not have it in hand.
    pub fn progress(&self, campaign: CampaignId) -> Option<Progress> {
        let watched = self.watched();
        Some(match watched.get(&campaign)? {
            Watched::Trouble(why) => Progress {
                stage: Stage::Stuck(why.clone()),
                in_hand: 0,
                recorded: 0,
                delivered: 0,
            },
            Watched::Run(run) => Progress {
                stage: self.stage(run),
                in_hand: run.in_hand(),
                recorded: Outcome::ALL
                    .iter()
                    .map(|o| run.counted(RecipientState::At(*o)))
                    .sum(),
                delivered: run.counted(RecipientState::At(Outcome::Delivered)),
            },
        })
    }

    /// Other rules for providers from now on; what was learned of them stays.
    pub fn reload(&self, rules: Rules) {
        self.lanes.reload(Arc::new(rules));
        self.bell.ring();
    }

    /// What goes on at this moment.
    pub fn figures(&self) -> Figures {
        let now = self.clock.now();
        let mut figures = self.counters.with(self.lanes.sites(now));
        figures.over_budget = self.quotas.all_closed(now);
        figures
    }

    fn stage(&self, run: &Run) -> Stage {
        if let Some(why) = self.halt.why() {
            return Stage::Stuck(why);
        }
        if let Some(why) = self.lanes.down() {
            return Stage::LineDown(why);
        }
        let closed = self.quotas.closed(run.flow().account, self.clock.now());
        closed.map_or(Stage::Going, |until| Stage::OverBudget { until })
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<CampaignId, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn watch(&self, run: &Arc<Run>) {
        self.watched()
            .insert(run.campaign, Watched::Run(run.clone()));
        self.news.tell();
    }

    pub(crate) fn forget(&self, campaign: CampaignId) {
        self.watched().remove(&campaign);
        self.news.tell();
    }

    pub(crate) fn trouble(&self, campaign: CampaignId, why: String) {
        self.watched().insert(campaign, Watched::Trouble(why));
        self.news.tell();
    }
}
