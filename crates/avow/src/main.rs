//! `avow`: one binary for everything. Reads flags, environment and configuration, then runs one command.

mod config;
mod exit;
mod secret;
mod system;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    exit::Exit::Usage.into()
}
