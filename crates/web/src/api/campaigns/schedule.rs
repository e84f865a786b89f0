//! Drafts that leave by themselves.

use std::sync::Arc;

use avow_model::{CampaignId, Hour, SendPlan, WallTime, Zone};
use avow_store::{ActKind, ApiScope};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::{check, find, read};
use crate::App;
use crate::api::Call;
use crate::api::input::{At, Input};
use crate::api::key::Caller;
use crate::api::problem::{Kind, Problem};
use crate::api::spec::{Area, Doc, form, may, must, name, short};

/// Longest name of a zone, and longest hour, with room.
const ZONE_CHARS_MAX: usize = 64;
const HOUR_CHARS_MAX: usize = 32;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let plan = form([
        must("at", short("2026-11-25T09:00", HOUR_CHARS_MAX).about("As a clock on a wall shows it")),
        must("zone", short("Europe/Berlin", ZONE_CHARS_MAX).about("Whose clock: a name of the IANA database")),
        may("own_zone_field", name("time_zone").or_null().about("Each person at their own hour, in the zone that this field of theirs names; who has none that may be read gets `zone`")),
    ]);
    let set = Doc::new(
        "scheduleCampaign",
        Area::Campaigns,
        "Let a draft leave by itself",
    )
    .about("Refused while its check finds what stops it. Each person is judged when it leaves.")
    .body(plan)
    .answers(200, "Where it stands now", read::whole())
    .may_fail([Kind::State, Kind::Content]);
    let away = Doc::new(
        "unscheduleCampaign",
        Area::Campaigns,
        "Take a draft off the schedule",
    )
    .answers(200, "It is a draft again", read::whole())
    .may_fail([Kind::State]);
    let (send, path) = (
        ApiScope::CampaignsSend,
        "/api/v1/campaigns/{campaign}/schedule",
    );
    vec![
        Call::put(path, send, schedule, set),
        Call::delete(path, send, unschedule, away),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    at: String,
    zone: String,
    own_zone_field: Option<avow_model::Category>,
}

impl Plan {
    fn read(self) -> Result<SendPlan, Problem> {
        let wall = WallTime::parse(&self.at);
        let zone = Zone::parse(&self.zone);
        Ok(SendPlan {
            wall: wall.map_err(|fault| Problem::field("at", fault.to_string()))?,
            zone: zone.map_err(|fault| Problem::field("zone", fault.to_string()))?,
            hour: match self.own_zone_field {
                None => Hour::OneForAll,
                Some(field) => Hour::EachTheirOwn {
                    field: field.to_string(),
                },
            },
        })
    }
}

async fn schedule(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<CampaignId>,
    Input { value: plan, .. }: Input<Plan>,
) -> Result<Json<Value>, Problem> {
    let campaign = find(&caller.scope, id).await?;
    let plan = plan.read()?;
    let starts_at = plan.starts_at(app.now());
    let starts_at = starts_at.map_err(|fault| Problem::field("at", fault.to_string()))?;
    check::must_be_ready(&app, &campaign).await?;
    let act = caller.act(ActKind::CampaignScheduled, &campaign.name);
    caller
        .scope
        .campaign_schedule(id, (&plan, starts_at), act)
        .await?;
    app.wake();
    Ok(Json(read::tell(&caller.scope, id).await?))
}

async fn unschedule(caller: Caller, At(id): At<CampaignId>) -> Result<Json<Value>, Problem> {
    let campaign = find(&caller.scope, id).await?;
    let act = caller.act(ActKind::CampaignUnscheduled, &campaign.name);
    caller.scope.campaign_unschedule(id, act).await?;
    Ok(Json(read::tell(&caller.scope, id).await?))
}
