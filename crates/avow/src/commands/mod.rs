//! The commands: one file each. A command reads flags and files, calls the rooms, and prints one answer.

mod account;
mod campaign;
mod demo;
mod explain;
mod policy;
mod publish;
mod report;
mod user;

use anyhow::Result;
use clap::Subcommand;

use self::policy::{PolicyArgs, PolicyCommand};
use crate::config::{Config, Flags};
use crate::exit::{Exit, Form};
use crate::world::World;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Accounts: add one with its policy and keys, list them
    #[command(subcommand)]
    Account(account::Command),
    /// Users who log in
    #[command(subcommand)]
    User(user::Command),
    /// Campaigns: create, check, preview, test, send, pause, resume, cancel, list
    #[command(subcommand)]
    Campaign(campaign::Command),
    /// Reports that add up to the unit
    #[command(subcommand)]
    Report(report::Command),
    /// Policies: check and test files, publish a version
    Policy(policy::PolicyArgs),
    /// Five accounts, generated people, a campaign each to a rehearsal mail server, then everything served
    Demo(demo::DemoArgs),
    /// Why a person gets mail, or does not, in sentences
    Explain(explain::Args),
}

/// What every command is handed.
pub(crate) struct Call {
    pub(crate) world: World,
    pub(crate) form: Form,
}

/// Runs one command.
pub(crate) async fn run(command: Command, flags: Flags) -> Result<Exit> {
    let form = if flags.json { Form::Json } else { Form::Text };
    match command {
        Command::Policy(PolicyArgs {
            command: PolicyCommand::Check { paths },
        }) => policy::check(&paths, form),
        Command::Policy(PolicyArgs {
            command: PolicyCommand::Test { policies, cases },
        }) => policy::test(&policies, &cases, form),
        Command::Demo(args) => demo::run(args, &flags).await,
        command => {
            let world = World::open(Config::load(&flags)?).await?;
            in_world(command, &Call { world, form }).await
        }
    }
}

/// Runs a command that needs the data folder.
async fn in_world(command: Command, call: &Call) -> Result<Exit> {
    match command {
        Command::Account(command) => account::run(call, command).await,
        Command::User(command) => user::run(call, command).await,
        Command::Campaign(command) => campaign::run(call, command).await,
        Command::Report(command) => report::run(call, command).await,
        Command::Explain(args) => explain::run(call, &args).await,
        Command::Policy(PolicyArgs {
            command: PolicyCommand::Publish(args),
        }) => publish::run(call, &args).await,
        Command::Policy(_) | Command::Demo(_) => unreachable!("run without a data folder"),
    }
}
