//! One connection and the task that keeps it busy.
//!
//! Each message costs one journal write, one write and one read on the socket: the next message's
//! envelope leaves with this one's final dot. The order is fixed: gate, bytes in memory, intent in the
//! journal, bytes on the wire, result in the journal with the next intent, outcome to the recorder.
//! Whatever did not leave goes back into the ring; whatever may have left is not sent again without its delay.

mod converse;
mod leave;
mod load;
mod owed;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use avow_model::{Outcome, RecipientState, Timestamp};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use self::leave::{Leave, unhurried};
use self::owed::Owed;
use super::breaker::Knock;
use super::crew::Crew;
use super::lane::{Kind, Lane};
use super::pace::Pace;
use super::recorder::Report;
use super::relays::Talk;
use super::shaping::Seat;
use super::telling;
use super::turn::{self, Ending, Turn};
use crate::outbound::Outbound;
use crate::route::OpenFault;
use crate::shape::Signal;
use crate::smtp::{Session, Trouble};
use crate::tls_report::Toll;

/// How long an idle connection waits for the next message before it is closed: relays count them.
const IDLE: Duration = Duration::from_secs(5);
/// How long a connection is kept for the sake of its site's rate while others wait for one: opening it anew takes longer.
const KEEP: Duration = Duration::from_millis(500);
/// How long a connection is used for new messages: what its domains ask of one, and which servers they have, may have
/// changed since. Postfix uses one for as long.
const SESSION: Duration = Duration::from_mins(5);
/// Connections that may fail with one message in hand before the message, not the line, is put off.
const MISHAPS: u32 = 3;

/// A worker of one lane.
pub(crate) struct Worker {
    crew: Arc<Crew>,
    lane: Arc<Lane>,
    pace: Pace,
    /// Results that go into the journal with the next intent: at most a few.
    owed: Vec<Owed>,
    /// Leave to hold the connection.
    leave: Option<Leave>,
    /// Messages that may still go over the connection.
    room: u32,
    /// From then on no message begins on it.
    open_until: Timestamp,
    /// What the connection has to tell of TLS to the domains whose mail it carries.
    toll: Toll,
}

/// Why a conversation ended with its connection.
enum Lost {
    /// The other side, or the line.
    Line(Trouble),
    /// Ours: a no at the last moment, a journal that cannot be written.
    Ours,
}

impl Worker {
    pub(crate) fn new(crew: Arc<Crew>, lane: Arc<Lane>) -> Self {
        Self {
            pace: crew.pace(),
            crew,
            lane,
            owed: Vec::new(),
            leave: None,
            room: 0,
            open_until: Timestamp::MIN,
            toll: Toll::default(),
        }
    }

    /// Works until the lane's ring is closed, or until its site has had nothing for a while.
    pub(crate) async fn work(mut self) {
        let lanes = self.crew.lanes.clone();
        while self.wanted().await {
            let Some(_seat) = self.seat().await else {
                continue;
            };
            let Ok(leave) = lanes.connections.clone().acquire_owned().await else {
                return;
            };
            self.leave = Some(Leave::Usual(leave));
            if let Some((session, _talk)) = self.connect().await {
                self.lane.talking.fetch_add(1, Ordering::Relaxed);
                let lane = self.lane.clone();
                self.converse(session).await;
                lane.talking.fetch_sub(1, Ordering::Relaxed);
            }
            self.leave = None;
        }
    }

    /// A place among the connections that the site may have; none while it has them all, or may be sent nothing.
    async fn seat(&mut self) -> Option<Seat> {
        if let Some((until, _)) = self.lane.shape.held(self.pace.now()) {
            self.pace.toward(until).await;
            return None;
        }
        let seat = self.lane.shape.sit();
        if seat.is_none() {
            self.pace.look().await;
        }
        seat
    }

    async fn wanted(&self) -> bool {
        if self.lane.kind == Kind::Relay {
            return self.lane.ring.wait().await;
        }
        loop {
            match timeout(IDLE, self.lane.ring.wait()).await {
                Ok(there) => return there,
                Err(_) if self.lane.dismiss() => return false,
                Err(_) => {}
            }
        }
    }

    async fn connect(&mut self) -> Option<(Session, Option<Talk>)> {
        let now = self.pace.now();
        self.toll = Toll::default();
        if let Knock::NotBefore(at) = self.lane.breaker.ask(now) {
            match self.lane.kind {
                Kind::Relay => self.pace.toward(at).await,
                Kind::Site => self.put_off().await,
            }
            return None;
        }
        let (lane, mut tried) = (self.lane.clone(), Vec::new());
        let opening = lane.open(&self.crew.client, now, &mut tried);
        let opened = unhurried(self.watch(), &mut self.leave, opening).await;
        self.toll = Toll::new(tried);
        match opened {
            Ok(opened) => {
                self.crew.counters.connected();
                Some(opened)
            }
            Err(fault) => {
                self.refused_at_the_door(&fault);
                self.missed(fault);
                if self.lane.kind == Kind::Site {
                    self.put_off().await;
                }
                None
            }
        }
    }

    /// A greeting may refuse us for our pace as well.
    fn refused_at_the_door(&self, fault: &OpenFault) {
        if let OpenFault::Trouble(trouble) = fault {
            self.heard(&Ending::Mishap(trouble.clone()));
        }
    }

    /// Takes what a server says about our pace to heart, and tells the log what we have to mend.
    fn heard(&self, ending: &Ending) -> Option<Signal> {
        if self.lane.kind == Kind::Relay {
            return None;
        }
        let now = self.pace.now();
        let before = self.lane.shape.is_closed(now);
        let signal = self.lane.shape.heard(ending, now)?;
        if let (Signal::OurFault { why, .. }, false) = (&signal, before) {
            tracing::error!(site = %self.lane.key.site, %why, "mail is held back: we have to mend something");
            self.crew.news.tell();
        }
        Some(signal)
    }

    /// What makes a slow server give its place to others; nothing through a relay, which has them all.
    fn watch(&self) -> Option<(Arc<Semaphore>, Duration)> {
        let slow = || (self.crew.lanes.slow.clone(), self.crew.options.slow);
        self.lane.lends.then(slow)
    }

    fn missed(&self, fault: OpenFault) {
        let now = self.pace.now();
        let jitter = self.crew.dice();
        tracing::warn!(site = %self.lane.key, %fault, "no connection; trying again");
        self.lane.breaker.missed(now, fault, jitter);
        self.crew.counters.missed();
        self.crew.news.tell();
    }

    /// The site cannot be reached: its messages are put off, those of others go on.
    async fn put_off(&mut self) {
        let Some(fault) = self.lane.breaker.why() else {
            return;
        };
        let failures = self.lane.breaker.failures();
        while let Some(mut outbound) = self.lane.ring.try_take() {
            self.tell_tls(&outbound);
            // The site's own record: the longer it has been silent, the longer its mail waits.
            outbound.attempt.mishaps = failures.max(outbound.attempt.mishaps + 1);
            let ending = match &fault {
                OpenFault::Route(fault) => Ending::NoRoute(*fault),
                OpenFault::Trouble(trouble) => Ending::Mishap(trouble.clone()),
            };
            self.report(outbound, &ending).await;
        }
    }

    /// Message after message over one session, until it is lost, or full, or nothing is left to send.
    async fn converse(&mut self, mut session: Session) {
        let mut proved = false;
        self.room = self.lane.shape.messages_per_connection();
        let end = self.pace.now().checked_add(SESSION);
        self.open_until = end.unwrap_or(Timestamp::MAX);
        loop {
            if self.room == 0 || self.lane.shape.is_crowded() || !self.has_leave() {
                return session.quit().await;
            }
            let Some(first) = self.next().await else {
                if self.more_soon().await {
                    continue;
                }
                return session.quit().await;
            };
            let end = self.chain(&mut session, first, &mut proved).await;
            self.pay();
            match end {
                Ok(()) => {}
                Err(Lost::Line(trouble)) if !proved => return self.missed(trouble.into()),
                Err(_) => return,
            }
        }
    }

    /// Takes back the place that was given up while the server was slow, if one is free.
    fn has_leave(&mut self) -> bool {
        if matches!(self.leave, Some(Leave::Usual(_))) {
            return true;
        }
        let again = self.crew.lanes.connections.clone().try_acquire_owned();
        self.leave = again.ok().map(Leave::Usual);
        self.leave.is_some()
    }

    /// Waits a little for the next message, or for the leave to send it, unless another site waits for the connection.
    async fn more_soon(&mut self) -> bool {
        let waited_for = self.crew.lanes.connections.available_permits() == 0;
        let patience = if self.lane.lends && waited_for {
            KEEP
        } else {
            IDLE
        };
        let now = self.pace.now();
        match self.lane.shape.held(now) {
            Some((until, _)) if now.checked_add(patience).is_ok_and(|soon| until <= soon) => {
                self.pace.toward(until).await;
                true
            }
            Some(_) => false,
            None if patience == KEEP => false,
            None => timeout(IDLE, self.lane.ring.wait()).await == Ok(true),
        }
    }

    /// Hands what a server said of a message to the recorder; what it said about us stops at the shape.
    async fn answered_by(&mut self, outbound: Box<Outbound>, ending: Ending) {
        let ending = match (self.heard(&ending), ending) {
            (Some(Signal::OurFault { wait, .. }), Ending::Answered(reply)) => {
                Ending::OurFault(reply, wait)
            }
            (Some(Signal::OurFault { wait, .. }), Ending::Refused(refusal)) => {
                Ending::OurFault(refusal.reply, wait)
            }
            (_, ending) => ending,
        };
        self.report(outbound, &ending).await;
    }

    /// Hands what became of a message to the recorder, and owes it to the journal.
    async fn report(&mut self, outbound: Box<Outbound>, ending: &Ending) {
        let Turn { row, no_mailbox } = turn::turn(
            outbound.attempt,
            ending,
            self.pace.now(),
            &self.crew.options.retry,
        );
        if row.state == RecipientState::At(Outcome::Deferred) {
            self.lane.shares.put_off(outbound.hand.run.flow());
        }
        let dot = outbound.intended.then(|| outbound.dot());
        if let Some(dot) = dot {
            self.owed.push(Owed::of(dot, &row));
        }
        let report = Report {
            used: telling::used(&outbound, &row),
            row,
            dot,
            no_mailbox: no_mailbox.then_some(outbound.person.contact),
            hand: outbound.hand,
        };
        // The recorder outlives the workers.
        let _ = self.crew.reports.send(report).await;
    }

    /// Counts the connection for the domain of a message, once.
    fn tell_tls(&mut self, outbound: &Outbound) {
        let now = self.pace.now();
        let domain = outbound.person.address.domain();
        self.toll.count(self.crew.tally.as_ref(), domain, now);
    }

    /// Puts in the journal what is owed, when no intent follows that would take it along.
    fn pay(&mut self) {
        for owed in self.owed.drain(..) {
            if let Err(fault) = self.crew.journal.append(&[owed.entry()]) {
                // The outcome is with the recorder all the same: only a crash now would put it in doubt.
                tracing::error!(%fault, "a result could not be put in the send journal");
            }
        }
    }
}
