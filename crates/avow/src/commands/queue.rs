//! `avow queue`: the sites that the running server sends to, and why each goes no faster.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::config::Config;
use crate::exit::{Exit, Form, answer};
use crate::lines::Lines;

/// The server is on this machine: what takes longer than this is not slow but stuck.
const PATIENCE: Duration = Duration::from_secs(5);
/// Ten thousand sites with long names fit.
const ANSWER_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Asks the server of this configuration and prints what it says.
pub(crate) fn run(config: &Config, form: Form) -> Result<Exit> {
    let table = ask(config.listen)?;
    answer(form, &table, text)?;
    Ok(Exit::Done)
}

/// One request over one connection: no client library for a caller that is always the same.
fn ask(listen: SocketAddr) -> Result<Value> {
    let mut stream = TcpStream::connect_timeout(&near(listen), PATIENCE).with_context(|| {
        format!("no server answers at {listen}; start it with `avow serve`, or name another address with --listen")
    })?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(
        b"GET /metrics/sites HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    )?;
    let mut reply = String::new();
    stream.take(ANSWER_BYTES_MAX).read_to_string(&mut reply)?;
    let (head, body) = reply
        .split_once("\r\n\r\n")
        .context("the answer is not HTTP")?;
    match head.split(' ').nth(1) {
        Some("200") => Ok(serde_json::from_str(body)?),
        Some("503") => bail!("the server runs without an engine: another process sends"),
        _ => bail!(
            "the server there does not know this question: {}",
            head.lines().next().unwrap_or_default()
        ),
    }
}

/// Where a server that listens everywhere is reached from here.
fn near(listen: SocketAddr) -> SocketAddr {
    let ip = match listen {
        SocketAddr::V4(a) if a.ip().is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(a) if a.ip().is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        other => other.ip(),
    };
    SocketAddr::new(ip, listen.port())
}

fn text(table: &Value) -> String {
    let mut text = Lines::default();
    let sites = table["sites"].as_array().map_or(&[][..], Vec::as_slice);
    let over = table["over_budget"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if sites.is_empty() && over.is_empty() {
        text.line("Nothing waits, and no site rests.");
    }
    for site in sites {
        let word = |name: &str| site[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| site[name].as_u64().unwrap_or_default();
        text.line(format_args!(
            "{:<32} {:>6} ready {:>7} behind  {:>3}/{} connections  {}",
            word("site"),
            number("ready"),
            number("aside"),
            number("connections"),
            number("connections_max"),
            word("why")
        ));
        if let Some(limited) = limited(site) {
            text.line(format_args!("{:<32} {limited}", ""));
        }
    }
    for account in over {
        let word = |name: &str| account[name].as_str().unwrap_or_default();
        text.line(format_args!(
            "The account {} has sent as much as it may; it goes on at {}.",
            word("account"),
            word("until")
        ));
    }
    text.text()
}

/// The rules that a site follows, and how much of them it is given.
fn limited(site: &Value) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(provider) = site["provider"].as_str() {
        parts.push(format!("rules of {provider}"));
    }
    if let Some(rate) = site["rate"].as_str() {
        parts.push(format!("at most {rate}"));
    }
    let share = site["share"].as_f64().unwrap_or(1.0);
    if share < 1.0 {
        parts.push(format!(
            "given {:.0} % of it after what it answered",
            share * 100.0
        ));
    }
    let put_off = site["put_off"].as_u64().unwrap_or_default();
    if put_off > 0 {
        parts.push(format!("{put_off} put off so far"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
