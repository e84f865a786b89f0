//! Going live: what must be true before mail leaves, each line green or its fix, and the switch.
//!
//! Promises: nothing leaves an installation that began in the browser before its owner presses this; the press is in
//! the store before the server changes over.

use std::sync::Arc;

use avow_model::CampaignState;
use avow_store::{ActKind, DomainStep, SetupProgress};
use axum::extract::State;
use axum::response::{Html, Redirect};

use super::rail::{self, Done, Step};
use super::records::{self, Look};
use super::under_way;
use super::view::{LiveLine, LivePage};
use crate::client_center::guard::Member;
use crate::client_center::login::is_rehearsal;
use crate::client_center::shell::Noun;
use crate::client_center::words::Tone;
use crate::{App, PageFault};

fn line(tone: Tone, title: &'static str, text: impl Into<String>) -> LiveLine {
    LiveLine {
        tone,
        title,
        text: text.into(),
        href: None,
        button: "",
    }
}

impl LiveLine {
    fn to(self, href: String, button: &'static str) -> Self {
        Self {
            href: Some(href),
            button,
            ..self
        }
    }
}

fn policy(done: Done, base: &str) -> LiveLine {
    if done.policy {
        return line(Tone::Good, "Policy", "Version 1 is in force.");
    }
    line(
        Tone::Bad,
        "Policy",
        "No policy is in force: nothing may be sent.",
    )
    .to(format!("{base}/setup/policy"), "Publish it")
}

async fn domain(app: &App, member: &Member) -> Result<LiveLine, PageFault> {
    let domain = member.account.row().await?.settings.sending_domain;
    let records = records::of(app, &domain, Look::Now).await;
    let to = format!("{}/setup/domain?look=1", member.base());
    if records.stands {
        let text = format!("{domain} publishes what receivers look for.");
        return Ok(line(Tone::Good, "Sending domain", text));
    }
    let missing: Vec<&str> = records
        .lines
        .iter()
        .filter(|l| l.must && l.tone != Tone::Good)
        .map(|l| l.title)
        .collect();
    // A relay may stand for the domain; the engine holds direct mail back by itself.
    let tone = if app.relays.is_empty() {
        Tone::Bad
    } else {
        Tone::Notice
    };
    let text = if missing.is_empty() {
        format!("The records of {domain} are not all seen yet: campaigns wait until they are.")
    } else {
        format!(
            "{domain} lacks {}: campaigns wait until they are there.",
            missing.join(", ")
        )
    };
    Ok(line(tone, "Sending domain", text).to(to, "See the records"))
}

fn way(app: &App) -> LiveLine {
    match app.relays.as_slice() {
        [] => line(
            Tone::Good,
            "Way out",
            "Mail goes straight to each receiver's servers: port 25 must be open from this machine. A relay takes it \
             where [delivery] relay in avow.toml names one.",
        ),
        relays => line(
            Tone::Good,
            "Way out",
            format!("Mail goes through {}.", relays.join(", ")),
        ),
    }
}

fn address(app: &App) -> LiveLine {
    let base = &app.settings.base_url;
    if app.settings.is_https() {
        let text = format!("Links in mail lead to {base}.");
        return line(Tone::Good, "Public address", text);
    }
    line(
        Tone::Bad,
        "Public address",
        format!(
            "Links in mail would lead to {base}, which readers cannot open safely. Set base_url in avow.toml to the \
             https address that people reach this server by, and start it again."
        ),
    )
}

fn rehearsed(done: Done, base: &str) -> LiveLine {
    if done.campaign {
        return line(Tone::Good, "Rehearsal", "A first campaign went through.");
    }
    line(
        Tone::Notice,
        "Rehearsal",
        "No campaign has been rehearsed yet.",
    )
    .to(format!("{base}/setup/campaign"), "Write the first one")
}

async fn lines(
    app: &App,
    member: &Member,
    progress: &SetupProgress,
) -> Result<(Vec<LiveLine>, Done), PageFault> {
    let done = Done::of(app, member, progress).await?;
    let base = member.base();
    let lines = vec![
        policy(done, &base),
        domain(app, member).await?,
        way(app),
        address(app),
        rehearsed(done, &base),
    ];
    Ok((lines, done))
}

/// The lines, and the switch.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    let progress = under_way(&member).await?;
    let (lines, done) = lines(&app, &member, &progress).await?;
    app.templates.show(&LivePage {
        rail: rail::at(Step::Live, done, &member.base()),
        shell: member.shell(Noun::Settings),
        ready: lines.iter().all(|l| l.tone != Tone::Bad),
        lines,
        can_switch: app.again.is_some() && is_rehearsal(&app),
        rehearsal: is_rehearsal(&app),
    })
}

/// How it ends.
#[derive(serde::Deserialize)]
pub(super) struct End {
    #[serde(default)]
    stay: String,
}

/// Ends the set-up. Where nothing stands against it and nobody asks to stay in rehearsal, mail leaves from now on.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    member: Member,
    axum::Form(end): axum::Form<End>,
) -> Result<Redirect, PageFault> {
    let mut progress = under_way(&member).await?;
    if !end.stay.is_empty() {
        member.account.setup_finish().await?;
        return Ok(to_campaigns(&member, "set-up"));
    }
    let (lines, _) = lines(&app, &member, &progress).await?;
    if lines.iter().any(|l| l.tone == Tone::Bad) {
        let to = format!("{}/setup/live", member.base());
        return Ok(Redirect::to(&to));
    }
    must_be_quiet(&app).await?;
    progress.domain = DomainStep::Stands;
    member.account.setup_save(&progress).await?;
    let act = member.act(ActKind::WentLive, String::new());
    member.account.note_act(act).await?;
    app.store.instance_go_live().await?;
    member.account.setup_finish().await?;
    if let Some(again) = app.again.as_ref().filter(|_| is_rehearsal(&app)) {
        again.notify_one();
    }
    Ok(to_campaigns(&member, "live"))
}

fn to_campaigns(member: &Member, said: &str) -> Redirect {
    Redirect::to(&format!("{}/campaigns?said={said}", member.base()))
}

/// A campaign that rehearses must not go on to real people by half.
async fn must_be_quiet(app: &App) -> Result<(), PageFault> {
    if !is_rehearsal(app) {
        return Ok(());
    }
    let open = |state| {
        matches!(
            state,
            CampaignState::Preparing | CampaignState::Sending | CampaignState::Paused
        )
    };
    for account in app.store.accounts().await? {
        let campaigns = app.store.account(account.id).campaigns().await?;
        if campaigns.iter().any(|c| open(c.state)) {
            return Err(PageFault::Conflict(
                "a campaign is still under way in the rehearsal; wait for its end or cancel it, then go live",
            ));
        }
    }
    Ok(())
}
