//! `bench campaign`: 100,000 recipients of a 10 KB mail, unsigned and signed twice, to Debian's
//! `smtp-sink` and to our own sink in another process, beside `smtp-source` into the same `smtp-sink`.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use serde_json::{Value, json};

use super::child::{Served, free_address};
use super::{example, figure, ratio};
use crate::needs::is_root;
use crate::shell::{self, cargo, output, target};

const RECIPIENTS: u32 = 100_000;
/// Recipients of the run in which flushes are counted.
const COUNTED: u32 = 20_000;
const MESSAGE_BYTES: u32 = 10_240;
const CONNECTIONS: u32 = 20;

/// Whether our mail is signed: RSA-2048 and Ed25519, or not at all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signing {
    Twice,
    Off,
}

pub(super) fn run() -> Result<Value> {
    shell::run(&mut cargo(&[
        "build",
        "--quiet",
        "--release",
        "--package",
        "avow",
    ]))?;
    let address = free_address()?;
    let _sink = smtp_sink(address)?;
    let ceiling = smtp_source(address)?;
    let mut unsigned = send(address, Signing::Off)?;
    unsigned["fsyncs_per_1000"] = syncs(address)?;
    let signed = send(address, Signing::Twice)?;
    let own = own_sink()?;
    let rate = figure(&unsigned, "messages_per_second")?;
    Ok(json!({
        "yardstick_smtp_source_messages_per_second": ceiling.round(),
        "unsigned_to_smtp_sink": unsigned,
        "unsigned_share_of_ceiling": ratio(rate, ceiling),
        "signed_to_smtp_sink": signed,
        "unsigned_to_own_sink": own,
    }))
}

pub(super) fn smtp_sink(address: SocketAddr) -> Result<Served> {
    let mut command = Command::new("smtp-sink");
    if is_root() {
        command.args(["-u", "nobody"]);
    }
    Served::start(command.arg(address.to_string()).arg("1024"), address)
}

/// Messages a second that Debian's generator moves into the same sink: the ceiling.
fn smtp_source(address: SocketAddr) -> Result<f64> {
    let began = Instant::now();
    let mut command = Command::new("smtp-source");
    command.args([
        "-d",
        "-s",
        &CONNECTIONS.to_string(),
        "-m",
        &RECIPIENTS.to_string(),
    ]);
    command.args([
        "-l",
        &MESSAGE_BYTES.to_string(),
        "-f",
        "a@example.com",
        "-t",
        "b@example.org",
    ]);
    output(command.arg(address.to_string()))?;
    Ok(f64::from(RECIPIENTS) / began.elapsed().as_secs_f64())
}

fn send(address: SocketAddr, signing: Signing) -> Result<Value> {
    let words = words(address, RECIPIENTS, signing);
    example("avow-deliver", "campaign_bench", &words)
}

fn words(address: SocketAddr, contacts: u32, signing: Signing) -> Vec<String> {
    let mut words = vec!["--sink".to_owned(), address.to_string()];
    words.extend(["--contacts".to_owned(), contacts.to_string()]);
    if signing == Signing::Off {
        words.push("--unsigned".to_owned());
    }
    words
}

/// Flushes per thousand messages, in a smaller run.
fn syncs(address: SocketAddr) -> Result<Value> {
    let words = words(address, COUNTED, Signing::Off);
    super::syncs::per_thousand("campaign_bench", &words, COUNTED)
}

fn own_sink() -> Result<Value> {
    let address = free_address()?;
    let folder = target().join("bench-sink");
    let _gone = std::fs::remove_dir_all(&folder);
    let mut command = Command::new(target().join("release/avow"));
    command
        .args(["sink", "--smtp", &address.to_string(), "--folder"])
        .arg(&folder);
    let served = Served::start(&mut command, address)?;
    let result = send(address, Signing::Off);
    drop(served);
    let _gone = std::fs::remove_dir_all(&folder);
    result
}
