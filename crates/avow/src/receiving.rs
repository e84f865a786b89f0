//! The listener for mail that comes back, set up from the configuration.

use std::sync::Arc;

use anyhow::Result;
use avow_deliver::receive::{Receiver, ReceiverParts};

use crate::config::Receive;
use crate::sending;
use crate::world::World;

/// Listens where `[receive]` says; `None` where nothing does.
pub(crate) async fn start(world: &World) -> Result<Option<Receiver>> {
    let Some(receive) = &world.config.receive else {
        return Ok(None);
    };
    let parts = ReceiverParts {
        listen: receive.listen,
        name: sending::ehlo(&world.config),
        domains: domains(world, receive).await?,
        store: world.store.clone(),
        tokens: Arc::clone(&world.tokens),
        clock: Arc::clone(&world.clock),
    };
    Ok(Some(Receiver::bind(parts).await?))
}

/// Where role addresses are ours: the domain of the configuration, or those that accounts send from.
async fn domains(world: &World, receive: &Receive) -> Result<Vec<String>> {
    if let Some(domain) = &receive.domain {
        return Ok(vec![domain.clone()]);
    }
    let accounts = world.store.accounts().await?;
    let domains = accounts.into_iter().map(|a| a.settings.sending_domain);
    Ok(domains.collect())
}
