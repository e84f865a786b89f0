//! `avow account`: an account with its published policy, its signing keys and its first user.

mod api_key;
mod rotation;
mod standing;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use avow_deliver::dkim::KeyFolder;
use avow_model::Slug;
use avow_policy::{PolicySet, Version};
use avow_store::{AccountSettings, NewAccount, NewPolicyVersion, Role};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::Call;
use super::user::{self, NewLogin};
use crate::exit::{Exit, answer};
use crate::fault::Usage;
use crate::keys::{self, Publish};
use crate::lines::Lines;
use crate::policies;

/// Accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add an account: publishes its policy, makes its signing keys, prints the DNS records
    Add(AddArgs),
    /// List the accounts
    List,
    /// Print the DNS records that an account's sending domain needs
    Dns {
        /// The account, by its short name
        #[arg(long)]
        account: String,
        /// Ask the name servers what is there; 1 when something is missing
        #[arg(long)]
        check: bool,
    },
    /// The keys that sign an account's mail, and how one pair follows another
    #[command(subcommand)]
    Keys(rotation::Command),
    /// Keys with which programs hand in messages and ask about them
    #[command(subcommand)]
    ApiKey(api_key::Command),
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The name that people read
    pub(super) name: String,
    /// The short name in addresses and commands; made from the name when left out
    #[arg(long)]
    pub(super) slug: Option<String>,
    /// The policy: a version file or a rule pack; give it again for more. Packs that a version names
    /// are looked for beside it, then among those that come with avow
    #[arg(long, required = true, value_name = "FILE")]
    pub(super) policy: Vec<PathBuf>,
    /// The domain that mail is sent from
    #[arg(long, value_name = "DOMAIN")]
    pub(super) domain: String,
    /// The sender's address; news@DOMAIN when left out
    #[arg(long, value_name = "ADDRESS")]
    pub(super) from: Option<String>,
    /// Make this user the account's owner
    #[arg(long, value_name = "ADDRESS")]
    pub(super) owner: Option<String>,
    /// The owner's password is the first line of this file (- = standard input); made up when left out
    #[arg(long, value_name = "FILE", requires = "owner")]
    pub(super) password_file: Option<PathBuf>,
}

/// What is told of a new account.
#[derive(Debug, Serialize)]
pub(crate) struct Added {
    id: String,
    slug: String,
    name: String,
    versions: Vec<u32>,
    packs: Vec<String>,
    dns: Vec<Publish>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<NewLogin>,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    id: String,
    slug: String,
    name: String,
    domain: String,
    contacts: u64,
}

/// Runs one of the commands.
pub(crate) async fn run(call: &Call, command: Command) -> Result<Exit> {
    match command {
        Command::Add(args) => {
            let added = add(call, &args).await?;
            answer(call.form, &added, added_text)?;
        }
        Command::List => list(call).await?,
        Command::Dns {
            account,
            check: true,
        } => return standing::run(call, &account).await,
        Command::Dns {
            account,
            check: false,
        } => dns(call, &account).await?,
        Command::Keys(command) => return rotation::run(call, &command).await,
        Command::ApiKey(command) => return api_key::run(call, &command).await,
    }
    Ok(Exit::Done)
}

pub(super) async fn add(call: &Call, args: &AddArgs) -> Result<Added> {
    let slug = slug_of(args)?;
    let files = policies::read(&args.policy)?;
    let set = policies::compile(&files)?;
    let version = suited(&set, &slug)?;
    let world = &call.world;
    let new = NewAccount {
        slug: slug.clone(),
        name: args.name.clone(),
        settings: settings(args, version)?,
    };
    let folder = keys::folder(&world.config.data);
    let signing = KeyFolder(&folder).ensure(&args.domain, &*world.entropy)?;
    let id = world.store.create_account(new).await?;
    let scope = world.store.account(id);
    for (name, source) in &files.packs {
        scope.put_pack(name, source).await?;
    }
    for (version, source) in set.versions().zip(&files.versions) {
        let new = NewPolicyVersion {
            n: version.n(),
            source: source.text.clone(),
            published_at: version.published_at(),
            effective_at: version.effective_at(),
        };
        scope
            .publish_stated(new, avow_web::stated(&set, version))
            .await?;
    }
    let owner = match &args.owner {
        Some(address) => {
            let password = user::password(args.password_file.as_deref(), &*world.entropy)?;
            Some(user::add(world, id, address, Role::Owner, password).await?)
        }
        None => None,
    };
    Ok(Added {
        id: id.to_string(),
        slug: slug.to_string(),
        name: args.name.clone(),
        versions: set.versions().map(Version::n).collect(),
        packs: files.packs.into_iter().map(|(name, _)| name).collect(),
        dns: keys::dns(&args.domain, signing),
        warnings: warnings(args, &set, call.world.clock.now()),
        owner,
    })
}

fn slug_of(args: &AddArgs) -> Result<Slug> {
    let (text, slug) = match &args.slug {
        Some(given) => (given, given.parse()),
        None => (&args.name, avow_web::slug_of(&args.name)),
    };
    slug.map_err(|fault| {
        Usage(format!(
            "`{text}` makes no short name: {fault}; choose one with --slug"
        ))
        .into()
    })
}

/// The version that decides the account's brand; refused when the policy is another account's.
fn suited<'s>(set: &'s PolicySet, slug: &Slug) -> Result<&'s Version> {
    let Some(version) = set.versions().last() else {
        bail!("none of the files is a policy version; give one with --policy");
    };
    if version.account() != slug {
        bail!(
            "the policy speaks for the account `{}` and not for `{slug}`; change its first line to policy = \"{slug}/main\", or add the account with --slug {}",
            version.account(),
            version.account()
        );
    }
    Ok(version)
}

fn settings(args: &AddArgs, version: &Version) -> Result<AccountSettings> {
    let domain = args.domain.to_lowercase();
    let from = args
        .from
        .clone()
        .unwrap_or_else(|| format!("news@{domain}"));
    let parsed = from.parse::<avow_model::EmailAddress>();
    let parsed = parsed.map_err(|fault| Usage(format!("the sender `{from}`: {fault}")))?;
    if parsed.domain() != domain {
        let why = format!(
            "the sender {from} is not of the domain {domain}; receivers would not believe it"
        );
        return Err(Usage(why).into());
    }
    Ok(AccountSettings {
        brand: version.brand().clone(),
        sending_domain: domain,
        from_name: args.name.clone(),
        from_address: from,
        reply_to: None,
    })
}

fn warnings(args: &AddArgs, set: &PolicySet, now: avow_model::Timestamp) -> Vec<String> {
    let mut warnings = Vec::new();
    if set.in_force(now).is_none() {
        warnings.push(
            "no policy version is in force yet: nothing can be sent before its effective date"
                .to_owned(),
        );
    }
    let named =
        |v: &Version| v.domains().is_empty() || v.domains().contains(&args.domain.to_lowercase());
    if !set.versions().last().is_some_and(named) {
        warnings.push(format!(
            "the policy does not name {} among its domains",
            args.domain
        ));
    }
    warnings
}

fn added_text(added: &Added) -> String {
    let mut text = Lines::default();
    let (name, slug, id) = (&added.name, &added.slug, &added.id);
    let n = added.versions.last().copied().unwrap_or_default();
    let packs = match added.packs.as_slice() {
        [] => String::new(),
        packs => format!(" with the rule packs {}", packs.join(", ")),
    };
    text.line(format_args!(
        "Added {name} ({slug}, {id}). Policy version {n} is published{packs}."
    ));
    if let Some(owner) = &added.owner {
        text.line(user::login_text(owner).trim_end());
    }
    text.line("\nPublish these DNS records before you send:");
    text.line(records_text(&added.dns).trim_end());
    for warning in &added.warnings {
        text.line(format_args!("\nNote: {warning}."));
    }
    text.text()
}

fn records_text(records: &[Publish]) -> String {
    let line = |r: &Publish| format!("\n  {} {}  ({})\n  {}\n", r.name, r.kind, r.why, r.value);
    records.iter().map(line).collect()
}

async fn dns(call: &Call, account: &str) -> Result<()> {
    let (row, _) = call.world.account(account).await?;
    let domain = &row.settings.sending_domain;
    let folder = keys::folder(&call.world.config.data);
    let signing = KeyFolder(&folder).published(domain)?;
    let signing = signing.with_context(|| {
        format!("there are no signing keys of {domain} in this data folder; restore its keys/ from a backup")
    })?;
    let records = keys::dns(domain, signing);
    answer(call.form, &records, |records| records_text(records))
}

async fn list(call: &Call) -> Result<()> {
    let store = &call.world.store;
    let mut lines = Vec::new();
    for row in store
        .accounts()
        .await
        .context("the accounts cannot be read")?
    {
        lines.push(Line {
            contacts: store.account(row.id).contact_count().await?,
            id: row.id.to_string(),
            slug: row.slug.to_string(),
            name: row.name,
            domain: row.settings.sending_domain,
        });
    }
    answer(call.form, &lines, |lines| {
        if lines.is_empty() {
            return "There is no account yet. Make one: avow account add NAME --policy FILE --domain DOMAIN\n".to_owned();
        }
        let line = |l: &Line| {
            format!(
                "{:<20} {:<30} {:<24} {:>10} contacts\n",
                l.slug, l.name, l.domain, l.contacts
            )
        };
        lines.iter().map(line).collect()
    })
}
