//! Starts, pauses, resumes and cancels a campaign.

use std::sync::Arc;

use avow_model::CampaignState;
use avow_store::ActKind;
use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::load::Loaded;
use crate::{App, PageFault};

/// The state that is wanted.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    to: String,
}

/// What a user may ask for, told apart from what the engine does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Start,
    Pause,
    Resume,
    Cancel,
}

impl Move {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "preparing" => Some(Self::Start),
            "paused" => Some(Self::Pause),
            "sending" => Some(Self::Resume),
            "cancelled" => Some(Self::Cancel),
            _ => None,
        }
    }

    /// What the audit log calls it.
    const fn act(self) -> ActKind {
        match self {
            Self::Start => ActKind::CampaignStarted,
            Self::Pause => ActKind::CampaignPaused,
            Self::Resume => ActKind::CampaignResumed,
            Self::Cancel => ActKind::CampaignCancelled,
        }
    }

    /// From where it may be made, to where it leads, and the word for the page after it.
    fn way(self, prepared: bool) -> (&'static [CampaignState], CampaignState, &'static str) {
        use CampaignState as S;
        match self {
            Self::Start => (&[S::Draft], S::Preparing, "sending"),
            Self::Pause => (&[S::Preparing, S::Sending], S::Paused, "paused"),
            Self::Resume if prepared => (&[S::Paused], S::Sending, "resumed"),
            Self::Resume => (&[S::Paused], S::Preparing, "resumed"),
            Self::Cancel => (
                &[S::Preparing, S::Sending, S::Paused],
                S::Cancelled,
                "cancelled",
            ),
        }
    }
}

/// Moves the campaign, and goes back to its page.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Form(wish): Form<Wish>,
) -> Result<Redirect, PageFault> {
    let wanted = Move::parse(&wish.to).ok_or(PageFault::NotFound)?;
    if wanted == Move::Start {
        super::check::must_be_ready(&app, &loaded).await?;
    }
    if wanted == Move::Cancel && loaded.campaign.notice.is_some() {
        return Err(PageFault::Conflict(
            "a notice is owed to people; take the policy version back instead",
        ));
    }
    let (from, to, said) = wanted.way(loaded.campaign.prepared);
    let account = &loaded.member.account;
    let act = loaded.member.act(wanted.act(), &loaded.campaign.name);
    account
        .campaign_move_by(loaded.campaign.id, from, to, act)
        .await?;
    app.wake();
    Ok(Redirect::to(&format!("{}?said={said}", loaded.base())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_move_of_a_user_is_one_the_state_machine_allows() {
        for wanted in [Move::Start, Move::Pause, Move::Resume, Move::Cancel] {
            for prepared in [false, true] {
                let (from, to, _) = wanted.way(prepared);
                assert!(from.iter().all(|s| s.may_become(to)), "{wanted:?}");
            }
        }
    }
}
