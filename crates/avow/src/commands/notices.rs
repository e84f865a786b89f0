//! `avow policy notices`: who was told of each version, and who was not.

use anyhow::Result;
use avow_policy::{PolicySet, Version};
use avow_store::NoticeStanding;
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::lines::Lines;
use crate::policies;

/// Whose notices.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The account, by its short name
    #[arg(long)]
    account: String,
}

/// One version and its notice.
#[derive(Debug, Serialize)]
struct Line {
    version: u32,
    effective_at: Option<String>,
    retracted: bool,
    /// What the version before it promised: `never`, `material`, `any_change`; `None` for the first.
    promised: Option<&'static str>,
    /// `None` where nobody was to be told by mail.
    notice: Option<Told>,
}

/// The numbers: `people` is the sum of the six below it.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub(super) campaign: String,
    pub(super) state: &'static str,
    /// Everybody who is to be told is counted.
    complete: bool,
    people: u64,
    delivered: u64,
    bounced: u64,
    expired: u64,
    refused: u64,
    waiting: u64,
    in_doubt: u64,
    /// Of the delivered: those who had it only when the version was in effect already.
    late: u64,
}

impl From<&NoticeStanding> for Told {
    fn from(n: &NoticeStanding) -> Self {
        let t = n.tally;
        Self {
            campaign: n.campaign.to_string(),
            state: n.state.as_str(),
            complete: n.prepared,
            people: t.audience(),
            delivered: t.delivered,
            bounced: t.bounced,
            expired: t.expired,
            refused: t.refused,
            waiting: t.waiting + t.deferred,
            in_doubt: t.unknown,
            late: n.late,
        }
    }
}

impl Told {
    /// What is said when the version is taken back.
    pub(super) fn called_off(&self) -> String {
        format!(
            "Its notice ({}) is called off: {} have it already, and nobody else is told any more. \
             Write to those who have it.",
            self.campaign, self.delivered
        )
    }
}

/// Runs the command.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let (account, scope) = call.world.account(&args.account).await?;
    let published = scope.published().await?;
    let set = call.world.shelf.open(account.id, &published);
    let set = set.map_err(|faults| anyhow::anyhow!(policies::told(&faults)))?;
    let notices = scope.notices().await?;
    let of = |n: u32| notices.iter().find(|s| s.version == n).map(Told::from);
    let mut lines: Vec<Line> = set.versions().map(|v| line(&set, v, of(v.n()))).collect();
    let taken_back = published.retracted.iter().map(|n| Line {
        version: *n,
        effective_at: None,
        retracted: true,
        promised: None,
        notice: of(*n),
    });
    lines.extend(taken_back);
    lines.sort_by_key(|l| std::cmp::Reverse(l.version));
    answer(call.form, &lines, |lines| text(lines))?;
    Ok(Exit::Done)
}

fn line(set: &PolicySet, version: &Version, notice: Option<Told>) -> Line {
    let left = set.versions().filter(|v| v.n() < version.n()).last();
    Line {
        version: version.n(),
        effective_at: Some(version.effective_at().to_string()),
        retracted: false,
        promised: left.map(|left| left.notice().email.as_str()),
        notice,
    }
}

fn text(lines: &[Line]) -> String {
    let mut out = Lines::default();
    for line in lines {
        let n = line.version;
        match (&line.effective_at, line.promised) {
            (Some(at), _) => out.line(format_args!("Version {n}, in effect from {at}")),
            (None, _) => out.line(format_args!("Version {n}, taken back")),
        }
        match (&line.notice, line.promised) {
            (Some(told), _) => told_text(told, &mut out),
            (None, None) if line.retracted => out.line("  nobody was told by mail"),
            (None, None) => out.line("  the first: there was nobody to tell"),
            (None, Some(promised)) => out.line(format_args!(
                "  no mail: the version before it promises one for `{promised}`"
            )),
        }
    }
    out.text()
}

fn told_text(t: &Told, out: &mut Lines) {
    out.line(format_args!(
        "  {} ({}): people {} = delivered {} + bounced {} + expired {} + refused {} + waiting {} + in doubt {}",
        t.campaign, t.state, t.people, t.delivered, t.bounced, t.expired, t.refused, t.waiting, t.in_doubt
    ));
    if !t.complete {
        out.line("  the people to be told are still being counted");
    }
    if t.late > 0 {
        out.line(format_args!(
            "  {} of the delivered had it only when the version was in effect already",
            t.late
        ));
    }
}
