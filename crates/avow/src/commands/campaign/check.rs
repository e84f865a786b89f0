//! The check before sending: everything that would stop a campaign, all at once, and who would get it.

use anyhow::Result;
use avow_deliver::check::{self, Desk, Finding, Level, Report};
use avow_deliver::standing::Inspection;
use avow_model::CampaignId;
use avow_store::Campaign;
use serde::Serialize;

use super::{Call, find};
use crate::commands::segment::Counted;
use crate::config::Authentication;
use crate::exit::{Exit, answer};
use crate::keys;
use crate::lines::Lines;
use crate::sending;
use crate::world::World;

/// What a check found.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    /// Nothing stands in the way.
    pub(crate) ready: bool,
    /// What does, each with what to do.
    reasons: Vec<String>,
    /// What somebody should look at.
    warnings: Vec<String>,
    forecast: Option<Forecast>,
}

/// Who would get it if it were sent now.
#[derive(Debug, Serialize)]
struct Forecast {
    audience: u64,
    allowed: u64,
    /// Not everybody was judged: `allowed` is in proportion.
    is_estimate: bool,
    /// Of a campaign to a segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<Counted>,
}

/// Prints the verdict; 1 when the campaign cannot be sent.
pub(super) async fn run(call: &Call, id: CampaignId) -> Result<Exit> {
    let (_, campaign) = find(&call.world, id).await?;
    let world = &call.world;
    let inspection = match world.config.authentication {
        Authentication::Enforce => Some(sending::inspector(world)?),
        Authentication::Trust => None,
    };
    let verdict = verdict(world, &campaign, inspection.as_ref()).await?;
    answer(call.form, &verdict, text)?;
    Ok(if verdict.ready {
        Exit::Done
    } else {
        Exit::Refused
    })
}

/// Judges a campaign as it stands; asks the name servers only where an inspection is given, for that takes time.
pub(crate) async fn verdict(
    world: &World,
    campaign: &Campaign,
    inspection: Option<&Inspection>,
) -> Result<Verdict> {
    let desk = Desk {
        store: &world.store,
        shelf: &world.shelf,
        keys: &keys::folder(&world.config.data),
        inspection,
        now: world.clock.now(),
    };
    let report = check::check(desk, campaign).await?;
    let forecast = report.forecast.as_ref().map(|f| Forecast {
        audience: f.audience,
        allowed: f.allowed_of_all(),
        is_estimate: f.is_estimate(),
        segment: f.chosen.as_ref().map(Counted::of),
    });
    Ok(Verdict {
        ready: report.is_ready(),
        reasons: at(&report, Level::Fail),
        warnings: at(&report, Level::Warn),
        forecast,
    })
}

fn at(report: &Report, level: Level) -> Vec<String> {
    let told = |f: &Finding| match &f.fix {
        Some(fix) => format!("{} {fix}", f.text),
        None => f.text.clone(),
    };
    let findings = report.findings.iter().filter(|f| f.level == level);
    findings.map(told).collect()
}

/// What a person reads of a verdict.
pub(crate) fn text(verdict: &Verdict) -> String {
    let mut text = Lines::default();
    text.line(match (verdict.ready, &verdict.forecast) {
        (false, _) => "It cannot be sent yet:".to_owned(),
        (true, None) => "It can be sent.".to_owned(),
        (true, Some(f)) => {
            let about = if f.is_estimate { "about " } else { "" };
            let (allowed, all) = (f.allowed, f.audience);
            format!("It can be sent: {about}{allowed} of {all} people may get it.")
        }
    });
    if let Some(counted) = verdict.forecast.as_ref().and_then(|f| f.segment.as_ref()) {
        text.line(counted.text().trim_end());
    }
    for reason in &verdict.reasons {
        text.line(format_args!("  - {reason}"));
    }
    for warning in &verdict.warnings {
        text.line(format_args!("  Note: {warning}"));
    }
    text.text()
}
