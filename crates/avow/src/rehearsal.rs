//! A rehearsal: a mail server of this process that lets nothing out, and the way to it.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use avow_deliver::route::{Relays, Transport};
use avow_deliver::sink::{Sink, SinkHandle, SinkOptions};
use avow_deliver::smtp::{Route, TlsMode};

use crate::world::World;

/// Where rehearsal mail is kept in the data folder.
const FOLDER: &str = "sink";

/// Starts the mail server on a port of its own of this machine.
pub(crate) fn start(world: &World) -> Result<SinkHandle> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let folder = world.config.data.join(FOLDER);
    let clock = Arc::clone(&world.clock);
    Ok(Sink::start(SinkOptions::new(listen, folder, clock))?)
}

/// The way to it: the only way that mail of a rehearsal takes.
pub(crate) fn transport(sink: &SinkHandle) -> Transport {
    let address = sink.addr();
    Transport::Relay(Relays::from(vec![Route {
        host: address.ip().to_string(),
        port: address.port(),
        addresses: vec![address.ip()],
        tls: TlsMode::Clear,
        auth: None,
    }]))
}
