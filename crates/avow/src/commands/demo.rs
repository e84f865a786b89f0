//! `avow demo`: five accounts, generated people, a campaign each to the rehearsal sink, then everything served.
//!
//! Promises: nothing leaves this machine; the demo's folder is its own and made anew each time.
//! Never: touches a data folder that is not a demo's.

mod casts;
mod fill;
mod people;
mod report;
mod show;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use avow_deliver::engine::EngineHandle;
use avow_deliver::sink::SinkHandle;
use clap::Args;
use tokio::task::JoinSet;

use super::Call;
use crate::config::{Config, Flags};
use crate::exit::{Exit, Form, answer};
use crate::ledger;
use crate::rehearsal;
use crate::sending;
use crate::serving::{self, Leave, Port};
use crate::world::World;

use report::{AccountReport, DemoReport};
use show::{Screen, Welcome};

const FOLDER_DEFAULT: &str = "avow-demo";
/// Says that a folder may be emptied by the next demo.
const MARKER: &str = "this-is-a-demo";
const CONTACTS_DEFAULT: u64 = 10_000;

/// Flags of `avow demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Do the whole job, print the figures, and leave
    #[arg(long)]
    once: bool,
    /// People to generate for each account
    #[arg(long, value_name = "N", default_value_t = CONTACTS_DEFAULT)]
    contacts: u64,
}

/// Runs the demo.
pub(crate) async fn run(args: DemoArgs, flags: &Flags) -> Result<Exit> {
    let began = Instant::now();
    let form = if flags.json { Form::Json } else { Form::Text };
    let config = configure(flags)?;
    fresh(&config.data)?;
    let world = World::open(config).await?;
    let sink = rehearsal::start(&world)?;
    let mut tasks = JoinSet::new();
    let leave = Leave::on_signal(&mut tasks)?;
    // The web server's port is taken before the work, so that a taken one is said at once.
    let port = Port::take(world.config.listen).await?;
    port.let_go_when_leaving(&mut tasks, &leave);
    let engine = sending::start(&world, rehearsal::transport(&sink)).await?;
    let engine = engine.context("another process sends from this folder")?;
    let handle = engine.handle();
    tasks.spawn(engine.run(leave.ordered()));
    tasks.spawn(ledger::keep(world.clone(), leave.ordered()));

    let screen = Screen::new(form);
    let call = Call { world, form };
    let (accounts, password) = campaigns(&call, &handle, &args, &screen).await?;
    let accounts = accounts
        .into_iter()
        .map(|done| done.report(&sink))
        .collect();
    let seconds = began.elapsed().as_secs_f64();
    let report = DemoReport {
        accounts,
        seconds,
        peak_rss_bytes: report::peak_rss_bytes(),
    };
    answer(form, &report, DemoReport::table)?;
    if args.once {
        ledger::settle(&call.world).await?;
        let sound = report.accounts.iter().all(AccountReport::adds_up);
        return Ok(if sound { Exit::Done } else { Exit::Refused });
    }
    let welcome = Welcome::new(&call.world.config.base_url, &password);
    answer(form, &welcome, Welcome::text)?;
    let mut app = call.world.app(Some(handle), Some(sink));
    if let Some(desk) = sending::records(&call.world) {
        app = app.with_records(desk);
    }
    let app = Arc::new(app);
    tasks.spawn(avow_web::jobs::keep(Arc::clone(&app), leave.ordered()));
    serving::serve(app, &port, &leave).await?;
    while tasks.join_next().await.is_some() {}
    Ok(Exit::Done)
}

/// One account whose campaign has ended.
struct Played {
    name: &'static str,
    domain: &'static str,
    imported: u64,
    tally: avow_store::Tally,
}

impl Played {
    fn report(self, sink: &SinkHandle) -> AccountReport {
        let counts = sink
            .counts()
            .by_domain
            .get(self.domain)
            .copied()
            .unwrap_or_default();
        AccountReport::new(self.name, self.imported, &self.tally, counts)
    }
}

/// Makes every account, imports its people, sends its campaign.
async fn campaigns(
    call: &Call,
    engine: &EngineHandle,
    args: &DemoArgs,
    screen: &Screen,
) -> Result<(Vec<Played>, String)> {
    let world = &call.world;
    let (mut played, mut log_in) = (Vec::new(), String::new());
    for cast in &casts::CASTS {
        let (account, password) = fill::found(call, cast).await?;
        log_in.extend(password);
        let imported = fill::import(world, account, cast, args.contacts, screen).await?;
        let campaign = fill::campaign(world, account, cast).await?;
        engine.wake();
        let scope = world.store.account(account);
        let tally = show::watch(&scope, campaign, &screen.bar(cast.name, "sending")).await?;
        played.push(Played {
            name: cast.slug,
            domain: cast.domain,
            imported,
            tally,
        });
    }
    Ok((played, log_in))
}

fn configure(flags: &Flags) -> Result<Config> {
    if flags.database.is_some() {
        // A demo empties what it is given; a database may hold something else.
        bail!("the demo makes its own SQLite database; leave --database (and AVOW_DATABASE) away");
    }
    let data = flags
        .data
        .clone()
        .unwrap_or_else(|| PathBuf::from(FOLDER_DEFAULT));
    Config::load(&Flags {
        data: Some(data),
        ..flags.clone()
    })
}

/// An empty folder that carries the demo's marker.
fn fresh(folder: &Path) -> Result<()> {
    let marker = folder.join(MARKER);
    let occupied = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !marker.exists() {
        bail!(
            "{} holds something that is not a demo; name another folder with --data",
            folder.display()
        );
    }
    if occupied {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(
        marker,
        "avow demo empties this folder each time it starts\n",
    )?;
    Ok(())
}
