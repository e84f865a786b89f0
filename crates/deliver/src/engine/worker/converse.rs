//! Message after message over one session, each beginning in the flight that ends the one before.

use avow_store::journal::{Entry, JournalError};

use super::leave::unhurried;
use super::owed::Owed;
use super::{Lost, MISHAPS, Worker};
use crate::engine::halt::Part;
use crate::engine::turn::Ending;
use crate::outbound::Loaded;
use crate::smtp::{Begun, Finished, Sent, Session, Trouble};

impl Worker {
    /// One message after the other, each beginning in the flight that ends the one before.
    pub(super) async fn chain(
        &mut self,
        session: &mut Session,
        first: Loaded,
        proved: &mut bool,
    ) -> Result<(), Lost> {
        let watch = self.watch();
        let envelope = first.envelope();
        let run = first.outbound.hand.run.clone();
        // A server that lets us wait with an envelope holds up no order: nothing has left.
        let begun = tokio::select! {
            begun = unhurried(watch, &mut self.leave, session.begin(&envelope)) => Some(begun),
            () = run.let_go() => None,
        };
        let Some(mut begun) = begun else {
            self.put_back(Some(first));
            return Err(Lost::Ours);
        };
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
        self.tell_tls(&loaded.outbound);
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
                self.crew.buffers.give_back(buffers);
                self.answered_by(outbound, Ending::Refused(refusal)).await;
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
            self.crew.news.tell();
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
            self.crew.halt.raise(Part::Journal, fault.to_string());
            self.crew.news.tell();
            self.put_back(Some(ready));
            self.put_back(next);
            self.pace.look().await;
            return Err(Lost::Ours);
        }
        let envelope = next.as_ref().map(Loaded::envelope);
        let (watch, parts) = (self.watch(), ready.buffers.parts());
        let finish = session.finish(&parts, envelope.as_ref());
        let Finished { sent, next: begun } = unhurried(watch, &mut self.leave, finish).await;
        self.sent(ready, sent).await;
        Ok((next, begun))
    }

    /// The last look before the content leaves: a lease that ran out meanwhile (the machine stood still)
    /// stops it, and when any no was recorded since the permit, the gate is asked again.
    async fn untouched(&mut self, ready: Loaded) -> Option<Loaded> {
        if !self.crew.fence.holds(self.pace.now()) {
            self.put_back(Some(ready));
            return None;
        }
        if ready.outbound.is_untouched() {
            return Some(ready);
        }
        let Loaded {
            outbound, buffers, ..
        } = ready;
        // Already begun: the session is given up, and whoever is still allowed goes back to the ring.
        self.crew.buffers.give_back(buffers);
        if let Ok(Some(outbound)) = self.ask_again(outbound).await {
            self.lane.put_back(outbound);
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
        if self.crew.halt.clear(Part::Journal) {
            self.crew.news.tell();
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
        self.crew.buffers.give_back(buffers);
        self.answered_by(outbound, ending).await;
    }

    /// The connection failed before the message could leave.
    async fn mishap(&mut self, loaded: Loaded, trouble: &Trouble) {
        let Loaded {
            mut outbound,
            buffers,
            ..
        } = loaded;
        self.crew.buffers.give_back(buffers);
        self.heard(&Ending::Mishap(trouble.clone()));
        outbound.attempt.mishaps += 1;
        if outbound.attempt.mishaps < MISHAPS {
            self.lane.put_back(outbound);
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
            self.crew.buffers.give_back(buffers);
            self.lane.put_back(outbound);
        }
    }
}
