//! Content on the wire: its pieces, its end, the flight that rides along, and the word on it.
//!
//! Promises: from the moment the last byte of the content may have left, only an answer tells what became of the
//! message; before it, the server cannot have taken it. The bytes of the message are never copied.

use std::io::{IoSlice, Write as _};
use std::time::Duration;

use super::envelope::Envelope;
use super::habits::Habit;
use super::phase::{BLOCK_BYTES, Trouble, What};
use super::session::{GO_AHEAD, Sent, Session, Stand, Way};
use super::text::{Pieces, ends_its_line};
use super::wire::{Arrived, SLICES};
use avow_bounce::{Phase, Reply, positive};

/// Answers that say "no such command" or "no such parameter" (RFC 5321 4.2.2).
const COMMAND_UNKNOWN: [u16; 4] = [500, 501, 502, 504];
/// The subject of an enhanced code that is about the protocol (RFC 3463 3.6).
const PROTOCOL: u16 = 5;

impl Session {
    /// Content to its end with the flight that rides along; then the answer to the end.
    pub(super) async fn send_content(
        &mut self,
        parts: &[&[u8]],
        rides: Option<&Envelope<'_>>,
    ) -> Sent {
        let end = self.frame(parts, rides);
        match self.write_content(parts, end).await {
            Ok(()) => {}
            Err((End::Left, trouble)) => return Sent::InDoubt(trouble),
            Err((End::Held, trouble)) => return self.early_word(trouble).await,
        }
        match self.wire.answer(Phase::Dot).await {
            Ok(arrived) => self.word(arrived),
            Err(trouble) => Sent::InDoubt(trouble),
        }
    }

    /// Writes what stands before and behind the content; how many bytes behind it belong to its end.
    fn frame(&mut self, parts: &[&[u8]], rides: Option<&Envelope<'_>>) -> usize {
        self.head.clear();
        self.out.clear();
        let whole = ends_its_line(parts);
        let end: &[u8] = match (self.way, whole) {
            (Way::Dots, true) => b".\r\n",
            (Way::Dots, false) => b"\r\n.\r\n",
            (Way::Chunk, true) => b"",
            (Way::Chunk, false) => b"\r\n",
        };
        self.out.extend_from_slice(end);
        if self.way == Way::Chunk {
            let bytes = length(parts) + end.len();
            // Writing into memory cannot fail.
            let _ = write!(self.head, "BDAT {bytes} LAST\r\n");
        }
        if let Some(next) = rides {
            // After a failed chunk a server stands nowhere until it is reset (RFC 3030 section 2).
            self.write_flight(next, self.way == Way::Chunk);
        }
        end.len()
    }

    async fn write_content(&mut self, parts: &[&[u8]], end: usize) -> Result<(), (End, Trouble)> {
        let limit = self.content_time(parts);
        let finder = (self.way == Way::Dots).then_some(&self.finder);
        let mut pieces = Pieces::new(parts, finder).peekable();
        let mut head = Some(self.head.as_slice()).filter(|head| !head.is_empty());
        let (mut written, mut ends_at) = (0, self.head.len() + end);
        loop {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let mut count = 0;
            if let Some(head) = head.take() {
                slices[0] = IoSlice::new(head);
                count = 1;
            }
            while count < SLICES - 1
                && let Some(piece) = pieces.next()
            {
                slices[count] = IoSlice::new(piece);
                ends_at += piece.len();
                count += 1;
            }
            let last = pieces.peek().is_none();
            if last {
                slices[count] = IoSlice::new(&self.out);
                count += 1;
            }
            let batch = &mut slices[..count];
            let result = self.wire.send_slices(batch, limit, &mut written).await;
            match result {
                Ok(()) if last => return Ok(()),
                Ok(()) => {}
                // TLS may have put more on its way than it told before it failed.
                Err(trouble) if last && (written >= ends_at || self.wire.is_tls()) => {
                    return Err((End::Left, trouble));
                }
                Err(trouble) => return Err((End::Held, trouble)),
            }
        }
    }

    /// The phase's time for every started block of the content.
    fn content_time(&self, parts: &[&[u8]]) -> Duration {
        let blocks = u32::try_from(length(parts) / BLOCK_BYTES + 1).unwrap_or(u32::MAX);
        self.wire.timeouts().block.saturating_mul(blocks)
    }

    /// What the answer to the end of the content says of the message.
    fn word(&mut self, arrived: Arrived) -> Sent {
        let reply = self.wire.reply(arrived);
        if self.way == Way::Dots || !is_unknown(&reply) {
            return Sent::Final(reply);
        }
        // It offered CHUNKING and does not know BDAT: what followed was read as commands, so the two sides no
        // longer agree on anything. The message was not taken; the next session uses DATA.
        self.habits.note(&self.host, Habit::RefusesChunks);
        Sent::Trouble(Trouble::new(Phase::Dot, What::NoChunks(reply)))
    }

    /// Writing failed before the end: a server that refused in the middle may have said why.
    async fn early_word(&mut self, trouble: Trouble) -> Sent {
        self.stand = Stand::Over;
        match self.wire.answer(Phase::Quit).await {
            Ok(arrived) if !positive(arrived.code) && arrived.code != GO_AHEAD => {
                self.word(arrived)
            }
            _ => Sent::Trouble(trouble),
        }
    }
}

/// True for a refusal of the command and not of the message.
fn is_unknown(reply: &Reply) -> bool {
    let about_the_message = reply.enhanced.is_some_and(|code| code.subject != PROTOCOL);
    COMMAND_UNKNOWN.contains(&reply.code) && !about_the_message
}

fn length(parts: &[&[u8]]) -> usize {
    parts.iter().map(|part| part.len()).sum()
}

/// Whether the end of the content may have left when writing failed.
enum End {
    Held,
    Left,
}
