//! The shapes of running sites: who may connect, who may send, what answers change.
//!
//! The decisions are `crate::shape`'s; here they are shared between the connections of a site, and between the
//! sites of a provider. Never holds a lock across an await. A lane without limits (a relay) costs one look.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use avow_model::Timestamp;

use super::quota::{Quotas, SendLimits, Warm};
use super::turn::Ending;
use crate::classify::{Class, Fault, Permanence, classify};
use crate::route::{Destination, Source};
use crate::shape::{Held, Limits, Provider, Rate, Rules, Shape, Signal, grant};
use crate::smtp::{Phase, Reply};

/// How all servers of no known provider are called in a warm-up.
const OTHERS: &str = "others";

/// Everything that outlives a lane: the rules, and what providers think of us.
pub(crate) struct Shaping {
    rules: Mutex<Arc<Rules>>,
    limits: SendLimits,
    warms: Mutex<HashMap<(Source, String), Arc<Warm>>>,
    houses: Mutex<HashMap<(Source, String), Arc<House>>>,
}

/// One provider, for mail from one address of ours.
struct House {
    shape: Mutex<Shape>,
    talking: AtomicUsize,
}

/// The shape of one lane.
pub(crate) struct LaneShape {
    bound: RwLock<Bound>,
    site: Mutex<Shape>,
    seated: AtomicUsize,
    unlimited: bool,
}

/// What the rules say of a lane; another thing when they are read anew.
#[derive(Clone)]
struct Bound {
    rules: Arc<Rules>,
    provider: Option<Provider>,
    house: Option<Arc<House>>,
    warm: Option<Arc<Warm>>,
}

/// Leave to hold a connection open, given back when dropped, to whom it was taken from.
pub(crate) struct Seat {
    lane: Arc<LaneShape>,
    house: Option<Arc<House>>,
}

/// What holds a site, for those who watch.
pub(crate) struct Seen {
    pub(crate) held: Option<(Timestamp, Held)>,
    pub(crate) connections_max: usize,
    /// As far as it is given now.
    pub(crate) rate: Option<Rate>,
    pub(crate) share: f64,
}

impl Shaping {
    pub(crate) fn new(rules: Arc<Rules>, limits: SendLimits) -> Self {
        Self {
            rules: Mutex::new(rules),
            limits,
            warms: Mutex::default(),
            houses: Mutex::default(),
        }
    }

    /// The shape of a lane that begins.
    pub(crate) fn lane(&self, source: Source, to: &Destination) -> Arc<LaneShape> {
        let (bound, limits) = self.bind(source, to);
        Arc::new(LaneShape {
            bound: RwLock::new(bound),
            site: Mutex::new(Shape::new(limits)),
            seated: AtomicUsize::new(0),
            unlimited: to.hosts().is_none(),
        })
    }

    /// What the rules say of a lane, and the limits of its site.
    fn bind(&self, source: Source, to: &Destination) -> (Bound, Limits) {
        let rules = lock(&self.rules).clone();
        let Some(servers) = to.hosts() else {
            return (Bound::free(rules), Limits::NONE);
        };
        let provider = rules.provider(servers);
        let limits = provider.map_or(rules.default, |provider| provider.site);
        let bound = Bound {
            house: provider.map(|provider| self.house(source, provider)),
            warm: self.warm(source, provider.map_or(OTHERS, |provider| &provider.name)),
            provider: provider.cloned(),
            rules: rules.clone(),
        };
        (bound, limits)
    }

    /// Other rules from now on; lanes that run are bound anew one by one.
    pub(crate) fn reload(&self, rules: Arc<Rules>) {
        *lock(&self.rules) = rules;
    }

    /// The rules as they are now, for a lane that runs. What was learned of the site and its provider stays, and so do
    /// the counts of connections.
    pub(crate) fn rebind(&self, source: Source, to: &Destination, shape: &LaneShape) {
        let (bound, limits) = self.bind(source, to);
        if let (Some(house), Some(provider)) = (&bound.house, &bound.provider) {
            lock(&house.shape).reload(provider.limits);
        }
        lock(&shape.site).reload(limits);
        *shape.bound.write().unwrap_or_else(PoisonError::into_inner) = bound;
    }

    fn warm(&self, source: Source, provider: &str) -> Option<Arc<Warm>> {
        let new = Quotas::warm(&self.limits, &source.to_string(), provider)?;
        let mut warms = lock(&self.warms);
        let warm = warms.entry((source, provider.to_owned()));
        Some(warm.or_insert_with(|| Arc::new(new)).clone())
    }

    fn house(&self, source: Source, provider: &Provider) -> Arc<House> {
        let mut houses = lock(&self.houses);
        let house = houses.entry((source, provider.name.clone()));
        let new = || House {
            shape: Mutex::new(Shape::new(provider.limits)),
            talking: AtomicUsize::new(0),
        };
        house.or_insert_with(|| Arc::new(new())).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl House {
    fn most(&self) -> usize {
        lock(&self.shape).connections()
    }
}

/// Counts one more unless there are `most`.
fn count_in(count: &AtomicUsize, most: usize) -> bool {
    let more = |n| (n < most).then_some(n + 1);
    count
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, more)
        .is_ok()
}

impl Bound {
    /// Without limits.
    fn free(rules: Arc<Rules>) -> Self {
        Self {
            rules,
            provider: None,
            house: None,
            warm: None,
        }
    }
}

impl LaneShape {
    fn bound(&self) -> RwLockReadGuard<'_, Bound> {
        self.bound.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The provider whose rules it follows.
    pub(crate) fn provider(&self) -> Option<String> {
        self.bound().provider.as_ref().map(|p| p.name.clone())
    }

    /// The warm-up of our address there.
    pub(crate) fn warm(&self) -> Option<Arc<Warm>> {
        self.bound().warm.clone()
    }

    /// How many connections the site may have now.
    pub(crate) fn connections(&self) -> usize {
        let house = self.bound().house.as_ref().map(|house| house.most());
        let house = house.unwrap_or(usize::MAX);
        lock(&self.site).connections().min(house)
    }

    /// Leave for one more connection; `None` while there are as many as the site, or its provider, may have.
    pub(crate) fn sit(self: &Arc<Self>) -> Option<Seat> {
        let most = lock(&self.site).connections();
        if !count_in(&self.seated, most) {
            return None;
        }
        let house = self.bound().house.clone();
        let full = |house: &Arc<House>| !count_in(&house.talking, house.most());
        if house.as_ref().is_some_and(full) {
            self.seated.fetch_sub(1, Ordering::SeqCst);
            return None;
        }
        let lane = self.clone();
        Some(Seat { lane, house })
    }

    /// True when more connections are open than may be since answers changed it.
    pub(crate) fn is_crowded(&self) -> bool {
        if self.unlimited {
            return false;
        }
        // One lock after the other: `leave` takes them the other way round.
        let most = lock(&self.site).connections();
        if self.seated.load(Ordering::SeqCst) > most {
            return true;
        }
        let house = |house: &Arc<House>| house.talking.load(Ordering::SeqCst) > house.most();
        self.bound().house.as_ref().is_some_and(house)
    }

    pub(crate) fn messages_per_connection(&self) -> u32 {
        lock(&self.site).limits().messages_per_connection
    }

    /// Leave for one message now, or when, and why not now.
    pub(crate) fn leave(&self, now: Timestamp) -> Result<(), (Timestamp, Held)> {
        if self.unlimited {
            return Ok(());
        }
        let bound = self.bound();
        let mut house = bound.house.as_ref().map(|house| lock(&house.shape));
        grant(&mut lock(&self.site), house.as_deref_mut(), now)
    }

    /// Why nothing goes now, if nothing goes.
    pub(crate) fn held(&self, now: Timestamp) -> Option<(Timestamp, Held)> {
        if self.unlimited {
            return None;
        }
        let bound = self.bound();
        let warm = bound.warm.as_ref().and_then(|warm| warm.closed(now));
        if let Some(until) = warm {
            return Some((until, Held::WarmUp));
        }
        let site = lock(&self.site).held(now);
        site.or_else(|| lock(&bound.house.as_ref()?.shape).held(now))
    }

    /// True while it is no question of pace: nothing goes at all.
    pub(crate) fn is_closed(&self, now: Timestamp) -> bool {
        self.held(now)
            .is_some_and(|(_, why)| !matches!(why, Held::Rate))
    }

    /// What an ending says about our pace, taken to heart. The time for which our own fault holds the mail, if it
    /// is one.
    pub(crate) fn heard(&self, ending: &Ending, now: Timestamp) -> Option<Signal> {
        if self.unlimited {
            return None;
        }
        let signal = self.signal(ending)?;
        let bound = self.bound();
        if let (Some(warm), false) = (&bound.warm, signal == Signal::Good) {
            warm.bad();
        }
        let house = bound.house.as_ref();
        let shape = house.map_or(&self.site, |house| &house.shape);
        lock(shape).heard(&signal, now);
        Some(signal)
    }

    fn signal(&self, ending: &Ending) -> Option<Signal> {
        match ending {
            Ending::Answered(reply) if reply.is_positive() => Some(Signal::Good),
            Ending::Answered(reply) => self.of_reply(reply, Phase::Dot),
            Ending::Refused(refusal) if refusal.phase == Phase::Here => None,
            Ending::Refused(refusal) => self.of_reply(&refusal.reply, refusal.phase),
            Ending::Mishap(trouble) => self.of_reply(trouble.reply()?, trouble.phase),
            _ => None,
        }
    }

    /// By the rules; where none fits, by what the reply is about.
    pub(crate) fn of_reply(&self, reply: &Reply, phase: Phase) -> Option<Signal> {
        let bound = self.bound();
        if let Some(rule) = bound.rules.reply(bound.provider.as_ref(), reply) {
            return Some(rule.effect.signal(&rule.why));
        }
        let verdict = classify(reply, phase);
        let pace = matches!(verdict.class, Class::RateLimited | Class::Reputation)
            || (reply.code == 421 && verdict.class.fault() != Fault::Recipient);
        if !pace || verdict.permanence == Permanence::Permanent {
            return None;
        }
        Some(match verdict.hint {
            Some(wait) => Signal::Pause {
                wait,
                why: "it said when to come again".to_owned(),
            },
            None => Signal::Less,
        })
    }

    /// For those who watch.
    pub(crate) fn seen(&self, now: Timestamp) -> Seen {
        let held = self.held(now);
        let connections_max = self.connections();
        let bound = self.bound();
        let house = bound.house.as_ref().map(|house| lock(&house.shape));
        let site = lock(&self.site);
        Seen {
            held,
            connections_max,
            rate: house
                .as_ref()
                .map_or(site.limits().rate, |h| h.limits().rate),
            share: house.as_ref().map_or(site.share(), |h| h.share()),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.lane.seated.fetch_sub(1, Ordering::SeqCst);
        if let Some(house) = &self.house {
            house.talking.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
