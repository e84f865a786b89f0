//! `avow prove`: writes the proof that a message was permitted when it left; `avow receipts`: what a person keeps.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use avow_ledger::Digest;
use avow_model::{AccountId, ContactId, EmailAddress, MessageId, OutgoingId};
use avow_proof::verify;
use serde::Serialize;

use super::{Call, campaign};
use crate::exit::{Exit, answer};
use crate::fault::Usage;
use crate::ledger_proof::Prover;
use crate::world::World;

/// Which message, and where the proof goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The message: `msg_…-N`, as reports and headers name it; `og_…` for a confirmation
    message: Name,
    /// The file to write; MESSAGE.permproof when not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The message as it left, to put into the proof
    #[arg(long, value_name = "FILE")]
    message_file: Option<PathBuf>,
}

/// A campaign's message, or one of its own.
#[derive(Debug, Clone, Copy)]
enum Name {
    OfCampaign(MessageId),
    Single(OutgoingId),
}

impl FromStr for Name {
    type Err = avow_model::IdFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(single) => Ok(Self::Single(single)),
            Err(_) => text.parse().map(Self::OfCampaign),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfCampaign(id) => id.fmt(f),
            Self::Single(id) => id.fmt(f),
        }
    }
}

impl Name {
    /// Whose message it is, and to whom.
    async fn person(self, world: &World) -> Result<(AccountId, ContactId)> {
        match self {
            Self::OfCampaign(id) => {
                let (scope, found) = campaign::find(world, id.campaign).await?;
                match scope.recipient(found.id, id.seq).await? {
                    Some(line) => Ok((scope.id(), line.contact)),
                    None => bail!("the campaign {} has no recipient {}", found.id, id.seq),
                }
            }
            Self::Single(id) => match world.store.outgoing_person(id).await? {
                Some(person) => Ok(person),
                None => bail!(
                    "there is no single message {id} to a person; test messages have no entry"
                ),
            },
        }
    }
}

/// Whose receipts, and where they go.
#[derive(Debug, clap::Args)]
pub(crate) struct ReceiptArgs {
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// The person's address
    #[arg(long, value_name = "ADDRESS")]
    contact: String,
    /// The folder to write one file for each choice and collection into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, Serialize)]
struct Proved {
    message: String,
    file: String,
    bytes: usize,
    /// SHA-256 of the message as it left.
    digest: String,
    handed_at: String,
    /// What a trust file holds.
    key: String,
    proved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<String>,
}

#[derive(Debug, Serialize)]
struct Written {
    files: Vec<String>,
    key: String,
}

/// Runs the command. `Refused` where the proof does not hold: it is written all the same, for whoever looks into it.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let world = &call.world;
    let name = args.message.to_string();
    let (account, contact) = args.message.person(world).await?;
    let account = world.store.account_row(account).await?;
    let account = account.context("the account of the message is gone")?;
    let prover = Prover::open(world, account).await?;
    let mut bundle = prover.bundle(contact, &name).await?;
    bundle.message = args
        .message_file
        .as_deref()
        .map(|path| message(path, bundle.statement.digest))
        .transpose()?;
    let bytes = bundle.encode()?;
    let file = args
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{name}.permproof")));
    std::fs::write(&file, &bytes).with_context(|| format!("cannot write {}", file.display()))?;
    let report = verify(&bytes, None).report;
    let proved = Proved {
        message: name,
        file: file.display().to_string(),
        bytes: bytes.len(),
        digest: bundle.statement.digest.to_string(),
        handed_at: bundle.statement.handed_at.to_string(),
        key: prover.key().to_owned(),
        proved: report.is_proved(),
        failed: report
            .first_failure()
            .map(|(step, why)| format!("{step}: {why}")),
    };
    answer(call.form, &proved, text)?;
    Ok(if proved.proved {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn message(path: &Path, digest: Digest) -> Result<Vec<u8>> {
    let bytes = std::fs::read(path).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    if Digest::of(&bytes) != digest {
        return Err(Usage(format!(
            "{} is not the message that was sent: its SHA-256 is {}, that of the message was {digest}",
            path.display(),
            Digest::of(&bytes)
        ))
        .into());
    }
    Ok(bytes)
}

fn text(proved: &Proved) -> String {
    let end = match &proved.failed {
        None => format!(
            "It holds. Give it away together with this line for the trust file:\n  log {}\n",
            proved.key
        ),
        Some(why) => format!("It does NOT hold:\n  {why}\n"),
    };
    format!(
        "{} ({} bytes) shows that {} was permitted when it left at {}.\n{end}",
        proved.file, proved.bytes, proved.message, proved.handed_at
    )
}

/// Runs `avow receipts`.
pub(crate) async fn receipts(call: &Call, args: &ReceiptArgs) -> Result<Exit> {
    let (account, scope) = call.world.account(&args.account).await?;
    let address: EmailAddress = args
        .contact
        .parse()
        .map_err(|fault| Usage(format!("--contact {}: {fault}", args.contact)))?;
    let Some(contact) = scope.contact_by_address(&address).await? else {
        bail!(
            "{} has no contact with the address {}",
            account.slug,
            args.contact
        );
    };
    let prover = Prover::open(&call.world, account).await?;
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("cannot make {}", args.out.display()))?;
    let mut files = Vec::new();
    for receipt in prover.receipts(contact.id).await? {
        let name = format!("{}-{}.tlog-proof", receipt.index, receipt.leaf.kind);
        let path = args.out.join(name);
        std::fs::write(&path, receipt.encode()?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        files.push(path.display().to_string());
    }
    let written = Written {
        files,
        key: prover.key().to_owned(),
    };
    answer(call.form, &written, |w| {
        format!(
            "{} receipts; the line for the trust file:\n  log {}\n",
            w.files.len(),
            w.key
        )
    })?;
    Ok(Exit::Done)
}
