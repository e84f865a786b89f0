//! Starting, pausing, resuming and cancelling. Each is in the audit log with the name of the key.

use std::sync::Arc;

use avow_model::{CampaignId, CampaignState};
use avow_store::{ActKind, ApiScope, StoreError};
use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::{check, find, read};
use crate::App;
use crate::api::Call;
use crate::api::input::At;
use crate::api::key::Caller;
use crate::api::problem::{Kind, Problem};
use crate::api::spec::{Area, Doc};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let doc = |id, title, about| {
        Doc::new(id, Area::Campaigns, title)
            .about(about)
            .answers(200, "Where it stands now", read::whole())
            .may_fail([Kind::State])
    };
    let started = doc("startCampaign", "Start a campaign", "Refused while its check finds what stops it. A campaign leaves once: a second start is a 409.")
        .may_fail([Kind::Content]);
    let paused = doc(
        "pauseCampaign",
        "Pause a campaign",
        "Nothing new begins; what is on the wire ends.",
    );
    let resumed = doc(
        "resumeCampaign",
        "Let a paused campaign go on",
        "Each person is judged anew before their message leaves.",
    );
    let cancelled = doc(
        "cancelCampaign",
        "Stop a campaign for good",
        "Whoever has not got it is refused with the reason CANCELLED.",
    );
    let send = ApiScope::CampaignsSend;
    vec![
        Call::post("/api/v1/campaigns/{campaign}/start", send, start, started),
        Call::post("/api/v1/campaigns/{campaign}/pause", send, pause, paused),
        Call::post("/api/v1/campaigns/{campaign}/resume", send, resume, resumed),
        Call::post(
            "/api/v1/campaigns/{campaign}/cancel",
            send,
            cancel,
            cancelled,
        ),
    ]
}

/// A step, with the word for the log.
struct Step<'a> {
    from: &'a [CampaignState],
    to: CampaignState,
    act: ActKind,
}

async fn go(
    app: &App,
    caller: &Caller,
    id: CampaignId,
    step: Step<'_>,
) -> Result<Json<Value>, Problem> {
    let campaign = find(&caller.scope, id).await?;
    let act = caller.act(step.act, &campaign.name);
    let moved = caller.scope.campaign_move_by(id, step.from, step.to, act);
    moved.await.map_err(|fault| match fault {
        StoreError::Conflict(_) => {
            let state = campaign.state.as_str();
            Problem::new(
                Kind::State,
                format!("It is {state}: this cannot be done to it now"),
            )
        }
        fault => fault.into(),
    })?;
    app.wake();
    Ok(Json(read::tell(&caller.scope, id).await?))
}

async fn start(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<CampaignId>,
) -> Result<Json<Value>, Problem> {
    let campaign = find(&caller.scope, id).await?;
    if campaign.state == CampaignState::Draft {
        check::must_be_ready(&app, &campaign).await?;
    }
    let step = Step {
        from: &[CampaignState::Draft],
        to: CampaignState::Preparing,
        act: ActKind::CampaignStarted,
    };
    go(&app, &caller, id, step).await
}

async fn pause(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<CampaignId>,
) -> Result<Json<Value>, Problem> {
    let step = Step {
        from: &[CampaignState::Preparing, CampaignState::Sending],
        to: CampaignState::Paused,
        act: ActKind::CampaignPaused,
    };
    go(&app, &caller, id, step).await
}

async fn resume(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<CampaignId>,
) -> Result<Json<Value>, Problem> {
    let campaign = find(&caller.scope, id).await?;
    let step = Step {
        from: &[CampaignState::Paused],
        to: if campaign.prepared {
            CampaignState::Sending
        } else {
            CampaignState::Preparing
        },
        act: ActKind::CampaignResumed,
    };
    go(&app, &caller, id, step).await
}

async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<CampaignId>,
) -> Result<Json<Value>, Problem> {
    use CampaignState as S;
    let campaign = find(&caller.scope, id).await?;
    if campaign.notice.is_some() {
        let sentence = "A notice is owed to people; take the policy version back instead";
        return Err(Problem::new(Kind::State, sentence));
    }
    let step = Step {
        from: &[S::Preparing, S::Sending, S::Paused],
        to: S::Cancelled,
        act: ActKind::CampaignCancelled,
    };
    go(&app, &caller, id, step).await
}
