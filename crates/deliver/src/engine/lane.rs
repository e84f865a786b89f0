//! Lanes: what is ready for one site, and whether the way there is open.
//!
//! Through a relay there is one lane: while the relay is down its messages wait, and nobody is skipped.
//! Direct delivery has a lane for each site, made when it is needed: a site that cannot be reached puts
//! its own messages off and holds up nobody else's. Connections are bounded over all lanes together.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use avow_model::Timestamp;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::aside::Place;
use super::breaker::{Breaker, Patience};
use super::fair::{Flow, TURN};
use super::figures::{Held, Site};
use super::quota::SendLimits;
use super::relays::{Crowd, Talk};
use super::ring::{Ring, Room};
use super::run::Run;
use super::shaping::{LaneShape, Shaping};
use super::shares::Shares;
use super::sites::{Line, Sites};
use crate::outbound::Outbound;
use crate::route::{Attempt, Destination, OpenFault, RouteFault, SiteKey, Source, Transport};
use crate::shape::{self, Rules};
use crate::smtp::{ClientOptions, Session};

/// Messages ready for the relay: more than two pages, so that feeders read while workers send; few
/// enough that permits are fresh at any useful speed and memory stays small.
const READY: usize = 1_500;
/// Messages ready for one site, at most.
const READY_SITE: usize = 200;
/// Messages ready for each connection that a site may have: a tenth of a second of work for it at full speed. A thousand
/// small domains with more of them each would hold a hundred megabytes, and permits that are stale when their turn comes.
const READY_A_CONNECTION: usize = 16;
/// Rows read at once for a site that has room again, where as many wait.
const HANDFUL: usize = TURN / 2;
/// Connections to one site that has no limit of its own: more of them only wait for each other.
const SITE_WORKERS: usize = 64;
/// So many times the connections may be open and waiting for servers that do not answer: these keep nobody busy.
const SLOW_TIMES: usize = 4;
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

/// Messages kept ready for a site that may have so many connections.
fn ready_for(connections: usize) -> usize {
    let wanted = connections.saturating_mul(READY_A_CONNECTION);
    wanted.clamp(READY_A_CONNECTION, READY_SITE)
}

/// One site: the relay, or the servers of some domains.
pub(crate) struct Lane {
    pub(crate) key: SiteKey,
    pub(crate) kind: Kind,
    pub(crate) ring: Ring<Box<Outbound>>,
    ready_max: usize,
    pub(crate) breaker: Breaker,
    pub(crate) shape: Arc<LaneShape>,
    workers: AtomicUsize,
    /// Connections that are open.
    pub(crate) talking: AtomicUsize,
    /// Rows that wait for room, outside of the ring, and messages put off since the lane began.
    pub(crate) shares: Shares,
    to: Destination,
    crowd: Option<Crowd>,
    /// There are other lanes that its connections would serve as well.
    pub(crate) lends: bool,
    transport: Arc<Transport>,
}

/// Where a domain's mail goes now.
pub(crate) enum Way {
    To(Arc<Lane>),
    No(RouteFault),
    /// The name servers are being asked.
    Unknown,
}

impl Lane {
    fn new(key: SiteKey, to: Destination, lanes: &Lanes) -> Arc<Self> {
        let kind = match *lanes.transport {
            Transport::Relay(_) => Kind::Relay,
            Transport::Direct(_) => Kind::Site,
        };
        let shape = lanes.shaping.lane(lanes.source, &to);
        let (ready_max, patience) = match kind {
            Kind::Relay => (READY, Patience::Relay),
            Kind::Site => (ready_for(shape.connections()), Patience::Site),
        };
        Arc::new(Self {
            key,
            kind,
            ring: Ring::new(ready_max, lanes.room.clone()),
            ready_max,
            breaker: Breaker::new(patience),
            shape,
            workers: AtomicUsize::new(0),
            talking: AtomicUsize::new(0),
            shares: Shares::default(),
            crowd: to.relays().map(Crowd::of),
            lends: match &*lanes.transport {
                Transport::Direct(_) => true,
                Transport::Relay(relays) => relays.groups().count() > 1,
            },
            to,
            transport: lanes.transport.clone(),
        })
    }

    /// A session with the first server that answers; what was tried of a domain's own servers is added to `tried`.
    pub(crate) async fn open(
        &self,
        client: &ClientOptions,
        now: Timestamp,
        tried: &mut Vec<Attempt>,
    ) -> Result<(Session, Option<Talk>), OpenFault> {
        match &self.crowd {
            Some(crowd) => {
                let (session, talk) = crowd.open(client, now).await?;
                Ok((session, Some(talk)))
            }
            None => Ok((self.transport.connect(&self.to, client, tried).await?, None)),
        }
    }

    /// How many more messages of a flow are wanted now: none while the site does not answer, or asked for a pause.
    pub(crate) fn room(&self, flow: Flow, now: Timestamp) -> usize {
        let site = self.kind == Kind::Site;
        if site && (self.breaker.rests(now) || self.shape.is_closed(now)) {
            return 0;
        }
        self.ring.room(flow)
    }

    /// Gives back a message that did not leave. When its campaign has been called off meanwhile it is let
    /// go of: its row is open again, and nobody waits for a line that may stay down.
    pub(crate) fn put_back(&self, outbound: Box<Outbound>) {
        let run = outbound.hand.run.clone();
        self.ring.put_back(run.flow(), outbound);
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
    fn view(&self, most: usize, now: Timestamp) -> Site {
        let shares = self.shares.told(self.ring.shares());
        let connections = self.talking.load(Ordering::Relaxed);
        let (ready, aside, put_off) = shares.iter().fold((0, 0, 0), |(r, a, p), share| {
            (r + share.ready, a + share.aside, p + share.put_off)
        });
        let seen = self.shape.seen(now);
        let connections_max = seen.connections_max.min(most);
        let held = match (self.breaker.rest(), seen.held) {
            (Some((until, why)), _) => Held::Resting {
                until,
                why: why.to_string(),
            },
            (None, Some((until, shape::Held::OurFault(why)))) => Held::OurFault { until, why },
            (None, Some((until, shape::Held::Paused(why)))) => Held::Paused { until, why },
            (None, Some((until, shape::Held::WarmUp))) => Held::ByWarmUp { until },
            (None, _) if ready + aside == 0 => Held::Idle,
            (None, Some((until, shape::Held::Rate))) => Held::ByRate { until },
            (None, None) if connections >= connections_max => Held::ByConnections,
            (None, None) => Held::ByPreparing,
        };
        Site {
            name: self.key.to_string(),
            source: self.key.source.to_string(),
            provider: self.shape.provider(),
            ready,
            ready_max: self.ready_max,
            aside,
            put_off,
            connections,
            connections_max,
            rate: seen.rate.map(|rate| rate.to_string()),
            share: seen.share,
            held,
            shares,
        }
    }

    fn is_used(&self) -> bool {
        self.workers.load(Ordering::SeqCst) > 0 || !self.ring.is_empty()
    }

    fn wants_worker(&self) -> bool {
        let workers = self.workers.load(Ordering::SeqCst);
        workers
            < self
                .shape
                .connections()
                .min(self.ring.len())
                .min(SITE_WORKERS)
    }
}

/// All lanes of an engine.
pub(crate) struct Lanes {
    transport: Arc<Transport>,
    source: Source,
    shaping: Shaping,
    sites: Sites,
    /// Where feeders wait.
    pub(crate) room: Arc<Room>,
    lanes: Mutex<HashMap<SiteKey, Arc<Lane>>>,
    wanted: UnboundedSender<Arc<Lane>>,
    /// Connections in all.
    most: usize,
    /// Leave to hold a connection.
    pub(crate) connections: Arc<Semaphore>,
    /// Leave to hold one whose server lets us wait, beside the others.
    pub(crate) slow: Arc<Semaphore>,
}

/// What lanes ask for: workers, and answers of name servers.
pub(crate) struct Orders {
    pub(crate) workers: UnboundedReceiver<Arc<Lane>>,
    pub(crate) questions: UnboundedReceiver<String>,
}

impl Lanes {
    /// With the end at which workers are asked for: a lane comes out once for each worker it wants.
    pub(crate) fn new(
        transport: Arc<Transport>,
        source: Source,
        (rules, limits): (Arc<Rules>, SendLimits),
        connections: usize,
    ) -> (Self, Orders) {
        let (wanted, workers) = unbounded_channel();
        let (asked, questions) = unbounded_channel();
        let lanes = Self {
            sites: Sites::new(transport.clone(), asked),
            transport,
            source,
            shaping: Shaping::new(rules, limits),
            room: Arc::default(),
            lanes: Mutex::default(),
            wanted,
            most: connections,
            connections: Arc::new(Semaphore::new(connections)),
            slow: Arc::new(Semaphore::new(connections.saturating_mul(SLOW_TIMES))),
        };
        if let Transport::Relay(relays) = &*lanes.transport {
            for group in relays.groups() {
                let lane = lanes.of(&Destination::through(group));
                (0..connections).for_each(|_| lanes.want(&lane));
            }
        }
        (lanes, Orders { workers, questions })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SiteKey, Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn want(&self, lane: &Arc<Lane>) {
        lane.workers.fetch_add(1, Ordering::SeqCst);
        // The other end is gone only when the engine leaves.
        let _ = self.wanted.send(lane.clone());
    }

    /// The lane that all mail of a campaign takes: through relays, by its sending domain.
    pub(crate) fn only(&self, run: &Run) -> Option<Arc<Lane>> {
        match &*self.transport {
            Transport::Relay(relays) => {
                Some(self.of(&Destination::through(relays.of(&run.brief.domain))))
            }
            Transport::Direct(_) => None,
        }
    }

    /// A session to a destination, for a message that goes by itself.
    pub(crate) async fn open(
        &self,
        to: &Destination,
        (client, now): (&ClientOptions, Timestamp),
        tried: &mut Vec<Attempt>,
    ) -> Result<(Session, Option<Talk>), OpenFault> {
        self.of(to).open(client, now, tried).await
    }

    /// The lane to a domain, as far as it is known where that is.
    pub(crate) fn way(&self, domain: &str, now: Timestamp) -> Way {
        match self.sites.line(domain, now) {
            Line::To(destination) => Way::To(self.of(&destination)),
            Line::No(fault) => Way::No(fault),
            Line::Unknown => Way::Unknown,
        }
    }

    /// Asks where a domain's mail goes, and wakes whoever waits to know.
    pub(crate) async fn ask(&self, domain: &str, now: impl Fn() -> Timestamp) {
        self.sites.ask(domain, now).await;
        self.room.wake();
    }

    /// The lane of a site that is known; `None` when it was forgotten.
    pub(crate) fn find(&self, key: &SiteKey) -> Option<Arc<Lane>> {
        self.lock().get(key).cloned()
    }

    /// How many of the rows that were set aside for a place should be read now. A site takes them by the handful: a
    /// page read for one row would cost more than it brings.
    pub(crate) fn room_at(
        &self,
        place: &Place,
        waiting: usize,
        (flow, now): (Flow, Timestamp),
    ) -> usize {
        match place {
            Place::Domain(domain) => match self.way(domain, now) {
                Way::Unknown => 0,
                Way::No(_) => waiting,
                Way::To(lane) => lane.room(flow, now),
            },
            Place::Budget => waiting,
            Place::Site(key) => match self.find(key) {
                None => waiting,
                Some(lane) => match lane.room(flow, now) {
                    room if room < waiting.min(HANDFUL) => 0,
                    room => room,
                },
            },
        }
    }

    fn of(&self, to: &Destination) -> Arc<Lane> {
        let key = SiteKey {
            source: self.source,
            site: to.site.clone(),
            tls: to.tls.clone(),
        };
        let mut lanes = self.lock();
        if let Some(lane) = lanes.get(&key) {
            return lane.clone();
        }
        if lanes.len() >= LANES_MAX {
            lanes.retain(|_, lane| lane.is_used());
        }
        let lane = Lane::new(key.clone(), to.clone(), self);
        lanes.insert(key, lane.clone());
        lane
    }

    /// Puts messages where the lane's workers find them. A relay's wait for room; those for a site for which
    /// there is none stay in `ready`.
    pub(crate) async fn feed(
        &self,
        lane: &Arc<Lane>,
        flow: Flow,
        ready: &mut VecDeque<Box<Outbound>>,
    ) {
        if lane.kind == Kind::Relay {
            lane.ring.feed(flow, ready).await;
            return;
        }
        lane.ring.offer(flow, ready);
        while lane.wants_worker() {
            self.want(lane);
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
    pub(crate) fn sites(&self, now: Timestamp) -> Vec<Site> {
        let lanes: Vec<Arc<Lane>> = self.lock().values().cloned().collect();
        let views = lanes.iter().map(|lane| lane.view(self.most, now));
        let tells = |s: &Site| s.connections > 0 || s.ready > 0 || s.held != Held::Idle;
        views.filter(tells).collect()
    }

    /// Other rules for all sites from now on, also those with open connections: these are closed as far as there are
    /// more than may be.
    pub(crate) fn reload(&self, rules: Arc<Rules>) {
        self.shaping.reload(rules);
        // Lanes that begin meanwhile have the new ones: both under this lock.
        for lane in self.lock().values() {
            self.shaping.rebind(self.source, &lane.to, &lane.shape);
        }
    }

    /// Why the relay cannot be reached, if it cannot.
    pub(crate) fn down(&self) -> Option<String> {
        let relays: Vec<Arc<Lane>> = self.lock().values().cloned().collect();
        let mut relays = relays.iter().filter(|lane| lane.kind == Kind::Relay);
        let fault = relays.find_map(|lane| lane.breaker.why());
        fault.map(|fault| fault.to_string())
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }
}
