//! BDAT (RFC 3030): content by length, in one chunk or several.
//!
//! Promises: every byte of a chunk is read as content, also of one that is refused; a chunk is refused before
//! more than the house's limit is kept; after a refused one nothing is taken until RSET.

use std::io;

use super::content::{Dots, keep};
use super::{Connection, Content, House, Step};

const NO_RECIPIENT: &[u8] = b"503 5.5.1 RCPT first\r\n";
const AFTER_REFUSAL: &[u8] = b"503 5.5.1 A chunk was refused: RSET first\r\n";
const TOO_LARGE: &[u8] = b"552 5.3.4 The message is too large\r\n";
const TAKEN: &[u8] = b"250 2.0.0 Go on\r\n";

/// What came of a message's chunks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Chunks {
    #[default]
    None,
    /// All but the last.
    Some(Vec<u8>),
    /// One was refused, and the message with it.
    Refused,
}

impl Chunks {
    fn bytes(&self) -> usize {
        match self {
            Self::Some(bytes) => bytes.len(),
            Self::None | Self::Refused => 0,
        }
    }
}

impl<H: House> Connection<H> {
    pub(super) fn bdat(&mut self, bytes: u64, last: bool) {
        let before = self.transaction.chunks.bytes() as u64;
        let whole = before.checked_add(bytes);
        let fits = whole.is_some_and(|whole| whole <= self.house.limits().message_bytes);
        let reply = match &self.transaction.chunks {
            _ if self.transaction.to.is_empty() => NO_RECIPIENT,
            Chunks::Refused => AFTER_REFUSAL,
            Chunks::None | Chunks::Some(_) if !fits => TOO_LARGE,
            Chunks::None | Chunks::Some(_) => {
                // It fits into a message, so it fits into memory.
                let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
                self.content = Content::Chunk { bytes, last };
                return;
            }
        };
        self.content = Content::Refused { bytes, reply };
        if reply == TOO_LARGE {
            self.transaction.chunks = Chunks::Refused;
        } else {
            self.faults.mistakes += 1;
        }
    }

    /// Throws away what is left of a refused chunk.
    pub(super) fn refuse_chunk(&mut self, from: usize, bytes: u64, reply: &'static [u8]) -> Step {
        let waiting = (self.inbox.len() - from) as u64;
        let used = waiting.min(bytes);
        if used == bytes {
            self.content = Content::None;
            self.say(reply);
        } else if used == 0 {
            return Step::More;
        } else {
            let bytes = bytes - used;
            self.content = Content::Refused { bytes, reply };
        }
        // No more than what is in memory.
        Step::Used(used as usize)
    }

    pub(super) async fn chunk(
        &mut self,
        from: usize,
        bytes: usize,
        last: bool,
    ) -> io::Result<Step> {
        let waiting = &self.inbox[from..];
        if self.transaction.drop && !waiting.is_empty() {
            self.house.misbehaved();
            return Ok(Step::End);
        }
        if waiting.len() < bytes {
            return Ok(Step::More);
        }
        self.content = Content::None;
        let chunk = &waiting[..bytes];
        if !last {
            match &mut self.transaction.chunks {
                Chunks::Some(before) => before.extend_from_slice(chunk),
                chunks => *chunks = Chunks::Some(chunk.to_vec()),
            }
            self.say(TAKEN);
            return Ok(Step::Used(bytes));
        }
        let mut transaction = std::mem::take(&mut self.transaction);
        if transaction.silent {
            self.house.misbehaved();
            return self.fall_silent().await;
        }
        let whose = (&*self.house, self.guest.as_ref());
        let reply = match std::mem::take(&mut transaction.chunks) {
            Chunks::Some(mut whole) => {
                whole.extend_from_slice(chunk);
                keep(whose, &transaction, &whole, Dots::AsTheyAre).await
            }
            Chunks::None | Chunks::Refused => {
                keep(whose, &transaction, chunk, Dots::AsTheyAre).await
            }
        };
        self.say(&reply);
        Ok(Step::Used(bytes))
    }
}
