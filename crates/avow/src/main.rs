//! `avow`: one binary for everything. Reads flags, environment and configuration, then runs one command.
//!
//! Answers go to standard output (with `--json`: one JSON value), progress and trouble to standard error.
//! Exit codes: 0 done, 1 refused or failed with reasons, 2 wrong call, 3 something needed is not there now.

mod commands;
mod config;
mod exit;
mod fault;
mod keys;
mod ledger;
mod ledger_proof;
mod lines;
mod policies;
mod progress;
mod receiving;
mod rehearsal;
mod secret;
mod sending;
mod serving;
mod system;
mod telling;
mod uses;
mod world;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::config::Flags;
use crate::exit::{Exit, Form};

/// Fewer page faults and less fragmentation than the system's allocator with many small messages.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The environment variable that sets what is logged, as `tracing` filters are written.
const LOG_VARIABLE: &str = "AVOW_LOG";

/// E-mail marketing that keeps its word.
#[derive(Debug, Parser)]
#[command(
    name = "avow",
    version,
    about,
    after_help = "Exit codes: 0 done, 1 refused or failed (the reasons are printed), 2 wrong call, \
                  3 something it needs is not there now."
)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log();
    let form = if cli.flags.json {
        Form::Json
    } else {
        Form::Text
    };
    let ended = run(cli).unwrap_or_else(|error| complain(form, &error));
    ended.into()
}

fn run(cli: Cli) -> Result<Exit> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider
        .install_default()
        .map_err(|_| anyhow::anyhow!("the cryptography was set up twice; please report it"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the system gives no threads; try again when it has less to do")?;
    runtime.block_on(commands::run(cli.command, cli.flags))
}

fn start_log() {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
}

/// Tells what happened and what to do: to people on standard error, to programs as JSON as well.
fn complain(form: Form, error: &anyhow::Error) -> Exit {
    let exit = fault::exit_of(error);
    let text = format!("{error:#}");
    let mut err = std::io::stderr().lock();
    // Nobody is left to tell when these two cannot be written.
    let _ = writeln!(err, "avow: {text}");
    if form == Form::Json {
        let value = serde_json::json!({ "error": text, "exit": exit as u8 });
        let _ = writeln!(std::io::stdout().lock(), "{value}");
    }
    exit
}
