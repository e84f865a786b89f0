//! `avow contact export`: hands data to a declared recipient. `avow contact access`: hands a person their own.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_collect::access::access_file;
use avow_collect::disclose::{Counter, HandedOut, Layout, Order, Sheet, columns, hand_out};
use avow_deliver::explain_code;
use avow_model::{Purpose, RecipientClass};
use clap::ValueEnum;
use serde::Serialize;

use super::find;
use crate::commands::Call;
use crate::exit::{Exit, answer};
use crate::fault::Usage;
use crate::lines::Lines;
use crate::policies;

#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// Who gets it: a recipient that the policy declares
    #[arg(long, value_name = "RECIPIENT")]
    to: RecipientClass,
    /// For which purpose of the policy
    #[arg(long, value_name = "PURPOSE")]
    purpose: Purpose,
    /// csv for spreadsheets, jsonl for programs
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// The file to write; never over one that is there
    file: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Jsonl,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AccessArgs {
    /// The person's address
    address: String,
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// The file to write; never over one that is there
    file: PathBuf,
}

#[derive(Debug, Serialize)]
struct Exported {
    file: String,
    people: u64,
    handed: u64,
    refused: Vec<Refused>,
}

#[derive(Debug, Serialize)]
struct Refused {
    people: u64,
    code: &'static str,
    text: &'static str,
}

#[derive(Debug, Serialize)]
struct Accessed {
    file: String,
}

/// A file that nobody sees under its name until it is whole.
struct Hidden {
    part: PathBuf,
    name: PathBuf,
}

impl Hidden {
    fn begin(name: &Path) -> Result<(Self, File)> {
        if name.exists() {
            return Err(Usage(format!(
                "{} is there already; name another file",
                name.display()
            ))
            .into());
        }
        let mut part = name.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = create(&part).with_context(|| format!("cannot write {}", part.display()))?;
        let name = name.to_owned();
        Ok((Self { part, name }, file))
    }

    /// On the disk, and seen by its name.
    fn show(self) -> Result<()> {
        let told = || format!("cannot write {}", self.name.display());
        File::open(&self.part)
            .and_then(|file| file.sync_all())
            .with_context(told)?;
        std::fs::rename(&self.part, &self.name).with_context(told)
    }
}

impl Drop for Hidden {
    /// What is not shown is not left behind.
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.part);
    }
}

/// For its owner's eyes alone: there are people's data in it.
fn create(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

/// Runs `contact export`.
pub(crate) async fn export(call: &Call, args: &ExportArgs) -> Result<Exit> {
    let (account, scope) = call.world.account(&args.account).await?;
    let published = scope.published().await?;
    let set = match call.world.shelf.open(account.id, &published) {
        Ok(set) => set,
        Err(faults) => bail!(
            "the published policy does not compile:\n{}",
            policies::told(&faults)
        ),
    };
    let order = Order {
        purpose: args.purpose.clone(),
        recipient: args.to.clone(),
    };
    let counter = Counter {
        scope: &scope,
        account: &account,
        policies: &set,
        clock: &call.world.clock,
    };
    let columns = columns(counter, &order)?;
    let (hidden, file) = Hidden::begin(&args.file)?;
    let layout = match args.format {
        Format::Csv => Layout::Csv,
        Format::Jsonl => Layout::JsonLines,
    };
    let mut sheet = Sheet::begin(BufWriter::new(file), layout, columns)?;
    let told = hand_out(counter, &order, &mut sheet).await?;
    drop(sheet);
    hidden.show()?;
    answer(call.form, &exported(args, told), text)?;
    Ok(Exit::Done)
}

fn exported(args: &ExportArgs, told: HandedOut) -> Exported {
    let refused = |(code, people): (&'static str, u64)| Refused {
        people,
        code,
        text: explain_code(code).map_or("", |(title, _)| title),
    };
    Exported {
        file: args.file.display().to_string(),
        people: told.people,
        handed: told.handed,
        refused: told.refused.into_iter().map(refused).collect(),
    }
}

fn text(told: &Exported) -> String {
    let mut text = Lines::default();
    text.line(format_args!(
        "{} of {} people are in {}.",
        told.handed, told.people, told.file
    ));
    for reason in &told.refused {
        text.line(format_args!(
            "{} are not: {} ({})",
            reason.people, reason.text, reason.code
        ));
    }
    text.text()
}

/// Runs `contact access`.
pub(crate) async fn access(call: &Call, args: &AccessArgs) -> Result<Exit> {
    let (account, scope) = call.world.account(&args.account).await?;
    let contact = find(&scope, (&args.address, &args.account)).await?;
    let (hidden, file) = Hidden::begin(&args.file)?;
    let now = call.world.clock.now();
    let told = access_file(&scope, &account, contact.id, now).await?;
    let mut out = BufWriter::new(file);
    serde_json::to_writer_pretty(&mut out, &told)?;
    out.write_all(b"\n")?;
    out.flush()?;
    drop(out);
    hidden.show()?;
    let told = Accessed {
        file: args.file.display().to_string(),
    };
    answer(call.form, &told, |told: &Accessed| {
        format!("Everything about the person is in {}.\n", told.file)
    })?;
    Ok(Exit::Done)
}
