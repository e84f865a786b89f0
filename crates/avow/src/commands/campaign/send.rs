//! Starting, stopping and watching a campaign.

use anyhow::Result;
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
            let verdict = check::verdict(&call.world, &scope, &campaign).await?;
            if !verdict.ready {
                return refuse(call, &verdict);
            }
            scope.campaign_move(id, &[S::Draft], S::Preparing).await?;
        }
        S::Paused => anyhow::bail!("the campaign is paused; go on with avow campaign resume {id}"),
        S::Cancelled => anyhow::bail!("the campaign was cancelled; make a new one"),
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
    let (scope, _) = find(&call.world, id).await?;
    scope
        .campaign_move(id, &[S::Preparing, S::Sending], S::Paused)
        .await?;
    tell(call, id, None).await
}

/// Goes on where it stopped.
pub(super) async fn resume(call: &Call, id: CampaignId, wait: bool) -> Result<Exit> {
    let (scope, campaign) = find(&call.world, id).await?;
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
    let draft = campaign.state == S::Draft;
    scope
        .campaign_move(
            id,
            &[S::Draft, S::Preparing, S::Sending, S::Paused],
            S::Cancelled,
        )
        .await?;
    if draft {
        scope.campaign_settle(id).await?;
    } else {
        let end = End::of(&scope, id, ProgressBar::hidden());
        sending::until(&call.world, &end).await?;
    }
    tell(call, id, None).await
}

/// Runs the engine here when no server does, and stays as long as that needs or `wait` asks.
async fn follow(call: &Call, id: CampaignId, scope: &AccountScope, wait: bool) -> Result<Exit> {
    if !wait && sending::runs_elsewhere(&call.world)? {
        let note = "The running server sends it; avow report campaign shows how far it is.";
        return tell(call, id, Some(note.to_owned())).await;
    }
    let end = End::of(scope, id, progress::bar(0, "people"));
    let ran = sending::until(&call.world, &end).await?;
    end.bar.finish_and_clear();
    let note = match ran {
        Ran::Over => None,
        Ran::Stopped => Some("Stopped; start it again and it goes on where it was: avow campaign send with --wait, or avow serve.".to_owned()),
    };
    tell(call, id, note).await
}

async fn tell(call: &Call, id: CampaignId, note: Option<String>) -> Result<Exit> {
    let standing = standing(&call.world, id, note).await?;
    answer(call.form, &standing, standing_text)?;
    Ok(Exit::Done)
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
            S::Finished => true,
            S::Cancelled => campaign.finished_at.is_some(),
            S::Paused | S::Draft => true,
            S::Preparing | S::Sending => false,
        })
    }
}
