//! The next message for a worker: taken from the ring, asked about for the last time, written.

use super::Worker;
use crate::engine::gate::Ruling;
use crate::engine::lane::Kind;
use crate::engine::run::Order;
use crate::engine::turn::Ending;
use crate::outbound::{Loaded, Outbound};

/// Nothing can be decided now; what was asked about is back in the ring.
pub(super) struct Wait;

impl Worker {
    /// The next message that is ready and allowed now, written and signed.
    pub(super) async fn next(&mut self) -> Option<Loaded> {
        if self.pace.now() >= self.open_until {
            self.room = 0;
        }
        while self.room > 0 {
            let outbound = match self.allowed(self.lane.ring.try_take()?).await {
                Ok(Some(outbound)) => outbound,
                Ok(None) => continue,
                Err(Wait) => return None,
            };
            if self.lane.kind == Kind::Site && !self.has_turn().await {
                self.lane.put_back(outbound);
                return None;
            }
            self.room -= 1;
            let buffers = self.crew.buffers.take();
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

    /// Leave for one message: of the site's rate, and of the day's share while our address is warmed up.
    async fn has_turn(&self) -> bool {
        let now = self.pace.now();
        if self.lane.shape.leave(now).is_err() {
            return false;
        }
        match self.lane.shape.warm() {
            None => true,
            Some(warm) => self.crew.quotas.take_warm(&warm, now).await,
        }
    }

    /// The last gate before the envelope; `None` when it has been dealt with.
    async fn allowed(&mut self, outbound: Box<Outbound>) -> Result<Option<Box<Outbound>>, Wait> {
        if outbound.hand.run.order() != Order::Go {
            return Ok(None);
        }
        if !self.crew.may_start() {
            return Err(self.wait(outbound).await);
        }
        if outbound.is_fresh(self.pace.now()) {
            return Ok(Some(outbound));
        }
        self.ask_again(outbound).await
    }

    /// Asks the gate with facts read now.
    pub(super) async fn ask_again(
        &mut self,
        mut outbound: Box<Outbound>,
    ) -> Result<Option<Box<Outbound>>, Wait> {
        let gate = &outbound.hand.run.brief.gate;
        let (contact, message) = (outbound.person.contact, outbound.message());
        let ending = match gate.ask_again(contact, message, self.pace.now()).await {
            Ok(Ruling::Go(pass)) => {
                outbound.pass = pass;
                return Ok(Some(outbound));
            }
            Ok(Ruling::No(codes)) => Ending::No(codes),
            Ok(Ruling::Later(codes)) => Ending::Later(codes),
            Err(fault) => {
                tracing::warn!(%fault, "permission cannot be asked; nothing is sent meanwhile");
                return Err(self.wait(outbound).await);
            }
        };
        self.report(outbound, &ending).await;
        Ok(None)
    }

    async fn wait(&mut self, outbound: Box<Outbound>) -> Wait {
        self.lane.put_back(outbound);
        self.pace.look().await;
        Wait
    }
}
