//! One session: commands in, answers out, whole messages to the house.
//!
//! Promises: answers of a whole flight leave in one write (RFC 2920); nothing after DATA is read as a command
//! until CRLF.CRLF has come, nothing after BDAT before its length is over (`chunks`); a message that breaks a rule
//! is refused whole; under TLS a session begins anew, and what came in clear behind STARTTLS is thrown away (RFC 3207).

mod chunks;
mod content;
mod obey;
mod trial;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

pub use self::trial::{Heard, Taken, TrialDoor, converse};

use self::chunks::Chunks;
use super::command::{Command, loses_the_place, parse};
use super::house::House;
use super::limits::{BUFFER_BYTES, COMMAND_BYTES_MAX, ENDLESS_BYTES, LOGINS_MAX, MISTAKES_MAX};
use super::login::Asked;
use crate::smtp::Io;

/// A handshake is two flights; who needs longer holds a place for nothing.
const HANDSHAKE_MAX: Duration = Duration::from_secs(30);

const TOO_LONG: &[u8] = b"500 5.5.2 The line is too long\r\n";

/// What is said to the next step of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Go,
    Tls,
    End,
}

/// What one step made of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Used(usize),
    More,
    /// What is left of the inbox is not believed.
    Tls,
    End,
}

/// What lies between us and the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Clear,
    Tls,
}

/// A transaction, from MAIL to the final dot.
#[derive(Debug, Default)]
struct Transaction {
    from: Option<String>,
    utf8: bool,
    to: Vec<String>,
    silent: bool,
    drop: bool,
    chunks: Chunks,
}

/// Where in the content a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    None,
    /// So many bytes were searched for the end already.
    Wanted {
        seen: usize,
    },
    /// Too large: thrown away until its end.
    Flood,
    /// So many bytes are the next chunk.
    Chunk {
        bytes: usize,
        last: bool,
    },
    /// So many bytes are thrown away before this is said.
    Refused {
        bytes: u64,
        reply: &'static [u8],
    },
}

/// What was wrong so far; TLS makes nobody innocent.
#[derive(Debug, Clone, Copy, Default)]
struct Faults {
    mistakes: u32,
    logins: u32,
}

/// The state of one session.
pub(crate) struct Connection<H: House> {
    io: Box<dyn Io>,
    layer: Layer,
    peer: IpAddr,
    house: Arc<H>,
    guest: Option<H::Guest>,
    inbox: Vec<u8>,
    out: Vec<u8>,
    greeted: bool,
    faults: Faults,
    /// What the next line answers, where it is no command.
    asked: Option<Asked>,
    transaction: Transaction,
    content: Content,
}

impl<H: House> Connection<H> {
    pub(crate) fn new(io: Box<dyn Io>, peer: IpAddr, house: Arc<H>) -> Self {
        Self {
            io,
            layer: Layer::Clear,
            peer,
            house,
            guest: None,
            inbox: Vec::with_capacity(BUFFER_BYTES),
            out: Vec::with_capacity(512),
            greeted: false,
            faults: Faults::default(),
            asked: None,
            transaction: Transaction::default(),
            content: Content::None,
        }
    }

    /// Speaks until either side has enough. Errors of the connection are the client's business.
    pub(crate) async fn run(mut self) {
        let greeting = format!("220 {} ESMTP {}\r\n", self.house.name(), self.house.title());
        self.say(greeting.as_bytes());
        while let Ok(Flow::Tls) = self.converse().await {
            match self.secured().await {
                Some(anew) => self = anew,
                None => return,
            }
        }
    }

    /// Never gives `Flow::Go`.
    async fn converse(&mut self) -> io::Result<Flow> {
        self.flush().await?;
        loop {
            self.inbox.reserve(BUFFER_BYTES);
            let read = self.io.read_buf(&mut self.inbox);
            match timeout(self.house.limits().idle, read).await {
                Ok(Ok(0)) => return Ok(Flow::End),
                Ok(result) => result?,
                Err(_) => {
                    self.say(b"421 4.4.2 Nothing came for too long\r\n");
                    self.flush().await?;
                    return Ok(Flow::End);
                }
            };
            let flow = self.advance().await?;
            self.flush().await?;
            match flow {
                Flow::Go => {}
                Flow::Tls => return Ok(Flow::Tls),
                Flow::End => {
                    self.io.shutdown().await?;
                    return Ok(Flow::End);
                }
            }
        }
    }

    /// The same connection under TLS: greeting, transaction, guest and every byte from before are forgotten.
    async fn secured(self) -> Option<Self> {
        let acceptor = self.house.tls()?.acceptor().clone();
        let handshake = timeout(HANDSHAKE_MAX, acceptor.accept(self.io)).await;
        let io = handshake.ok()?.ok()?;
        Some(Self {
            layer: Layer::Tls,
            faults: self.faults,
            ..Self::new(Box::new(io), self.peer, self.house)
        })
    }

    async fn flush(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let latency = self.house.latency();
        if !latency.is_zero() {
            sleep(latency).await;
        }
        self.io.write_all(&self.out).await?;
        self.io.flush().await?;
        self.out.clear();
        Ok(())
    }

    /// Takes from the inbox what is complete.
    async fn advance(&mut self) -> io::Result<Flow> {
        let mut used = 0;
        let flow = loop {
            let step = match self.content {
                Content::None => self.command(used).await,
                Content::Wanted { seen } => self.content(used, seen).await?,
                Content::Flood => self.flood(used),
                Content::Chunk { bytes, last } => self.chunk(used, bytes, last).await?,
                Content::Refused { bytes, reply } => self.refuse_chunk(used, bytes, reply),
            };
            match step {
                Step::Used(bytes) => used += bytes,
                Step::More => break Flow::Go,
                Step::Tls => break Flow::Tls,
                Step::End => break Flow::End,
            }
        };
        self.inbox.drain(..used);
        if self.inbox.is_empty() && self.inbox.capacity() > 2 * BUFFER_BYTES {
            self.inbox.shrink_to(BUFFER_BYTES);
        }
        Ok(flow)
    }

    async fn command(&mut self, from: usize) -> Step {
        let waiting = &self.inbox[from..];
        let end = memchr::memchr(b'\n', waiting);
        if end.unwrap_or(waiting.len()) >= ENDLESS_BYTES {
            self.say(TOO_LONG);
            return Step::End;
        }
        let Some(feed) = end else {
            return Step::More;
        };
        if feed >= COMMAND_BYTES_MAX {
            self.asked = None;
            self.mistake(TOO_LONG);
            return self.patience(feed + 1);
        }
        let inbox = std::mem::take(&mut self.inbox);
        let step = self.line(&inbox[from..=from + feed]).await;
        self.inbox = inbox;
        step
    }

    async fn line(&mut self, line: &[u8]) -> Step {
        let Some(text) = line.strip_suffix(b"\r\n").filter(|l| !l.contains(&b'\r')) else {
            self.say(b"521 5.5.2 Lines end with CRLF, and hold no other CR or LF\r\n");
            return Step::End;
        };
        if let Some(asked) = self.asked.take() {
            self.answered(asked, text).await;
        } else {
            match parse(text) {
                Ok(Command::Quit) => {
                    self.say(b"221 2.0.0 Bye\r\n");
                    return Step::End;
                }
                Ok(Command::StartTls) if self.may_secure() => {
                    self.say(b"220 2.0.0 Go ahead\r\n");
                    return Step::Tls;
                }
                Ok(command) => self.obey(command).await,
                Err(reply) if loses_the_place(text) => {
                    self.say(reply);
                    return Step::End;
                }
                Err(reply) => self.mistake(reply),
            }
        }
        self.patience(line.len())
    }

    /// Goes on, unless there was too much wrong.
    fn patience(&mut self, used: usize) -> Step {
        if self.faults.mistakes > MISTAKES_MAX {
            self.say(b"421 4.7.0 Too many mistakes\r\n");
            return Step::End;
        }
        if self.faults.logins >= LOGINS_MAX {
            self.say(b"421 4.7.0 Too many attempts to sign in\r\n");
            return Step::End;
        }
        Step::Used(used)
    }

    fn say(&mut self, reply: &[u8]) {
        self.out.extend_from_slice(reply);
    }

    fn mistake(&mut self, reply: &[u8]) {
        self.faults.mistakes += 1;
        self.say(reply);
    }
}
