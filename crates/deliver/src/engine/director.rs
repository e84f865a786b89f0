//! Which campaigns are in hand: looks at the store, starts drives, passes on pause and cancel.

use std::collections::HashMap;
use std::sync::Arc;

use avow_model::{AccountId, CampaignId, CampaignState, Timestamp};
use avow_store::{Campaign, StoreError};
use tokio::task::JoinSet;

use super::brief::Brief;
use super::crew::Crew;
use super::drive::drive;
use super::handle::EngineHandle;
use super::pace::Pace;
use super::run::{Order, Run};

/// A campaign that could not go on is tried again after this.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(10);

/// Keeps one drive for each open campaign.
pub(crate) struct Director {
    crew: Arc<Crew>,
    pace: Pace,
    handle: EngineHandle,
    runs: HashMap<CampaignId, (AccountId, Arc<Run>)>,
    /// Campaigns that could not go on, and when they are tried again.
    rests: HashMap<CampaignId, Timestamp>,
    drives: JoinSet<(CampaignId, Result<(), String>)>,
}

impl Director {
    pub(crate) fn new(crew: Arc<Crew>, handle: EngineHandle) -> Self {
        Self {
            pace: crew.pace(),
            crew,
            handle,
            runs: HashMap::new(),
            rests: HashMap::new(),
            drives: JoinSet::new(),
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
                Some(ended) = self.drives.join_next() => {
                    if let Ok((campaign, result)) = ended {
                        self.ended(campaign, result);
                    }
                }
            }
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        if !self.crew.fence.holds(self.pace.now()) {
            return Ok(());
        }
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

    /// Why a campaign in hand is no longer open.
    async fn order_of(&self, account: AccountId, id: CampaignId) -> Result<Order, StoreError> {
        let campaign = self.crew.store.account(account).campaign(id).await?;
        Ok(match campaign.map(|c| c.state) {
            Some(CampaignState::Cancelled) => Order::Stop,
            _ => Order::Hold,
        })
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
        let run = Run::new(campaign.id, brief);
        self.handle.watch(&run);
        self.runs
            .insert(campaign.id, (campaign.account, run.clone()));
        let (id, crew) = (campaign.id, self.crew.clone());
        self.drives.spawn(async move {
            let result = drive(crew, run, campaign).await;
            (id, result.map_err(|fault| fault.to_string()))
        });
    }

    fn ended(&mut self, campaign: CampaignId, result: Result<(), String>) {
        self.runs.remove(&campaign);
        match result {
            Ok(()) => self.handle.forget(campaign),
            Err(why) => self.rest(campaign, why),
        }
    }

    fn rest(&mut self, campaign: CampaignId, why: String) {
        tracing::error!(campaign.id = %campaign, %why, "the campaign cannot go on; trying again");
        let again = self.pace.now().checked_add(AGAIN).unwrap_or(Timestamp::MAX);
        self.rests.insert(campaign, again);
        self.handle.trouble(campaign, why);
    }

    /// Tells every drive to rest and waits until nothing is in hand.
    pub(crate) async fn dismiss(&mut self) {
        for (_, run) in self.runs.values() {
            run.give(Order::Hold);
        }
        while self.drives.join_next().await.is_some() {}
    }

    /// Gives up what did not end in time.
    pub(crate) fn abandon(mut self) {
        self.drives.abort_all();
        self.runs.clear();
    }
}
