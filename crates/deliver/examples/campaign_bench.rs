//! Measures one campaign from its audience to its outcomes: decide, render, sign, SMTP, record.
//!
//! `cargo run --release -p avow-deliver --example campaign_bench -- --sink 127.0.0.1:2525 [--contacts N]
//! [--connections N] [--site-connections N] [--unsigned] [--threads N] [--restart] [--spread]`. Prints one JSON object; the figures of the
//! sink's process are not in it. `--restart` ends the engine at half and measures how soon the next one has its first
//! outcome. `--spread` sends straight to the servers of a thousand domains, which are all the sink, and puts up with
//! what it defers and refuses.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use avow_compose::{TokenKey, Urls};
use avow_deliver::dkim::KeyFolder;
use avow_deliver::dns::Dns;
use avow_deliver::engine::{Engine, EngineOptions, EngineParts, Folders, Signing};
use avow_deliver::route::{Direct, Guard, Relays, Transport};
use avow_deliver::shape::{Limits, Rules};
use avow_deliver::smtp::{ClientOptions, Egress, Habits, Route, Timeouts, TlsMode};
use avow_deliver::tls::TlsClients;
use avow_model::{CampaignId, CampaignState, Clock, Timestamp};
use avow_policy::Shelf;
use avow_testkit::{Bureau, People, Providers, Said, SeededEntropy, address_of, long_content};
use serde_json::json;
use tokio::sync::oneshot;

/// As many as the bars of docs/delivery.md are stated for.
const CONTACTS: usize = 100_000;
/// When a message that was put off is tried again.
const SOON: Duration = Duration::from_secs(1);
/// Connections as the shipped rules allow them to the largest provider and to small domains, at rates that hold nothing up.
const RULES: &str = r#"
[default]
connections = 4
messages_per_connection = 100
rate = "100000/second"

[[provider]]
name = "largest"
mx = ["gmail.test"]
connections = 20
site_connections = 10
messages_per_connection = 100
rate = "100000/second"
source = ["https://example.com/"]
"#;
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
    /// For every site alike; `None`: `RULES`.
    site_connections: Option<usize>,
    signing: Signing,
    threads: usize,
    restart: bool,
    spread: bool,
}

fn args() -> Result<Args> {
    let mut args = Args {
        sink: "127.0.0.1:2525".to_owned(),
        contacts: CONTACTS,
        connections: EngineOptions::default().connections,
        site_connections: None,
        signing: Signing::WithKeys,
        threads: std::thread::available_parallelism()?.get(),
        restart: false,
        spread: false,
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
            "--site-connections" => args.site_connections = Some(value()?.parse()?),
            "--threads" => args.threads = value()?.parse()?,
            "--restart" => args.restart = true,
            "--spread" => args.spread = true,
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
    people(&bureau, &args).await?;
    let campaign = bureau.campaign(long_content()).await?;
    let providers = Providers::serve().await?;
    let stand = Stand {
        args: &args,
        bureau: &bureau,
        names: providers.server,
    };
    if args.restart {
        return restart(&stand, campaign).await;
    }
    let engine = Engine::start(stand.parts()?).await?;
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
    let ended = tally.delivered + if args.spread { tally.bounced } else { 0 };
    ensure!(
        ended == args.contacts as u64,
        "not all were delivered: {tally:?}"
    );
    let seconds_prepare = (prepared - started).as_secs_f64();
    let seconds_send = (finished - prepared).as_secs_f64();
    let thousands = args.contacts as f64 / 1000.0;
    let report = json!({
        "recipients": args.contacts,
        "delivered": tally.delivered,
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

/// Takes everybody in.
async fn people(bureau: &Bureau, args: &Args) -> Result<()> {
    let people = People {
        count: args.contacts,
        address: &|n| {
            if args.spread {
                address_of(n)
            } else {
                format!("person{n}@example.com")
            }
        },
        said: &|_| Said::Everything,
    };
    bureau.people(people).await?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the report is what a benchmark is for")]
fn say(report: &serde_json::Value) {
    println!("{report}");
}

/// What engines are made on.
struct Stand<'a> {
    args: &'a Args,
    bureau: &'a Bureau,
    /// Who knows the thousand domains.
    names: SocketAddr,
}

/// Half the campaign by one engine, its first outcome by the next.
async fn restart(stand: &Stand<'_>, campaign: CampaignId) -> Result<()> {
    stand.bureau.start(campaign).await?;
    let contacts = stand.args.contacts;
    until_recorded(stand, campaign, contacts as u64 / 2).await?;
    let began = Instant::now();
    until_recorded(stand, campaign, 1).await?;
    let seconds = began.elapsed().as_secs_f64();
    say(&json!({"recipients": contacts, "seconds_to_first_outcome_after_restart": seconds}));
    Ok(())
}

/// Runs an engine until it has recorded so many outcomes; leaves without waiting for the wire.
async fn until_recorded(stand: &Stand<'_>, campaign: CampaignId, wanted: u64) -> Result<()> {
    let engine = Engine::start(stand.parts()?).await?;
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

impl Stand<'_> {
    fn parts(&self) -> Result<EngineParts> {
        let folder = self.bureau.folder.path();
        let keys = folder.join("keys");
        KeyFolder(&keys).ensure("acme.example", &SeededEntropy::new(3))?;
        Ok(EngineParts {
            store: self.bureau.store.clone(),
            shelf: Arc::new(Shelf::default()),
            tokens: Arc::new(TokenKey::new([3; 32])),
            urls: Urls::new("https://mail.acme.example"),
            folders: Folders {
                journal: folder.join("journal"),
                keys,
            },
            transport: self.transport()?,
            client: ClientOptions {
                ehlo: "acme.example".to_owned(),
                timeouts: Timeouts::default(),
                egress: Egress::default(),
                tls: TlsClients::new(None)?,
                habits: Arc::new(Habits::new(self.bureau.clock.clone())),
            },
            clock: self.bureau.clock.clone(),
            entropy: Arc::new(SeededEntropy::new(2)),
            inspection: None,
            rules: Arc::new(self.rules()?),
            options: self.options(),
        })
    }

    fn rules(&self) -> Result<Rules> {
        let Some(connections) = self.args.site_connections else {
            return Rules::parse(RULES).context("the rules of the benchmark");
        };
        Ok(Rules::none().with_default(Limits {
            connections,
            ..Limits::NONE
        }))
    }

    fn options(&self) -> EngineOptions {
        let own = EngineOptions::default();
        let mut retry = own.retry;
        if self.args.spread {
            // What is put off comes again within the run.
            retry.delays = [SOON; 6];
        }
        EngineOptions {
            connections: self.args.connections,
            signing: self.args.signing,
            retry,
            ..own
        }
    }

    fn transport(&self) -> Result<Transport> {
        let sink = &self.args.sink;
        let (host, port) = sink.rsplit_once(':').context("--sink takes HOST:PORT")?;
        let port = port.parse()?;
        if self.args.spread {
            return Ok(Transport::Direct(Direct {
                dns: Dns::with_servers(&[self.names])?,
                guard: Guard::Any,
                port,
                entropy: Arc::new(SeededEntropy::new(4)),
                security: None,
            }));
        }
        Ok(Transport::Relay(Relays::from(vec![Route {
            host: host.to_owned(),
            port,
            addresses: Vec::new(),
            tls: TlsMode::Clear,
            auth: None,
        }])))
    }
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
