//! The bytes of a session: replies in, commands and content out, each within its time.
//!
//! Never: knows what a command means. One read takes whatever has arrived, so that the replies of one flight
//! cost one system call.

use std::io::{self, IoSlice};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::phase::{Timeouts, Trouble, What};
use avow_bounce::{Found, Phase, Reply, Span, find};

/// What a session runs over: TCP, TLS, or a pipe in memory.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Room for the replies of a flight in one read.
const READ_BYTES: usize = 4096;
/// Slices handed to the kernel at once: content without doubled dots needs four.
pub(super) const SLICES: usize = 32;

/// A connection with its unread replies.
pub(super) struct Wire {
    io: Box<dyn Io>,
    inbox: Vec<u8>,
    /// How much of the inbox has been consumed.
    read: usize,
    timeouts: Timeouts,
    layer: Layer,
}

/// What lies between us and the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    Clear,
    Tls,
}

/// A reply still in the inbox: valid until the next one is awaited.
#[derive(Clone, Copy)]
pub(super) struct Arrived {
    pub(super) code: u16,
    start: usize,
    end: usize,
}

impl Wire {
    pub(super) fn new(io: Box<dyn Io>, layer: Layer, timeouts: Timeouts) -> Self {
        Self {
            io,
            layer,
            inbox: Vec::with_capacity(READ_BYTES),
            read: 0,
            timeouts,
        }
    }

    /// Gives the stream back, for TLS. Whatever came in clear is a fault: it could be an attacker's.
    pub(super) fn into_io(self) -> Result<Box<dyn Io>, Trouble> {
        if self.read < self.inbox.len() {
            return Err(Trouble::new(Phase::StartTls, What::Injected));
        }
        Ok(self.io)
    }

    /// The next reply, in the time that the phase has for all of it.
    pub(super) async fn answer(&mut self, phase: Phase) -> Result<Arrived, Trouble> {
        if let Some(arrived) = self.buffered(phase)? {
            return Ok(arrived);
        }
        let limit = self.timeouts.answer(phase);
        match timeout(limit, self.read_reply(phase)).await {
            Ok(result) => result,
            Err(_) => Err(Trouble::new(phase, What::Timeout)),
        }
    }

    async fn read_reply(&mut self, phase: Phase) -> Result<Arrived, Trouble> {
        loop {
            self.inbox.drain(..self.read);
            self.read = 0;
            self.inbox.reserve(READ_BYTES);
            let count = self.io.read_buf(&mut self.inbox).await;
            match count {
                Ok(0) => return Err(Trouble::new(phase, What::Closed)),
                Ok(_) => {}
                Err(error) => return Err(Trouble::io(phase, &error)),
            }
            if let Some(arrived) = self.buffered(phase)? {
                return Ok(arrived);
            }
        }
    }

    fn buffered(&mut self, phase: Phase) -> Result<Option<Arrived>, Trouble> {
        match find(&self.inbox[self.read..]) {
            Found::Partial => Ok(None),
            Found::Broken(fault) => Err(Trouble::new(phase, What::Reply(fault))),
            Found::Whole(Span { code, bytes }) => {
                let start = self.read;
                self.read += bytes;
                Ok(Some(Arrived {
                    code,
                    start,
                    end: self.read,
                }))
            }
        }
    }

    /// All lines of a reply that has just arrived.
    pub(super) fn bytes(&self, arrived: Arrived) -> &[u8] {
        &self.inbox[arrived.start..arrived.end]
    }

    /// The reply as it is kept.
    pub(super) fn reply(&self, arrived: Arrived) -> Reply {
        Reply::from_lines(self.bytes(arrived), arrived.code)
    }

    /// Writes commands.
    pub(super) async fn send(&mut self, bytes: &[u8], phase: Phase) -> Result<(), Trouble> {
        let write = async {
            self.io.write_all(bytes).await?;
            self.io.flush().await
        };
        bounded(self.timeouts.answer(phase), phase, write).await
    }

    /// Writes slices in as few calls as the kernel allows. `written` counts the bytes that left, also on failure.
    pub(super) async fn send_slices(
        &mut self,
        slices: &mut [IoSlice<'_>],
        limit: Duration,
        written: &mut usize,
    ) -> Result<(), Trouble> {
        let io = &mut self.io;
        let write = async move {
            let mut slices = slices;
            while !slices.is_empty() {
                let count = io.write_vectored(slices).await?;
                if count == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                *written += count;
                IoSlice::advance_slices(&mut slices, count);
            }
            io.flush().await
        };
        bounded(limit, Phase::Body, write).await
    }

    /// Says good-bye to the stream, so that TLS can close in order. Its result changes nothing.
    pub(super) async fn close(mut self) {
        let limit = self.timeouts.quit;
        let _closed = timeout(limit, self.io.shutdown()).await;
    }

    pub(super) fn is_tls(&self) -> bool {
        self.layer == Layer::Tls
    }

    pub(super) const fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }
}

async fn bounded(
    limit: Duration,
    phase: Phase,
    work: impl Future<Output = io::Result<()>>,
) -> Result<(), Trouble> {
    match timeout(limit, work).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Trouble::io(phase, &error)),
        Err(_) => Err(Trouble::new(phase, What::Timeout)),
    }
}
