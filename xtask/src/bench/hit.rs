//! `bench hit`: opens and clicks, durable before the reply, beside nginx' `empty_gif` with its log.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::child::{Served, free_address};
use super::ratio;
use crate::shell::{self, cargo, output, root, target};

const SECONDS: &str = "10s";
/// Connections that wrk keeps open; limits.md measured the yardsticks with as many.
const CONNECTIONS: &str = "64";

pub(super) fn run() -> Result<Value> {
    let folder = target().join("bench-hit");
    let _gone = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let build = [
        "build",
        "--quiet",
        "--release",
        "--package",
        "avow-web",
        "--example",
    ];
    shell::run(cargo(&build).arg("hit_bench_server"))?;
    let opens = ours(&folder, "open")?;
    let clicks = ours(&folder, "click")?;
    let (bare, yardstick) = nginx(&folder)?;
    Ok(json!({
        "nginx_empty_gif_one_short_address_per_second": bare,
        "yardstick_nginx_empty_gif_same_addresses_per_second": yardstick,
        "open_per_second": opens,
        "open_share_of_nginx": ratio(opens, yardstick),
        "click_per_second": clicks,
        "click_share_of_nginx": ratio(clicks, yardstick),
    }))
}

/// Asked for one short address over and over, and for the addresses that we were asked for: the second is
/// the same work for wrk, and the yardstick.
fn nginx(folder: &Path) -> Result<(f64, f64)> {
    let address = free_address()?;
    let conf = folder.join("nginx.conf");
    let here = folder.display();
    let text = format!(
        "daemon off; worker_processes 1; pid {here}/nginx.pid; error_log {here}/error.log;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log {here}/access.log combined buffer=64k; keepalive_requests 1000000000;\n\
         server {{ listen {address}; location / {{ empty_gif; }} }} }}\n"
    );
    std::fs::write(&conf, text)?;
    let _served = Served::start(Command::new("nginx").arg("-c").arg(&conf), address)?;
    let bare = wrk(&format!("http://{address}/o.gif"), None)?;
    let same = wrk(
        &format!("http://{address}/"),
        Some(&urls_of(folder, "open")),
    )?;
    Ok((bare, same))
}

fn urls_of(folder: &Path, kind: &str) -> PathBuf {
    folder.join(format!("{kind}.urls"))
}

/// The server writes its address' URLs, one a line, into the file it is given before it listens.
fn ours(folder: &Path, kind: &str) -> Result<f64> {
    let address: SocketAddr = free_address()?;
    let urls = urls_of(folder, kind);
    let mut command = Command::new(target().join("release/examples/hit_bench_server"));
    command
        .args(["--listen", &address.to_string(), "--kind", kind, "--urls"])
        .arg(&urls);
    command.arg("--data").arg(folder.join(kind));
    let _served = Served::start(&mut command, address)?;
    wrk(&format!("http://{address}/"), Some(&urls))
}

fn wrk(url: &str, paths: Option<&Path>) -> Result<f64> {
    let mut command = Command::new("wrk");
    command.args(["-t1", "-c", CONNECTIONS, "-d", SECONDS]);
    if let Some(paths) = paths {
        command
            .arg("-s")
            .arg(root().join("xtask/bench/hit.lua"))
            .env("HIT_PATHS", paths);
    }
    let text = output(command.arg(url))?;
    let rate = text
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"));
    let bad = text.lines().find(|line| line.contains("Non-2xx or 3xx"));
    anyhow::ensure!(bad.is_none(), "the server refused some: {text}");
    rate.context("wrk printed no rate")?
        .trim()
        .parse()
        .context("wrk's rate is no number")
}
