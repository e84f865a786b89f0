//! Measures the SMTP client alone: N connections, messages of one size, to a server that takes all.
//!
//! `cargo run --release -p avow-deliver --example smtp_flood -- --to 127.0.0.1:2525 --messages 100000
//! --connections 20 --bytes 10240`; prints one JSON object. With `--own-sink FOLDER` it starts the rehearsal
//! sink in the same process instead.

#![expect(clippy::print_stdout, reason = "an example that prints its figures")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use avow_deliver::sink::{Sink, SinkHandle, SinkOptions};
use avow_deliver::smtp::{
    Begun, BodyKind, ClientOptions, Egress, Envelope, Habits, Route, Sent, Session, Timeouts,
    TlsMode,
};
use avow_deliver::tls::TlsClients;
use avow_testkit::VirtualClock;
use tokio::task::JoinSet;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What to send where.
#[derive(Debug, Clone)]
struct Plan {
    to: SocketAddr,
    messages: i64,
    connections: usize,
    bytes: usize,
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |name: &str| {
        let at = words.iter().position(|w| w == name)?;
        words.get(at + 1).cloned()
    };
    let sink = word("--own-sink")
        .map(|folder| own_sink(&folder))
        .transpose()?;
    let to = match &sink {
        Some(sink) => sink.addr(),
        None => word("--to").ok_or("--to HOST:PORT is missing")?.parse()?,
    };
    let number = |name: &str, usual: usize| word(name).map_or(Ok(usual), |w| w.parse());
    let plan = Plan {
        to,
        messages: number("--messages", 100_000)? as i64,
        connections: number("--connections", 20)?,
        bytes: number("--bytes", 10_240)?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (began, cpu) = (Instant::now(), cpu_seconds()?);
    runtime.block_on(flood(plan.clone()))?;
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
    let thousands = plan.messages as f64 / 1000.0;
    println!(
        "{}",
        serde_json::json!({
            "messages": plan.messages,
            "messages_per_second": (plan.messages as f64 / seconds).round(),
            "cpu_seconds_per_1000": cpu / thousands,
            "own_sink_in_this_process": sink.is_some(),
            "sink_total": sink.map(|s| s.counts().total),
        })
    );
    Ok(())
}

fn own_sink(folder: &str) -> Result<SinkHandle, Failure> {
    let clock = Arc::new(VirtualClock::new());
    let options = SinkOptions::new("127.0.0.1:0".parse()?, folder.into(), clock);
    Ok(Sink::start(options)?)
}

/// User and system time of this process, all threads: fields 14 and 15 of `/proc/self/stat`, in ticks of 10 ms.
fn cpu_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or("");
    let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(ticks as f64 / 100.0)
}

async fn flood(plan: Plan) -> Result<(), Failure> {
    let options = Arc::new(ClientOptions {
        ehlo: "bench.example.com".to_owned(),
        timeouts: Timeouts::default(),
        egress: Egress::default(),
        tls: TlsClients::new(None)?,
        habits: Arc::new(Habits::new(Arc::new(VirtualClock::new()))),
    });
    let left = Arc::new(AtomicI64::new(plan.messages));
    let mut lanes = JoinSet::new();
    for _ in 0..plan.connections {
        lanes.spawn(lane(plan.clone(), options.clone(), left.clone()));
    }
    while let Some(ended) = lanes.join_next().await {
        ended??;
    }
    Ok(())
}

/// One connection: messages until none is left.
async fn lane(
    plan: Plan,
    options: Arc<ClientOptions>,
    left: Arc<AtomicI64>,
) -> Result<(), Failure> {
    let route = Route {
        host: plan.to.ip().to_string(),
        port: plan.to.port(),
        addresses: vec![plan.to.ip()],
        tls: TlsMode::Clear,
        auth: None,
    };
    let body = body(plan.bytes);
    let envelope = Envelope {
        mail_from: "b+bench@example.com",
        rcpt_to: "ada@example.org",
        size_bytes: Some(plan.bytes as u64),
        utf8: false,
        body: BodyKind::SevenBit,
    };
    let take = || left.fetch_sub(1, Ordering::Relaxed);
    let mut mine = take();
    if mine <= 0 {
        return Ok(());
    }
    let mut session = Session::open(&route, &options).await?;
    let mut begun = session.begin(&envelope).await;
    while mine > 0 {
        if begun != Begun::Ready {
            return Err(format!("{begun:?}").into());
        }
        let header = format!("Message-ID: <{mine}@bench.example.com>\r\nSubject: Flood\r\n\r\n");
        mine = take();
        let next = (mine > 0).then_some(&envelope);
        let done = session.finish(&[header.as_bytes(), &body], next).await;
        match done.sent {
            Sent::Final(reply) if reply.is_positive() => {}
            other => return Err(format!("{other:?}").into()),
        }
        begun = done.next.unwrap_or(Begun::Ready);
    }
    tokio::time::timeout(Duration::from_secs(5), session.quit()).await?;
    Ok(())
}

/// Lines of 76 characters, as quoted-printable has them.
fn body(bytes: usize) -> Vec<u8> {
    let line = [&[b'x'; 76][..], b"\r\n"].concat();
    line.iter()
        .copied()
        .cycle()
        .take(bytes / line.len() * line.len())
        .collect()
}
