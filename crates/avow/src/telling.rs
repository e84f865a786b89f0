//! Who tells webhooks in this process.

use anyhow::Result;
use avow_deliver::dns::Dns;
use avow_deliver::hooks::{Courier, Poster, Reach};
use avow_deliver::tls::TlsClients;

use crate::sending;
use crate::world::World;

/// The courier; `None`, with a line in the log, where names cannot be looked up: the rest serves all the same.
pub(crate) fn courier(world: &World, rehearsal: bool) -> Option<Courier> {
    let made = make(world, rehearsal);
    if let Err(fault) = &made {
        tracing::warn!("webhooks are told nothing: {fault:#}");
    }
    made.ok()
}

fn make(world: &World, rehearsal: bool) -> Result<Courier> {
    let dns = match sending::dns(&world.config) {
        // In a rehearsal this machine is told, without a name server.
        Err(_) if rehearsal => Dns::with_servers(&[])?,
        dns => dns?,
    };
    Ok(Courier {
        store: world.store.clone(),
        shelf: world.shelf.clone(),
        clock: world.clock.clone(),
        entropy: world.entropy.clone(),
        poster: Poster {
            dns,
            // Addresses are the public's: no authority of a relay's speaks for them.
            tls: TlsClients::new(None)?.verified,
        },
        reach: reach(rehearsal),
    })
}

/// Who may be told.
pub(crate) fn reach(rehearsal: bool) -> Reach {
    if rehearsal {
        Reach::Rehearsal
    } else {
        Reach::World
    }
}
