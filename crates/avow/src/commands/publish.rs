//! `avow policy publish`: the next version of an account's policy, after the notice that the last one promised.

use std::path::PathBuf;

use anyhow::{Result, bail};
use avow_deliver::notice_of;
use avow_model::{CampaignId, PublishedPolicies, Timestamp};
use avow_policy::replay::whole_micros;
use avow_policy::{
    Change, ChangeClass, Diagnostic, PolicySet, SourceFile, Version, earliest_effect, lint,
    with_published,
};
use avow_store::{AccountScope, NewPolicyVersion};
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::lines::Lines;
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
    /// How much it changes; `None` for the first version.
    change: Option<ChangeAnswer>,
    what_happens: Vec<String>,
    /// The mailing that tells people of it; `None` where none is promised.
    notice: Option<NoticeAnswer>,
}

#[derive(Debug, Serialize)]
struct NoticeAnswer {
    campaign: String,
    /// The contacts there are now; the gate may refuse some, each with its reason.
    people: u64,
}

#[derive(Debug, Serialize)]
struct ChangeAnswer {
    class: &'static str,
    sentences: Vec<String>,
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
    let next = scope.next_version().await?;
    if new.n() != next {
        bail!(
            "the next version of {} is {next}, not {}: numbers are given once, also to what was taken back",
            account.slug,
            new.n()
        );
    }
    let bound = scope.bound_versions().await?;
    let published_at = whole_micros(on_time((&set, &bound), new, now)?);
    let published = scope.published().await?;
    let gone = gone(&published, file, &files.packs);
    scope.replace_packs(&files.packs, &gone).await?;
    // The file says when it was published, so that its hash and the record agree.
    let stamped = with_published(file, published_at);
    let set = together(&scope, &stamped, &others).await?;
    let hash = set.version(new.n()).map(|v| v.hash().to_string());
    let left = before(&set, new.n());
    let change = left.and_then(|left| set.change(left.n(), new.n()));
    let row = NewPolicyVersion {
        n: new.n(),
        source: stamped.text,
        published_at,
        effective_at: new.effective_at(),
    };
    let Some(version) = set.version(new.n()) else {
        bail!("{} holds no version", args.file.display());
    };
    let due = notice_of(&account, &set, version.n(), &call.world.config.base_url);
    let stated = avow_web::stated(&set, version);
    let campaign = scope.publish_announced(row, stated, due.as_ref()).await?;
    let notice = told_by_mail(&scope, campaign).await?;
    let published = Published {
        account: account.slug.to_string(),
        version: new.n(),
        published_at: published_at.to_string(),
        effective_at: new.effective_at().to_string(),
        hash,
        what_happens: what_happens(left, change.as_ref(), notice.as_ref()),
        notice,
        change: change.map(told),
    };
    answer(call.form, &published, text)?;
    Ok(Exit::Done)
}

async fn told_by_mail(
    scope: &AccountScope,
    campaign: Option<CampaignId>,
) -> Result<Option<NoticeAnswer>> {
    let Some(campaign) = campaign else {
        return Ok(None);
    };
    Ok(Some(NoticeAnswer {
        campaign: campaign.to_string(),
        people: scope.people_to_tell().await?,
    }))
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

/// The packs that newer ones replace, for every version of the policy.
fn gone(
    published: &PublishedPolicies,
    file: &SourceFile,
    coming: &[(String, String)],
) -> Vec<String> {
    let text = |text: &str| SourceFile {
        name: String::new(),
        text: text.to_owned(),
    };
    let published_files = published.versions.iter().map(|v| text(&v.source));
    let versions: Vec<SourceFile> = published_files.chain([file.clone()]).collect();
    policies::superseded(&published.packs, coming, &versions)
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
    let gone = gone(&published, file, packs);
    let stays = |name: &String| packs.iter().all(|(new, _)| new != name) && !gone.contains(name);
    let kept = published.packs.iter().filter(|(name, _)| stays(name));
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
fn on_time((set, bound): (&PolicySet, &[u32]), new: &Version, now: Timestamp) -> Result<Timestamp> {
    let Some(left) = before(set, new.n()) else {
        return Ok(new.published_at().min(now));
    };
    // The version being left, and every version that somebody's data are still bound to.
    let promised: Vec<&Version> = set
        .versions()
        .filter(|v| v.n() == left.n() || bound.contains(&v.n()))
        .filter(|v| v.n() < new.n())
        .collect();
    let earliest = earliest_effect(now, &promised);
    if new.effective_at() >= earliest {
        return Ok(now);
    }
    let longest = promised.iter().max_by_key(|v| v.notice_period());
    bail!(
        "version {} promises notice before a change: version {} cannot take effect before {earliest}; change its `published` to today and its `effective` to that moment or later",
        longest.map_or(left.n(), |v| v.n()),
        new.n()
    );
}

/// The version before this one.
fn before(set: &PolicySet, n: u32) -> Option<&Version> {
    set.versions().filter(|v| v.n() < n).last()
}

fn told(change: Change) -> ChangeAnswer {
    ChangeAnswer {
        class: change.class.as_str(),
        sentences: change.items.into_iter().map(|i| i.sentence).collect(),
    }
}

/// What the publication sets going.
fn what_happens(
    left: Option<&Version>,
    change: Option<&Change>,
    notice: Option<&NoticeAnswer>,
) -> Vec<String> {
    let (Some(left), Some(change)) = (left, change) else {
        return Vec::new();
    };
    let mut out = vec![
        "Every public page tells of it from now until it takes effect.".to_owned(),
        format!(
            "Until then version {} holds; `avow policy retract` takes this one back.",
            left.n()
        ),
    ];
    out.push(match notice {
        Some(NoticeAnswer { campaign, people }) => format!(
            "Version {} promises people a mail about it: {people} are to be told. `avow serve` sends it before \
             any campaign, so does `avow campaign send {campaign} --wait`; `avow policy notices` shows who has it.",
            left.n()
        ),
        None => format!("Version {} promises no mail about such a change.", left.n()),
    });
    if change.class == ChangeClass::Major {
        out.push("Data collected before are not used more widely: that needs a notice delivered to the person and their own yes after it.".to_owned());
    }
    out
}

fn text(p: &Published) -> String {
    let mut out = Lines::default();
    let (n, account, from) = (p.version, &p.account, &p.effective_at);
    out.line(format_args!(
        "Version {n} of {account} is published and takes effect at {from}."
    ));
    if let Some(hash) = &p.hash {
        out.line(hash);
    }
    if let Some(change) = &p.change {
        out.line(format_args!("This is a {} change:", change.class));
        for sentence in &change.sentences {
            out.line(format_args!("  {sentence}"));
        }
    }
    for line in &p.what_happens {
        out.line(line);
    }
    out.text()
}
