//! `avow import`: people from a CSV file, with what proves their consent.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_collect::import::{
    self, Attestation, ImportError, ImportPlan, ImportReport, MapRule, Mode, Progress, Standing,
};
use avow_model::{ListId, Purpose, Slug, Timestamp};
use avow_store::AccountScope;
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::fault::Usage;
use crate::policies;
use crate::progress;

/// Where rejected rows go when nothing else is said.
const REJECTED_FOLDER: &str = "rejected";

/// What to take in, and on what evidence.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The CSV file: Mailchimp's, listmonk's and Brevo's exports are understood as they are
    file: PathBuf,
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// Put the people on this list; it is made when there is none of the name
    #[arg(long, value_name = "LIST")]
    list: Option<Slug>,
    /// What a column is, over what its header lets guess: COLUMN=role
    #[arg(long, value_name = "COLUMN=ROLE")]
    map: Vec<MapRule>,
    /// The purpose that an opt-in of this file was for; again for more
    #[arg(long, value_name = "PURPOSE")]
    purpose: Vec<Purpose>,
    /// What everybody in the file is, whatever the columns say: subscribed, unsubscribed, cleaned ...
    #[arg(long, value_name = "STANDING", default_value = "subscribed", value_parser = standing)]
    everyone: Standing,
    /// Attest for the whole file where the people said yes: a form's address, a fair, a shop
    #[arg(long, value_name = "WHERE", requires_all = ["attested_by", "wording", "attest_date"])]
    attest_source: Option<String>,
    /// Who attests it
    #[arg(long, value_name = "NAME", requires = "attest_source")]
    attested_by: Option<String>,
    /// What the people read when they said yes
    #[arg(long, value_name = "TEXT", requires = "attest_source")]
    wording: Option<String>,
    /// When they said yes, where a row does not tell: 2026-05-01 or 2026-05-01T14:02:00Z
    #[arg(long, value_name = "DATE", requires = "attest_source", value_parser = date)]
    attest_date: Option<Timestamp>,
    /// The policy version they were shown; the one in force on that date when left out
    #[arg(long, value_name = "N", requires = "attest_source")]
    attest_version: Option<u32>,
    /// The addresses were got in a sale, an opt-out was offered then (similar products only)
    #[arg(long, requires = "attest_source")]
    soft_opt_in: bool,
    /// Read and judge every row, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Where rejected rows go, each with its reason; rejected/ of the data folder when left out
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

fn standing(word: &str) -> Result<Standing, String> {
    Standing::parse(word).ok_or_else(|| {
        "choose subscribed, nonsubscribed, cleaned, unsubscribed, blocklisted or complained"
            .to_owned()
    })
}

fn date(text: &str) -> Result<Timestamp, String> {
    let whole = text.parse::<Timestamp>();
    whole
        .or_else(|_| format!("{text}T00:00:00Z").parse())
        .map_err(|_| "write it as 2026-05-01 or 2026-05-01T14:02:00Z".to_owned())
}

#[derive(Debug, Serialize)]
struct Imported {
    run: Option<String>,
    dry_run: bool,
    was_done: bool,
    resumed_at_byte: u64,
    rows: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    erased: u64,
    rejected: u64,
    reasons: BTreeMap<&'static str, u64>,
    rejects_file: Option<String>,
    encoding: &'static str,
    columns: BTreeMap<String, String>,
    undeclared: Vec<String>,
    consent: Consent,
}

/// On what evidence the people of this run stand.
#[derive(Debug, Serialize)]
struct Consent {
    own_act: u64,
    confirmed: u64,
    attested: u64,
    unattested: u64,
    not_subscribed: u64,
    unsubscribed: u64,
    blocklisted: u64,
    cleaned: u64,
    complained: u64,
    role_addresses: u64,
    disposable_addresses: u64,
}

/// Runs the command. Rejected rows do not make it fail: they are in the answer and in their file.
pub(crate) async fn run(call: &Call, args: Args) -> Result<Exit> {
    let (account, scope) = call.world.account(&args.account).await?;
    let file = File::open(&args.file);
    let file = file.map_err(|why| Usage(format!("cannot read {}: {why}", args.file.display())))?;
    let published = scope.published().await?;
    let set = match call.world.shelf.open(account.id, &published) {
        Ok(set) => set,
        Err(faults) => bail!(
            "the published policy does not compile:\n{}",
            policies::told(&faults)
        ),
    };
    let list = list(&scope, args.list.as_ref(), args.dry_run).await?;
    let plan = plan(call, args, list)?;
    let dry_run = plan.mode == Mode::DryRun;
    let bar = progress::bytes(0);
    let show = |p: &Progress| {
        bar.set_length(p.bytes);
        bar.set_position(p.position);
        bar.set_message(format!("{} people", p.counts.rows));
    };
    let report = import::run(plan, &scope, &set, file, show).await;
    let report = report.map_err(plain)?;
    bar.finish_and_clear();
    answer(call.form, &told(report, dry_run), text)?;
    Ok(Exit::Done)
}

/// What the store says, as the store says it: scripts are told apart what will pass.
fn plain(fault: ImportError) -> anyhow::Error {
    match fault {
        ImportError::Store(fault) => fault.into(),
        other => other.into(),
    }
}

async fn list(scope: &AccountScope, slug: Option<&Slug>, dry_run: bool) -> Result<Option<ListId>> {
    let Some(slug) = slug else { return Ok(None) };
    match scope.list_by_slug(slug).await? {
        Some(list) => Ok(Some(list.id)),
        None if dry_run => Ok(None),
        None => Ok(Some(scope.list_create(slug, slug.as_str()).await?)),
    }
}

fn plan(call: &Call, args: Args, list: Option<ListId>) -> Result<ImportPlan> {
    let name = args.file.file_name().unwrap_or(args.file.as_os_str());
    let name = name.to_string_lossy().into_owned();
    let rejects = match args.rejects {
        Some(path) => path,
        None => rejected(&call.world.config.data, &name)?,
    };
    let attestation = args.attest_source.map(|source| Attestation {
        source,
        at: args.attest_date.unwrap_or(call.world.clock.now()),
        wording: args.wording.unwrap_or_default(),
        version: args.attest_version,
        signer: args.attested_by.unwrap_or_default(),
        soft_opt_in: args.soft_opt_in,
    });
    Ok(ImportPlan {
        map: args.map,
        attestation,
        purposes: args.purpose,
        list,
        everyone: args.everyone,
        mode: if args.dry_run {
            Mode::DryRun
        } else {
            Mode::Write
        },
        rejects: Some(rejects),
        ..ImportPlan::new(&name, call.world.clock.now())
    })
}

fn rejected(data: &Path, name: &str) -> Result<PathBuf> {
    let folder = data.join(REJECTED_FOLDER);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder.join(name))
}

fn told(report: ImportReport, dry_run: bool) -> Imported {
    let (counts, tally) = (report.counts, report.tally);
    Imported {
        run: report.run.map(|id| id.to_string()),
        dry_run,
        was_done: report.was_done,
        resumed_at_byte: report.resumed_at,
        rows: counts.rows,
        created: counts.created,
        updated: counts.updated,
        unchanged: counts.unchanged,
        erased: counts.erased,
        rejected: counts.rejected,
        reasons: report.reasons,
        rejects_file: report.rejects.map(|path| path.display().to_string()),
        encoding: report.encoding,
        columns: report.columns.into_iter().collect(),
        undeclared: report.undeclared,
        consent: Consent {
            own_act: tally.own_act,
            confirmed: tally.confirmed,
            attested: tally.attested,
            unattested: tally.unattested,
            not_subscribed: tally.not_subscribed,
            unsubscribed: tally.unsubscribed,
            blocklisted: tally.blocklisted,
            cleaned: tally.cleaned,
            complained: tally.complained,
            role_addresses: tally.role_addresses,
            disposable_addresses: tally.disposable_addresses,
        },
    }
}

fn text(done: &Imported) -> String {
    let mut lines = Vec::new();
    if done.was_done {
        lines.push(
            "This file was taken in before, in the same way: nothing was done now. What that earlier run did:"
                .to_owned(),
        );
    }
    if done.resumed_at_byte > 0 && !done.was_done {
        lines.push("An earlier run was broken off; this one went on where it stopped.".to_owned());
    }
    let what = if done.dry_run {
        "would be taken"
    } else {
        "taken in"
    };
    lines.push(format!(
        "{} rows: {} {what}, {} rejected",
        done.rows,
        done.rows - done.rejected,
        done.rejected
    ));
    if !done.dry_run {
        lines.push(format!(
            "people: {} new, {} changed, {} known already, {} erased before and left alone",
            done.created, done.updated, done.unchanged, done.erased
        ));
    }
    let c = &done.consent;
    lines.push(format!(
        "consent: {} by their own act ({} confirmed), {} attested, {} without evidence (nothing is sent to them)",
        c.own_act, c.confirmed, c.attested, c.unattested
    ));
    let noes = c.unsubscribed + c.blocklisted + c.cleaned + c.complained;
    lines.push(format!("nos and dead addresses kept: {noes}"));
    for (reason, n) in &done.reasons {
        lines.push(format!("  rejected, {reason}: {n}"));
    }
    if let Some(path) = &done.rejects_file {
        lines.push(format!(
            "The rejected rows are in {path}, each with its reason."
        ));
    }
    if !done.undeclared.is_empty() {
        lines.push(format!(
            "Not kept, because the policy declares no such category: {}",
            done.undeclared.join(", ")
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}
