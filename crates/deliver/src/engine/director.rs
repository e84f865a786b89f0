//! Which campaigns are in hand: looks at the store, starts drives, passes on pause and cancel.

use std::collections::HashMap;
use std::sync::Arc;

use avow_model::{AccountId, CampaignId, CampaignState, Timestamp};
use avow_store::{Campaign, StoreError};
use tokio::task::{Id, JoinError, JoinSet};

use super::brief::Brief;
use super::crew::Crew;
use super::drive::drive;
use super::handle::EngineHandle;
use super::pace::Pace;
use super::run::{Order, Run};

/// A campaign that could not go on is tried again after this.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(10);
/// Drafts started by one look; the next follows within a second.
const STARTS_AT_ONCE: u32 = 100;
/// What users are told of a campaign whose drive ended by a fault in the program.
const BROKEN: &str =
    "a fault in the program ended it; nothing is lost, restart avow to go on, and please report it";

type Ended = Result<(Id, Result<(), String>), JoinError>;

/// Keeps one drive for each open campaign.
pub(crate) struct Director {
    crew: Arc<Crew>,
    pace: Pace,
    handle: EngineHandle,
    runs: HashMap<CampaignId, (AccountId, Arc<Run>)>,
    /// Campaigns that could not go on, and when they are tried again.
    rests: HashMap<CampaignId, Timestamp>,
    /// The last reason that the log was told of each: the same one is not repeated every ten seconds.
    logged: HashMap<CampaignId, String>,
    drives: JoinSet<Result<(), String>>,
    driven: HashMap<Id, CampaignId>,
}

impl Director {
    pub(crate) fn new(crew: Arc<Crew>, handle: EngineHandle) -> Self {
        Self {
            pace: crew.pace(),
            crew,
            handle,
            runs: HashMap::new(),
            rests: HashMap::new(),
            logged: HashMap::new(),
            drives: JoinSet::new(),
            driven: HashMap::new(),
        }
    }

    /// Looks, and looks again whenever the bell rings, a drive ends or a second has gone by.
    pub(crate) async fn direct(&mut self) {
        loop {
            if let Err(fault) = self.look().await {
                tracing::warn!(%fault, "open campaigns cannot be read; looking again");
            }
            tokio::select! {
                () = self.pace.look() => {}
                Some(ended) = self.drives.join_next_with_id() => self.ended(ended),
            }
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        if !self.crew.fence.holds(self.pace.now()) {
            self.hold();
            return Ok(());
        }
        self.start_planned().await?;
        let open = self.crew.store.campaigns_open().await?;
        for (id, (account, run)) in &self.runs {
            let still = open
                .iter()
                .any(|c| c.id == *id && c.state != CampaignState::Cancelled);
            if !still {
                run.give(self.order_of(*account, *id).await?);
            }
        }
        for campaign in open {
            self.take(campaign).await;
        }
        Ok(())
    }

    /// Drafts leave by themselves when their hour has come; what came due while nobody looked leaves now.
    async fn start_planned(&self) -> Result<(), StoreError> {
        let (store, now) = (&self.crew.store, self.pace.now());
        let due = store.campaigns_due(now, STARTS_AT_ONCE).await?;
        store.campaigns_start(&due, now).await
    }

    /// Why a campaign in hand is no longer open.
    async fn order_of(&self, account: AccountId, id: CampaignId) -> Result<Order, StoreError> {
        let campaign = self.crew.store.account(account).campaign(id).await?;
        Ok(Order::of(campaign.map(|c| c.state)))
    }

    async fn take(&mut self, campaign: Campaign) {
        let now = self.pace.now();
        let rests = self.rests.get(&campaign.id).is_some_and(|at| *at > now);
        if rests || self.runs.contains_key(&campaign.id) {
            return;
        }
        self.rests.remove(&campaign.id);
        match Brief::open(&self.crew, &campaign).await {
            Ok(brief) => self.start(campaign, brief),
            Err(fault) => self.rest(campaign.id, fault.to_string()),
        }
    }

    fn start(&mut self, campaign: Campaign, brief: Brief) {
        let run = Run::new(campaign.id, brief, self.crew.news.clone());
        self.handle.watch(&run);
        self.runs
            .insert(campaign.id, (campaign.account, run.clone()));
        let (id, crew) = (campaign.id, self.crew.clone());
        // From here on, before anything of the account that was found after it can begin.
        let debt = campaign
            .notice
            .map(|_| self.crew.owed.begin(campaign.account));
        let drive = async move {
            let result = drive(crew, run, campaign, debt).await;
            result.map_err(|fault| fault.to_string())
        };
        let task = self.drives.spawn(drive);
        self.driven.insert(task.id(), id);
    }

    fn ended(&mut self, ended: Ended) {
        let task = ended.as_ref().map_or_else(JoinError::id, |(task, _)| *task);
        let Some(campaign) = self.driven.remove(&task) else {
            return;
        };
        let Ok((_, result)) = ended else {
            return self.broken(campaign);
        };
        self.runs.remove(&campaign);
        match result {
            Ok(()) => {
                self.logged.remove(&campaign);
                self.handle.forget(campaign);
            }
            Err(why) => self.rest(campaign, why),
        }
    }

    /// Its drive is gone and may have left rows in hand: it stays in `runs`, so that nothing is sent twice.
    fn broken(&self, campaign: CampaignId) {
        tracing::error!(campaign.id = %campaign, "{BROKEN}");
        if let Some((_, run)) = self.runs.get(&campaign) {
            self.crew.lanes.take_back(run);
        }
        self.handle.trouble(campaign, BROKEN.to_owned());
    }

    fn rest(&mut self, campaign: CampaignId, why: String) {
        if self.logged.insert(campaign, why.clone()).as_ref() != Some(&why) {
            tracing::error!(campaign.id = %campaign, %why, "the campaign cannot go on; trying again");
        }
        let again = self.pace.now().checked_add(AGAIN).unwrap_or(Timestamp::MAX);
        self.rests.insert(campaign, again);
        self.handle.trouble(campaign, why);
    }

    /// Tells every drive to rest: the engine leaves, or another machine may be sending by now. Whoever
    /// has the lease later begins from what the store says.
    fn hold(&self) {
        for (_, run) in self.runs.values() {
            run.give(Order::Hold);
        }
    }

    /// Tells every drive to rest and waits until nothing is in hand.
    pub(crate) async fn dismiss(&mut self) {
        self.hold();
        while self.drives.join_next().await.is_some() {}
    }

    /// Gives up what did not end in time.
    pub(crate) fn abandon(mut self) {
        self.drives.abort_all();
        self.runs.clear();
    }
}
