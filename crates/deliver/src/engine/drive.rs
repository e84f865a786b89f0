//! The life of one campaign in hand: prepare, send, send again, finish.
//!
//! Each step reads what the store says and can be repeated; a drive that ends half-way, for whatever
//! reason, is begun anew and goes on. It ends when the campaign is finished or its order changes.

use std::sync::Arc;

use avow_model::{CampaignState, Timestamp};
use avow_store::{Campaign, DueRecipient, StoreError};

use super::aside::{Aside, Place};
use super::brief::BriefFault;
use super::crew::Crew;
use super::fair::Rank;
use super::feed::{self, Round};
use super::gate::GateFault;
use super::hours::Hours;
use super::owed::Debt;
use super::pace::Pace;
use super::run::{Order, Run};
use super::turn;
use crate::audience::{Prepared, prepare};
use crate::shape::{Complaints, Standing};

/// Why a campaign cannot go on now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriveFault {
    #[error(transparent)]
    Gate(#[from] GateFault),
    #[error(transparent)]
    Brief(#[from] BriefFault),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "in the last seven days people complained about {0}, and 0.3 % is where providers begin to refuse everything: find out which \
         audience complains and stop writing to it; the campaign goes on by itself when the share is lower"
    )]
    Complaints(Complaints),
}

/// Takes a campaign as far as its order allows. Afterwards nothing of it is in memory.
pub(crate) async fn drive(
    crew: Arc<Crew>,
    run: Arc<Run>,
    campaign: Campaign,
    debt: Option<Debt>,
) -> Result<(), DriveFault> {
    let pace = crew.pace();
    let mut drive = Drive {
        hours: Hours::of(&[], pace.now()),
        pace,
        crew: &crew,
        run: &run,
    };
    let result = match stands(&crew, &run, &campaign).await {
        Ok(()) => drive.go(&campaign, debt).await,
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

/// Where the deferred rows begin.
const DUE_START: (Timestamp, u32) = (Timestamp::MIN, 0);
/// Rows set aside at once: four bytes each. Beyond it no further pages are read until some have gone.
const ASIDE_MAX: usize = 4_000_000;

/// How far the rows of a campaign have been read.
struct Rows {
    /// The last one that was never tried.
    after: u32,
    /// True when there are no more of them.
    at_end: bool,
    /// The last deferred one: when it was due, and which.
    due: (Timestamp, u32),
    aside: Aside,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            after: 0,
            at_end: false,
            due: DUE_START,
            aside: Aside::default(),
        }
    }
}

struct Drive<'a> {
    crew: &'a Crew,
    run: &'a Arc<Run>,
    pace: Pace,
    /// Whose hour has come.
    hours: Hours,
}

impl Drive<'_> {
    async fn go(&mut self, campaign: &Campaign, debt: Option<Debt>) -> Result<(), DriveFault> {
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
        self.send(debt).await
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

    /// Every open row, as its site has room and its time comes, until none is left or the order changes. A notice is
    /// through when the last of its rows has begun.
    async fn send(&mut self, mut debt: Option<Debt>) -> Result<(), DriveFault> {
        self.read_hours().await?;
        let mut rows = Rows::default();
        while self.may_begin().await == Order::Go {
            self.is_tolerated().await?;
            if self.is_too_late(self.pace.now()) {
                self.expire().await?;
                rows = Rows::default();
                self.hours.restart(self.pace.now());
            }
            // Before the looks: room that is made after them is heard.
            let made = self.crew.lanes.room.made();
            let mut moved = self.feed_aside(&mut rows).await?;
            moved |= self.feed_due(&mut rows).await?;
            moved |= self.feed_next(&mut rows).await?;
            if rows.at_end && !rows.aside.has_first() {
                debt = None;
            }
            if moved {
                continue;
            }
            if rows.aside.is_empty() && self.run.in_hand() == 0 {
                if self.is_over(&mut rows).await? {
                    break;
                }
                continue;
            }
            self.rest(made).await;
        }
        drop(debt);
        Ok(())
    }

    /// Where each person has their own hour: which there are, once everybody has their row.
    async fn read_hours(&mut self) -> Result<(), StoreError> {
        if self.run.brief.zoning.is_some() {
            let scope = &self.run.brief.gate.scope;
            let zones = scope.campaign_zones(self.run.campaign).await?;
            self.hours = Hours::of(&zones, self.pace.now());
        }
        Ok(())
    }

    /// Bulk mail of an account that too many people complain about waits; a notice is owed all the same.
    async fn is_tolerated(&self) -> Result<(), DriveFault> {
        if self.run.brief.rank == Rank::First || self.run.brief.notice.is_some() {
            return Ok(());
        }
        let (scope, now) = (&self.run.brief.gate.scope, self.pace.now());
        let counted = self.crew.quotas.complaints(scope, now).await?;
        match counted.standing() {
            Standing::Fine | Standing::Warn => Ok(()),
            Standing::Stop => Err(DriveFault::Complaints(counted)),
        }
    }

    /// The next page of rows that were never tried; false when there is none.
    async fn feed_next(&mut self, rows: &mut Rows) -> Result<bool, GateFault> {
        if rows.aside.len() >= ASIDE_MAX || self.run.order() != Order::Go {
            return Ok(false);
        }
        if rows.at_end {
            if !self.hours.advance(self.pace.now()) {
                return Ok(false);
            }
            (rows.after, rows.at_end) = (0, false);
        }
        let scope = &self.run.brief.gate.scope;
        let span = self.hours.span();
        let page = scope
            .recipients_waiting_due(self.run.campaign, rows.after, span, feed::PAGE)
            .await?;
        rows.at_end = page.len() < feed::PAGE as usize;
        let Some(last) = page.last() else {
            return Ok(false);
        };
        rows.after = last.seq;
        self.feed(page, Round::First, &mut rows.aside).await?;
        Ok(true)
    }

    /// One page of deferred rows that are due, after those that were looked at before; false when there is none.
    async fn feed_due(&mut self, rows: &mut Rows) -> Result<bool, GateFault> {
        if self.run.order() != Order::Go {
            return Ok(false);
        }
        let now = self.pace.now();
        if rows.due.0 > now {
            // The clock went back.
            rows.due = DUE_START;
        }
        let scope = &self.run.brief.gate.scope;
        let page = scope
            .recipients_deferred_due(self.run.campaign, (rows.due, now), feed::PAGE)
            .await?;
        let Some(last) = page.last() else {
            return Ok(false);
        };
        rows.due = (last.next_at.unwrap_or(now), last.seq);
        self.feed(page, Round::Again, &mut rows.aside).await?;
        Ok(true)
    }

    /// Rows that were set aside and whose site has room now; false when there are none.
    async fn feed_aside(&mut self, rows: &mut Rows) -> Result<bool, GateFault> {
        let mut moved = false;
        for round in [Round::First, Round::Again] {
            if rows.aside.is_empty() || self.run.order() != Order::Go {
                break;
            }
            let (now, flow) = (self.pace.now(), self.run.flow());
            let room = |place: &Place, waiting| match place {
                Place::Budget if !self.crew.quotas.is_open(flow.account, now) => 0,
                place => self.crew.lanes.room_at(place, waiting, (flow, now)),
            };
            let seqs = rows.aside.take(round, feed::PAGE as usize, room);
            if seqs.is_empty() {
                continue;
            }
            let scope = &self.run.brief.gate.scope;
            let page = scope.recipients_at(self.run.campaign, &seqs).await?;
            self.feed(page, round, &mut rows.aside).await?;
            moved = true;
        }
        Ok(moved)
    }

    /// Nothing is in hand: true when no row is open. Waits for the next deferred one when there is one.
    async fn is_over(&mut self, rows: &mut Rows) -> Result<bool, GateFault> {
        let scope = &self.run.brief.gate.scope;
        let next = scope.next_deferred_at(self.run.campaign).await?;
        // What came back unsent, or was put off by a clock that went back, is found again.
        *rows = Rows::default();
        self.hours.restart(self.pace.now());
        let next = next.into_iter().chain(self.hours.next()).min();
        match next {
            None => self.finished().await,
            Some(next) if next > self.pace.now() => {
                rows.at_end = true;
                tokio::select! {
                    () = self.pace.toward(next) => {}
                    () = self.run.called_off() => {}
                }
                Ok(false)
            }
            Some(_) => Ok(false),
        }
    }

    /// Waits until something may have changed: room, an outcome, the clock.
    async fn rest(&mut self, made: impl Future<Output = ()>) {
        let busy = self.run.in_hand() > 0;
        tokio::select! {
            () = made => {}
            () = self.run.quiet(), if busy => {}
            () = self.pace.look() => {}
            () = self.run.called_off() => {}
        }
    }

    /// The campaign's time has run out: what is ready is taken back, what is on the wire ends, the rest expires.
    async fn expire(&mut self) -> Result<(), GateFault> {
        self.crew.lanes.take_back(self.run);
        self.run.quiet().await;
        let (now, scope) = (self.pace.now(), &self.run.brief.gate.scope);
        let mut after = 0;
        while self.run.order() == Order::Go {
            let page = scope
                .recipients_waiting(self.run.campaign, after, feed::PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            feed::expire(self.crew, self.run, page, now).await;
        }
        let mut due = DUE_START;
        while self.run.order() == Order::Go {
            let page = scope
                .recipients_deferred_due(self.run.campaign, (due, Timestamp::MAX), feed::PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            due = (last.next_at.unwrap_or(now), last.seq);
            feed::expire(self.crew, self.run, page, now).await;
        }
        self.run.quiet().await;
        Ok(())
    }

    fn expires_at(&self) -> Timestamp {
        let last = self.hours.last().unwrap_or(Timestamp::MIN);
        let from = self.run.brief.started_at.max(last);
        turn::expires_at(from, &self.crew.options.retry)
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

    /// Feeds a page for as long as the campaign has time.
    async fn feed(
        &mut self,
        rows: Vec<DueRecipient>,
        round: Round,
        aside: &mut Aside,
    ) -> Result<(), GateFault> {
        let expires_at = self.expires_at();
        tokio::select! {
            fed = feed::feed(self.crew, self.run, rows, round, aside) => fed,
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
