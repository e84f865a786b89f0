//! The check before sending: everything that stops a campaign, and who would get it.

use std::path::Path;
use std::sync::Arc;

use avow_deliver::check::{self, Desk, Finding, Level, Report};
use avow_model::{CampaignId, CampaignState};
use avow_store::{ApiScope, Campaign};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::find;
use crate::App;
use crate::api::Call;
use crate::api::input::At;
use crate::api::key::Caller;
use crate::api::problem::{Kind, Problem};
use crate::api::spec::{Area, Doc, count, flag, list, may, must, object, text, words};

/// The call.
pub(super) fn calls() -> Vec<Call> {
    let finding = object([
        must("level", words(&["pass", "warn", "fail"])),
        must("about", text("Content")),
        must("sentence", text("3 links. It puts in first_name.")),
        must("fix", text("Make it shorter.").or_null()),
    ]);
    let forecast = object([
        must("audience", count(10_000)),
        must("allowed", count(9_901)),
        must(
            "is_estimate",
            flag(false).about("Not everybody was judged: `allowed` is in proportion"),
        ),
    ]);
    let doc = Doc::new("checkCampaign", Area::Campaigns, "Ask whether a draft can be sent, and who would get it")
        .about("Everything that stops it, all at once. A forecast: each person is judged anew when it is sent.")
        .answers(200, "The findings", object([
            must("ready", flag(true).about("Nothing stops it")),
            must("findings", list(finding)),
            may("forecast", forecast),
        ]))
        .may_fail([Kind::State]);
    let path = "/api/v1/campaigns/{campaign}/check";
    vec![Call::get(path, ApiScope::CampaignsRead, get, doc)]
}

/// Checks a campaign as it stands; who runs here without keys to sign is told so by a finding.
pub(super) async fn report(app: &App, campaign: &Campaign) -> Result<Report, Problem> {
    let domains = app.domains.as_ref();
    let desk = Desk {
        store: &app.store,
        shelf: &app.shelf,
        keys: domains.map_or(Path::new(""), |desk| desk.keys.as_path()),
        inspection: domains.map(|desk| &desk.inspection),
        now: app.now(),
    };
    Ok(check::check(desk, campaign).await?)
}

async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<CampaignId>,
) -> Result<Json<Value>, Problem> {
    let campaign = find(&caller.scope, id).await?;
    if campaign.state != CampaignState::Draft {
        let sentence = "It has started; look at its outcomes instead";
        return Err(Problem::new(Kind::State, sentence));
    }
    Ok(Json(told(&report(&app, &campaign).await?)))
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Pass => "pass",
        Level::Warn => "warn",
        Level::Fail => "fail",
    }
}

fn told(report: &Report) -> Value {
    let finding = |f: &Finding| {
        json!({
            "level": level(f.level),
            "about": f.subject.title(),
            "sentence": f.text,
            "fix": f.fix,
        })
    };
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let mut told = json!({ "ready": report.is_ready(), "findings": findings });
    if let Some(forecast) = &report.forecast {
        told["forecast"] = json!({
            "audience": forecast.audience,
            "allowed": forecast.allowed_of_all(),
            "is_estimate": forecast.is_estimate(),
        });
    }
    told
}

/// Refuses what the check stops.
pub(super) async fn must_be_ready(app: &App, campaign: &Campaign) -> Result<(), Problem> {
    let report = report(app, campaign).await?;
    let mut stops = report.findings.iter().filter(|f| f.level == Level::Fail);
    match stops.next() {
        None => Ok(()),
        Some(stop) => {
            let sentence = format!("{}: {}", stop.subject.title(), stop.text);
            Err(Problem::new(Kind::Content, sentence))
        }
    }
}
