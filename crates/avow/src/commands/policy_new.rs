//! `avow policy new`: five questions, one good policy.
//!
//! Each question has a flag; what no flag answers is asked on the terminal. The file is written only when
//! the compiler finds nothing wrong with it, and never over another file.

mod ask;
mod given;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_model::Timestamp;
use avow_policy::founding::first_policy;
use serde::Serialize;

use given::Given;

use crate::exit::{Exit, Form, answer};

/// Where to write, and the answers known beforehand.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    given: Given,
    /// The file to write; ACCOUNT.toml if absent
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Written {
    file: PathBuf,
    account: String,
    purposes: Vec<String>,
    packs: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: Args, now: Timestamp, form: Form) -> Result<Exit> {
    let answers = ask::complete(args.given, form)?;
    let out = args
        .out
        .unwrap_or_else(|| PathBuf::from(format!("{}.toml", answers.account)));
    let policy = first_policy(&answers, now)?;
    save(&out, &policy.file.text)?;
    let written = Written {
        file: out,
        account: answers.account.to_string(),
        purposes: policy.purposes,
        packs: policy.packs.into_iter().map(|(name, _)| name).collect(),
    };
    answer(form, &written, text)?;
    Ok(Exit::Done)
}

/// Never over a file that is there: it may be somebody's published policy.
fn save(path: &Path, text: &str) -> Result<()> {
    let made = std::fs::File::create_new(path);
    let mut file = match made {
        Ok(file) => file,
        Err(fault) if fault.kind() == std::io::ErrorKind::AlreadyExists => bail!(
            "{} is there already; name another file with --out",
            path.display()
        ),
        Err(fault) => {
            return Err(fault).with_context(|| format!("cannot write {}", path.display()));
        }
    };
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write {}", path.display()))
}

fn text(w: &Written) -> String {
    format!(
        "{file} is written: purposes {purposes}; rule packs {packs}.\n\
         Read it, change what you like, then:\n  \
         avow policy check {file}\n  \
         avow account add {account} --policy {file} …\n",
        file = w.file.display(),
        purposes = w.purposes.join(", "),
        packs = w.packs.join(", "),
        account = w.account,
    )
}
