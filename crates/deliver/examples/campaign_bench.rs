//! Measures one campaign from its audience to its outcomes: decide, render, sign, SMTP, record.
//!
//! `cargo run --release -p avow-deliver --example campaign_bench -- --sink 127.0.0.1:2525 [--contacts N]
//! [--connections N] [--unsigned] [--threads N] [--restart]`. Prints one JSON object; the figures of the sink's process
//! are not in it. `--restart` ends the engine at half and measures how soon the next one has its first outcome.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use avow_compose::{TokenKey, Urls};
use avow_deliver::dkim::KeyFolder;
use avow_deliver::engine::{Engine, EngineOptions, EngineParts, Folders, Signing};
use avow_deliver::route::Transport;
use avow_deliver::shape::Rules;
use avow_deliver::smtp::{ClientOptions, Egress, Habits, Route, Timeouts, TlsMode};
use avow_deliver::tls::TlsClients;
use avow_model::{CampaignId, CampaignState, Clock, Timestamp};
use avow_policy::Shelf;
use avow_testkit::{Bureau, People, Said, SeededEntropy, long_content};
use serde_json::json;
use tokio::sync::oneshot;

/// As many as the bars of docs/delivery.md are stated for.
const CONTACTS: usize = 100_000;
/// How often the state is looked at: coarse, for it costs the engine's own time.
const LOOK: Duration = Duration::from_millis(50);
/// How often while an engine is about to be ended at half: it must not run far past it.
const LOOK_FINE: Duration = Duration::from_millis(5);

#[derive(Debug)]
struct Wall;

impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "a benchmark runs in real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct Args {
    sink: String,
    contacts: usize,
    connections: usize,
    signing: Signing,
    threads: usize,
    restart: bool,
}

fn args() -> Result<Args> {
    let mut args = Args {
        sink: "127.0.0.1:2525".to_owned(),
        contacts: CONTACTS,
        connections: EngineOptions::default().connections,
        signing: Signing::WithKeys,
        threads: std::thread::available_parallelism()?.get(),
        restart: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} needs a value"))
        };
        match word.as_str() {
            "--sink" => args.sink = value()?,
            "--contacts" => args.contacts = value()?.parse()?,
            "--connections" => args.connections = value()?.parse()?,
            "--threads" => args.threads = value()?.parse()?,
            "--restart" => args.restart = true,
            "--unsigned" => args.signing = Signing::Off,
            _ => anyhow::bail!("unknown argument {word}"),
        }
    }
    Ok(args)
}

fn main() -> Result<()> {
    let args = args()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(args.threads)
        .enable_all()
        .build()?;
    runtime.block_on(bench(args))
}

async fn bench(args: Args) -> Result<()> {
    let bureau = Bureau::open(Arc::new(Wall)).await?;
    let people = People {
        count: args.contacts,
        address: &|n| format!("person{n}@example.com"),
        said: &|_| Said::Everything,
    };
    bureau.people(people).await?;
    let campaign = bureau.campaign(long_content()).await?;
    if args.restart {
        return restart(&args, &bureau, campaign).await;
    }
    let engine = Engine::start(parts(&args, &bureau)?).await?;
    let handle = engine.handle();
    let (leave, left) = oneshot::channel::<()>();
    let run = engine.run(async {
        let _ = left.await;
    });
    // From here on the peak is the engine's: taking a million people in was not its work (proc(5), clear_refs).
    std::fs::write("/proc/self/clear_refs", "5")?;
    let before = Spent::read()?;
    let started = Instant::now();
    bureau.start(campaign).await?;
    handle.wake();
    let watch = async {
        let prepared = wait(&bureau, campaign, CampaignState::Sending).await?;
        let prepared_spent = Spent::read()?;
        let finished = wait(&bureau, campaign, CampaignState::Finished).await?;
        let finished_spent = Spent::read()?;
        let _ = leave.send(());
        anyhow::Ok((prepared, prepared_spent, finished, finished_spent))
    };
    let ((), watched) = tokio::join!(run, watch);
    let (prepared, prepared_spent, finished, finished_spent) = watched?;
    let tally = bureau.scope.tally(campaign).await?;
    ensure!(
        tally.delivered == args.contacts as u64,
        "not all were delivered: {tally:?}"
    );
    let seconds_prepare = (prepared - started).as_secs_f64();
    let seconds_send = (finished - prepared).as_secs_f64();
    let thousands = args.contacts as f64 / 1000.0;
    let report = json!({
        "recipients": args.contacts,
        "signed": args.signing == Signing::WithKeys,
        "connections": args.connections,
        "seconds_prepare": seconds_prepare,
        "seconds_send": seconds_send,
        "messages_per_second": args.contacts as f64 / seconds_send,
        "messages_per_second_with_preparing": args.contacts as f64 / (seconds_prepare + seconds_send),
        "cpu_seconds_per_1000": (finished_spent.cpu - prepared_spent.cpu) / thousands,
        "cpu_seconds_per_1000_with_preparing": (finished_spent.cpu - before.cpu) / thousands,
        "peak_rss_bytes": peak_rss()?,
        "bytes_written": finished_spent.bytes_written - before.bytes_written,
    });
    say(&report);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the report is what a benchmark is for")]
fn say(report: &serde_json::Value) {
    println!("{report}");
}

/// Half the campaign by one engine, its first outcome by the next.
async fn restart(args: &Args, bureau: &Bureau, campaign: CampaignId) -> Result<()> {
    bureau.start(campaign).await?;
    let half = args.contacts as u64 / 2;
    until_recorded(args, bureau, campaign, half).await?;
    let began = Instant::now();
    until_recorded(args, bureau, campaign, 1).await?;
    let seconds = began.elapsed().as_secs_f64();
    say(&json!({"recipients": args.contacts, "seconds_to_first_outcome_after_restart": seconds}));
    Ok(())
}

/// Runs an engine until it has recorded so many outcomes; leaves without waiting for the wire.
async fn until_recorded(
    args: &Args,
    bureau: &Bureau,
    campaign: CampaignId,
    wanted: u64,
) -> Result<()> {
    let engine = Engine::start(parts(args, bureau)?).await?;
    let handle = engine.handle();
    let there = async {
        while handle
            .progress(campaign)
            .is_none_or(|p| p.recorded < wanted)
        {
            tokio::time::sleep(LOOK_FINE).await;
        }
    };
    engine.run(there).await;
    Ok(())
}

fn parts(args: &Args, bureau: &Bureau) -> Result<EngineParts> {
    let (host, port) = args
        .sink
        .rsplit_once(':')
        .context("--sink takes HOST:PORT")?;
    let folder = bureau.folder.path();
    let keys = folder.join("keys");
    KeyFolder(&keys).ensure("acme.example", &SeededEntropy::new(3))?;
    Ok(EngineParts {
        store: bureau.store.clone(),
        shelf: Arc::new(Shelf::default()),
        tokens: Arc::new(TokenKey::new([3; 32])),
        urls: Urls::new("https://mail.acme.example"),
        folders: Folders {
            journal: folder.join("journal"),
            keys,
        },
        transport: Transport::Relay(vec![Route {
            host: host.to_owned(),
            port: port.parse()?,
            addresses: Vec::new(),
            tls: TlsMode::Clear,
            auth: None,
        }]),
        client: ClientOptions {
            ehlo: "acme.example".to_owned(),
            timeouts: Timeouts::default(),
            egress: Egress::default(),
            tls: TlsClients::new(None)?,
            habits: Arc::new(Habits::new(bureau.clock.clone())),
        },
        clock: bureau.clock.clone(),
        entropy: Arc::new(SeededEntropy::new(2)),
        inspection: None,
        rules: Arc::new(Rules::none()),
        options: EngineOptions {
            connections: args.connections,
            signing: args.signing,
            ..EngineOptions::default()
        },
    })
}

/// Waits until the campaign is at `state` or past it; when it was first seen so.
async fn wait(bureau: &Bureau, campaign: CampaignId, state: CampaignState) -> Result<Instant> {
    loop {
        let row = bureau.scope.campaign(campaign).await?;
        let stands = row.context("the campaign is gone")?.state;
        if stands == state || stands == CampaignState::Finished {
            return Ok(Instant::now());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What this process has used so far.
struct Spent {
    cpu: f64,
    bytes_written: u64,
}

impl Spent {
    fn read() -> Result<Self> {
        // Fields 14 and 15: ticks of 10 ms in user and system mode (proc(5)).
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        let after_name = stat.rsplit_once(')').context("stat has a name")?.1;
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        Ok(Self {
            cpu: ticks / 100.0,
            bytes_written: proc_number("/proc/self/io", "write_bytes:")?,
        })
    }
}

fn peak_rss() -> Result<u64> {
    Ok(proc_number("/proc/self/status", "VmHWM:")? * 1024)
}

fn proc_number(file: &str, name: &str) -> Result<u64> {
    let text = std::fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    Ok(number
        .with_context(|| format!("{file} has no {name}"))?
        .parse()?)
}
