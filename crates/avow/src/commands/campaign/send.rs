//! Starting, stopping and watching a campaign.

use anyhow::{Result, bail};
use avow_deliver::engine::{EngineHandle, Stage};
use avow_model::{CampaignId, CampaignState as S};
use avow_store::AccountScope;
use indicatif::ProgressBar;

use super::check::{self, Verdict};
use super::{Call, find, standing, standing_text};
use crate::exit::{Exit, answer};
use crate::progress;
use crate::sending::{self, Ran, Watch};

/// Starts a draft. A campaign that is on its way already is only waited for.
pub(super) async fn send(call: &Call, id: CampaignId, wait: bool) -> Result<Exit> {
    let (scope, campaign) = find(&call.world, id).await?;
    match campaign.state {
        S::Draft => {
            let verdict = check::verdict(&call.world, &campaign, None).await?;
            if !verdict.ready {
                return refuse(call, &verdict);
            }
            scope.campaign_move(id, &[S::Draft], S::Preparing).await?;
        }
        S::Paused => bail!("the campaign is paused; go on with avow campaign resume {id}"),
        S::Cancelled => bail!("the campaign was cancelled; make a new one"),
        S::Preparing | S::Sending | S::Finished => {}
    }
    follow(call, id, &scope, wait).await
}

fn refuse(call: &Call, verdict: &Verdict) -> Result<Exit> {
    answer(call.form, verdict, check::text)?;
    Ok(Exit::Refused)
}

/// Holds a campaign.
pub(super) async fn pause(call: &Call, id: CampaignId) -> Result<Exit> {
    let (scope, campaign) = find(&call.world, id).await?;
    let from = [S::Preparing, S::Sending];
    if !from.contains(&campaign.state) {
        let state = campaign.state.as_str();
        bail!("the campaign is {state}; only one on its way can be paused");
    }
    scope.campaign_move(id, &from, S::Paused).await?;
    tell(call, id, Ran::Over).await
}

/// Goes on where it stopped.
pub(super) async fn resume(call: &Call, id: CampaignId, wait: bool) -> Result<Exit> {
    let (scope, campaign) = find(&call.world, id).await?;
    if campaign.state != S::Paused {
        bail!(
            "the campaign is {}; only a paused one goes on",
            campaign.state.as_str()
        );
    }
    let next = if campaign.prepared {
        S::Sending
    } else {
        S::Preparing
    };
    scope.campaign_move(id, &[S::Paused], next).await?;
    follow(call, id, &scope, wait).await
}

/// Stops for good; when no server runs, what has not left is settled here.
pub(super) async fn cancel(call: &Call, id: CampaignId) -> Result<Exit> {
    let (scope, campaign) = find(&call.world, id).await?;
    if let Some(n) = campaign.notice {
        bail!(
            "the notice of version {n} is owed to people and is not cancelled by itself; \
             avow policy retract takes the version back, and its notice with it"
        );
    }
    let draft = campaign.state == S::Draft;
    let from = [S::Draft, S::Preparing, S::Sending, S::Paused];
    if !from.contains(&campaign.state) {
        bail!("the campaign is {} already", campaign.state.as_str());
    }
    scope.campaign_move(id, &from, S::Cancelled).await?;
    if draft {
        scope.campaign_settle(id).await?;
        return tell(call, id, Ran::Over).await;
    }
    let end = End::of(&scope, id, ProgressBar::hidden());
    let ran = sending::until(&call.world, &end).await?;
    tell(call, id, ran).await
}

/// Runs the engine here when no server does, and stays as long as that needs or `wait` asks.
async fn follow(call: &Call, id: CampaignId, scope: &AccountScope, wait: bool) -> Result<Exit> {
    if !wait && sending::runs_elsewhere(&call.world)? {
        let note = "The running server sends it; avow report campaign shows how far it is.";
        let standing = standing(&call.world, id, Some(note.to_owned())).await?;
        answer(call.form, &standing, standing_text)?;
        return Ok(Exit::Done);
    }
    let end = End::of(scope, id, progress::bar(0, "people"));
    let ran = sending::until(&call.world, &end).await?;
    end.bar.finish_and_clear();
    tell(call, id, ran).await
}

/// Tells where a campaign stands. One that was left on its way is not done: exit code 3.
async fn tell(call: &Call, id: CampaignId, ran: Ran) -> Result<Exit> {
    let note = match ran {
        Ran::Over => None,
        Ran::Stopped => Some(format!(
            "Stopped on the way. Nothing is lost: avow campaign send {id} --wait goes on, and so does avow serve."
        )),
    };
    let standing = standing(&call.world, id, note).await?;
    answer(call.form, &standing, standing_text)?;
    Ok(match ran {
        Ran::Over => Exit::Done,
        Ran::Stopped => Exit::Unavailable,
    })
}

/// Watches a campaign until nothing more will become of it.
struct End<'a> {
    scope: &'a AccountScope,
    id: CampaignId,
    bar: ProgressBar,
}

impl<'a> End<'a> {
    fn of(scope: &'a AccountScope, id: CampaignId, bar: ProgressBar) -> Self {
        Self { scope, id, bar }
    }

    async fn draw(&self, state: S, engine: Option<&EngineHandle>) -> Result<()> {
        if self.bar.is_hidden() {
            return Ok(());
        }
        let tally = self.scope.tally(self.id).await?;
        self.bar.set_length(tally.audience());
        self.bar.set_position(tally.settled());
        let stage = engine.and_then(|e| e.progress(self.id)).map(|p| p.stage);
        self.bar.set_message(match stage {
            Some(Stage::LineDown(why) | Stage::Stuck(why)) => why,
            Some(Stage::OverBudget { until }) => {
                format!("the account's budget is used up; goes on at {until}")
            }
            Some(Stage::Going) | None => state.as_str().to_owned(),
        });
        Ok(())
    }
}

impl Watch for End<'_> {
    async fn over(&self, engine: Option<&EngineHandle>) -> Result<bool> {
        let Some(campaign) = self.scope.campaign(self.id).await? else {
            return Ok(true);
        };
        self.draw(campaign.state, engine).await?;
        Ok(match campaign.state {
            S::Finished | S::Paused | S::Draft => true,
            S::Cancelled => campaign.finished_at.is_some(),
            S::Preparing | S::Sending => false,
        })
    }
}
