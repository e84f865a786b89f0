//! The listener for mail that comes back, as the program starts it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use avow_compose::TokenKey;
use avow_model::SharedClock;
use avow_store::Store;

use super::carry::Carrier;
use super::desk::Desk;
use super::hand::{ForwardFault, ForwardParts, Hands};
use crate::server::Listener;
use crate::tls::TlsServer;

/// What a receiver stands on.
pub struct ReceiverParts {
    pub listen: SocketAddr,
    /// How it greets: the name that the MX record has.
    pub name: String,
    /// The domains whose role addresses are ours.
    pub domains: Vec<String>,
    /// What senders are offered TLS with, where they want it.
    pub tls: Option<TlsServer>,
    pub store: Store,
    pub tokens: Arc<TokenKey>,
    pub clock: SharedClock,
    /// `None`: no mail goes to people.
    pub forward: Option<ForwardParts>,
}

/// Why it cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveFault {
    #[error(
        "cannot receive mail on {address} ({error}): ports below 1024 need the right to bind them (AmbientCapabilities=CAP_NET_BIND_SERVICE), and another mail server may have the port; set [receive] listen"
    )]
    Listen {
        address: SocketAddr,
        error: io::Error,
    },
    #[error(transparent)]
    Forward(#[from] ForwardFault),
}

/// The listener for mail that comes back.
pub struct Receiver(Listener<Desk>);

impl Receiver {
    /// Begins to listen; sessions are served once it runs.
    pub async fn bind(parts: ReceiverParts) -> Result<Self, ReceiveFault> {
        let address = parts.listen;
        let hands = |forward| Hands::new(forward, &parts.domains, parts.clock.clone());
        let hands = parts.forward.map(hands).transpose()?;
        let desk = Desk {
            name: parts.name,
            domains: parts.domains,
            tls: parts.tls,
            hands,
            tokens: parts.tokens,
            carrier: Carrier::new(parts.store, parts.clock),
        };
        let listener = Listener::bind(address, desk).await;
        let listener = listener.map_err(|error| ReceiveFault::Listen { address, error })?;
        Ok(Self(listener))
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.address()
    }

    /// Serves until `leave` is ready. Open sessions are cut: what was not answered comes again.
    pub async fn run(self, leave: impl Future<Output = ()> + Send) {
        self.0.run(leave).await;
    }
}
