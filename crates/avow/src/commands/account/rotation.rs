//! One pair of signing keys follows another: made, published, switched to, and the old one put away.

use anyhow::{Context, Result, bail};
use avow_deliver::dkim::{DnsRecord, DomainKeys, KeyFolder};
use avow_deliver::standing::{self, Finding, Matter};
use avow_model::{CampaignState, Timestamp};
use avow_store::AccountRow;
use clap::Subcommand;
use jiff::SignedDuration;
use serde::Serialize;

use super::{Call, records_text};
use crate::exit::{Exit, answer};
use crate::keys::{self, Publish};
use crate::lines::Lines;
use crate::sending;

/// Mail signed before a switch may wait in somebody's queue for five days (RFC 5321 4.5.4.1), and is looked at again
/// by those who read it late: its public key stays for a week.
const UNDER_WAY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The keys that sign an account's mail.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which keys sign now, which are to follow and which are left over
    Show {
        /// The account, by its short name
        #[arg(long)]
        account: String,
    },
    /// Make the keys that are to follow, and print their DNS records; nothing is signed with them yet
    Rotate {
        /// The account, by its short name
        #[arg(long)]
        account: String,
    },
    /// Sign with the next keys from now on, once their DNS records are there
    Switch {
        /// The account, by its short name
        #[arg(long)]
        account: String,
        /// Do not ask the name servers first
        #[arg(long)]
        unchecked: bool,
    },
    /// Delete the private keys that signed before, once nothing signed with them is under way
    Retire {
        /// The account, by its short name
        #[arg(long)]
        account: String,
        /// Do not wait for mail that is under way: for keys that somebody else may have
        #[arg(long)]
        now: bool,
    },
}

/// An account, and where the keys of its domain lie.
struct Desk<'a> {
    call: &'a Call,
    domain: String,
    folder: std::path::PathBuf,
}

/// What is told of the keys.
#[derive(Debug, Serialize)]
struct Told {
    domain: String,
    /// Which pair signs: the first, the second, ...
    pair: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    records: Vec<Publish>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next: Vec<Publish>,
    /// Records of earlier pairs: to be kept, or to be emptied after `retire`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Publish>,
    #[serde(skip)]
    headline: String,
}

/// Runs one of the commands.
pub(super) async fn run(call: &Call, command: &Command) -> Result<Exit> {
    match command {
        Command::Show { account } => {
            let desk = Desk::of(call, account).await?;
            desk.tell(String::new())?;
        }
        Command::Rotate { account } => {
            let desk = Desk::of(call, account).await?;
            desk.keys().prepare(&desk.domain, &*call.world.entropy)?;
            desk.tell(format!(
                "The next keys of {} are made. Publish the records under \"next\", then: avow account keys switch --account {account}",
                desk.domain
            ))?;
        }
        Command::Switch { account, unchecked } => {
            return switch(&Desk::of(call, account).await?, *unchecked).await;
        }
        Command::Retire { account, now } => retire(&Desk::of(call, account).await?, *now).await?,
    }
    Ok(Exit::Done)
}

async fn switch(desk: &Desk<'_>, unchecked: bool) -> Result<Exit> {
    let before = desk.standing()?;
    let next = before.next.clone().with_context(|| {
        format!(
            "{} has no next keys; make them first: avow account keys rotate",
            desk.domain
        )
    })?;
    let missing = if unchecked {
        Vec::new()
    } else {
        desk.missing(next.clone()).await?
    };
    if !missing.is_empty() {
        return refused(desk, &missing);
    }
    let now = desk.call.world.clock.now();
    let store = &desk.call.world.store;
    avow_web::log_key_change(store, &desk.domain, [&before.records, &next], now).await?;
    desk.keys().switch(&desk.domain, now)?;
    desk.tell(format!(
        "What begins from now on is signed with the next keys of {}. Leave the records of the earlier keys for a week, then: avow account keys retire",
        desk.domain
    ))?;
    Ok(Exit::Done)
}

fn refused(desk: &Desk<'_>, missing: &[Finding]) -> Result<Exit> {
    let mut text = Lines::default();
    text.line(format_args!(
        "{} goes on signing with the keys it has:",
        desk.domain
    ));
    for finding in missing {
        text.line(format_args!("  {} {}", finding.text, finding.fix));
    }
    let told: Vec<&str> = missing.iter().map(|f| f.text.as_str()).collect();
    let text = text.text();
    answer(desk.call.form, &told, |_| text)?;
    Ok(Exit::Refused)
}

async fn retire(desk: &Desk<'_>, at_once: bool) -> Result<()> {
    let standing = desk.standing()?;
    let now = desk.call.world.clock.now();
    let Some(since) = standing.since.filter(|_| !standing.earlier.is_empty()) else {
        return desk.tell(format!("{} has no earlier keys.", desk.domain));
    };
    let until = since.saturating_add(UNDER_WAY)?;
    if now < until && !at_once {
        bail!(
            "mail signed with the earlier keys of {} may be under way until {until}; if somebody else may have them, give --now",
            desk.domain
        );
    }
    if let Some(name) = desk.open_before(since).await? {
        bail!(
            "the campaign \"{name}\" began with the earlier keys and is not finished; wait for it, or cancel it"
        );
    }
    desk.keys().retire(&desk.domain)?;
    let mut told = desk.told(&standing);
    for record in &mut told.earlier {
        // RFC 6376 3.6.1: an empty key is a key that was taken back.
        "v=DKIM1; p=".clone_into(&mut record.value);
        record.why = "taken back: publish it so, or take the record away";
    }
    told.headline = format!("The earlier private keys of {} are deleted.", desk.domain);
    answer(desk.call.form, &told, text)
}

impl<'a> Desk<'a> {
    async fn of(call: &'a Call, account: &str) -> Result<Self> {
        let (row, _) = call.world.account(account).await?;
        Ok(Self {
            call,
            domain: row.settings.sending_domain,
            folder: keys::folder(&call.world.config.data),
        })
    }

    fn keys(&self) -> KeyFolder<'_> {
        KeyFolder(&self.folder)
    }

    fn standing(&self) -> Result<DomainKeys> {
        let standing = self.keys().standing(&self.domain)?;
        standing.with_context(|| {
            format!(
                "there are no signing keys of {} in this data folder; restore its keys/ from a backup",
                self.domain
            )
        })
    }

    fn told(&self, standing: &DomainKeys) -> Told {
        let records = |pair: &[DnsRecord; 2]| keys::signing(pair.clone());
        Told {
            domain: self.domain.clone(),
            pair: standing.active.to_string(),
            since: standing.since,
            records: records(&standing.records),
            next: standing.next.as_ref().map(records).unwrap_or_default(),
            earlier: standing.earlier.iter().flat_map(records).collect(),
            headline: String::new(),
        }
    }

    fn tell(&self, headline: String) -> Result<()> {
        let told = Told {
            headline,
            ..self.told(&self.standing()?)
        };
        answer(self.call.form, &told, text)
    }

    /// What receivers would miss if these keys signed.
    async fn missing(&self, next: [DnsRecord; 2]) -> Result<Vec<Finding>> {
        let world = &self.call.world;
        let inspection = sending::inspector(world)?;
        let now = world.clock.now();
        let findings = inspection.findings(&self.domain, Some(next), now).await;
        let of_keys = |f: &Finding| matches!(f.matter, Matter::DkimRsa | Matter::DkimEd25519);
        let mut missing = findings;
        missing.retain(|f| of_keys(f) && standing::obstacle(std::slice::from_ref(f)).is_some());
        Ok(missing)
    }

    async fn accounts(&self) -> Result<Vec<AccountRow>> {
        let mut accounts = self.call.world.store.accounts().await?;
        accounts.retain(|row| row.settings.sending_domain == self.domain);
        Ok(accounts)
    }

    /// The name of a campaign that began before this instant and is not at its end.
    async fn open_before(&self, at: Timestamp) -> Result<Option<String>> {
        let open = |state| {
            matches!(
                state,
                CampaignState::Preparing | CampaignState::Sending | CampaignState::Paused
            )
        };
        for row in self.accounts().await? {
            let campaigns = self.call.world.store.account(row.id).campaigns().await?;
            let mut early = campaigns.into_iter();
            let found = early.find(|c| open(c.state) && c.started_at.is_some_and(|s| s < at));
            if let Some(campaign) = found {
                return Ok(Some(campaign.name));
            }
        }
        Ok(None)
    }
}

fn text(told: &Told) -> String {
    let mut text = Lines::default();
    if !told.headline.is_empty() {
        text.line(format_args!("{}\n", told.headline));
    }
    let since = told.since.map(|at| format!(" since {at}"));
    text.line(format_args!(
        "{} signs with its keys number {}{}.",
        told.domain,
        told.pair,
        since.unwrap_or_default()
    ));
    for (what, records) in [
        ("now", &told.records),
        ("next", &told.next),
        ("earlier", &told.earlier),
    ] {
        if !records.is_empty() {
            text.line(format_args!("\n{what}:"));
            text.line(records_text(records).trim_end());
        }
    }
    text.text()
}
