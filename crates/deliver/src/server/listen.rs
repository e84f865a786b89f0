//! Lets clients in, within limits, until it is told to leave.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::connection::Connection;
use super::house::House;

/// Sessions at once: each may hold a message of two megabytes.
const CONNECTIONS_MAX: usize = 100;
/// Sessions at once of one network, so that no single one keeps the others out.
const CONNECTIONS_EACH_MAX: usize = 20;
/// A whole session, however slowly it drips: long enough for a large report over a bad line.
const SESSION_MAX: Duration = Duration::from_mins(15);
/// Out of file descriptors: sessions that end give some back.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

const BUSY: &[u8] = b"421 4.3.2 Too many connections\r\n";

/// A port of ours, and whose it is.
pub(crate) struct Listener<H> {
    socket: TcpListener,
    house: Arc<H>,
}

impl<H: House> Listener<H> {
    /// Begins to listen; sessions are served once it runs.
    pub(crate) async fn bind(address: SocketAddr, house: H) -> io::Result<Self> {
        Ok(Self {
            socket: TcpListener::bind(address).await?,
            house: Arc::new(house),
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `leave` is ready. Open sessions are cut: what was not answered comes again.
    pub(crate) async fn run(self, leave: impl Future<Output = ()> + Send) {
        let mut leave = std::pin::pin!(leave);
        let mut sessions = Sessions::default();
        loop {
            tokio::select! {
                () = &mut leave => return,
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, peer)) => sessions.admit(stream, peer.ip(), &self.house),
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

/// Whom an address stands for: one customer of a provider has 2^64 addresses of IPv6.
pub(crate) fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        four @ IpAddr::V4(_) => four,
    }
}

/// The open sessions, and from which networks.
#[derive(Default)]
struct Sessions {
    tasks: JoinSet<()>,
    peers: HashMap<tokio::task::Id, IpAddr>,
}

impl Sessions {
    fn admit<H: House>(&mut self, stream: TcpStream, peer: IpAddr, house: &Arc<H>) {
        let from = network(peer);
        if !self.has_room(from) {
            // A new socket has room for a line; who does not read it learns from the close.
            let _told = stream.try_write(BUSY);
            return;
        }
        stream.set_nodelay(true).ok();
        let session = Connection::new(Box::new(stream), peer, house.clone()).run();
        let task = self.tasks.spawn(async move {
            let _cut = timeout(SESSION_MAX, session).await;
        });
        self.peers.insert(task.id(), from);
    }

    fn has_room(&self, from: IpAddr) -> bool {
        let of_network = self.peers.values().filter(|p| **p == from).count();
        self.peers.len() < CONNECTIONS_MAX && of_network < CONNECTIONS_EACH_MAX
    }

    fn ended(&mut self, id: tokio::task::Id) {
        self.peers.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address_of_ipv4_or_half_of_one_of_ipv6() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[tokio::test]
    async fn sessions_from_one_network_are_counted_together_whatever_its_addresses() {
        let mut sessions = Sessions::default();
        for _ in 0..CONNECTIONS_EACH_MAX {
            let from = network("2001:db8:1:2::7".parse().unwrap());
            assert!(sessions.has_room(from));
            let id = sessions.tasks.spawn(std::future::pending()).id();
            sessions.peers.insert(id, from);
        }
        let has_room = |text: &str| sessions.has_room(network(text.parse().unwrap()));
        assert!(!has_room("2001:db8:1:2:ffff::1"));
        assert!(has_room("2001:db8:1:3::1") && has_room("192.0.2.7"));
    }
}
