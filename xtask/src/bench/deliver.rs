//! `bench deliver`: one campaign to the servers of a thousand domains with the mix of a real list, near and far, with
//! faults; beside `smtp-source` as the ceiling and Postfix relaying the same mail.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::child::{Served, free_address};
use super::postfix::Postfix;
use super::{campaign, example, figure, ratio};
use crate::shell::{self, cargo, output, target};

const RECIPIENTS: u32 = 100_000;
/// Postfix relays some hundred a second: enough for a steady rate.
const RELAYED: u32 = 10_000;
const QUEUED: u32 = 1_000_000;
const MESSAGE_BYTES: u32 = 10_240;
const SENDERS: u32 = 20;
/// Milliseconds before each flight of answers: the same rack, the same continent, across an ocean.
const LATENCIES_MS: [u32; 3] = [0, 20, 80];
/// Connections where each answer is late: what is on the way then waits, and costs nothing.
const CONNECTIONS_FAR: u32 = 500;
const DEFERRED: &str = "0.05";
const REFUSED: &str = "0.01";

pub(super) fn run() -> Result<Value> {
    let words = ["build", "--quiet", "--release", "--package", "avow"];
    shell::run(&mut cargo(&words))?;
    let address = free_address()?;
    let sink = campaign::smtp_sink(address)?;
    let ceiling = told("smtp-source", source(address, RECIPIENTS)?);
    let relayed = told("Postfix", relayed(address)?);
    let unsigned = told("unsigned", send(address, &["--unsigned"])?);
    let signed = told("signed", send(address, &[])?);
    let queued = told("queued", queued(address)?);
    drop(sink);
    let rate = figure(&unsigned, "messages_per_second")?;
    Ok(json!({
        "yardstick_smtp_source_messages_per_second": ceiling.round(),
        "yardstick_postfix_relayed_messages_per_second": relayed.map(f64::round),
        "unsigned_to_smtp_sink": unsigned,
        "unsigned_share_of_ceiling": ratio(rate, ceiling),
        "unsigned_times_postfix": relayed.map(|relayed| ratio(rate, relayed)),
        "signed_to_smtp_sink": signed,
        "queued": queued,
        "own_sink_with_faults": far()?,
    }))
}

/// Says what a part came to when it ends: all of them take ten minutes.
fn told<T: std::fmt::Debug>(part: &str, value: T) -> T {
    shell::say(&format!("bench deliver: {part}: {value:?}"));
    value
}

/// Messages a second that Debian's generator moves into a server.
fn source(address: SocketAddr, count: u32) -> Result<f64> {
    let began = Instant::now();
    generate(address, count)?;
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

fn generate(address: SocketAddr, count: u32) -> Result<()> {
    let mut command = Command::new("smtp-source");
    command.args(["-d", "-f", "a@example.com", "-t", "b@example.org"]);
    command.args(["-s", &SENDERS.to_string(), "-m", &count.to_string()]);
    command.args(["-l", &MESSAGE_BYTES.to_string()]);
    output(command.arg(address.to_string()))?;
    Ok(())
}

/// Messages a second from the first accepted to the last handed on; `None` without Postfix.
fn relayed(next: SocketAddr) -> Result<Option<f64>> {
    let Some(postfix) = Postfix::start(next)? else {
        return Ok(None);
    };
    let began = Instant::now();
    generate(postfix.address, RELAYED)?;
    postfix.until_passed_on(RELAYED as usize)?;
    Ok(Some(f64::from(RELAYED) / began.elapsed().as_secs_f64()))
}

fn send(address: SocketAddr, more: &[&str]) -> Result<Value> {
    sent(address, RECIPIENTS, more)
}

fn sent(address: SocketAddr, contacts: u32, more: &[&str]) -> Result<Value> {
    let address = address.to_string();
    let contacts = contacts.to_string();
    let words = ["--sink", &address, "--contacts", &contacts, "--spread"];
    let words = words.iter().chain(more).map(|word| (*word).to_owned());
    example("avow-deliver", "campaign_bench", &words.collect::<Vec<_>>())
}

/// A million people: memory while they are sent to, and how soon an engine that finds half of them goes on.
fn queued(address: SocketAddr) -> Result<Value> {
    let sending = sent(address, QUEUED, &["--unsigned"])?;
    let again = sent(address, QUEUED, &["--unsigned", "--restart"])?;
    Ok(json!({"sending": sending, "restart": again}))
}

/// Our own sink at each distance, with what a real list meets.
fn far() -> Result<Value> {
    let mut out = Map::new();
    for latency_ms in LATENCIES_MS {
        let address = free_address()?;
        let latency = latency_ms.to_string();
        let listen = address.to_string();
        let mut command = Command::new(target().join("release/avow"));
        command.args(["sink", "--count-only", "--smtp", &listen]);
        command.args(["--latency-ms", &latency]);
        command.args(["--share-4xx", DEFERRED, "--share-5xx", REFUSED]);
        let served = Served::start(&mut command, address)?;
        let connections = CONNECTIONS_FAR.to_string();
        // What is measured is the engine: with ten connections to the largest provider the distance alone decides.
        let wide = [
            "--connections",
            &connections,
            "--site-connections",
            &connections,
        ];
        let more: &[&str] = if latency_ms == 0 { &[] } else { &wide };
        let result = told(&format!("{latency_ms} ms"), send(address, more)?);
        drop(served);
        out.insert(format!("latency_{latency_ms}_ms"), result);
    }
    Ok(Value::Object(out))
}
