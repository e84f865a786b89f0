//! Keys with which programs use the API of an account.

use anyhow::Result;
use avow_model::Timestamp;
use avow_store::{ApiKeyRow, ApiScope, NewApiKey, StoreError};
use avow_web::ApiKey;
use clap::Subcommand;
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::fault::Usage;

/// Who made or ended a key here: the audit log says so.
const WHO: &str = "the command line";

/// Keys for programs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a key and show it, once
    Add {
        /// The account, by its short name
        #[arg(long)]
        account: String,
        /// Which program gets it; never given again to another
        #[arg(long)]
        name: String,
        /// What it may do; send and read when left out. `avow account api-key scopes` lists them
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<ApiScope>,
    },
    /// List the keys, those that were revoked as well
    List {
        /// The account, by its short name
        #[arg(long)]
        account: String,
    },
    /// List what a key may be allowed
    Scopes,
    /// End a key at once
    Revoke {
        /// The account, by its short name
        #[arg(long)]
        account: String,
        /// Which one
        #[arg(long)]
        name: String,
    },
}

fn scope(word: &str) -> Result<ApiScope, String> {
    let all: Vec<&str> = ApiScope::ALL.iter().map(|s| s.as_str()).collect();
    ApiScope::parse(word).ok_or_else(|| format!("choose among {}", all.join(", ")))
}

/// What is told of a key.
#[derive(Debug, Serialize)]
struct Line {
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Made {
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    /// Shown once.
    key: String,
}

#[derive(Debug, Serialize)]
struct Revoked {
    name: String,
}

/// Runs one of the commands.
pub(super) async fn run(call: &Call, command: &Command) -> Result<Exit> {
    match command {
        Command::Add {
            account,
            name,
            scopes,
        } => add(call, account, (name, scopes)).await?,
        Command::List { account } => list(call, account).await?,
        Command::Scopes => scopes(call)?,
        Command::Revoke { account, name } => revoke(call, account, name).await?,
    }
    Ok(Exit::Done)
}

async fn add(call: &Call, account: &str, (name, scopes): (&str, &[ApiScope])) -> Result<()> {
    let (_, store) = call.world.account(account).await?;
    ApiKey::check_name(name).map_err(|fault| Usage(fault.to_string()))?;
    let mut wanted = match scopes {
        [] => vec![ApiScope::Send, ApiScope::Read],
        scopes => scopes.to_vec(),
    };
    wanted.dedup();
    let key = ApiKey::new(&*call.world.entropy);
    let new = NewApiKey {
        name: name.to_owned(),
        token_hash: key.hash(),
        scopes: wanted.clone(),
    };
    let id = store
        .api_key_add(new, WHO)
        .await
        .map_err(|fault| match fault {
            StoreError::Duplicate { .. } => {
                anyhow::anyhow!("a key called {name} was made before; choose another --name")
            }
            fault => fault.into(),
        })?;
    let made = Made {
        id: id.to_string(),
        name: name.to_owned(),
        scopes: words(&wanted),
        key: key.expose().to_owned(),
    };
    answer(call.form, &made, |made| {
        format!(
            "Made the key {} ({}). It is shown this once:\n\n  {}\n",
            made.name,
            made.scopes.join(", "),
            made.key
        )
    })
}

async fn list(call: &Call, account: &str) -> Result<()> {
    let (_, store) = call.world.account(account).await?;
    let line = |row: ApiKeyRow| Line {
        id: row.id.to_string(),
        scopes: words(&row.scopes),
        name: row.name,
        created_at: row.created_at,
        revoked_at: row.revoked_at,
    };
    let lines: Vec<Line> = store.api_keys().await?.into_iter().map(line).collect();
    answer(call.form, &lines, |lines| {
        let line = |l: &Line| {
            let revoked = l
                .revoked_at
                .map_or(String::new(), |at| format!("  revoked {at}"));
            format!(
                "{:<24} {:<20} since {}{revoked}\n",
                l.name,
                l.scopes.join(" "),
                l.created_at
            )
        };
        match lines.as_slice() {
            [] => "There is no key yet. Make one: avow account api-key add --account S --name N\n"
                .to_owned(),
            lines => lines.iter().map(line).collect(),
        }
    })
}

/// One scope, in words.
#[derive(Debug, Serialize)]
struct ScopeLine {
    scope: &'static str,
    may: &'static str,
}

fn scopes(call: &Call) -> Result<()> {
    let line = |scope: ApiScope| ScopeLine {
        scope: scope.as_str(),
        may: scope.may(),
    };
    let lines: Vec<ScopeLine> = ApiScope::ALL.map(line).into();
    answer(call.form, &lines, |lines| {
        let line = |l: &ScopeLine| format!("{:<16} {}\n", l.scope, l.may);
        lines.iter().map(line).collect()
    })
}

async fn revoke(call: &Call, account: &str, name: &str) -> Result<()> {
    let (_, store) = call.world.account(account).await?;
    store.api_key_revoke(name, WHO).await?;
    let revoked = Revoked {
        name: name.to_owned(),
    };
    answer(call.form, &revoked, |revoked| {
        format!("The key {} opens nothing any more.\n", revoked.name)
    })
}

fn words(scopes: &[ApiScope]) -> Vec<&'static str> {
    scopes.iter().map(|scope| scope.as_str()).collect()
}
