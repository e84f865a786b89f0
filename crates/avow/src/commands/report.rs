//! `avow report`: what became of a campaign, to the unit, and who stands behind each number.

use anyhow::Result;
use avow_deliver::explain_code;
use avow_model::{CampaignId, Outcome, RecipientState};
use avow_store::{
    AccountScope, Campaign, HitTally, ReasonCount, RecipientFilter, RecipientLine, ReturnedCount,
    ReturnedKind, Tally,
};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Call, campaign};
use crate::exit::{Exit, Form, answer};
use crate::lines::Lines;

/// Rows read at a time when people are listed.
const PAGE: u32 = 1_000;

/// Reports.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// One campaign: audience = the sum of its outcomes
    Campaign(CampaignArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CampaignArgs {
    /// The campaign's id: cp_...
    id: CampaignId,
    /// List the people at one outcome: waiting, delivered, deferred, bounced, expired, refused or unknown
    #[arg(long, value_name = "OUTCOME", value_parser = state)]
    people: Option<RecipientState>,
    /// Of them, only those with this reason code
    #[arg(long, value_name = "CODE", requires = "people")]
    reason: Option<String>,
}

fn state(word: &str) -> Result<RecipientState, String> {
    word.parse().map_err(|()| {
        "choose waiting, delivered, deferred, bounced, expired, refused or unknown".to_owned()
    })
}

/// The numbers of a campaign.
#[derive(Debug, Serialize)]
pub(crate) struct Sums {
    pub(crate) audience: u64,
    pub(crate) waiting: u64,
    pub(crate) outcomes: Outcomes,
}

/// One number an outcome.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Outcomes {
    pub(crate) delivered: u64,
    pub(crate) deferred: u64,
    pub(crate) bounced: u64,
    pub(crate) expired: u64,
    pub(crate) refused: u64,
    pub(crate) unknown: u64,
}

impl From<Tally> for Sums {
    fn from(t: Tally) -> Self {
        Self {
            audience: t.audience(),
            waiting: t.waiting,
            outcomes: Outcomes {
                delivered: t.delivered,
                deferred: t.deferred,
                bounced: t.bounced,
                expired: t.expired,
                refused: t.refused,
                unknown: t.unknown,
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct Report {
    campaign: String,
    name: String,
    state: &'static str,
    #[serde(flatten)]
    sums: Sums,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<SegmentPart>,
    reasons: Vec<Reason>,
    hits: Hits,
    /// What came back by mail after it was accepted; outcomes do not move.
    returned: Vec<Returned>,
    complaints: u64,
}

/// Who was looked at for the campaign's segment and has no row.
#[derive(Debug, Serialize)]
struct SegmentPart {
    name: String,
    is: String,
    outside: u32,
    untold: u32,
}

#[derive(Debug, Serialize)]
struct Returned {
    kind: &'static str,
    class: String,
    /// True where it ended the address.
    hard: bool,
    messages: u64,
}

#[derive(Debug, Serialize)]
struct Reason {
    outcome: &'static str,
    codes: Vec<String>,
    reply_code: Option<u16>,
    people: u64,
    /// What the first code means.
    title: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Hits {
    human_openers: u64,
    human_clickers: u64,
    human_opens: u64,
    human_clicks: u64,
    machine_opens: u64,
    machine_clicks: u64,
}

#[derive(Debug, Serialize)]
struct Person {
    message: String,
    contact: String,
    address: Option<String>,
    outcome: &'static str,
    attempts: u32,
    reply_code: Option<u16>,
    reply: Option<String>,
    codes: Vec<String>,
    at: String,
}

/// Runs the command.
pub(crate) async fn run(call: &Call, command: Command) -> Result<Exit> {
    let Command::Campaign(args) = command;
    let (scope, campaign) = campaign::find(&call.world, args.id).await?;
    match args.people {
        None => sums(call, &scope, campaign).await?,
        Some(state) => people(call.form, &scope, args.id, state, args.reason).await?,
    }
    Ok(Exit::Done)
}

async fn sums(call: &Call, scope: &AccountScope, campaign: Campaign) -> Result<()> {
    let returned = scope.returned_tally(campaign.id).await?;
    let report = Report {
        complaints: complaints(&returned),
        returned: returned.into_iter().map(came_back).collect(),
        sums: scope.tally(campaign.id).await?.into(),
        segment: segment(&campaign),
        reasons: scope
            .reasons_tally(campaign.id)
            .await?
            .into_iter()
            .map(reason)
            .collect(),
        hits: hits(scope.hit_tally(campaign.id).await?),
        campaign: campaign.id.to_string(),
        name: campaign.name,
        state: campaign.state.as_str(),
    };
    answer(call.form, &report, text)
}

/// The codes of a row, each once: two data of a kind give the same code twice.
pub(crate) fn codes(stored: &str) -> Vec<String> {
    let mut codes = Vec::new();
    for code in stored.split([' ', ',']).filter(|code| !code.is_empty()) {
        if !codes.iter().any(|known| known == code) {
            codes.push(code.to_owned());
        }
    }
    codes
}

fn reason(count: ReasonCount) -> Reason {
    let codes = codes(&count.reasons);
    Reason {
        outcome: count.state.as_str(),
        title: codes
            .first()
            .and_then(|code| explain_code(code))
            .map(|(title, _)| title),
        codes,
        reply_code: count.reply_code,
        people: count.n,
    }
}

fn segment(campaign: &Campaign) -> Option<SegmentPart> {
    let segment = campaign.segment.as_ref()?;
    Some(SegmentPart {
        name: segment.slug.to_string(),
        is: segment.text.clone(),
        outside: campaign.passed_over.outside,
        untold: campaign.passed_over.untold,
    })
}

fn came_back(count: ReturnedCount) -> Returned {
    Returned {
        kind: count.kind.as_str(),
        class: count.class,
        hard: count.hard,
        messages: count.n,
    }
}

fn complaints(returned: &[ReturnedCount]) -> u64 {
    let of = returned
        .iter()
        .filter(|r| r.kind == ReturnedKind::Complaint);
    of.map(|r| r.n).sum()
}

fn hits(t: HitTally) -> Hits {
    Hits {
        human_openers: t.human_openers,
        human_clickers: t.human_clickers,
        human_opens: t.human_opens,
        human_clicks: t.human_clicks,
        machine_opens: t.machine_opens,
        machine_clicks: t.machine_clicks,
    }
}

fn text(report: &Report) -> String {
    let mut text = Lines::default();
    let (n, o) = (&report.sums, &report.sums.outcomes);
    text.line(format_args!(
        "{} ({}), {}\n",
        report.name, report.campaign, report.state
    ));
    for (name, n) in [
        ("audience", n.audience),
        ("  waiting", n.waiting),
        ("  delivered", o.delivered),
        ("  deferred", o.deferred),
        ("  bounced", o.bounced),
        ("  expired", o.expired),
        ("  refused", o.refused),
        ("  unknown", o.unknown),
        ("opened by", report.hits.human_openers),
        ("clicked by", report.hits.human_clickers),
        ("complaints", report.complaints),
    ] {
        text.line(format_args!("{name:<12} {n:>12}"));
    }
    if let Some(segment) = &report.segment {
        let (name, is) = (&segment.name, &segment.is);
        let (outside, untold) = (segment.outside, segment.untold);
        text.line(format_args!(
            "\nSent to the segment {name}: {is}\nPassed over: {outside} not in it, {untold} of whom it cannot be told."
        ));
    }
    let plain = [
        RecipientState::Waiting,
        RecipientState::At(Outcome::Delivered),
    ];
    let told = |r: &&Reason| plain.iter().all(|state| state.as_str() != r.outcome);
    let mut telling = report.reasons.iter().filter(told).peekable();
    if telling.peek().is_some() {
        text.line("\nWhy:");
    }
    for reason in telling {
        text.line(why(reason));
    }
    if !report.returned.is_empty() {
        text.line("\nCame back later:");
    }
    for r in &report.returned {
        let ended = if r.hard { ", the address is dead" } else { "" };
        text.line(format_args!(
            "{:>12} {:<10} {}{ended}",
            r.messages, r.kind, r.class
        ));
    }
    text.text()
}

fn why(reason: &Reason) -> String {
    let reply = reason.reply_code.map(|code| format!("reply {code}"));
    let words = match (reason.title, reply) {
        (Some(title), None) => format!("{title} [{}]", reason.codes.join(" ")),
        (_, Some(reply)) => reply,
        (None, None) => reason.codes.join(" "),
    };
    format!("{:>12} {:<10} {words}", reason.people, reason.outcome)
}

async fn people(
    form: Form,
    scope: &AccountScope,
    id: CampaignId,
    state: RecipientState,
    reason: Option<String>,
) -> Result<()> {
    let filter = RecipientFilter {
        state: Some(state),
        reason,
        reply_code: None,
    };
    let mut after = 0;
    let mut all = Vec::new();
    loop {
        let page = scope.recipients_page(id, &filter, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        let people = page.into_iter().map(person);
        match form {
            Form::Json => all.extend(people),
            Form::Text => {
                let lines: String = people.map(|p| person_text(&p)).collect();
                answer(form, &(), |()| lines)?;
            }
        }
    }
    match form {
        Form::Json => answer(form, &all, |_| String::new()),
        Form::Text => Ok(()),
    }
}

fn person(line: RecipientLine) -> Person {
    let message = avow_model::MessageId {
        campaign: line.campaign,
        seq: line.seq,
    };
    Person {
        message: message.to_string(),
        contact: line.contact.to_string(),
        address: line.address.map(|a| a.expose().to_owned()),
        outcome: line.state.as_str(),
        attempts: line.attempts,
        reply_code: line.reply_code,
        reply: line.reply,
        codes: codes(&line.reasons),
        at: line.updated_at.to_string(),
    }
}

fn person_text(p: &Person) -> String {
    let why = p.reply.clone().unwrap_or_else(|| p.codes.join(" "));
    let address = p.address.as_deref().unwrap_or("(erased)");
    format!("{address:<40} {:<10} {why}\n", p.outcome)
}
