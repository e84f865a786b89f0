//! Listens, within limits, until it is told to leave.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use avow_compose::TokenKey;
use avow_model::SharedClock;
use avow_store::Store;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::carry::Carrier;
use super::desk::Desk;
use crate::server::Connection;

/// Sessions at once: each may hold a message of two megabytes.
const CONNECTIONS_MAX: usize = 100;
/// Sessions at once of one address, so that no single one keeps the others out.
const CONNECTIONS_EACH_MAX: usize = 20;
/// A whole session, however slowly it drips: long enough for a large report over a bad line.
const SESSION_MAX: Duration = Duration::from_mins(15);
/// Out of file descriptors: sessions that end give some back.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

const BUSY: &[u8] = b"421 4.3.2 Too many connections\r\n";

/// What a receiver stands on.
pub struct ReceiverParts {
    pub listen: SocketAddr,
    /// How it greets: the name that the MX record has.
    pub name: String,
    /// The domains whose role addresses are ours.
    pub domains: Vec<String>,
    pub store: Store,
    pub tokens: Arc<TokenKey>,
    pub clock: SharedClock,
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
}

/// The listener for mail that comes back.
pub struct Receiver {
    listener: TcpListener,
    desk: Arc<Desk>,
}

impl Receiver {
    /// Begins to listen; sessions are served once it runs.
    pub async fn bind(parts: ReceiverParts) -> Result<Self, ReceiveFault> {
        let address = parts.listen;
        let listening = TcpListener::bind(address).await;
        let listener = listening.map_err(|error| ReceiveFault::Listen { address, error })?;
        let desk = Desk {
            name: parts.name,
            domains: parts.domains,
            tokens: parts.tokens,
            carrier: Carrier::new(parts.store, parts.clock),
        };
        Ok(Self {
            listener,
            desk: Arc::new(desk),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `leave` is ready. Open sessions are cut: what was not answered comes again.
    pub async fn run(self, leave: impl Future<Output = ()> + Send) {
        let mut leave = std::pin::pin!(leave);
        let mut sessions = Sessions::default();
        loop {
            tokio::select! {
                () = &mut leave => return,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => sessions.admit(stream, peer.ip(), &self.desk),
                    Err(_) => sleep(ACCEPT_AGAIN).await,
                },
                Some(ended) = sessions.tasks.join_next_with_id() => {
                    let id = match ended {
                        Ok((id, ())) => id,
                        Err(fault) => fault.id(),
                    };
                    sessions.ended(id);
                }
            }
        }
    }
}

/// The open sessions, and whose they are.
#[derive(Default)]
struct Sessions {
    tasks: JoinSet<()>,
    peers: HashMap<tokio::task::Id, IpAddr>,
}

impl Sessions {
    fn admit(&mut self, stream: TcpStream, peer: IpAddr, desk: &Arc<Desk>) {
        let of_peer = self.peers.values().filter(|p| **p == peer).count();
        if self.peers.len() >= CONNECTIONS_MAX || of_peer >= CONNECTIONS_EACH_MAX {
            // A new socket has room for a line; who does not read it learns from the close.
            let _told = stream.try_write(BUSY);
            return;
        }
        let session = Connection::new(stream, desk.clone()).run();
        let task = self.tasks.spawn(async move {
            let _cut = timeout(SESSION_MAX, session).await;
        });
        self.peers.insert(task.id(), peer);
    }

    fn ended(&mut self, id: tokio::task::Id) {
        self.peers.remove(&id);
    }
}
