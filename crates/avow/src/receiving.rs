//! The listeners for mail that comes back and for mail that programs hand in, set up from the configuration.

use std::sync::Arc;

use anyhow::Result;
use avow_compose::{Mailing, Urls};
use avow_deliver::engine::EngineHandle;
use avow_deliver::receive::{ForwardParts, Receiver, ReceiverParts};
use avow_deliver::submit::{Submission, SubmissionParts};
use avow_deliver::tls::TlsServer;

use crate::config::{Certificate, Receive};
use crate::keys;
use crate::sending;
use crate::world::World;

/// Listens where `[receive]` says; `None` where nothing does.
pub(crate) async fn start(world: &World) -> Result<Option<Receiver>> {
    let Some(receive) = &world.config.listeners.receive else {
        return Ok(None);
    };
    let parts = ReceiverParts {
        listen: receive.listen,
        name: sending::ehlo(&world.config),
        domains: domains(world, receive).await?,
        forward: forward(world, receive).await?,
        tls: receive.tls.as_ref().map(certificate).transpose()?,
        store: world.store.clone(),
        tokens: Arc::clone(&world.tokens),
        clock: Arc::clone(&world.clock),
    };
    Ok(Some(Receiver::bind(parts).await?))
}

/// Takes mail of programs where `[submission]` says; `None` where nothing does.
pub(crate) async fn submission(
    world: &World,
    mailing: Mailing,
    engine: Option<EngineHandle>,
) -> Result<Option<Submission>> {
    let Some(submit) = &world.config.listeners.submission else {
        return Ok(None);
    };
    let parts = SubmissionParts {
        listen: submit.listen,
        name: sending::ehlo(&world.config),
        tls: certificate(&submit.tls)?,
        store: world.store.clone(),
        shelf: Arc::clone(&world.shelf),
        urls: Urls::new(&world.config.base_url).receiving(mailing),
        tokens: Arc::clone(&world.tokens),
        clock: Arc::clone(&world.clock),
        engine,
        purpose: submit.purpose.clone(),
    };
    Ok(Some(Submission::bind(parts).await?))
}

fn certificate(files: &Certificate) -> Result<TlsServer> {
    Ok(TlsServer::read(&files.certificate, &files.key)?)
}

/// How mail goes to people, where somebody is named.
async fn forward(world: &World, receive: &Receive) -> Result<Option<ForwardParts>> {
    let Some(people) = receive.people.clone() else {
        return Ok(None);
    };
    let accounts = world.store.accounts().await?.into_iter();
    let answered = accounts.map(|a| a.settings.reply_to.unwrap_or(a.settings.from_address));
    Ok(Some(ForwardParts {
        people,
        replies_to: answered.collect(),
        transport: sending::transport(world)?,
        client: sending::client(world)?,
        keys: keys::folder(&world.config.data),
        signing: sending::signing(&world.config),
    }))
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
