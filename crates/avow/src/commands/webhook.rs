//! `avow webhook`: who is told of events as they come.

use anyhow::{Context, Result};
use avow_deliver::events::What;
use avow_deliver::hooks::{self, Wish};
use avow_model::WebhookId;
use avow_store::{AccountScope, StoreError, WebhookRow};
use clap::Subcommand;
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::lines::Lines;
use crate::telling::reach;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell an address; its secret is shown this once
    Add {
        #[arg(long)]
        account: String,
        /// https://HOST/PATH; the policy must declare who runs it
        #[arg(long)]
        url: String,
        /// Only events of this type; repeat it for more. Without it: all
        #[arg(long = "type", value_name = "TYPE", value_parser = what)]
        types: Vec<What>,
        /// For a server that runs with --rehearsal: a program on this machine may be told
        #[arg(long)]
        rehearsal: bool,
    },
    /// Every address, how it fares, and why one is switched off
    List {
        #[arg(long)]
        account: String,
    },
    /// Tell an address no more
    Remove(Named),
    /// Have the running server send a test; `list` says what became of it
    Test(Named),
    /// A new secret, shown this once; the old one signs too for a day
    Rotate(Named),
    /// Tell one again that was switched off, from where it stopped
    On(Named),
}

/// One address.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    #[arg(long)]
    account: String,
    /// `wh_…`, as `list` shows it
    #[arg(long)]
    id: WebhookId,
}

fn what(word: &str) -> Result<What, String> {
    What::parse(word).ok_or_else(|| {
        let known = What::ALL.map(What::as_str).join(", ");
        format!("no type of event; known are {known}")
    })
}

#[derive(Debug, Serialize)]
struct Line {
    id: String,
    url: String,
    types: Vec<String>,
    state: &'static str,
    off_reason: Option<String>,
    failures: u32,
    said: Option<String>,
    /// Shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<WebhookRow> for Line {
    fn from(row: WebhookRow) -> Self {
        Self {
            id: row.id.to_string(),
            url: row.url,
            types: row.types,
            state: row.state.as_str(),
            off_reason: row.off_reason,
            failures: row.failures,
            said: row.said,
            secret: None,
        }
    }
}

impl Line {
    fn text(&self, text: &mut Lines) {
        let types = match self.types.as_slice() {
            [] => "all events".to_owned(),
            types => types.join(", "),
        };
        let (id, state, url) = (&self.id, self.state, &self.url);
        text.line(format_args!("{id} {state}  {url}  ({types})"));
        let notes = [self.off_reason.as_ref(), self.said.as_ref()];
        for note in notes.into_iter().flatten() {
            text.line(format_args!("  {note}"));
        }
        if let Some(secret) = &self.secret {
            text.line(format_args!("  its secret, shown this once: {secret}"));
        }
    }
}

/// Runs one of the commands.
pub(crate) async fn run(call: &Call, command: Command) -> Result<Exit> {
    let lines = match command {
        Command::Add {
            account,
            url,
            types,
            rehearsal,
        } => {
            let wish = Wish {
                url,
                types,
                reach: reach(rehearsal),
            };
            vec![add(call, &account, &wish).await?]
        }
        Command::List { account } => {
            let (_, scope) = call.world.account(&account).await?;
            scope
                .webhooks()
                .await?
                .into_iter()
                .map(Line::from)
                .collect()
        }
        Command::Remove(named) => {
            let (scope, row) = find(call, &named).await?;
            scope.webhook_remove(row.id).await?;
            vec![row.into()]
        }
        Command::Test(named) => {
            let (scope, row) = find(call, &named).await?;
            scope.webhook_test(row.id).await?;
            vec![row.into()]
        }
        Command::Rotate(named) => {
            let (scope, row) = find(call, &named).await?;
            scope.webhook_rotate(row.id).await?;
            let (scope, row) = find(call, &named).await?;
            let secret = hooks::secret(&scope, &row).expose();
            vec![Line {
                secret: Some(secret),
                ..row.into()
            }]
        }
        Command::On(named) => {
            let (scope, row) = find(call, &named).await?;
            scope.webhook_on(row.id).await?;
            vec![find(call, &named).await?.1.into()]
        }
    };
    answer(call.form, &lines, |lines| text(lines))?;
    Ok(Exit::Done)
}

fn text(lines: &[Line]) -> String {
    let mut text = Lines::default();
    if lines.is_empty() {
        text.line("Nobody is told. Add one: avow webhook add --account S --url https://…");
    }
    for line in lines {
        line.text(&mut text);
    }
    text.text()
}

async fn add(call: &Call, account: &str, wish: &Wish) -> Result<Line> {
    let (_, scope) = call.world.account(account).await?;
    let now = call.world.clock.now();
    let added = hooks::add(&scope, &call.world.shelf, wish, now).await?;
    let row = scope.webhook(added.id).await?;
    let row = row.context("it was removed at this moment")?;
    Ok(Line {
        secret: Some(added.secret.expose()),
        ..row.into()
    })
}

async fn find(call: &Call, named: &Named) -> Result<(AccountScope, WebhookRow)> {
    let (_, scope) = call.world.account(&named.account).await?;
    let found = scope.webhook(named.id).await?;
    let row = found.ok_or(StoreError::Missing("the account has no such webhook"))?;
    Ok((scope, row))
}
