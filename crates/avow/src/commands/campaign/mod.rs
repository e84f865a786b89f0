//! `avow campaign`: from a file to an accounted-for mailing.

mod check;
mod file;
mod preview;
mod send;
mod test;

use std::path::PathBuf;

use anyhow::{Result, bail};
use avow_model::{CampaignId, CampaignState, Slug};
use avow_store::{AccountScope, Campaign};
use clap::Subcommand;
use serde::Serialize;

use super::Call;
use super::report::Sums;
use crate::exit::{Exit, answer};
use crate::lines::Lines;
use crate::world::World;

/// Campaigns.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Keep a campaign from its file as a draft, and check it
    Create {
        /// The campaign file (docs/cli.md shows one)
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// Send it only to those who are known to be in this segment; wins over the file
        #[arg(long, value_name = "NAME")]
        segment: Option<Slug>,
    },
    /// Say whether a campaign could be sent, and if not, every reason
    Check { id: CampaignId },
    /// Print the message as one contact would get it
    Preview {
        id: CampaignId,
        /// The contact's address
        #[arg(long = "for", value_name = "ADDRESS")]
        contact: String,
    },
    /// Send one copy, filled in for nobody, to any address
    Test {
        id: CampaignId,
        #[arg(long, value_name = "ADDRESS")]
        to: String,
    },
    /// Start a campaign: judge the audience, send what may be sent
    Send {
        id: CampaignId,
        /// Stay until every recipient has a final outcome
        #[arg(long)]
        wait: bool,
    },
    /// Start no new message; what is on the wire ends
    Pause { id: CampaignId },
    /// Go on with a paused campaign
    Resume {
        id: CampaignId,
        /// Stay until every recipient has a final outcome
        #[arg(long)]
        wait: bool,
    },
    /// Stop for good: whoever has not got it is refused with the reason CANCELLED
    Cancel { id: CampaignId },
    /// List an account's campaigns, newest first
    List {
        /// The account, by its short name
        #[arg(long)]
        account: String,
    },
}

/// Where a campaign stands.
#[derive(Debug, Serialize)]
pub(crate) struct Standing {
    campaign: String,
    name: String,
    state: &'static str,
    #[serde(flatten)]
    sums: Sums,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Runs one of the commands.
pub(crate) async fn run(call: &Call, command: Command) -> Result<Exit> {
    match command {
        Command::Create { from, segment } => file::create(call, &from, segment).await,
        Command::Check { id } => check::run(call, id).await,
        Command::Preview { id, contact } => preview::run(call, id, &contact).await,
        Command::Test { id, to } => test::run(call, id, &to).await,
        Command::Send { id, wait } => send::send(call, id, wait).await,
        Command::Pause { id } => send::pause(call, id).await,
        Command::Resume { id, wait } => send::resume(call, id, wait).await,
        Command::Cancel { id } => send::cancel(call, id).await,
        Command::List { account } => list(call, &account).await,
    }
}

/// The campaign with this id and the scope of its account.
pub(crate) async fn find(world: &World, id: CampaignId) -> Result<(AccountScope, Campaign)> {
    if let Some(account) = world.store.campaign_account(id).await? {
        let scope = world.store.account(account);
        if let Some(campaign) = scope.campaign(id).await? {
            return Ok((scope, campaign));
        }
    }
    bail!("there is no campaign {id}; avow campaign list --account NAME shows those there are");
}

/// Reads where a campaign stands, for an answer.
pub(crate) async fn standing(
    world: &World,
    id: CampaignId,
    note: Option<String>,
) -> Result<Standing> {
    let (scope, campaign) = find(world, id).await?;
    Ok(Standing {
        campaign: id.to_string(),
        name: campaign.name,
        state: campaign.state.as_str(),
        sums: scope.tally(id).await?.into(),
        note,
    })
}

/// Where a campaign stands, in two lines.
pub(crate) fn standing_text(s: &Standing) -> String {
    let mut text = Lines::default();
    text.line(format_args!("{} ({}) is {}.", s.name, s.campaign, s.state));
    let (o, n) = (&s.sums.outcomes, &s.sums);
    if s.state != CampaignState::Draft.as_str() {
        text.line(format_args!(
            "audience {} = waiting {} + delivered {} + deferred {} + bounced {} + expired {} + refused {} + unknown {}",
            n.audience, n.waiting, o.delivered, o.deferred, o.bounced, o.expired, o.refused, o.unknown
        ));
    }
    if let Some(note) = &s.note {
        text.line(note);
    }
    text.text()
}

#[derive(Debug, Serialize)]
struct Line {
    id: String,
    name: String,
    state: &'static str,
    purpose: String,
    audience: u32,
    created_at: String,
    /// The policy version that it announces: the program wrote it.
    notice: Option<u32>,
}

async fn list(call: &Call, account: &str) -> Result<Exit> {
    let (_, scope) = call.world.account(account).await?;
    let line = |c: Campaign| Line {
        id: c.id.to_string(),
        name: c.name,
        state: c.state.as_str(),
        purpose: c.purpose.to_string(),
        audience: c.audience,
        created_at: c.created_at.to_string(),
        notice: c.notice,
    };
    let lines: Vec<Line> = scope.campaigns().await?.into_iter().map(line).collect();
    answer(call.form, &lines, |lines| {
        if lines.is_empty() {
            return "No campaign yet. Make one: avow campaign create --from FILE\n".to_owned();
        }
        let text = |l: &Line| {
            format!(
                "{} {:<10} {:>9} {:<16} {}\n",
                l.id, l.state, l.audience, l.purpose, l.name
            )
        };
        lines.iter().map(text).collect()
    })?;
    Ok(Exit::Done)
}
