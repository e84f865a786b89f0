//! Lanes: what is ready for one site, and whether the way there is open.
//!
//! Through a relay there is one lane: while the relay is down its messages wait, and nobody is skipped.
//! Direct delivery has a lane for each domain, made when it is needed: a site that cannot be reached puts
//! its own messages off and holds up nobody else's. Connections are bounded over all lanes together.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::breaker::Breaker;
use super::figures::{Held, Site};
use super::ring::Ring;
use super::run::Run;
use crate::outbound::Outbound;
use crate::route::{OpenFault, Transport};
use crate::smtp::{ClientOptions, Session};

/// Messages ready for the relay: more than two pages, so that feeders read while workers send; few
/// enough that permits are fresh at any useful speed and memory stays small.
const READY: usize = 1_500;
/// Messages ready for one domain.
const READY_SITE: usize = 200;
/// Connections to one domain: what a careful sender opens to a stranger.
const SITE_CONNECTIONS: usize = 4;
/// Lanes kept; beyond it the idle ones are forgotten, with what was known of their sites.
const LANES_MAX: usize = 10_000;

/// Who waits when the way is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Messages wait for the relay.
    Relay,
    /// Messages are put off; there are other sites.
    Site,
}

/// One site: the relay, or one domain's servers.
pub(crate) struct Lane {
    pub(crate) site: String,
    pub(crate) kind: Kind,
    pub(crate) ring: Ring<Box<Outbound>>,
    pub(crate) breaker: Breaker,
    workers: AtomicUsize,
    /// Connections that are open.
    pub(crate) talking: AtomicUsize,
    transport: Arc<Transport>,
}

impl Lane {
    fn new(site: &str, kind: Kind, transport: Arc<Transport>) -> Arc<Self> {
        Arc::new(Self {
            site: site.to_owned(),
            kind,
            ring: Ring::new(match kind {
                Kind::Relay => READY,
                Kind::Site => READY_SITE,
            }),
            breaker: Breaker::default(),
            workers: AtomicUsize::new(0),
            talking: AtomicUsize::new(0),
            transport,
        })
    }

    /// A session with the first server that answers.
    pub(crate) async fn open(&self, client: &ClientOptions) -> Result<Session, OpenFault> {
        self.transport.open(&self.site, client).await
    }

    /// Gives back a message that did not leave. When its campaign has been called off meanwhile it is let
    /// go of: its row is open again, and nobody waits for a line that may stay down.
    pub(crate) fn put_back(&self, outbound: Box<Outbound>) {
        let run = outbound.hand.run.clone();
        self.ring.put_back(outbound);
        // In this order: either `take_back` finds it in the ring, or it is seen here.
        if run.is_recalled() {
            self.take_back(&run);
        }
    }

    fn take_back(&self, run: &Arc<Run>) {
        drop(self.ring.remove(|o| !Arc::ptr_eq(&o.hand.run, run)));
    }

    /// Lets an idle worker of a domain go; false when work came in at the same moment.
    pub(crate) fn dismiss(&self) -> bool {
        self.workers.fetch_sub(1, Ordering::SeqCst);
        if self.ring.is_empty() {
            return true;
        }
        self.workers.fetch_add(1, Ordering::SeqCst);
        false
    }

    /// As operators see it; `most` is what the engine's connections allow.
    fn view(&self, most: usize) -> Site {
        let (ready, connections) = (self.ring.len(), self.talking.load(Ordering::Relaxed));
        let (ready_max, connections_max) = match self.kind {
            Kind::Relay => (READY, most),
            Kind::Site => (READY_SITE, SITE_CONNECTIONS.min(most)),
        };
        let held = match self.breaker.rest() {
            Some((until, why)) => Held::Resting {
                until,
                why: why.to_string(),
            },
            None if ready == 0 => Held::Idle,
            None if connections >= connections_max => Held::ByConnections,
            None => Held::ByPreparing,
        };
        Site {
            name: self.site.clone(),
            ready,
            ready_max,
            connections,
            connections_max,
            held,
        }
    }

    fn wants_worker(&self) -> bool {
        let workers = self.workers.load(Ordering::SeqCst);
        workers < SITE_CONNECTIONS.min(self.ring.len())
    }
}

/// All lanes of an engine.
pub(crate) struct Lanes {
    transport: Arc<Transport>,
    lanes: Mutex<HashMap<String, Arc<Lane>>>,
    wanted: UnboundedSender<Arc<Lane>>,
    /// Connections in all.
    most: usize,
    /// Leave to hold a connection.
    pub(crate) connections: Semaphore,
}

impl Lanes {
    /// With the end at which workers are asked for: a lane comes out once for each worker it wants.
    pub(crate) fn new(
        transport: Arc<Transport>,
        connections: usize,
    ) -> (Self, UnboundedReceiver<Arc<Lane>>) {
        let (wanted, orders) = unbounded_channel();
        let lanes = Self {
            transport,
            lanes: Mutex::default(),
            wanted,
            most: connections,
            connections: Semaphore::new(connections),
        };
        if matches!(*lanes.transport, Transport::Relay(_)) {
            let relay = lanes.of("");
            (0..connections).for_each(|_| lanes.want(&relay));
        }
        (lanes, orders)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn want(&self, lane: &Arc<Lane>) {
        lane.workers.fetch_add(1, Ordering::SeqCst);
        // The other end is gone only when the engine leaves.
        let _ = self.wanted.send(lane.clone());
    }

    /// The lane to a domain.
    pub(crate) fn of(&self, domain: &str) -> Arc<Lane> {
        let site = self.transport.site(domain);
        let mut lanes = self.lock();
        if let Some(lane) = lanes.get(site) {
            return lane.clone();
        }
        if lanes.len() >= LANES_MAX {
            lanes
                .retain(|_, lane| lane.workers.load(Ordering::SeqCst) > 0 || !lane.ring.is_empty());
        }
        let kind = match *self.transport {
            Transport::Relay(_) => Kind::Relay,
            Transport::Direct(_) => Kind::Site,
        };
        let lane = Lane::new(site, kind, self.transport.clone());
        lanes.insert(site.to_owned(), lane.clone());
        lane
    }

    /// Puts messages where their workers find them, waiting for room.
    pub(crate) async fn feed(&self, mut ready: VecDeque<Box<Outbound>>) {
        if matches!(*self.transport, Transport::Relay(_)) {
            self.of("").ring.feed(&mut ready).await;
            return;
        }
        for outbound in ready {
            let lane = self.of(outbound.person.address.domain());
            let mut one = VecDeque::from([outbound]);
            // A worker first: nobody else makes room.
            lane.ring.feed(&mut one).await;
            if lane.wants_worker() {
                self.want(&lane);
            }
        }
    }

    /// Takes what is ready of one campaign back out, for good: its rows are open again.
    pub(crate) fn take_back(&self, run: &Arc<Run>) {
        run.recall();
        let lanes: Vec<Arc<Lane>> = self.lock().values().cloned().collect();
        for lane in lanes {
            lane.take_back(run);
        }
    }

    /// Closes every lane: workers end once they have ended what is on the wire.
    pub(crate) fn close(&self) {
        let lanes: Vec<Arc<Lane>> = self.lock().values().cloned().collect();
        for lane in lanes {
            drop(lane.ring.close());
        }
    }

    /// Every site that has something to do, or rests.
    pub(crate) fn sites(&self) -> Vec<Site> {
        let lanes: Vec<Arc<Lane>> = self.lock().values().cloned().collect();
        let views = lanes.iter().map(|lane| lane.view(self.most));
        let tells = |s: &Site| s.connections > 0 || s.ready > 0 || s.held != Held::Idle;
        views.filter(tells).collect()
    }

    /// Why the relay cannot be reached, if it cannot.
    pub(crate) fn down(&self) -> Option<String> {
        let lane = self.lock().get(self.transport.site("")).cloned();
        let fault = lane.filter(|lane| lane.kind == Kind::Relay)?.breaker.why();
        fault.map(|fault| fault.to_string())
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }
}
