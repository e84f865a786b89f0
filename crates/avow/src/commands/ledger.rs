//! `avow ledger`: how long each log is, a checkpoint now, and the check of the whole.

use anyhow::Result;
use avow_store::AccountRow;
use clap::Subcommand;
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::ledger::Notary;
use crate::lines::Lines;
use crate::progress;
use crate::world::World;

/// What to do with the ledgers.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// How many entries, how many of them wait for their number, the last checkpoint
    Status(Which),
    /// Number what waits and sign a checkpoint now
    Checkpoint(Which),
    /// Read the whole log again: leaves against tiles, chains and openings against leaves, all against the last checkpoint
    Verify(Which),
}

/// Which accounts.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// One account, by its short name; all when not given
    #[arg(long)]
    account: Option<String>,
}

/// One account's ledger.
#[derive(Debug, Serialize)]
struct Status {
    account: String,
    entries: u64,
    waiting: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<Stamp>,
}

#[derive(Debug, Serialize)]
struct Stamp {
    entries: u64,
    at: String,
}

#[derive(Debug, Serialize)]
struct Checkpoint {
    account: String,
    entries: u64,
    root: String,
    /// The log's public key: what a trust file holds.
    key: String,
    note: String,
}

#[derive(Debug, Serialize)]
struct Verified {
    account: String,
    entries: u64,
    /// Entries that were opened: all but those about erased people.
    opened: u64,
    root: String,
    /// How many entries the checkpoint covers that the log was held against.
    signed: u64,
}

/// Runs a command.
pub(crate) async fn run(call: &Call, command: Command) -> Result<Exit> {
    match command {
        Command::Status(which) => status(call, &which).await,
        Command::Checkpoint(which) => checkpoint(call, &which).await,
        Command::Verify(which) => verify(call, &which).await,
    }
}

async fn accounts(world: &World, which: &Which) -> Result<Vec<AccountRow>> {
    match &which.account {
        Some(slug) => Ok(vec![world.account(slug).await?.0]),
        None => Ok(world.store.accounts().await?),
    }
}

async fn status(call: &Call, which: &Which) -> Result<Exit> {
    let mut all = Vec::new();
    for account in accounts(&call.world, which).await? {
        let scope = call.world.store.account(account.id);
        let standing = scope.ledger_standing().await?;
        let last = scope.checkpoint_last().await?;
        all.push(Status {
            account: account.slug.to_string(),
            entries: standing.size,
            waiting: standing.waiting,
            checkpoint: last.map(|kept| Stamp {
                entries: kept.size,
                at: kept.at.to_string(),
            }),
        });
    }
    answer(call.form, &all, |all| {
        let mut text = Lines::default();
        for s in all {
            let signed = match &s.checkpoint {
                Some(stamp) => format!("{} signed at {}", stamp.entries, stamp.at),
                None => "none signed yet".to_owned(),
            };
            text.line(format_args!(
                "{}: {} entries, {} waiting for their number, {signed}",
                s.account, s.entries, s.waiting
            ));
        }
        text.text()
    })?;
    Ok(Exit::Done)
}

async fn checkpoint(call: &Call, which: &Which) -> Result<Exit> {
    let notary = Notary::open(&call.world)?;
    let mut all = Vec::new();
    for account in accounts(&call.world, which).await? {
        call.world
            .store
            .account(account.id)
            .sequence(u64::MAX)
            .await?;
        let signed = notary.sign(&account).await?;
        all.push(Checkpoint {
            account: account.slug.to_string(),
            entries: signed.head.size,
            root: signed.head.root.to_string(),
            key: signed.key,
            note: signed.note,
        });
    }
    answer(call.form, &all, |all| {
        let mut text = Lines::default();
        for c in all {
            text.line(format_args!("{}\nkey {}", c.note, c.key));
        }
        text.text()
    })?;
    Ok(Exit::Done)
}

async fn verify(call: &Call, which: &Which) -> Result<Exit> {
    let notary = Notary::open(&call.world)?;
    let mut all = Vec::new();
    for account in accounts(&call.world, which).await? {
        let scope = call.world.store.account(account.id);
        scope.sequence(u64::MAX).await?;
        let bar = progress::bar(2 * scope.ledger_standing().await?.size, "entries");
        let checked = scope.ledger_verify(|done| bar.set_position(done)).await?;
        bar.finish_and_clear();
        // Signing holds the log against the last checkpoint, and refuses where they differ.
        let signed = notary.sign(&account).await?;
        all.push(Verified {
            account: account.slug.to_string(),
            entries: checked.head.size,
            opened: checked.opened,
            root: checked.head.root.to_string(),
            signed: signed.head.size,
        });
    }
    answer(call.form, &all, |all| {
        let mut text = Lines::default();
        for v in all {
            text.line(format_args!(
                "{}: {} entries hold together, {} of them opened; they go on from every checkpoint that was signed",
                v.account, v.entries, v.opened
            ));
        }
        text.text()
    })?;
    Ok(Exit::Done)
}
