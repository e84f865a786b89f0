//! `avow policy retract`: takes the last version back before it takes effect.

use anyhow::{Result, bail};
use serde::Serialize;

use super::Call;
use super::notices::Told;
use crate::exit::{Exit, answer};
use crate::lines::Lines;
use crate::policies;

/// What to take back.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The account, by its short name
    #[arg(long)]
    account: String,
}

#[derive(Debug, Serialize)]
struct Retracted {
    account: String,
    version: u32,
    /// The version that goes on governing.
    governs: u32,
    retracted_at: String,
    /// Its notice, as far as it came; nobody else is told any more.
    notice: Option<Told>,
}

/// Runs the command.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let (account, scope) = call.world.account(&args.account).await?;
    let published = scope.published().await?;
    let set = call.world.shelf.open(account.id, &published);
    let set = set.map_err(|faults| anyhow::anyhow!(policies::told(&faults)))?;
    let now = call.world.clock.now();
    let Some(last) = set.versions().last() else {
        bail!("{} has published no version", account.slug);
    };
    let rest = set.without_last(now)?;
    let governs = rest.versions().last().map_or(0, avow_policy::Version::n);
    scope.retract_policy(last.n(), now).await?;
    let told = scope.notices().await?;
    let retracted = Retracted {
        account: account.slug.to_string(),
        version: last.n(),
        governs,
        retracted_at: now.to_string(),
        notice: told.iter().find(|n| n.version == last.n()).map(Told::from),
    };
    answer(call.form, &retracted, text)?;
    Ok(Exit::Done)
}

fn text(r: &Retracted) -> String {
    let mut out = Lines::default();
    out.line(format_args!(
        "Version {} of {} is taken back; version {} goes on. A choice made on its wording counts for \
         nothing, its number is not given again, and the ledger says so.",
        r.version, r.account, r.governs
    ));
    if let Some(told) = &r.notice {
        out.line(told.called_off());
    }
    out.text()
}
