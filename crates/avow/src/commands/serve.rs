//! `avow serve`: the pages, the delivery engine and, for rehearsals, the mail server that keeps everything.
//!
//! An installation that nobody has is a rehearsal until its owner, who began in the browser, goes live there: the server
//! then ends its work in good order and begins again, on the same port.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use avow_deliver::engine::{Engine, EngineHandle};
use avow_deliver::receive::Receiver;
use avow_deliver::route::Transport;
use avow_deliver::sink::SinkHandle;
use avow_deliver::submit::Submission;
use avow_store::InstanceMode;
use avow_web::{App, ClaimLink, DomainDesk};
use serde::Serialize;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::Call;
use crate::exit::{Exit, answer};
use crate::ledger;
use crate::lines::Lines;
use crate::receiving;
use crate::rehearsal;
use crate::sending;
use crate::serving::{self, Leave, Order, Port};
use crate::telling;
use crate::uses;
use crate::world::World;

/// How often a server that may not send looks whether it may now.
const TAKE_OVER: Duration = Duration::from_secs(2);

/// How to serve.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Let no mail out: a built-in mail server keeps it all and shows it in the Client Center
    #[arg(long)]
    rehearsal: bool,
    /// Serve the pages and send nothing: another process does
    #[arg(long, conflicts_with = "rehearsal")]
    no_engine: bool,
}

#[derive(Debug, Serialize)]
struct Serving {
    address: String,
    listening: SocketAddr,
    rehearsal: Option<SocketAddr>,
    /// Where mail that comes back arrives.
    receiving: Option<SocketAddr>,
    /// Where programs hand mail in.
    submission: Option<SocketAddr>,
    sends: bool,
    /// Where the first owner begins; shown only here.
    #[serde(skip_serializing_if = "Option::is_none")]
    setup: Option<String>,
}

/// What stays when the server begins again.
struct House<'a> {
    call: &'a Call,
    args: &'a Args,
    port: Port,
    leave: Leave,
    again: Arc<Notify>,
    /// The address that takes an installation which nobody has.
    claim: Option<ClaimLink>,
}

/// Serves until it is told to end, then lets open requests and the messages on the wire end.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let world = &call.world;
    uses::must_be_declared(world).await?;
    let again = Arc::new(Notify::new());
    let mut watching = JoinSet::new();
    let mut house = House {
        call,
        args,
        port: Port::take(world.config.listen).await?,
        leave: Leave::on_signal(&mut watching)?,
        claim: claim(world, args).await?,
        again: Arc::clone(&again),
    };
    house.leave.begin_again_when(&mut watching, again);
    house.port.let_go_when_leaving(&mut watching, &house.leave);
    loop {
        Box::pin(serve(&house)).await?;
        if house.leave.order() != Order::Again {
            return Ok(Exit::Done);
        }
        house.leave.stay();
        // Whoever went live has the installation.
        house.claim = None;
    }
}

/// An address to take the installation by, where nobody has it and this process can show what it sends.
async fn claim(world: &World, args: &Args) -> Result<Option<ClaimLink>> {
    if args.no_engine || !world.store.is_unclaimed().await? {
        return Ok(None);
    }
    let base = &world.config.base_url;
    let link = ClaimLink::new(&*world.entropy, base, world.clock.now());
    Ok(Some(link))
}

/// Whether no mail may leave: by order, while nobody has the installation, and until its owner goes live.
async fn is_rehearsal(house: &House<'_>) -> Result<bool> {
    let (world, args) = (&house.call.world, house.args);
    if args.rehearsal || house.claim.is_some() {
        return Ok(true);
    }
    let mode = world.store.instance_mode().await?;
    Ok(mode == Some(InstanceMode::Rehearsal) && !args.no_engine)
}

/// One round: from the first request to the order to leave or to begin again.
async fn serve(house: &House<'_>) -> Result<()> {
    let (call, leave) = (house.call, &house.leave);
    let world = &call.world;
    let rehearses = is_rehearsal(house).await?;
    let receiver = if rehearses {
        None
    } else {
        Box::pin(receiving::start(world)).await?
    };
    let sink = rehearses.then(|| rehearsal::start(world)).transpose()?;
    let transport = match &sink {
        Some(sink) => rehearsal::transport(sink),
        None => sending::transport(world)?,
    };
    let domains = sending::domains(world, &transport)?;
    let mailing = sending::mailing(world, &transport);
    let engine = if house.args.no_engine {
        None
    } else {
        sending::start(world, transport.clone()).await?
    };
    let mut tasks = JoinSet::new();
    let handle: Option<EngineHandle> = engine.as_ref().map(Engine::handle);
    let submission = receiving::submission(world, mailing.clone(), handle.clone()).await?;
    let serving = Serving {
        address: world.config.base_url.clone(),
        listening: house.port.address(),
        rehearsal: sink.as_ref().map(SinkHandle::addr),
        receiving: receiver.as_ref().map(Receiver::address).transpose()?,
        submission: submission.as_ref().map(Submission::address).transpose()?,
        sends: engine.is_some(),
        setup: house.claim.as_ref().map(|link| link.address.clone()),
    };
    if let Some(receiver) = receiver {
        tasks.spawn(receiver.run(leave.ordered()));
    }
    if let Some(submission) = submission {
        tasks.spawn(submission.run(leave.ordered()));
    }
    match engine {
        Some(engine) => drop(tasks.spawn(engine.run(leave.ordered()))),
        None if house.args.no_engine => {}
        None => drop(tasks.spawn(send_when_free(world.clone(), transport, leave.clone()))),
    }
    tasks.spawn(ledger::keep(world.clone(), leave.ordered()));
    if let Some(engine) = &handle {
        let (config, engine) = (world.config.clone(), engine.clone());
        tasks.spawn(sending::reload_on_signal(config, engine, leave.ordered()));
    }
    if let Some(courier) = telling::courier(world, rehearses) {
        tasks.spawn(courier.run(leave.ordered()));
    }
    answer(call.form, &serving, text)?;
    let app = world.app(handle, sink).receiving(mailing);
    let app = equipped(app, house, domains);
    let app = Arc::new(app);
    tasks.spawn(avow_web::jobs::keep(Arc::clone(&app), leave.ordered()));
    serving::serve(app, &house.port, leave).await?;
    while tasks.join_next().await.is_some() {}
    Ok(())
}

/// The pages, with what this round can show and do.
fn equipped(mut app: App, house: &House<'_>, domains: Option<DomainDesk>) -> App {
    if let Some(desk) = domains {
        app = app.with_domains(desk);
    }
    if let Some(desk) = sending::records(&house.call.world) {
        app = app.with_records(desk);
    }
    if let Some(link) = &house.claim {
        app = app.claimed_by(link);
    }
    if house.args.rehearsal {
        return app;
    }
    app.beginning_again(Arc::clone(&house.again))
}

/// Takes the sending over once the process that does it now has ended.
async fn send_when_free(world: World, transport: Transport, leave: Leave) {
    loop {
        tokio::select! {
            () = leave.ordered() => return,
            () = tokio::time::sleep(TAKE_OVER) => {}
        }
        match sending::start(&world, transport.clone()).await {
            Ok(None) => {}
            Ok(Some(engine)) => return engine.run(leave.ordered()).await,
            Err(fault) => tracing::error!("the delivery engine cannot start: {fault:#}"),
        }
    }
}

fn text(s: &Serving) -> String {
    let mut text = Lines::default();
    if let Some(address) = &s.setup {
        text.line("Nobody has this installation yet. Open this address to set it up; it serves once, for a day:");
        text.line(format_args!("\n  {address}\n"));
    }
    text.line(format_args!(
        "Serving {} (listening on {}).",
        s.address, s.listening
    ));
    text.line(match (s.rehearsal, s.sends) {
        (Some(_), _) => "A rehearsal: no mail leaves this machine; the Client Center shows it.",
        (None, true) => "Campaigns are sent from here.",
        (None, false) => {
            "Another process sends; this one serves the pages, and sends once the other has ended."
        }
    });
    if let Some(address) = s.receiving {
        text.line(format_args!("Mail that comes back is taken on {address}."));
    }
    if let Some(address) = s.submission {
        text.line(format_args!("Programs hand mail in on {address}."));
    }
    text.line("Ctrl-C ends it in good order.");
    text.text()
}
