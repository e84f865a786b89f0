//! `avow contact`: what is known of one person, written down by staff; data handed to recipients and to the person.

mod export;

use anyhow::{Result, bail};
use avow_model::{EmailAddress, FactKind, Timestamp};
use avow_policy::replay::whole_micros;
use avow_store::{AccountScope, Contact, Evidence, EvidenceKind, NewFact};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::fault::Usage;

/// People.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Note a purchase, an inquiry, or that an account was opened or closed: service mail and implied consent rest on it
    Note(NoteArgs),
    /// Hand people's data to a recipient that the policy declares: those whom the gate lets go, each told to the ledger
    Export(export::ExportArgs),
    /// Write down everything that is held about one person, for the person
    Access(export::AccessArgs),
}

/// What happened between a person and the account.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Dealing {
    /// The person bought something: service mail may reach them for two years
    Purchase,
    /// The person asked about something
    Inquiry,
    /// The person opened an account: service mail may reach them until it is closed
    AccountOpened,
    /// The account was closed: service mail ends
    AccountClosed,
}

impl Dealing {
    const fn kind(self) -> FactKind {
        match self {
            Self::Purchase => FactKind::Purchase,
            Self::Inquiry => FactKind::Inquiry,
            Self::AccountOpened => FactKind::AccountOpened,
            Self::AccountClosed => FactKind::AccountClosed,
        }
    }

    const fn told(self) -> &'static str {
        match self {
            Self::Purchase => "a purchase",
            Self::Inquiry => "an inquiry",
            Self::AccountOpened => "the opening of the account",
            Self::AccountClosed => "the closing of the account",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct NoteArgs {
    /// The person's address
    address: String,
    /// What happened
    #[arg(value_enum)]
    what: Dealing,
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// When it was (2026-05-03T10:00:00Z); now when left out
    #[arg(long, value_name = "INSTANT")]
    on: Option<Timestamp>,
    /// From where this is known: an order's number, a system's name
    #[arg(long, value_name = "TEXT")]
    source: String,
}

#[derive(Debug, Serialize)]
struct Noted {
    address: String,
    what: &'static str,
    at: Timestamp,
    /// False: the same stood there already.
    added: bool,
}

/// Runs the command.
pub(crate) async fn run(call: &Call, command: Command) -> Result<Exit> {
    match command {
        Command::Note(args) => note(call, &args).await,
        Command::Export(args) => export::export(call, &args).await,
        Command::Access(args) => export::access(call, &args).await,
    }
}

/// The contact with an address that somebody typed.
async fn find(scope: &AccountScope, (address, account): (&str, &str)) -> Result<Contact> {
    let parsed: EmailAddress = address
        .parse()
        .map_err(|fault| Usage(format!("`{address}` is no address: {fault}")))?;
    match scope.contact_by_address(&parsed).await? {
        Some(contact) => Ok(contact),
        None => {
            bail!("there is no contact {address} in {account}; take people in with avow import")
        }
    }
}

async fn note(call: &Call, args: &NoteArgs) -> Result<Exit> {
    let (_, scope) = call.world.account(&args.account).await?;
    let now = call.world.clock.now();
    let at = whole_micros(args.on.unwrap_or(now));
    if at > now {
        return Err(Usage(format!("{at} is yet to come: note it when it has happened")).into());
    }
    let contact = find(&scope, (&args.address, &args.account)).await?;
    let kind = args.what.kind();
    let facts = scope.facts(contact.id).await?;
    let stands = facts.events.iter().any(|f| f.kind == kind && f.at == at);
    if !stands {
        let evidence = Evidence {
            kind: EvidenceKind::Staff,
            source: args.source.clone(),
            wording: String::new(),
            at,
        };
        let evidence = scope.evidence_add(evidence).await?;
        let fact = NewFact {
            evidence: Some(evidence),
            ..NewFact::new(kind, at)
        };
        scope.record_fact(contact.id, fact).await?;
    }
    let noted = Noted {
        address: args.address.clone(),
        what: args.what.told(),
        at,
        added: !stands,
    };
    answer(call.form, &noted, text)?;
    Ok(Exit::Done)
}

fn text(noted: &Noted) -> String {
    let Noted {
        address, what, at, ..
    } = noted;
    if noted.added {
        format!("Noted {what} of {address}, {at}.\n")
    } else {
        format!("{what} of {address} at {at} stands there already: nothing was added.\n")
    }
}
