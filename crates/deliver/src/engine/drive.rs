//! The life of one campaign in hand: prepare, send, send again, finish.
//!
//! Each step reads what the store says and can be repeated; a drive that ends half-way, for whatever
//! reason, is begun anew and goes on. It ends when the campaign is finished or its order changes.

use std::sync::Arc;

use avow_model::{CampaignState, Timestamp};
use avow_store::{Campaign, DueRecipient, StoreError};

use super::brief::BriefFault;
use super::crew::Crew;
use super::feed::{self, Round};
use super::gate::GateFault;
use super::owed::Debt;
use super::pace::Pace;
use super::run::{Order, Run};
use super::turn;
use crate::audience::{Prepared, prepare};

/// Why a campaign cannot go on now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriveFault {
    #[error(transparent)]
    Gate(#[from] GateFault),
    #[error(transparent)]
    Brief(#[from] BriefFault),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a campaign as far as its order allows. Afterwards nothing of it is in memory.
pub(crate) async fn drive(
    crew: Arc<Crew>,
    run: Arc<Run>,
    campaign: Campaign,
    debt: Option<Debt>,
) -> Result<(), DriveFault> {
    let mut drive = Drive {
        pace: crew.pace(),
        crew: &crew,
        run: &run,
    };
    let result = match stands(&crew, &run, &campaign).await {
        Ok(()) => drive.go(&campaign, debt).await.map_err(DriveFault::from),
        Err(fault) => Err(fault.into()),
    };
    crew.lanes.take_back(&run);
    run.quiet().await;
    if run.order() == Order::Stop {
        run.brief.gate.scope.campaign_settle(run.campaign).await?;
    }
    result
}

/// Looks whether the campaign's mail would be believed, for as long as it may be sent at all.
async fn stands(crew: &Crew, run: &Run, campaign: &Campaign) -> Result<(), BriefFault> {
    if campaign.state == CampaignState::Cancelled {
        return Ok(());
    }
    tokio::select! {
        stands = run.brief.stands(crew) => stands,
        () = run.called_off() => Ok(()),
    }
}

struct Drive<'a> {
    crew: &'a Crew,
    run: &'a Arc<Run>,
    pace: Pace,
}

impl Drive<'_> {
    async fn go(&mut self, campaign: &Campaign, mut debt: Option<Debt>) -> Result<(), GateFault> {
        if campaign.state == CampaignState::Cancelled {
            self.run.give(Order::Stop);
        }
        if self.run.order() != Order::Go {
            return Ok(());
        }
        if !campaign.prepared && !self.prepare(campaign).await? {
            return Ok(());
        }
        if campaign.state == CampaignState::Preparing {
            self.step(CampaignState::Preparing, CampaignState::Sending)
                .await?;
        }
        while self.run.order() == Order::Go {
            self.send_waiting(debt.take()).await?;
            if self.send_deferred().await? && self.finished().await? {
                break;
            }
        }
        Ok(())
    }

    async fn prepare(&mut self, campaign: &Campaign) -> Result<bool, GateFault> {
        let scope = &self.run.brief.gate.scope;
        let links = self.run.brief.compiled.links();
        scope.campaign_links_set(self.run.campaign, links).await?;
        let prepared = prepare(self.run, campaign, || self.crew.clock.now()).await?;
        Ok(prepared == Prepared::Whole)
    }

    /// Moves the campaign. When somebody moved it elsewhere meanwhile, that is the order from here on: a
    /// campaign that was paused or cancelled while it was prepared must not begin to send.
    async fn step(&self, from: CampaignState, to: CampaignState) -> Result<(), StoreError> {
        let (id, scope) = (self.run.campaign, &self.run.brief.gate.scope);
        match scope.campaign_move(id, &[from], to).await {
            Err(StoreError::Conflict(_)) => {
                let stands = scope.campaign(id).await?.map(|c| c.state);
                self.run.give(Order::of(stands));
                Ok(())
            }
            other => other,
        }
    }

    fn is_too_late(&self, now: Timestamp) -> bool {
        now >= self.expires_at()
    }

    /// Every row that waits for its first attempt, once. A notice is through when the last of them has begun.
    async fn send_waiting(&mut self, debt: Option<Debt>) -> Result<(), GateFault> {
        let mut after = 0;
        while self.may_begin().await == Order::Go {
            let scope = &self.run.brief.gate.scope;
            let rows = scope
                .recipients_waiting(self.run.campaign, after, feed::PAGE)
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.seq;
            self.feed(rows, Round::First).await?;
            self.feed_due().await?;
        }
        drop(debt);
        self.run_dry().await;
        Ok(())
    }

    /// One page of deferred rows that are due; those already in hand are passed over.
    async fn feed_due(&mut self) -> Result<(), GateFault> {
        if self.may_begin().await != Order::Go {
            return Ok(());
        }
        let now = self.pace.now();
        let due = if self.is_too_late(now) {
            Timestamp::MAX
        } else {
            now
        };
        let scope = &self.run.brief.gate.scope;
        let rows = scope
            .recipients_deferred_due(self.run.campaign, due, feed::PAGE)
            .await?;
        self.feed(rows, Round::Again).await
    }

    /// Waits until nothing is in hand. What is ready for a line that stays down is taken back when its
    /// time has run out.
    async fn run_dry(&mut self) {
        tokio::select! {
            () = self.run.quiet() => return,
            () = self.pace.until(self.expires_at()) => self.crew.lanes.take_back(self.run),
            () = self.run.called_off() => self.crew.lanes.take_back(self.run),
        }
        self.run.quiet().await;
    }

    fn expires_at(&self) -> Timestamp {
        turn::expires_at(self.run.brief.started_at, &self.crew.options.retry)
    }

    /// Deferred rows as they fall due; true when none is left, false when other rows may wait.
    async fn send_deferred(&mut self) -> Result<bool, GateFault> {
        while self.run.order() == Order::Go {
            let scope = &self.run.brief.gate.scope;
            let Some(next) = scope.next_deferred_at(self.run.campaign).await? else {
                return Ok(true);
            };
            let now = self.pace.now();
            if next > now && !self.is_too_late(now) {
                tokio::select! {
                    () = self.pace.toward(next) => {}
                    () = self.run.called_off() => {}
                }
                continue;
            }
            self.feed_due().await?;
            self.run_dry().await;
        }
        Ok(false)
    }

    /// Lets a notice of the same account go first, for as long as the campaign has time; gives the order that stands
    /// then. Rows are read after it: what a person corrects meanwhile is what their message says.
    async fn may_begin(&mut self) -> Order {
        if self.run.brief.notice.is_none() {
            let (account, expires_at) = (self.run.brief.gate.scope.id(), self.expires_at());
            tokio::select! {
                () = self.crew.owed.settled(account) => {}
                () = self.run.called_off() => {}
                () = self.pace.until(expires_at) => {}
            }
        }
        self.run.order()
    }

    async fn feed(&mut self, rows: Vec<DueRecipient>, round: Round) -> Result<(), GateFault> {
        let now = self.pace.now();
        if self.is_too_late(now) {
            feed::expire(self.crew, self.run, rows, now).await;
            return Ok(());
        }
        let expires_at = self.expires_at();
        tokio::select! {
            fed = feed::feed(self.crew, self.run, rows, round) => fed,
            () = self.pace.until(expires_at) => Ok(()),
        }
    }

    /// Finishes the campaign when no row is open; false when one is.
    async fn finished(&mut self) -> Result<bool, GateFault> {
        let scope = &self.run.brief.gate.scope;
        let waiting = scope.recipients_waiting(self.run.campaign, 0, 1).await?;
        if !waiting.is_empty() || self.run.order() != Order::Go {
            return Ok(false);
        }
        self.step(CampaignState::Sending, CampaignState::Finished)
            .await?;
        Ok(true)
    }
}
