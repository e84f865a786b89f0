//! When a draft leaves: at one hour in a named zone, or at each person's own.

use std::sync::Arc;

use avow_model::{CampaignState, Category, Hour, SendPlan, Timestamp, WallTime, Zone};
use avow_store::ActKind;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use super::head::{Head, View};
use super::load::Loaded;
use super::view::FieldFault;
use crate::client_center::gate;
use crate::client_center::shell::{Noun, Shell};
use crate::client_center::words::When;
use crate::{App, Page, PageFault};

/// What the form says, as text, so that an error keeps what was typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PlanForm {
    /// `one` or `own`.
    pub hour: String,
    pub wall: String,
    pub zone: String,
    pub field: String,
}

/// A plan that stands, in words.
#[derive(Debug, Serialize)]
pub(crate) struct Standing {
    pub wall: String,
    pub zone: &'static str,
    pub offset: String,
    pub own: bool,
    pub field: String,
    /// When the engine takes it.
    pub starts: When,
}

/// The page.
#[derive(Debug, Serialize)]
pub(crate) struct SchedulePage {
    pub shell: Shell,
    #[serde(flatten)]
    pub head: Head,
    pub standing: Option<Standing>,
    pub form: PlanForm,
    pub faults: Vec<FieldFault>,
    /// Data that the purpose may read, where a person's zone may stand.
    pub fields: Vec<String>,
    pub zones: Vec<&'static str>,
    pub purpose: String,
    pub now: String,
}

impl Page for SchedulePage {
    const TEMPLATE: &'static str = "center/schedule.html";
}

fn fault(field: &'static str, text: impl ToString) -> FieldFault {
    let text = text.to_string();
    FieldFault {
        field,
        text: super::ready::sentence(&text),
    }
}

fn hour(form: &PlanForm, fields: &[String]) -> Result<Hour, FieldFault> {
    if form.hour != "own" {
        return Ok(Hour::OneForAll);
    }
    let field = form.field.trim();
    if fields.iter().any(|f| f == field) {
        let field = field.to_owned();
        return Ok(Hour::EachTheirOwn { field });
    }
    Err(fault("field", say!("reports-fault-field")))
}

/// The plan that was typed with the instant at which it starts, or what to mend. `fields` may be read for the purpose.
pub(crate) fn planned(
    form: &PlanForm,
    fields: &[String],
    now: Timestamp,
) -> Result<(SendPlan, Timestamp), Vec<FieldFault>> {
    let wall = WallTime::parse(&form.wall).map_err(|f| fault("wall", f));
    let zone = Zone::parse(&form.zone).map_err(|f| fault("zone", f));
    match (wall, zone, hour(form, fields)) {
        (Ok(wall), Ok(zone), Ok(hour)) => {
            let plan = SendPlan { wall, zone, hour };
            let starts_at = plan.starts_at(now).map_err(|f| vec![fault("wall", f)])?;
            Ok((plan, starts_at))
        }
        (wall, zone, hour) => Err([wall.err(), zone.err(), hour.err()]
            .into_iter()
            .flatten()
            .collect()),
    }
}

fn standing(plan: &SendPlan, starts_at: Timestamp, now: Timestamp) -> Standing {
    let (own, field) = match &plan.hour {
        Hour::OneForAll => (false, String::new()),
        Hour::EachTheirOwn { field } => (true, field.clone()),
    };
    Standing {
        wall: plan.wall.long(),
        zone: plan.zone.name(),
        offset: plan.zone.offset(plan.due(None)),
        own,
        field,
        starts: When::new(starts_at, now),
    }
}

fn form_of(plan: &SendPlan) -> PlanForm {
    let (hour, field) = match &plan.hour {
        Hour::OneForAll => ("one", String::new()),
        Hour::EachTheirOwn { field } => ("own", field.clone()),
    };
    PlanForm {
        hour: hour.to_owned(),
        wall: plan.wall.to_string(),
        zone: plan.zone.name().to_owned(),
        field,
    }
}

/// What the purpose may read beside the address, by the policy in force.
async fn fields(app: &App, loaded: &Loaded) -> Result<Vec<String>, PageFault> {
    let Ok(set) = gate::policies(app, &loaded.member.account).await? else {
        return Ok(vec![]);
    };
    let rule = set
        .in_force(app.now())
        .and_then(|v| v.purpose(&loaded.campaign.purpose));
    let reads = rule.map_or(&[][..], |rule| &rule.reads).iter();
    let other = |c: &&Category| c.as_str() != "email";
    Ok(reads.filter(other).map(ToString::to_string).collect())
}

fn page(
    app: &App,
    loaded: &Loaded,
    (form, fields): (PlanForm, Vec<String>),
    faults: Vec<FieldFault>,
) -> Result<Response, PageFault> {
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let campaign = &loaded.campaign;
    let plan = campaign.plan.as_ref().zip(campaign.starts_at);
    let now = app.now();
    let html = app.templates.show(&SchedulePage {
        shell: loaded.member.shell(Noun::Campaigns),
        head: loaded.head(View::Schedule),
        standing: plan.map(|(plan, at)| standing(plan, at, now)),
        now: now.strftime("%H:%M UTC").to_string(),
        zones: Zone::names().collect(),
        purpose: campaign.purpose.to_string(),
        form,
        faults,
        fields,
    })?;
    Ok((status, html).into_response())
}

fn must_be_draft(loaded: &Loaded) -> Result<(), PageFault> {
    if loaded.campaign.state == CampaignState::Draft {
        return Ok(());
    }
    Err(PageFault::Conflict(
        "the campaign has started; its page shows where it stands",
    ))
}

/// The form, with the plan that stands, or the zone that was chosen last.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
) -> Result<Response, PageFault> {
    must_be_draft(&loaded)?;
    let last = loaded.member.account.last_plan().await?;
    let form = match (&loaded.campaign.plan, last) {
        (Some(plan), _) => form_of(plan),
        (None, Some(last)) => PlanForm {
            wall: String::new(),
            ..form_of(&last)
        },
        (None, None) => PlanForm {
            hour: "one".to_owned(),
            zone: Zone::utc().name().to_owned(),
            ..PlanForm::default()
        },
    };
    let fields = fields(&app, &loaded).await?;
    page(&app, &loaded, (form, fields), vec![])
}

/// Puts the draft on the schedule, where the check lets it.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Form(form): Form<PlanForm>,
) -> Result<Response, PageFault> {
    must_be_draft(&loaded)?;
    let fields = fields(&app, &loaded).await?;
    match planned(&form, &fields, app.now()) {
        Err(faults) => page(&app, &loaded, (form, fields), faults),
        Ok((plan, starts_at)) => {
            super::check::must_be_ready(&app, &loaded).await?;
            let act = loaded
                .member
                .act(ActKind::CampaignScheduled, &loaded.campaign.name);
            let account = &loaded.member.account;
            account
                .campaign_schedule(loaded.campaign.id, (&plan, starts_at), act)
                .await?;
            app.wake();
            let to = format!("{}/schedule?said=scheduled", loaded.base());
            Ok(Redirect::to(&to).into_response())
        }
    }
}

/// Takes the draft off the schedule.
pub(crate) async fn drop(loaded: Loaded) -> Result<Redirect, PageFault> {
    let act = loaded
        .member
        .act(ActKind::CampaignUnscheduled, &loaded.campaign.name);
    let account = &loaded.member.account;
    account.campaign_unschedule(loaded.campaign.id, act).await?;
    let to = format!("{}/schedule?said=unscheduled", loaded.base());
    Ok(Redirect::to(&to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(hour: &str, wall: &str, zone: &str, field: &str) -> PlanForm {
        PlanForm {
            hour: hour.to_owned(),
            wall: wall.to_owned(),
            zone: zone.to_owned(),
            field: field.to_owned(),
        }
    }

    fn mended(form: &PlanForm) -> Vec<&'static str> {
        let fields = ["time_zone".to_owned()];
        let now = "2026-03-20T12:00Z".parse().unwrap();
        let planned = planned(form, &fields, now);
        let faults = planned.err().unwrap_or_default();
        faults.iter().map(|f| f.field).collect()
    }

    #[test]
    fn what_was_typed_is_a_plan_or_each_field_says_what_to_mend() {
        let wall = "2026-03-25T09:00";
        assert!(mended(&form("one", wall, "Europe/Berlin", "")).is_empty());
        assert!(mended(&form("own", wall, "Europe/Berlin", "time_zone")).is_empty());
        assert_eq!(
            mended(&form("own", wall, "Europe/Berlin", "city")),
            ["field"]
        );
        assert_eq!(mended(&form("one", wall, "Europe/Atlantis", "")), ["zone"]);
        assert_eq!(
            mended(&form("one", "2026-03-19T09:00", "UTC", "")),
            ["wall"]
        );
        assert_eq!(
            mended(&form("one", "2026-03-29T02:30", "Europe/Berlin", "")),
            ["wall"],
            "clocks jump over it"
        );
        assert_eq!(mended(&form("own", "", "", "")), ["wall", "zone", "field"]);
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::client_center::samples::{text, when};

    /// Empty with a fault, and standing.
    pub(crate) fn pages() -> Vec<SchedulePage> {
        let page = |standing, faults| SchedulePage {
            shell: Shell::sample(Noun::Campaigns),
            head: Head::sample(CampaignState::Draft, View::Schedule),
            standing,
            form: PlanForm {
                hour: text("own"),
                wall: text("2026-11-25T09:00"),
                zone: text("Europe/Berlin"),
                field: text("time_zone"),
            },
            faults,
            fields: vec![text("city"), text("time_zone")],
            zones: vec!["America/Argentina/ComodRivadavia", "Europe/Berlin", "UTC"],
            purpose: text("newsletter"),
            now: text("12:00 UTC"),
        };
        let standing = Standing {
            wall: text("Wednesday 25 November 2026, 09:00"),
            zone: "Europe/Berlin",
            offset: text("+01:00"),
            own: true,
            field: text("time_zone"),
            starts: when(-7_200),
        };
        vec![
            page(
                None,
                vec![fault("wall", "that is past; choose a later time")],
            ),
            page(Some(standing), vec![]),
        ]
    }
}
