//! DATA: content up to its final dot.

use std::borrow::Cow;
use std::io;

use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::{Connection, Content, Step, Transaction};
use crate::server::content::{CUT_BYTES, End, find_end, unstuff};
use crate::server::house::{House, LongLines, Mail, Reply, said};
use crate::smtp::{self, TextFault};

/// Of a final dot without its line end this much may have come behind a message that is just not too large.
const DOT_CUT_OFF_BYTES: u64 = 2;

/// Whether lines of the content that begin with a dot have one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dots {
    Doubled,
    AsTheyAre,
}

impl<H: House> Connection<H> {
    pub(super) async fn content(&mut self, from: usize, seen: usize) -> io::Result<Step> {
        let waiting = &self.inbox[from..];
        if self.transaction.drop && !waiting.is_empty() {
            self.house.misbehaved();
            return Ok(Step::End);
        }
        let Some(end) = find_end(waiting, seen) else {
            self.content = Content::Wanted {
                seen: waiting.len(),
            };
            if waiting.len() as u64 > self.house.limits().message_bytes + DOT_CUT_OFF_BYTES {
                self.content = Content::Flood;
            }
            return Ok(Step::More);
        };
        let transaction = std::mem::take(&mut self.transaction);
        self.content = Content::None;
        if transaction.silent {
            self.house.misbehaved();
            return self.fall_silent().await;
        }
        let content = &waiting[..end.content];
        let whose = (&*self.house, self.guest.as_ref());
        let reply = keep(whose, &transaction, content, Dots::Doubled).await;
        self.say(&reply);
        Ok(Step::Used(end.with_dot))
    }

    /// Reads on and says nothing, until the client goes or the idle time is over.
    pub(super) async fn fall_silent(&mut self) -> io::Result<Step> {
        self.out.clear();
        let mut void = [0; 1024];
        while let Ok(read) = timeout(self.house.limits().silence, self.io.read(&mut void)).await {
            if read? == 0 {
                break;
            }
        }
        Ok(Step::End)
    }

    /// Throws the content away up to its end.
    pub(super) fn flood(&mut self, from: usize) -> Step {
        let waiting = &self.inbox[from..];
        if let Some(End { with_dot, .. }) = find_end(waiting, CUT_BYTES) {
            self.content = Content::None;
            self.transaction = Transaction::default();
            self.say(b"552 5.3.4 The message is too large\r\n");
            return Step::Used(with_dot);
        }
        // The last bytes may be the beginning of the end.
        match waiting.len() {
            0..=CUT_BYTES => Step::More,
            many => Step::Used(many - CUT_BYTES),
        }
    }
}

/// The answer to a message.
pub(super) async fn keep<H: House>(
    (house, guest): (&H, Option<&H::Guest>),
    transaction: &Transaction,
    content: &[u8],
    dots: Dots,
) -> Reply {
    if content.len() as u64 > house.limits().message_bytes {
        return said(b"552 5.3.4 The message is too large\r\n");
    }
    match (smtp::check(&[content]), house.limits().long_lines) {
        (Err(TextFault::BareLineEnd), _) => {
            return said(b"554 5.6.0 The message holds a bare CR or LF\r\n");
        }
        (Err(TextFault::LineTooLong), LongLines::Refused) => {
            return said(b"554 5.6.0 The message holds a line of more than 998 bytes\r\n");
        }
        (Ok(()), _) | (Err(TextFault::LineTooLong), LongLines::Taken) => {}
    }
    let plain = match dots {
        Dots::Doubled => unstuff(content),
        Dots::AsTheyAre => Cow::Borrowed(content),
    };
    let mail = Mail {
        from: transaction.from.as_deref().unwrap_or(""),
        to: &transaction.to,
        content: &plain,
    };
    house.take(guest, mail).await
}
