//! `avow serve`: the pages, the delivery engine and, for rehearsals, the mail server that keeps everything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use avow_deliver::engine::{Engine, EngineHandle};
use avow_deliver::receive::Receiver;
use avow_deliver::route::Transport;
use avow_deliver::sink::SinkHandle;
use avow_deliver::submit::Submission;
use serde::Serialize;
use tokio::task::JoinSet;

use super::Call;
use crate::exit::{Exit, answer};
use crate::ledger;
use crate::lines::Lines;
use crate::receiving;
use crate::rehearsal;
use crate::sending;
use crate::serving::{self, Leave};
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
}

/// Serves until it is told to end, then lets open requests and the messages on the wire end.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let world = &call.world;
    uses::must_be_declared(world).await?;
    let listener = serving::listener(world.config.listen).await?;
    let receiver = if args.rehearsal {
        None
    } else {
        Box::pin(receiving::start(world)).await?
    };
    let sink = args
        .rehearsal
        .then(|| rehearsal::start(world))
        .transpose()?;
    let transport = match &sink {
        Some(sink) => rehearsal::transport(sink),
        None => sending::transport(world)?,
    };
    let domains = sending::domains(world, &transport)?;
    let mailing = sending::mailing(world, &transport);
    let engine = if args.no_engine {
        None
    } else {
        sending::start(world, transport.clone()).await?
    };
    let mut tasks = JoinSet::new();
    let leave = Leave::on_signal(&mut tasks)?;
    let handle: Option<EngineHandle> = engine.as_ref().map(Engine::handle);
    let submission = receiving::submission(world, mailing.clone(), handle.clone()).await?;
    let serving = Serving {
        address: world.config.base_url.clone(),
        listening: listener.local_addr()?,
        rehearsal: sink.as_ref().map(SinkHandle::addr),
        receiving: receiver.as_ref().map(Receiver::address).transpose()?,
        submission: submission.as_ref().map(Submission::address).transpose()?,
        sends: engine.is_some(),
    };
    if let Some(receiver) = receiver {
        tasks.spawn(receiver.run(leave.ordered()));
    }
    if let Some(submission) = submission {
        tasks.spawn(submission.run(leave.ordered()));
    }
    match engine {
        Some(engine) => drop(tasks.spawn(engine.run(leave.ordered()))),
        None if args.no_engine => {}
        None => drop(tasks.spawn(send_when_free(world.clone(), transport, leave.clone()))),
    }
    tasks.spawn(ledger::keep(world.clone(), leave.ordered()));
    if let Some(engine) = &handle {
        let (config, engine) = (world.config.clone(), engine.clone());
        tasks.spawn(sending::reload_on_signal(config, engine, leave.ordered()));
    }
    if let Some(courier) = telling::courier(world, args.rehearsal) {
        tasks.spawn(courier.run(leave.ordered()));
    }
    answer(call.form, &serving, text)?;
    let app = world.app(handle, sink).receiving(mailing);
    let app = Arc::new(match domains {
        Some(desk) => app.with_domains(desk),
        None => app,
    });
    tasks.spawn(avow_web::jobs::keep(Arc::clone(&app), leave.ordered()));
    serving::serve(app, listener, &leave).await?;
    while tasks.join_next().await.is_some() {}
    Ok(Exit::Done)
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
