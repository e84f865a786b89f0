//! The listener for submission, as the program starts it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use avow_compose::{TokenKey, Urls};
use avow_model::{Purpose, SharedClock};
use avow_policy::Shelf;
use avow_store::Store;

use super::desk::{SubmitDesk, mails};
use super::door::Doorkeeper;
use crate::engine::EngineHandle;
use crate::server::Listener;
use crate::tls::TlsServer;

/// What submission stands on.
pub struct SubmissionParts {
    pub listen: SocketAddr,
    /// How it greets: the name that its certificate has.
    pub name: String,
    pub tls: TlsServer,
    pub store: Store,
    /// Compiled policies, shared with the delivery engine.
    pub shelf: Arc<Shelf>,
    pub urls: Urls,
    pub tokens: Arc<TokenKey>,
    pub clock: SharedClock,
    /// The engine of this process; `None` where another process sends.
    pub engine: Option<EngineHandle>,
    /// What mail is for that does not say it.
    pub purpose: Option<Purpose>,
}

/// Why it cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum SubmitFault {
    #[error(
        "cannot take submissions on {address} ({error}): ports below 1024 need the right to bind them (AmbientCapabilities=CAP_NET_BIND_SERVICE), and another mail server may have the port; set [submission] listen"
    )]
    Listen {
        address: SocketAddr,
        error: io::Error,
    },
}

/// The listener for mail that programs hand in.
pub struct Submission(Listener<SubmitDesk>);

impl Submission {
    /// Begins to listen; sessions are served once it runs.
    pub async fn bind(parts: SubmissionParts) -> Result<Self, SubmitFault> {
        let address = parts.listen;
        let desk = SubmitDesk {
            name: parts.name,
            tls: parts.tls,
            door: Doorkeeper::new(parts.store),
            shelf: parts.shelf,
            urls: parts.urls,
            tokens: parts.tokens,
            clock: parts.clock,
            engine: parts.engine,
            purpose: parts.purpose,
            mails: mails(),
        };
        let listener = Listener::bind(address, desk).await;
        let listener = listener.map_err(|error| SubmitFault::Listen { address, error })?;
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
