//! `avow serve`: the pages, the delivery engine and, for rehearsals, the mail server that keeps everything.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use avow_deliver::engine::{Engine, EngineHandle};
use avow_deliver::route::Transport;
use avow_deliver::sink::{Sink, SinkHandle, SinkOptions};
use avow_deliver::smtp::{Route, TlsMode};
use serde::Serialize;
use tokio::task::JoinSet;

use super::Call;
use crate::exit::{Exit, answer};
use crate::lines::Lines;
use crate::sending;
use crate::serving::{self, Leave};
use crate::world::World;

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
    sends: bool,
}

/// Serves until it is told to end, then lets open requests and the messages on the wire end.
pub(crate) async fn run(call: &Call, args: &Args) -> Result<Exit> {
    let world = &call.world;
    let listener = serving::listener(world.config.listen).await?;
    let sink = if args.rehearsal {
        Some(rehearse(world)?)
    } else {
        None
    };
    let engine = if args.no_engine {
        None
    } else {
        start(world, sink.as_ref()).await?
    };
    let mut tasks = JoinSet::new();
    let leave = Leave::on_signal(&mut tasks)?;
    let handle: Option<EngineHandle> = engine.as_ref().map(Engine::handle);
    let serving = Serving {
        address: world.config.base_url.clone(),
        listening: listener.local_addr()?,
        rehearsal: sink.as_ref().map(SinkHandle::addr),
        sends: engine.is_some(),
    };
    if let Some(engine) = engine {
        tasks.spawn(engine.run(leave.ordered()));
    }
    answer(call.form, &serving, text)?;
    let app = Arc::new(world.app(handle, sink));
    serving::serve(app, listener, &leave).await?;
    while tasks.join_next().await.is_some() {}
    Ok(Exit::Done)
}

/// The engine, unless another process of the data folder has it: then only the pages are served.
async fn start(world: &World, sink: Option<&SinkHandle>) -> Result<Option<Engine>> {
    let transport = match sink {
        Some(sink) => to_sink(sink.addr()),
        None => sending::transport(world)?,
    };
    sending::start(world, transport).await
}

fn rehearse(world: &World) -> Result<SinkHandle> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let folder = world.config.data.join("sink");
    Ok(Sink::start(SinkOptions::new(
        listen,
        folder,
        Arc::clone(&world.clock),
    ))?)
}

/// The way to a mail server of this machine.
fn to_sink(address: SocketAddr) -> Transport {
    Transport::Relay(vec![Route {
        host: address.ip().to_string(),
        port: address.port(),
        addresses: vec![address.ip()],
        tls: TlsMode::Clear,
        auth: None,
    }])
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
        (None, false) => "Another process sends; this one serves the pages.",
    });
    text.line("Ctrl-C ends it in good order.");
    text.text()
}
