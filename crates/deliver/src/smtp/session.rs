//! A session with one server: message after message over one connection.
//!
//! Promises: MAIL, RCPT and DATA in one flight when the server offers PIPELINING (RFC 2920), the next
//! message's in the flight of the final dot, else one by one; with CHUNKING (RFC 3030) MAIL and RCPT, and the
//! content as one BDAT LAST with the next message's behind it. One write and one read a message on the happy
//! path; no allocation a message but the text of the final reply. Any 2xx to RCPT is acceptance (251, 252).
//! A lost answer to the end of the content is its own outcome. Never: decides about retries (`trouble`), never
//! resends anything itself.

use std::sync::Arc;

use memchr::memmem::Finder;

use super::envelope::{Begun, Envelope, Refusal, refuse, write_mail, write_rcpt};
use super::extensions::Extensions;
use super::habits::{Habit, Habits};
use super::phase::{Trouble, What};
use super::text::{TextFault, check, finder};
use super::wire::{Arrived, Wire};
use avow_bounce::{Phase, Reply, positive};

/// `BDAT`, twenty digits, `LAST` and a line end.
const HEAD_BYTES: usize = 32;
/// "Service not available, closing the channel" (RFC 5321 4.2.1).
const CLOSING: u16 = 421;
/// "Start mail input."
pub(super) const GO_AHEAD: u16 = 354;
/// "Bad sequence of commands."
const OUT_OF_ORDER: u16 = 503;

/// Where the session stands between two calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    Idle,
    /// A transaction was refused half-way: the next flight begins with RSET.
    Halfway,
    /// The envelope was taken: content is due.
    Open,
    Over,
}

/// How content travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// DATA, doubled dots, and a lone dot at the end (RFC 5321).
    Dots,
    /// BDAT LAST with its length, the bytes as they are (RFC 3030).
    Chunk,
}

/// What became of the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The server's word on the message: 2xx, 4xx or 5xx.
    Final(Reply),
    /// The final dot may have reached the server, its answer did not reach us.
    InDoubt(Trouble),
    /// The connection failed before the final dot left: the message was not taken.
    Trouble(Trouble),
    /// The message breaks the rules of the wire; nothing of it was written.
    Unsafe(TextFault),
}

/// What `finish` gives: the end of this message, and how far the next one got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    pub sent: Sent,
    /// `None` only when no next envelope was given.
    pub next: Option<Begun>,
}

/// An open session. Dropping it closes the connection; a message whose final dot has not left is then not sent.
pub struct Session {
    pub(super) wire: Wire,
    pub(super) server: Extensions,
    pub(super) out: Vec<u8>,
    /// The command before the content: `BDAT`.
    pub(super) head: Vec<u8>,
    pub(super) stand: Stand,
    pub(super) way: Way,
    pub(super) finder: Finder<'static>,
    /// Where it is noted that this host does not keep what it offers.
    pub(super) habits: Arc<Habits>,
    pub(super) host: String,
}

impl Session {
    pub(super) fn new(wire: Wire, host: &str, habits: Arc<Habits>) -> Self {
        Self {
            wire,
            server: Extensions::default(),
            out: Vec::with_capacity(1024),
            head: Vec::with_capacity(HEAD_BYTES),
            stand: Stand::Idle,
            way: Way::Dots,
            finder: finder(),
            habits,
            host: host.to_owned(),
        }
    }

    /// Notes what the server offers, and how content will travel.
    pub(super) fn offered(&mut self, server: Extensions) {
        let chunks = server.chunking && !self.habits.has(&self.host, Habit::RefusesChunks);
        self.way = if chunks { Way::Chunk } else { Way::Dots };
        self.server = server;
    }

    /// What the server offers.
    pub const fn extensions(&self) -> &Extensions {
        &self.server
    }

    /// False once the connection is of no more use.
    pub fn is_open(&self) -> bool {
        self.stand != Stand::Over
    }

    /// Offers a message. On [`Begun::Ready`] the server takes the content.
    pub async fn begin(&mut self, envelope: &Envelope<'_>) -> Begun {
        if let Some(early) = self.before(envelope) {
            return early;
        }
        let result = if self.server.pipelining {
            self.begin_in_one_flight(envelope).await
        } else {
            self.begin_one_by_one(envelope).await
        };
        self.settle(result)
    }

    /// Sends the content to its end; with PIPELINING the next message's commands leave in the same flight.
    pub async fn finish(&mut self, parts: &[&[u8]], next: Option<&Envelope<'_>>) -> Finished {
        let Some(sent) = self.before_content(parts) else {
            return self.finish_open(parts, next).await;
        };
        self.stand = Stand::Over;
        let next = next.map(|_| Begun::Trouble(Trouble::new(Phase::Body, What::OutOfOrder)));
        Finished { sent, next }
    }

    /// Takes back a message that was begun and refused half-way. `begin` does so by itself when needed.
    pub async fn reset(&mut self) -> Result<(), Trouble> {
        let result = self.command(b"RSET\r\n", Phase::Reset).await.map(|_| ());
        self.stand = if result.is_ok() {
            Stand::Idle
        } else {
            Stand::Over
        };
        result
    }

    /// Ends the session in order. Only a courtesy: its answer changes nothing.
    pub async fn quit(mut self) {
        if matches!(self.stand, Stand::Idle | Stand::Halfway)
            && self.wire.send(b"QUIT\r\n", Phase::Quit).await.is_ok()
        {
            let _goodbye = self.wire.answer(Phase::Quit).await;
        }
        self.wire.close().await;
    }

    /// What can be said without a byte sent.
    fn before(&self, envelope: &Envelope<'_>) -> Option<Begun> {
        match self.stand {
            Stand::Open => Some(Begun::Trouble(Trouble::new(Phase::Mail, What::OutOfOrder))),
            Stand::Over => Some(Begun::Trouble(Trouble::new(Phase::Mail, What::Closed))),
            Stand::Idle | Stand::Halfway => refuse(envelope, &self.server).map(Begun::Refused),
        }
    }

    fn before_content(&self, parts: &[&[u8]]) -> Option<Sent> {
        if self.stand != Stand::Open {
            return Some(Sent::Trouble(Trouble::new(Phase::Body, What::OutOfOrder)));
        }
        check(parts).err().map(Sent::Unsafe)
    }

    /// Notes where a transaction's beginning leaves the session.
    fn settle(&mut self, result: Result<Begun, Trouble>) -> Begun {
        let begun = result.unwrap_or_else(Begun::Trouble);
        self.stand = match &begun {
            Begun::Ready => Stand::Open,
            Begun::Refused(refusal) if refusal.phase == Phase::Here => self.stand,
            // The two sides no longer agree on where they are.
            Begun::Refused(refusal) if refusal.reply.code == OUT_OF_ORDER => Stand::Over,
            // A refused MAIL leaves no transaction; RSET then does no harm and needs no thought.
            Begun::Refused(_) => Stand::Halfway,
            Begun::Trouble(_) => Stand::Over,
        };
        begun
    }

    async fn begin_in_one_flight(&mut self, envelope: &Envelope<'_>) -> Result<Begun, Trouble> {
        self.out.clear();
        let reset = self.stand == Stand::Halfway;
        self.write_flight(envelope, reset);
        self.wire.send(&self.out, Phase::Mail).await?;
        self.read_flight(reset).await
    }

    pub(super) fn write_flight(&mut self, envelope: &Envelope<'_>, reset: bool) {
        if reset {
            self.out.extend_from_slice(b"RSET\r\n");
        }
        write_mail(envelope, &self.server, &mut self.out);
        write_rcpt(envelope, &mut self.out);
        if self.way == Way::Dots {
            self.out.extend_from_slice(b"DATA\r\n");
        }
    }

    /// Reads the answers to a whole flight: all of them, whatever the first ones say.
    async fn read_flight(&mut self, reset: bool) -> Result<Begun, Trouble> {
        if reset {
            self.answer(Phase::Reset).await?;
        }
        let mail = self.refusal(Phase::Mail).await?;
        let rcpt = self.refusal(Phase::Rcpt).await?;
        let refused = mail.or(rcpt);
        if self.way == Way::Chunk {
            return Ok(refused.map_or(Begun::Ready, Begun::Refused));
        }
        let data = self.answer(Phase::Data).await?;
        match (refused, data.code) {
            (None, GO_AHEAD) => Ok(Begun::Ready),
            (None, _) => Ok(Begun::Refused(self.keep(Phase::Data, data))),
            (Some(refusal), GO_AHEAD) => {
                self.send_empty().await?;
                Ok(Begun::Refused(refusal))
            }
            (Some(refusal), _) => Ok(Begun::Refused(refusal)),
        }
    }

    async fn begin_one_by_one(&mut self, envelope: &Envelope<'_>) -> Result<Begun, Trouble> {
        if self.stand == Stand::Halfway {
            self.reset().await?;
        }
        let phases: &[Phase] = match self.way {
            Way::Dots => &[Phase::Mail, Phase::Rcpt, Phase::Data],
            Way::Chunk => &[Phase::Mail, Phase::Rcpt],
        };
        for phase in phases.iter().copied() {
            self.out.clear();
            match phase {
                Phase::Mail => write_mail(envelope, &self.server, &mut self.out),
                Phase::Rcpt => write_rcpt(envelope, &mut self.out),
                _ => self.out.extend_from_slice(b"DATA\r\n"),
            }
            self.wire.send(&self.out, phase).await?;
            let answer = self.answer(phase).await?;
            let well = match phase {
                Phase::Data => answer.code == GO_AHEAD,
                _ => positive(answer.code),
            };
            if !well {
                return Ok(Begun::Refused(self.keep(phase, answer)));
            }
        }
        Ok(Begun::Ready)
    }

    /// The server said 354 although it refused the recipient: RFC 2920 3.1 wants one dot, and the answer is void.
    async fn send_empty(&mut self) -> Result<(), Trouble> {
        self.wire.send(b".\r\n", Phase::Data).await?;
        self.answer(Phase::Data).await.map(|_| ())
    }

    async fn finish_open(&mut self, parts: &[&[u8]], next: Option<&Envelope<'_>>) -> Finished {
        // The transaction ends with the content, whatever the answer: what follows starts afresh.
        self.stand = Stand::Idle;
        let early = next.and_then(|next| self.before(next));
        let rides = next.filter(|_| early.is_none() && self.server.pipelining);
        let sent = self.send_content(parts, rides).await;
        let next = match (self.ended(&sent), early, next) {
            (_, _, None) => None,
            (_, Some(early), _) => Some(early),
            (Some(trouble), None, _) => Some(Begun::Trouble(trouble)),
            (None, None, Some(_)) if rides.is_some() => {
                let result = self.read_flight(self.way == Way::Chunk).await;
                Some(self.settle(result))
            }
            (None, None, Some(next)) => Some(self.begin(next).await),
        };
        Finished { sent, next }
    }

    /// Why nothing more can follow on this connection, noted in `stand`.
    fn ended(&mut self, sent: &Sent) -> Option<Trouble> {
        let trouble = match sent {
            Sent::Final(reply) if reply.code == CLOSING || self.stand == Stand::Over => {
                Trouble::new(Phase::Dot, What::Refused(reply.clone()))
            }
            Sent::Final(_) => return None,
            Sent::InDoubt(trouble) | Sent::Trouble(trouble) => trouble.clone(),
            Sent::Unsafe(_) => Trouble::new(Phase::Body, What::OutOfOrder),
        };
        self.stand = Stand::Over;
        Some(trouble)
    }

    /// One command on its own, with its answer.
    pub(super) async fn command(&mut self, line: &[u8], phase: Phase) -> Result<Arrived, Trouble> {
        self.wire.send(line, phase).await?;
        self.answer(phase).await
    }

    /// An answer; 421 ends the session in any phase.
    pub(super) async fn answer(&mut self, phase: Phase) -> Result<Arrived, Trouble> {
        let arrived = self.wire.answer(phase).await?;
        if arrived.code == CLOSING {
            let reply = self.wire.reply(arrived);
            return Err(Trouble::new(phase, What::Refused(reply)));
        }
        Ok(arrived)
    }

    async fn refusal(&mut self, phase: Phase) -> Result<Option<Refusal>, Trouble> {
        let arrived = self.answer(phase).await?;
        Ok((!positive(arrived.code)).then(|| self.keep(phase, arrived)))
    }

    fn keep(&self, phase: Phase, arrived: Arrived) -> Refusal {
        let reply = self.wire.reply(arrived);
        Refusal { phase, reply }
    }
}
