//! `avow policy emit`: what a policy makes of itself, for an account or straight from a file.

use std::path::PathBuf;

use anyhow::{Result, bail};
use avow_model::Timestamp;
use avow_policy::{EmitKind, Emitted, PolicySet, SiteAddress, Version, emitted};
use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::Call;
use crate::exit::{Exit, answer};
use crate::policies;

/// A thing to emit, as a word on the command line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word(EmitKind);

impl ValueEnum for Word {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Word; EmitKind::WORDS.len()] = {
            let mut all = [Word(EmitKind::Page); EmitKind::WORDS.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = Word(EmitKind::WORDS[at].1);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let known = EmitKind::WORDS.iter().find(|(_, kind)| *kind == self.0);
        known.map(|(word, _)| PossibleValue::new(*word))
    }
}

/// What to emit, and from what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to print
    #[arg(value_enum)]
    kind: Word,
    /// A version file; rule packs that it names come with it
    #[arg(required_unless_present = "account")]
    file: Option<PathBuf>,
    /// The version in force of this account, by its short name
    #[arg(long, conflicts_with = "file")]
    account: Option<String>,
}

/// Runs the command.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let now = call.world.clock.now();
    let made = match (&args.file, &args.account) {
        (Some(file), _) => {
            let files = policies::read(std::slice::from_ref(file))?;
            let set = policies::compile(&files)?;
            let last = set.versions().last();
            make(call, args.kind, last, now)?
        }
        (None, Some(slug)) => {
            let (account, scope) = call.world.account(slug).await?;
            let published = scope.published().await?;
            let set = call.world.shelf.open(account.id, &published);
            let set = set.map_err(|faults| anyhow::anyhow!(policies::told(&faults)))?;
            make(call, args.kind, PolicySet::in_force(&set, now), now)?
        }
        (None, None) => bail!("name a policy file, or an account with --account"),
    };
    answer(call.form, &made.json, |_| made.text.clone())?;
    Ok(Exit::Done)
}

fn make(call: &Call, kind: Word, version: Option<&Version>, now: Timestamp) -> Result<Emitted> {
    let Some(version) = version else {
        bail!("no version is in force: publish one with `avow policy publish`");
    };
    let site = SiteAddress {
        base_url: &call.world.config.base_url,
        policy_path: &format!("/policy/{}", version.account()),
    };
    Ok(emitted(version, kind.0, site, now))
}
