//! One connection and the task that keeps it busy.
//!
//! Each message costs one journal write, one write and one read on the socket: the next message's
//! envelope leaves with this one's final dot. The order is fixed: gate, bytes in memory, intent in the
//! journal, bytes on the wire, result in the journal with the next intent, outcome to the recorder.
//! Whatever did not leave goes back into the ring; whatever may have left is not sent again without its delay.

use std::sync::Arc;
use std::time::Duration;

use avow_model::{RecipientState, Timestamp};
use avow_store::OutcomeRow;
use avow_store::journal::{Entry, JournalDot, JournalError};
use tokio::time::timeout;

use super::breaker::Knock;
use super::crew::Crew;
use super::gate::Ruling;
use super::lane::{Kind, Lane};
use super::pace::Pace;
use super::recorder::Report;
use super::run::Order;
use super::turn::{self, Ending, Turn};
use crate::outbound::{Buffers, Loaded, Outbound};
use crate::route::OpenFault;
use crate::smtp::{Begun, Finished, Sent, Session, Trouble};

/// How long an idle connection waits for the next message before it is closed: relays count them.
const IDLE: Duration = Duration::from_secs(5);
/// Connections that may fail with one message in hand before the message, not the line, is put off.
const MISHAPS: u32 = 3;

/// A worker of one lane.
pub(crate) struct Worker {
    crew: Arc<Crew>,
    lane: Arc<Lane>,
    pace: Pace,
    spare: Vec<Buffers>,
    /// Results that go into the journal with the next intent: at most a few.
    owed: Vec<Owed>,
}

struct Owed {
    dot: JournalDot,
    state: RecipientState,
    reply_code: Option<u16>,
    reply: String,
    at: Timestamp,
}

impl Owed {
    fn entry(&self) -> Entry<'_> {
        Entry::Result {
            dot: self.dot,
            state: self.state,
            reply_code: self.reply_code,
            reply: &self.reply,
            at: self.at,
        }
    }

    /// It did not leave after all.
    fn unsent(dot: JournalDot, at: Timestamp) -> Self {
        Self {
            dot,
            state: RecipientState::Waiting,
            reply_code: None,
            reply: String::new(),
            at,
        }
    }

    fn of(dot: JournalDot, row: &OutcomeRow) -> Self {
        Self {
            dot,
            state: row.state,
            reply_code: row.reply_code,
            reply: row.reply.clone().unwrap_or_default(),
            at: row.at,
        }
    }
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
            spare: Vec::new(),
            owed: Vec::new(),
        }
    }

    /// Works until the lane's ring is closed, or until its domain has had nothing for a while.
    pub(crate) async fn work(mut self) {
        let lanes = self.crew.lanes.clone();
        while self.wanted().await {
            let Ok(_leave) = lanes.connections.acquire().await else {
                return;
            };
            if let Some(session) = self.connect().await {
                self.converse(session).await;
            }
        }
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

    async fn connect(&mut self) -> Option<Session> {
        let now = self.pace.now();
        if let Knock::NotBefore(at) = self.lane.breaker.ask(now) {
            match self.lane.kind {
                Kind::Relay => self.pace.toward(at).await,
                Kind::Site => self.put_off().await,
            }
            return None;
        }
        match self.lane.open(&self.crew.client).await {
            Ok(session) => Some(session),
            Err(fault) => {
                self.missed(fault);
                if self.lane.kind == Kind::Site {
                    self.put_off().await;
                }
                None
            }
        }
    }

    fn missed(&self, fault: OpenFault) {
        let now = self.pace.now();
        let jitter = self.crew.dice();
        tracing::warn!(site = %self.lane.site, %fault, "no connection; trying again");
        self.lane.breaker.missed(now, fault, jitter);
    }

    /// The site cannot be reached: its messages are put off, those of others go on.
    async fn put_off(&mut self) {
        let Some(fault) = self.lane.breaker.why() else {
            return;
        };
        while let Some(mut outbound) = self.lane.ring.try_take() {
            outbound.attempt.mishaps += 1;
            let ending = match &fault {
                OpenFault::Route(fault) => Ending::NoRoute(*fault),
                OpenFault::Trouble(trouble) => Ending::Mishap(trouble.clone()),
            };
            self.report(outbound, &ending).await;
        }
    }

    /// Message after message over one session, until it is lost or nothing is left to send.
    async fn converse(&mut self, mut session: Session) {
        let mut proved = false;
        loop {
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

    /// Waits a little for the next message, unless another site waits for the connection.
    async fn more_soon(&self) -> bool {
        let waited_for = self.crew.lanes.connections.available_permits() == 0;
        if self.lane.kind == Kind::Site && waited_for {
            return false;
        }
        timeout(IDLE, self.lane.ring.wait()).await == Ok(true)
    }

    /// One message after the other, each beginning in the flight that ends the one before.
    async fn chain(
        &mut self,
        session: &mut Session,
        first: Loaded,
        proved: &mut bool,
    ) -> Result<(), Lost> {
        let mut begun = session.begin(&first.envelope()).await;
        let mut loaded = first;
        loop {
            let Some(ready) = self.answered(loaded, begun, proved).await? else {
                return Ok(());
            };
            let next = self.next().await;
            let (following, further) = self.finish(session, ready, next).await?;
            match (following, further) {
                (Some(message), Some(answer)) => (loaded, begun) = (message, answer),
                _ => return Ok(()),
            }
        }
    }

    /// What the server said to an envelope: the message again when its content is wanted.
    async fn answered(
        &mut self,
        loaded: Loaded,
        begun: Begun,
        proved: &mut bool,
    ) -> Result<Option<Loaded>, Lost> {
        match begun {
            Begun::Trouble(trouble) => {
                self.mishap(loaded, &trouble).await;
                Err(Lost::Line(trouble))
            }
            Begun::Refused(refusal) => {
                self.prove(proved);
                let Loaded {
                    outbound, buffers, ..
                } = loaded;
                self.spare.push(buffers);
                self.report(outbound, &Ending::Refused(refusal)).await;
                Ok(None)
            }
            Begun::Ready => {
                self.prove(proved);
                Ok(Some(loaded))
            }
        }
    }

    fn prove(&self, proved: &mut bool) {
        if !std::mem::replace(proved, true) && self.lane.breaker.reached() {
            self.crew.bell.ring();
        }
    }

    /// Content, final dot and the next envelope, after a last look at what may have changed.
    async fn finish(
        &mut self,
        session: &mut Session,
        ready: Loaded,
        next: Option<Loaded>,
    ) -> Result<(Option<Loaded>, Option<Begun>), Lost> {
        let Some(mut ready) = self.untouched(ready).await else {
            self.put_back(next);
            return Err(Lost::Ours);
        };
        if let Err(fault) = self.intend(&mut ready) {
            tracing::error!(%fault, "nothing is sent while the send journal cannot be written");
            self.put_back(Some(ready));
            self.put_back(next);
            self.pace.look().await;
            return Err(Lost::Ours);
        }
        let envelope = next.as_ref().map(Loaded::envelope);
        let Finished { sent, next: begun } = session
            .finish(&ready.buffers.parts(), envelope.as_ref())
            .await;
        self.sent(ready, sent).await;
        Ok((next, begun))
    }

    /// The last look before the content leaves: when any no was recorded since the permit, asks again.
    async fn untouched(&mut self, ready: Loaded) -> Option<Loaded> {
        if ready.outbound.is_untouched() {
            return Some(ready);
        }
        let Loaded {
            outbound, buffers, ..
        } = ready;
        // Already begun: the session is given up, and whoever is still allowed goes back to the ring.
        self.spare.push(buffers);
        if let Some(outbound) = self.ask_again(outbound).await {
            self.lane.ring.put_back(outbound);
        }
        None
    }

    /// One write: the result that is owed, and the intent to send this one.
    fn intend(&mut self, ready: &mut Loaded) -> Result<(), JournalError> {
        let dot = Entry::Dot(ready.outbound.dot());
        match self.owed.as_slice() {
            [] => self.crew.journal.append(&[dot])?,
            [one] => self.crew.journal.append(&[one.entry(), dot])?,
            many => {
                let mut entries: Vec<Entry<'_>> = many.iter().map(Owed::entry).collect();
                entries.push(dot);
                self.crew.journal.append(&entries)?;
            }
        }
        self.owed.clear();
        ready.outbound.intended = true;
        Ok(())
    }

    async fn sent(&mut self, ready: Loaded, sent: Sent) {
        let ending = match sent {
            Sent::Final(reply) => Ending::Answered(reply),
            Sent::InDoubt(trouble) => Ending::InDoubt(trouble),
            Sent::Unsafe(fault) => Ending::Unsafe(fault),
            Sent::Trouble(trouble) => {
                self.owed
                    .push(Owed::unsent(ready.outbound.dot(), self.pace.now()));
                return self.mishap(ready, &trouble).await;
            }
        };
        let Loaded {
            outbound, buffers, ..
        } = ready;
        self.spare.push(buffers);
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
        let dot = outbound.intended.then(|| outbound.dot());
        if let Some(dot) = dot {
            self.owed.push(Owed::of(dot, &row));
        }
        let report = Report {
            row,
            dot,
            no_mailbox: no_mailbox.then_some(outbound.person.contact),
            hand: outbound.hand,
        };
        // The recorder outlives the workers.
        let _ = self.crew.reports.send(report).await;
    }

    /// The connection failed before the message could leave.
    async fn mishap(&mut self, loaded: Loaded, trouble: &Trouble) {
        let Loaded {
            mut outbound,
            buffers,
            ..
        } = loaded;
        self.spare.push(buffers);
        outbound.attempt.mishaps += 1;
        if outbound.attempt.mishaps < MISHAPS {
            self.lane.ring.put_back(outbound);
        } else {
            self.report(outbound, &Ending::Mishap(trouble.clone()))
                .await;
        }
    }

    fn put_back(&mut self, loaded: Option<Loaded>) {
        if let Some(Loaded {
            outbound, buffers, ..
        }) = loaded
        {
            self.spare.push(buffers);
            self.lane.ring.put_back(outbound);
        }
    }

    /// The next message that is ready and allowed now, written and signed.
    async fn next(&mut self) -> Option<Loaded> {
        while let Some(outbound) = self.lane.ring.try_take() {
            let Some(outbound) = self.allowed(outbound).await else {
                continue;
            };
            let buffers = self.spare.pop().unwrap_or_default();
            match outbound.load(&self.crew, buffers) {
                Ok(loaded) => return Some(loaded),
                Err((outbound, fault)) => {
                    self.report(outbound, &Ending::Content(fault.to_string()))
                        .await;
                }
            }
        }
        None
    }

    /// The last gate before the envelope.
    async fn allowed(&mut self, outbound: Box<Outbound>) -> Option<Box<Outbound>> {
        let now = self.pace.now();
        if outbound.hand.run.order() != Order::Go {
            return None;
        }
        if !self.crew.may_start() {
            self.lane.ring.put_back(outbound);
            self.pace.look().await;
            return None;
        }
        if outbound.is_fresh(now) {
            return Some(outbound);
        }
        self.ask_again(outbound).await
    }

    async fn ask_again(&mut self, mut outbound: Box<Outbound>) -> Option<Box<Outbound>> {
        let gate = &outbound.hand.run.brief.gate;
        let contact = outbound.person.contact;
        let ending = match gate.ask_again(contact, self.pace.now()).await {
            Ok(Ruling::Go(pass)) => {
                outbound.pass = pass;
                return Some(outbound);
            }
            Ok(Ruling::No(codes)) => Ending::No(codes),
            Ok(Ruling::Later(codes)) => Ending::Later(codes),
            Err(fault) => {
                tracing::warn!(%fault, "permission cannot be asked; nothing is sent meanwhile");
                self.lane.ring.put_back(outbound);
                self.pace.look().await;
                return None;
            }
        };
        self.report(outbound, &ending).await;
        None
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
