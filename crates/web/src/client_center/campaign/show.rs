//! One campaign: what it is, and where it stands while it moves.

use std::sync::Arc;

use avow_compose::{Fields, fill_line};
use avow_deliver::engine::Stage;
use avow_model::{CampaignState, Outcome, RecipientState};
use avow_store::{Campaign, PassedOver};
use axum::extract::State;
use axum::response::{Html, Response};

use super::archive;
use super::counts::Counted;
use super::head::View;
use super::load::Loaded;
use super::ready::sentence as full_sentence;
use super::reasons;
use super::view::{Action, CampaignPage, LiveFact, LivePart, ReplyLine};
use crate::client_center::delivery::{self, SiteLine};
use crate::client_center::shell::Noun;
use crate::client_center::words::{Bar, Counts, When, length, people, recipient_badge};
use crate::language::thousands;
use crate::{App, PageFault};

/// Kinds of replies shown beside the bar; the report has all.
const REPLIES_MAX: usize = 6;

const PAUSE: Action = Action {
    to: "paused",
    label: "Pause",
    icon: "pause",
    class: "",
};
const RESUME: Action = Action {
    to: "sending",
    label: "Go on",
    icon: "play",
    class: "main",
};
const CANCEL: Action = Action {
    to: "cancelled",
    label: "Cancel the rest",
    icon: "circle-stop",
    class: "bad",
};

fn actions(campaign: &Campaign) -> Vec<Action> {
    let mut actions = moves(campaign.state);
    // It is owed: only its version can be taken back.
    actions.retain(|a| campaign.notice.is_none() || a.to != CANCEL.to);
    actions
}

const fn action_note(campaign: &Campaign) -> &'static str {
    match campaign.notice {
        None => {
            "Cancelling refuses the message to everyone who has not got it yet. It cannot be undone."
        }
        Some(_) => {
            "A notice is owed to people: it ends only with its version, by avow policy retract. Whoever has no notice of a version is not bound by its wider uses."
        }
    }
}

fn moves(state: CampaignState) -> Vec<Action> {
    match state {
        CampaignState::Preparing | CampaignState::Sending => vec![PAUSE, CANCEL],
        CampaignState::Paused => vec![RESUME, CANCEL],
        CampaignState::Draft | CampaignState::Finished | CampaignState::Cancelled => vec![],
    }
}

/// Where a campaign stands, in one or two sentences.
pub(in crate::client_center) fn sentence(state: CampaignState, counts: &Counts) -> String {
    let total = counts.total();
    let delivered = counts.at(Outcome::Delivered);
    let have = format!("{} of {} have it.", thousands(delivered), people(total));
    let waiting = counts.of(RecipientState::Waiting);
    let deferred = counts.at(Outcome::Deferred);
    match state {
        CampaignState::Draft => {
            "Nobody has it. The check page says who will get it, who will not and why, before anything leaves.".to_owned()
        }
        CampaignState::Preparing => format!("Judging the audience: {} so far.", people(total)),
        CampaignState::Sending if waiting > 0 => {
            format!("{have} {} for their turn.", waits(waiting))
        }
        CampaignState::Sending if deferred > 0 => {
            format!("{have} {} tried again later.", are(deferred))
        }
        CampaignState::Sending | CampaignState::Finished => have,
        CampaignState::Paused => format!("Paused. {have} {} until you go on.", waits(waiting + deferred)),
        CampaignState::Cancelled => format!("Cancelled. {have}"),
    }
}

fn waits(n: i64) -> String {
    let verb = if n == 1 { "waits" } else { "wait" };
    format!("{} {verb}", people(n))
}

fn are(n: i64) -> String {
    let verb = if n == 1 { "is" } else { "are" };
    format!("{} {verb}", people(n))
}

fn is_live(state: CampaignState) -> bool {
    matches!(state, CampaignState::Preparing | CampaignState::Sending)
}

fn live_facts(campaign: &Campaign, counted: &Counted) -> Vec<LiveFact> {
    let mut facts = Vec::new();
    if let Some(rate) = counted.rate().filter(|r| *r > 0 && is_live(campaign.state)) {
        let value = format!("{} a second", thousands(rate));
        facts.push(LiveFact {
            label: "Rate",
            value,
        });
        let value = format!("about {}", length(counted.tally.waiting as i64 / rate));
        facts.push(LiveFact {
            label: "Time left",
            value,
        });
    }
    if let Some(started) = campaign.started_at {
        let value = started.strftime("%-d %b %Y, %H:%M:%S UTC").to_string();
        facts.push(LiveFact {
            label: "Started",
            value,
        });
    }
    if let Some(finished) = campaign.finished_at {
        let value = finished.strftime("%-d %b %Y, %H:%M:%S UTC").to_string();
        facts.push(LiveFact {
            label: "Finished",
            value,
        });
    }
    facts
}

fn replies(base: &str, counted: &Counted) -> Vec<ReplyLine> {
    let groups = reasons::group(&counted.reasons).into_iter();
    let line = |g: reasons::Caused| {
        let (text, note) = g.cause.words(g.state);
        ReplyLine {
            text,
            note,
            badge: recipient_badge(g.state),
            n: g.n,
            href: format!("{base}/people{}", g.cause.query(g.state)),
        }
    };
    groups.take(REPLIES_MAX).map(line).collect()
}

/// What the engine says keeps a campaign from going on.
fn trouble(app: &App, campaign: &Campaign) -> Option<String> {
    let engine = app.engine.as_ref().filter(|_| is_live(campaign.state))?;
    match engine.progress(campaign.id)?.stage {
        Stage::Going => None,
        Stage::OverBudget { until } => Some(format!(
            "The account has sent as much as it may in this hour or day. The campaign goes on by itself at {until}."
        )),
        Stage::LineDown(why) => Some(format!(
            "The mail server does not answer: {} Nothing is lost; it is tried again by itself.",
            full_sentence(&why)
        )),
        Stage::Stuck(why) => Some(format!("It cannot go on: {}", full_sentence(&why))),
    }
}

/// The sites that a campaign waits for, while it moves.
fn sites(app: &App, campaign: &Campaign) -> Vec<SiteLine> {
    let engine = app.engine.as_ref().filter(|_| is_live(campaign.state));
    let sites = engine.map(|engine| engine.figures().of_campaign(campaign.id));
    delivery::lines(&sites.unwrap_or_default(), app.now())
}

pub(in crate::client_center) fn live_part(
    app: &App,
    campaign: &Campaign,
    base: String,
    counted: &Counted,
) -> LivePart {
    let counts = counted.counts();
    LivePart {
        state: campaign.state.as_str(),
        sentence: sentence(campaign.state, &counts),
        bar: Bar::of(&counts),
        trouble: trouble(app, campaign),
        live_facts: live_facts(campaign, counted),
        replies: replies(&base, counted),
        sites: sites(app, campaign),
        base,
    }
}

/// The part that renews itself, told as it changes.
pub(crate) async fn events(State(app): State<Arc<App>>, loaded: Loaded) -> Response {
    let loaded = Arc::new(loaded);
    let look = {
        let app = Arc::clone(&app);
        move || told(Arc::clone(&app), Arc::clone(&loaded))
    };
    app.streams.open(look)
}

/// The part as it stands at this moment.
async fn told(app: Arc<App>, loaded: Arc<Loaded>) -> Result<String, PageFault> {
    loaded.member.must_be_in_still(&app).await?;
    let account = &loaded.member.account;
    let campaign = account.campaign(loaded.campaign.id).await?;
    let campaign = campaign.ok_or(PageFault::NotFound)?;
    let counted = app.center.counts.rows(&app, account, &campaign).await?;
    let part = live_part(&app, &campaign, loaded.base(), &counted);
    Ok(app.templates.show(&part)?.0)
}

/// Whom the segment did not mean, in a sentence; they have no row.
pub(super) fn passed_over(campaign: &Campaign) -> Option<String> {
    let PassedOver { outside, untold } = campaign.passed_over;
    if campaign.segment.is_none() || campaign.started_at.is_none() {
        return None;
    }
    let (outside, untold) = (people(outside.into()), people(untold.into()));
    Some(format!(
        "Passed over: {outside} outside the segment, and {untold} of whom it cannot be told."
    ))
}

/// A line of the message as those have it of whom nothing is known.
fn for_everybody(line: &str) -> String {
    fill_line(line, &Fields::default())
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
) -> Result<Html<String>, PageFault> {
    let account = &loaded.member.account;
    let counted = app
        .center
        .counts
        .rows(&app, account, &loaded.campaign)
        .await?;
    let part = live_part(&app, &loaded.campaign, loaded.base(), &counted);
    let list = loaded.list().await?;
    let head = loaded.head(View::Overview);
    let archive = archive::switch(&app, &loaded).await?;
    let campaign = loaded.campaign;
    let passed_over = passed_over(&campaign);
    app.templates.show(&CampaignPage {
        shell: loaded.member.shell(Noun::Campaigns),
        head,
        live: is_live(campaign.state),
        sentence: part.sentence,
        trouble: part.trouble,
        bar: part.bar,
        live_facts: part.live_facts,
        replies: part.replies,
        sites: part.sites,
        actions: actions(&campaign),
        action_note: action_note(&campaign),
        from_name: campaign.content.from_name,
        from_address: campaign.content.from_address,
        subject: for_everybody(&campaign.content.subject),
        preheader: for_everybody(&campaign.content.preheader),
        purpose: campaign.purpose.to_string(),
        passed_over,
        segment: campaign.segment.map(|s| (s.slug.to_string(), s.text)),
        list: list.map_or_else(|| "All contacts".to_owned(), |l| l.name),
        started: campaign.started_at.map(|at| When::new(at, app.now())),
        archive,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_says_where_the_campaign_stands() {
        let counts = Counts {
            by_code: [5, 90, 1, 2, 0, 2, 0],
        };
        let said = |state| sentence(state, &counts);
        assert_eq!(
            said(CampaignState::Sending),
            "90 of 100 people have it. 5 people wait for their turn."
        );
        assert_eq!(
            said(CampaignState::Paused),
            "Paused. 90 of 100 people have it. 6 people wait until you go on."
        );
        assert_eq!(
            said(CampaignState::Cancelled),
            "Cancelled. 90 of 100 people have it."
        );
        let late = Counts {
            by_code: [0, 90, 1, 2, 0, 2, 0],
        };
        assert_eq!(
            sentence(CampaignState::Sending, &late),
            "90 of 95 people have it. 1 person is tried again later."
        );
    }
}
