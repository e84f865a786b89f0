//! `avow policy publish`: the next version of an account's policy, after the notice that the last one promised.

use std::path::PathBuf;

use anyhow::{Result, bail};
use avow_model::Timestamp;
use avow_policy::replay::whole_micros;
use avow_policy::{Diagnostic, PolicySet, SourceFile, Version, lint, with_published};
use avow_store::{AccountScope, NewPolicyVersion};
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::policies::{self, bases};

/// What to publish, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// The version file; rule packs that it names come with it
    file: PathBuf,
}

#[derive(Debug, Serialize)]
struct Published {
    account: String,
    version: u32,
    published_at: String,
    effective_at: String,
    hash: Option<String>,
}

/// Runs the command.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let (account, scope) = call.world.account(&args.account).await?;
    let files = policies::read(std::slice::from_ref(&args.file))?;
    let [file] = files.versions.as_slice() else {
        bail!(
            "{} is a rule pack and no version; packs come with the version that names them",
            args.file.display()
        );
    };
    let mut beside = files.bases.clone();
    if beside.is_empty() {
        beside.extend(published_base(call, file).await?);
    }
    let others = Others {
        packs: &files.packs,
        bases: &beside,
    };
    let set = together(&scope, file, &others).await?;
    let Some(new) = set.versions().last() else {
        bail!("{} holds no version", args.file.display());
    };
    let now = call.world.clock.now();
    let published_at = whole_micros(on_time(&set, new, now)?);
    for (name, source) in &files.packs {
        scope.put_pack(name, source).await?;
    }
    // The file says when it was published, so that its hash and the record agree.
    let stamped = with_published(file, published_at);
    let set = together(&scope, &stamped, &others).await?;
    let hash = set.version(new.n()).map(|v| v.hash().to_string());
    let row = NewPolicyVersion {
        n: new.n(),
        source: stamped.text,
        published_at,
        effective_at: new.effective_at(),
    };
    let Some(version) = set.version(new.n()) else {
        bail!("{} holds no version", args.file.display());
    };
    scope
        .publish_stated(row, policies::stated(&set, version))
        .await?;
    let published = Published {
        account: account.slug.to_string(),
        version: new.n(),
        published_at: published_at.to_string(),
        effective_at: new.effective_at().to_string(),
        hash,
    };
    answer(call.form, &published, |p| {
        format!(
            "Version {} of {} is published and takes effect at {}.\n{}\n",
            p.version,
            p.account,
            p.effective_at,
            p.hash.as_deref().unwrap_or_default()
        )
    })?;
    Ok(Exit::Done)
}

/// What a version is held against beside its account's own versions.
struct Others<'a> {
    packs: &'a [(String, String)],
    bases: &'a [SourceFile],
}

/// The base that a version names, where an account of this installation has published it.
async fn published_base(call: &Call, file: &SourceFile) -> Result<Option<SourceFile>> {
    let Some(wanted) = bases::named(file) else {
        return Ok(None);
    };
    let Ok((_, scope)) = call.world.account(wanted.family.account().as_str()).await else {
        return Ok(None);
    };
    let published = scope.published().await?;
    let found = published.versions.iter().find(|v| v.n == wanted.n);
    let file = found.map(|v| SourceFile {
        name: format!("published {wanted}"),
        text: v.source.clone(),
    });
    Ok(file.filter(|f| bases::is_version(f, &wanted)))
}

/// The published versions and the new one, compiled as a whole.
async fn together(
    scope: &AccountScope,
    file: &SourceFile,
    others: &Others<'_>,
) -> Result<PolicySet> {
    let packs = others.packs;
    let published = scope.published().await?;
    let named = |name: String, text: &str| SourceFile {
        name,
        text: text.to_owned(),
    };
    let mut all: Vec<SourceFile> = published
        .versions
        .iter()
        .map(|v| named(format!("version {}", v.n), &v.source))
        .collect();
    all.push(file.clone());
    all.extend(others.bases.iter().cloned());
    let kept = published
        .packs
        .iter()
        .filter(|(name, _)| packs.iter().all(|(new, _)| new != name));
    all.extend(
        kept.chain(packs)
            .map(|(name, text)| named(format!("pack {name}"), text)),
    );
    let set = match PolicySet::compile(&all) {
        Ok(set) => set,
        Err(faults) => bail!("the policy is not right yet:\n{}", policies::told(&faults)),
    };
    // What is published already stays as it is; only the new version is held to the rules.
    let new = |d: &Diagnostic| d.is_error() && d.file == file.name;
    let wrong: Vec<Diagnostic> = lint(&all).into_iter().filter(new).collect();
    if !wrong.is_empty() {
        bail!("the policy is not right yet:\n{}", policies::told(&wrong));
    }
    Ok(set)
}

/// When it counts as published: now, and long enough before it takes effect.
fn on_time(set: &PolicySet, new: &Version, now: Timestamp) -> Result<Timestamp> {
    let Some(left) = set.versions().filter(|v| v.n() < new.n()).last() else {
        return Ok(new.published_at().min(now));
    };
    let earliest = now.checked_add(left.notice_period())?;
    if new.effective_at() < earliest {
        bail!(
            "version {} promises notice before a change: version {} cannot take effect before {earliest}; change its `published` to today and its `effective` to that moment or later",
            left.n(),
            new.n()
        );
    }
    Ok(now)
}
