//! The commands: one file each. A command reads flags and files, calls the rooms, and prints one answer.

mod account;
mod bounce;
mod campaign;
mod contact;
mod delivery;
mod delivery_lint;
mod delivery_tls_report;
mod demo;
mod events;
mod explain;
mod import;
mod ledger;
mod notices;
mod policy;
mod policy_diff;
mod policy_emit;
mod policy_new;
mod prove;
mod publish;
mod queue;
mod report;
mod retract;
mod segment;
mod serve;
mod sink;
mod user;
mod verify;
mod webhook;

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
    /// Take people in from a CSV file, with what proves their consent
    Import(import::Args),
    /// People: note what they bought, asked or opened; hand their data to a recipient, or to themselves
    #[command(subcommand)]
    Contact(contact::Command),
    /// Campaigns: create, check, preview, test, send, pause, resume, cancel, list
    #[command(subcommand)]
    Campaign(campaign::Command),
    /// Segments: who is meant, in words that campaigns can be sent to
    #[command(subcommand)]
    Segment(segment::Command),
    /// Reports that add up to the unit
    #[command(subcommand)]
    Report(report::Command),
    /// Policies: check and test files, publish a version
    Policy(policy::PolicyArgs),
    /// Five accounts, generated people, a campaign each to a rehearsal mail server, then everything served
    Demo(demo::DemoArgs),
    /// Serve the pages and send what is to be sent
    Serve(serve::Args),
    /// The rehearsal mail server by itself: keeps, counts, and misbehaves on demand
    Sink(sink::Args),
    /// Write the proof that a message was permitted when it left, for somebody who trusts nobody
    Prove(prove::Args),
    /// Write a person's receipts: each choice and collection, provable even after an erasure
    Receipts(prove::ReceiptArgs),
    /// Check a proof or a person's receipt, offline, with nothing but the file and the key to trust
    Verify(verify::Args),
    /// The ledgers: how long they are, a checkpoint now, the check of the whole
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Returned mails: what each means for its recipients
    #[command(subcommand)]
    Bounce(bounce::Command),
    /// The sites that the running server sends to, and why each goes no faster
    Queue,
    /// How mail leaves: the TLS that a recipient's domain asks, the rules of providers
    #[command(subcommand)]
    Delivery(delivery::Command),
    /// What became of messages and what people did with them: one JSON object a line, and on as they come
    Events(events::Args),
    /// Who is told of events as they come
    #[command(subcommand)]
    Webhook(webhook::Command),
    /// Why a person gets mail, or does not, in sentences
    Explain(explain::Args),
}

/// What every command is handed.
pub(crate) struct Call {
    pub(crate) world: World,
    pub(crate) form: Form,
}

impl Call {
    async fn open(flags: &Flags, form: Form) -> Result<Self> {
        let world = World::open(Config::load(flags)?).await?;
        Ok(Self { world, form })
    }
}

/// Runs one command. Those that need no data folder open none.
pub(crate) async fn run(command: Command, flags: Flags) -> Result<Exit> {
    let form = if flags.json { Form::Json } else { Form::Text };
    let call = || Call::open(&flags, form);
    match command {
        Command::Account(command) => account::run(&call().await?, command).await,
        Command::User(command) => user::run(&call().await?, command).await,
        Command::Import(args) => import::run(&call().await?, args).await,
        Command::Contact(command) => contact::run(&call().await?, command).await,
        Command::Campaign(command) => campaign::run(&call().await?, command).await,
        Command::Segment(command) => segment::run(&call().await?, command).await,
        Command::Report(command) => report::run(&call().await?, command).await,
        Command::Ledger(command) => ledger::run(&call().await?, command).await,
        Command::Delivery(delivery::Command::Tls { domain }) => {
            delivery::tls(&call().await?, &domain).await
        }
        Command::Delivery(delivery::Command::TlsReport { domain, day }) => {
            delivery_tls_report::run(&call().await?, &domain, &day).await
        }
        Command::Delivery(delivery::Command::Lint { file }) => {
            delivery_lint::run(file.as_ref(), &Config::load(&flags)?, form)
        }
        Command::Events(args) => events::run(&call().await?, &args).await,
        Command::Webhook(command) => webhook::run(&call().await?, command).await,
        Command::Explain(args) => explain::run(&call().await?, &args).await,
        Command::Prove(args) => prove::run(&call().await?, &args).await,
        Command::Receipts(args) => prove::receipts(&call().await?, &args).await,
        Command::Bounce(command) => bounce::run(&command, form),
        Command::Queue => queue::run(&Config::load(&flags)?, form),
        Command::Verify(args) => verify::run(&args, form),
        Command::Serve(args) => serve::run(&call().await?, &args).await,
        Command::Sink(args) => sink::run(args, Config::load(&flags)?.data, form).await,
        Command::Demo(args) => Box::pin(demo::run(args, &flags)).await,
        Command::Policy(PolicyArgs { command }) => match command {
            PolicyCommand::Check { paths } => policy::check(&paths, form),
            PolicyCommand::Diff { old, new } => policy_diff::run(&old, &new, form),
            PolicyCommand::Hash { paths } => policy::hash(&paths, form),
            PolicyCommand::Test { policies, cases } => policy::test(&policies, &cases, form),
            PolicyCommand::New(args) => policy_new::run(args, crate::system::clock().now(), form),
            PolicyCommand::Emit(args) => policy_emit::run(&call().await?, &args).await,
            PolicyCommand::Publish(args) => publish::run(&call().await?, &args).await,
            PolicyCommand::Notices(args) => notices::run(&call().await?, &args).await,
            PolicyCommand::Retract(args) => retract::run(&call().await?, &args).await,
        },
    }
}
