//! `avow segment`: who is meant, in words; kept, shown, counted, changed, removed.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use avow_deliver::check::Chosen;
use avow_deliver::{SegmentQuestion, count_segment, explain_code, read_segment, segment_words};
use avow_model::{Purpose, Slug};
use avow_policy::PolicySet;
use avow_policy::segment::Segment;
use avow_store::{AccountRow, AccountScope, SegmentRow, SegmentText, StoreError};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::fault::Usage;
use crate::lines::Lines;
use crate::policies;

/// Segments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Keep a new segment
    Add(Words),
    /// Rewrite a segment: drafts follow, campaigns that have started do not
    Change(Words),
    /// List an account's segments
    List {
        /// The account, by its short name
        #[arg(long)]
        account: String,
    },
    /// Show a segment and the data it reads
    Show(Named),
    /// Count whom it means, read for a purpose as a campaign would read it
    Count {
        #[command(flatten)]
        named: Named,
        /// The purpose for which people's data are read
        #[arg(long = "for", value_name = "PURPOSE")]
        purpose: Purpose,
        /// Only those confirmed on this list
        #[arg(long)]
        list: Option<Slug>,
        /// The topic, where the policy narrows the purpose to topics
        #[arg(long, value_name = "TOPIC")]
        about: Option<Slug>,
    },
    /// Remove a segment that no draft is to be sent to
    Remove(Named),
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The segment's short name
    name: Slug,
    /// The account, by its short name
    #[arg(long)]
    account: String,
}

#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(flatten)]
    named: Named,
    /// Who is meant: 'job = "cook" and not on list former' (docs/segments.md has the language)
    #[arg(long = "where", value_name = "WORDS")]
    words: String,
}

/// One segment.
#[derive(Debug, Serialize)]
struct Shown {
    segment: String,
    name: String,
    text: String,
    canonical: String,
    /// The categories of data that it reads, under the policy in force; none where that does not know its words.
    reads: Vec<String>,
    created_at: String,
    /// Why it cannot be used under the policy in force.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<String>,
}

/// Whom a segment means.
#[derive(Debug, Serialize)]
pub(crate) struct Counted {
    looked_at: u64,
    meant: u64,
    outside: u64,
    untold: u64,
    /// Why it cannot be told, most frequent first.
    untold_why: Vec<Why>,
}

#[derive(Debug, Serialize)]
struct Why {
    codes: String,
    text: String,
    people: u64,
}

/// Runs one of the commands.
pub(crate) async fn run(call: &Call, command: Command) -> Result<Exit> {
    match command {
        Command::Add(words) => add(call, &words).await?,
        Command::Change(words) => change(call, &words).await?,
        Command::List { account } => list(call, &account).await?,
        Command::Show(named) => show(call, &named).await?,
        Command::Count {
            named,
            purpose,
            list,
            about,
        } => count(call, &named, (&purpose, list.as_ref(), about.as_ref())).await?,
        Command::Remove(named) => remove(call, &named).await?,
    }
    Ok(Exit::Done)
}

/// The segment of this name.
pub(crate) async fn find(scope: &AccountScope, name: &Slug) -> Result<SegmentRow> {
    match scope.segment_by_slug(name).await? {
        Some(row) => Ok(row),
        None => bail!("there is no segment `{name}`; avow segment list shows those there are"),
    }
}

async fn add(call: &Call, words: &Words) -> Result<()> {
    let (account, scope) = call.world.account(&words.named.account).await?;
    let text = read(call, (&account, &scope), &words.words).await?;
    match scope.segment_create(&words.named.name, &text).await {
        Err(StoreError::Duplicate { .. }) => bail!(
            "there is a segment `{0}` already; rewrite it with avow segment change {0}",
            words.named.name
        ),
        kept => kept?,
    };
    tell(call, (&account, &scope), &words.named.name).await
}

async fn change(call: &Call, words: &Words) -> Result<()> {
    let (account, scope) = call.world.account(&words.named.account).await?;
    let id = find(&scope, &words.named.name).await?.id;
    let text = read(call, (&account, &scope), &words.words).await?;
    scope.segment_change(id, &text).await?;
    tell(call, (&account, &scope), &words.named.name).await
}

/// Reads words under the policy in force, and looks for the lists and campaigns that they name.
async fn read(
    call: &Call,
    place: (&AccountRow, &AccountScope),
    words: &str,
) -> Result<SegmentText> {
    let (set, now) = (policies_of(call, place).await?, call.world.clock.now());
    let version = set.in_force(now).context(NO_VERSION)?;
    match segment_words(place.1, version, words).await? {
        Ok(text) => Ok(text),
        Err(faults) => Err(Usage(faults.join("\n")).into()),
    }
}

const NO_VERSION: &str =
    "no policy version is in force; publish one and wait for its effective date";

async fn policies_of(
    call: &Call,
    (account, scope): (&AccountRow, &AccountScope),
) -> Result<Arc<PolicySet>> {
    let published = scope.published().await?;
    match call.world.shelf.open(account.id, &published) {
        Ok(set) => Ok(set),
        Err(faults) => bail!(
            "the published policy does not compile:\n{}",
            policies::told(&faults)
        ),
    }
}

async fn under_policy(
    call: &Call,
    place: (&AccountRow, &AccountScope),
    words: &str,
) -> Result<Result<Segment, Vec<String>>> {
    let (set, now) = (policies_of(call, place).await?, call.world.clock.now());
    let version = set.in_force(now).context(NO_VERSION)?;
    let told = |faults: Vec<avow_policy::Diagnostic>| {
        let all = faults.iter().map(|f| f.to_string().trim_end().to_owned());
        all.collect()
    };
    Ok(read_segment(words, version).map_err(told))
}

async fn shown(call: &Call, place: (&AccountRow, &AccountScope), row: SegmentRow) -> Result<Shown> {
    let (reads, faults) = match under_policy(call, place, &row.canonical).await? {
        Ok(segment) => (
            segment.reads().iter().map(ToString::to_string).collect(),
            vec![],
        ),
        Err(faults) => (vec![], faults),
    };
    Ok(Shown {
        segment: row.id.to_string(),
        name: row.slug.to_string(),
        text: row.text,
        canonical: row.canonical,
        reads,
        created_at: row.created_at.to_string(),
        faults,
    })
}

async fn tell(call: &Call, place: (&AccountRow, &AccountScope), name: &Slug) -> Result<()> {
    let shown = shown(call, place, find(place.1, name).await?).await?;
    answer(call.form, &shown, shown_text)
}

async fn show(call: &Call, named: &Named) -> Result<()> {
    let (account, scope) = call.world.account(&named.account).await?;
    tell(call, (&account, &scope), &named.name).await
}

fn shown_text(shown: &Shown) -> String {
    let mut text = Lines::default();
    text.line(format_args!("{}: {}", shown.name, shown.canonical));
    match shown.reads.as_slice() {
        [] if shown.faults.is_empty() => text.line("It reads no data of people."),
        [] => {}
        reads => text.line(format_args!("It reads {}.", reads.join(", "))),
    }
    for fault in &shown.faults {
        text.line(format_args!("It cannot be used: {fault}"));
    }
    text.text()
}

async fn list(call: &Call, account: &str) -> Result<()> {
    let (account, scope) = call.world.account(account).await?;
    let mut lines = Vec::new();
    for row in scope.segments().await? {
        lines.push(shown(call, (&account, &scope), row).await?);
    }
    answer(call.form, &lines, |lines| {
        if lines.is_empty() {
            return "No segment yet. Make one: avow segment add NAME --account A --where WORDS\n"
                .to_owned();
        }
        let line = |l: &Shown| format!("{:<20} {}\n", l.name, l.canonical);
        lines.iter().map(line).collect()
    })
}

async fn count(
    call: &Call,
    named: &Named,
    (purpose, list, about): (&Purpose, Option<&Slug>, Option<&Slug>),
) -> Result<()> {
    let (account, scope) = call.world.account(&named.account).await?;
    let row = find(&scope, &named.name).await?;
    let list = match list {
        None => None,
        Some(slug) => match scope.list_by_slug(slug).await? {
            Some(list) => Some(list.id),
            None => bail!("{} has no list `{slug}`", account.slug),
        },
    };
    let question = SegmentQuestion {
        account: &account,
        slug: &row.slug,
        text: &row.canonical,
        purpose,
        list,
        about,
    };
    let world = &call.world;
    let rooms = (&world.store, &world.shelf);
    let chosen = count_segment(rooms, question, world.clock.now()).await?;
    answer(call.form, &Counted::of(&chosen), Counted::text)
}

impl Counted {
    pub(crate) fn of(chosen: &Chosen) -> Self {
        let why = |(codes, people): &(String, u64)| Why {
            text: codes
                .split(' ')
                .next()
                .and_then(explain_code)
                .map_or_else(String::new, |(title, _)| title.to_owned()),
            codes: codes.clone(),
            people: *people,
        };
        Self {
            looked_at: chosen.meant + chosen.outside + chosen.untold,
            meant: chosen.meant,
            outside: chosen.outside,
            untold: chosen.untold,
            untold_why: chosen.untold_why.iter().map(why).collect(),
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = Lines::default();
        text.line(format_args!(
            "The segment means {} of {} {}; not in it: {}; cannot be told: {}.",
            self.meant,
            self.looked_at,
            if self.looked_at == 1 {
                "person"
            } else {
                "people"
            },
            self.outside,
            self.untold
        ));
        for why in &self.untold_why {
            text.line(format_args!(
                "  {:>8} not told: {} [{}]",
                why.people, why.text, why.codes
            ));
        }
        text.text()
    }
}

async fn remove(call: &Call, named: &Named) -> Result<()> {
    let (_, scope) = call.world.account(&named.account).await?;
    let row = find(&scope, &named.name).await?;
    scope.segment_remove(row.id).await?;
    let removed = serde_json::json!({ "removed": row.slug.to_string() });
    answer(call.form, &removed, |_| {
        format!("Removed the segment {}.\n", row.slug)
    })
}
