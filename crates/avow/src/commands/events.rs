//! `avow events`: the log of events of an account, one JSON object a line, and on as they come.

use std::io::Write;
use std::time::Duration;

use anyhow::Result;
use avow_deliver::events::{self, Cursor};

use super::Call;
use crate::exit::Exit;
use crate::fault::Usage;

/// Entries looked at at once.
const PAGE: u32 = 500;
/// Between two looks while nothing new is there.
const LOOK: Duration = Duration::from_secs(1);

/// Which account, and from where on.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// Go on behind an event: the `cursor` that its line has
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// Wait for more, until Ctrl-C
    #[arg(long)]
    follow: bool,
}

/// Runs the command. A reader that goes away ends it.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let (_, scope) = call.world.account(&args.account).await?;
    let mut cursor = match &args.after {
        None => Cursor::START,
        Some(text) => text
            .parse()
            .map_err(|fault| Usage(format!("--after {text}: {fault}")))?,
    };
    let mut out = std::io::stdout().lock();
    loop {
        // Where no server runs, nobody else gives entries their numbers.
        scope.sequence(u64::MAX).await?;
        let page = events::page(&scope, cursor, PAGE, call.world.clock.now()).await?;
        for event in &page.events {
            let line = serde_json::to_string(event)?;
            if writeln!(out, "{line}").is_err() {
                return Ok(Exit::Done);
            }
        }
        if out.flush().is_err() {
            return Ok(Exit::Done);
        }
        cursor = page.next;
        if page.more {
            continue;
        }
        if !args.follow {
            return Ok(Exit::Done);
        }
        tokio::time::sleep(LOOK).await;
    }
}
