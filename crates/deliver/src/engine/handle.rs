//! What others see of a running engine: a bell to ring and progress to watch.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use avow_model::{CampaignId, Outcome, RecipientState, SharedClock};

use super::crew::Crew;
use super::figures::{Counters, Figures};
use super::halt::Halt;
use super::lane::Lanes;
use super::pace::{Bell, News};
use super::run::Run;

/// Cheap to clone. Outlives the engine: then there is no progress.
#[derive(Clone)]
pub struct EngineHandle {
    bell: Bell,
    lanes: Arc<Lanes>,
    counters: Arc<Counters>,
    halt: Arc<Halt>,
    news: News,
    clock: SharedClock,
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
                stage: self.stage(),
                in_hand: run.in_hand(),
                recorded: Outcome::ALL
                    .iter()
                    .map(|o| run.counted(RecipientState::At(*o)))
                    .sum(),
                delivered: run.counted(RecipientState::At(Outcome::Delivered)),
            },
        })
    }

    /// What goes on at this moment.
    pub fn figures(&self) -> Figures {
        self.counters.with(self.lanes.sites(self.clock.now()))
    }

    fn stage(&self) -> Stage {
        match self.halt.why() {
            Some(why) => Stage::Stuck(why),
            None => self.lanes.down().map_or(Stage::Going, Stage::LineDown),
        }
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
