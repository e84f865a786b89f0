//! One session: commands in, answers out, whole messages to the house.
//!
//! Promises: answers of a whole flight leave in one write (RFC 2920); nothing after DATA is read as a command
//! until CRLF.CRLF has come, nothing after BDAT before its length is over (`chunks`); a message that breaks a rule
//! is refused whole.

mod chunks;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use self::chunks::Chunks;
use super::command::{Command, loses_the_place, parse};
use super::content::{CUT_BYTES, End, find_end, unstuff};
use super::house::{Admit, House, LongLines, Mail};
use super::limits::{BUFFER_BYTES, COMMAND_BYTES_MAX, MISTAKES_MAX};
use crate::smtp::{self, TextFault};

/// What is said to the next step of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Go,
    End,
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

/// Whether lines of the content that begin with a dot have one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dots {
    Doubled,
    AsTheyAre,
}

/// The state of one session.
pub(crate) struct Connection<H> {
    stream: TcpStream,
    house: Arc<H>,
    inbox: Vec<u8>,
    out: Vec<u8>,
    greeted: bool,
    mistakes: u32,
    transaction: Transaction,
    content: Content,
}

impl<H: House> Connection<H> {
    pub(crate) fn new(stream: TcpStream, house: Arc<H>) -> Self {
        Self {
            stream,
            house,
            inbox: Vec::with_capacity(BUFFER_BYTES),
            out: Vec::with_capacity(512),
            greeted: false,
            mistakes: 0,
            transaction: Transaction::default(),
            content: Content::None,
        }
    }

    /// Speaks until either side has enough. Errors of the connection are the client's business.
    pub(crate) async fn run(mut self) {
        self.stream.set_nodelay(true).ok();
        let greeting = format!("220 {} ESMTP {}\r\n", self.house.name(), self.house.title());
        self.out.extend_from_slice(greeting.as_bytes());
        let _gone = self.converse().await;
    }

    async fn converse(&mut self) -> io::Result<()> {
        self.flush().await?;
        loop {
            self.inbox.reserve(BUFFER_BYTES);
            let read = self.stream.read_buf(&mut self.inbox);
            match timeout(self.house.limits().idle, read).await {
                Ok(Ok(0)) => return Ok(()),
                Ok(result) => result?,
                Err(_) => {
                    self.say(b"421 4.4.2 Nothing came for too long\r\n");
                    return self.flush().await;
                }
            };
            let flow = self.advance().await?;
            self.flush().await?;
            if flow == Flow::End {
                return self.stream.shutdown().await;
            }
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let latency = self.house.latency();
        if !latency.is_zero() {
            sleep(latency).await;
        }
        self.stream.write_all(&self.out).await?;
        self.out.clear();
        Ok(())
    }

    /// Takes from the inbox what is complete.
    async fn advance(&mut self) -> io::Result<Flow> {
        let mut used = 0;
        let flow = loop {
            let step = match self.content {
                Content::None => self.command(used),
                Content::Wanted { seen } => self.content(used, seen).await?,
                Content::Flood => self.flood(used),
                Content::Chunk { bytes, last } => self.chunk(used, bytes, last).await?,
                Content::Refused { bytes, reply } => self.refuse_chunk(used, bytes, reply),
            };
            match step {
                Step::Used(bytes) => used += bytes,
                Step::More => break Flow::Go,
                Step::End => break Flow::End,
            }
        };
        self.inbox.drain(..used);
        if self.inbox.is_empty() && self.inbox.capacity() > 2 * BUFFER_BYTES {
            self.inbox.shrink_to(BUFFER_BYTES);
        }
        Ok(flow)
    }

    fn command(&mut self, from: usize) -> Step {
        let waiting = &self.inbox[from..];
        let Some(feed) = memchr::memchr(b'\n', waiting) else {
            if waiting.len() > COMMAND_BYTES_MAX {
                self.say(b"500 5.5.2 The line is too long\r\n");
                return Step::End;
            }
            return Step::More;
        };
        let inbox = std::mem::take(&mut self.inbox);
        let step = self.line(&inbox[from..=from + feed]);
        self.inbox = inbox;
        step
    }

    fn line(&mut self, line: &[u8]) -> Step {
        let Some(text) = line.strip_suffix(b"\r\n").filter(|l| !l.contains(&b'\r')) else {
            self.say(b"521 5.5.2 Lines end with CRLF, and hold no other CR or LF\r\n");
            return Step::End;
        };
        if line.len() > COMMAND_BYTES_MAX {
            self.mistake(b"500 5.5.2 The line is too long\r\n");
        } else {
            match parse(text) {
                Ok(Command::Quit) => {
                    self.say(b"221 2.0.0 Bye\r\n");
                    return Step::End;
                }
                Ok(command) => self.obey(command),
                Err(reply) if loses_the_place(text) => {
                    self.say(reply);
                    return Step::End;
                }
                Err(reply) => self.mistake(reply),
            }
        }
        if self.mistakes > MISTAKES_MAX {
            self.say(b"421 4.7.0 Too many mistakes\r\n");
            return Step::End;
        }
        Step::Used(line.len())
    }

    fn obey(&mut self, command: Command<'_>) {
        match command {
            Command::Ehlo => self.ehlo(),
            Command::Helo => {
                self.greeted = true;
                self.transaction = Transaction::default();
                let hello = format!("250 {}\r\n", self.house.name());
                self.say(hello.as_bytes());
            }
            Command::Mail {
                from,
                size_bytes,
                utf8,
            } => self.mail(from, size_bytes, utf8),
            Command::Rcpt { to } => self.rcpt(to),
            Command::Data => self.data(),
            Command::Bdat { bytes, last } => self.bdat(bytes, last),
            Command::Rset => {
                self.transaction = Transaction::default();
                self.say(b"250 2.0.0 Ok\r\n");
            }
            Command::Noop => self.say(b"250 2.0.0 Ok\r\n"),
            Command::Vrfy => self.say(b"252 2.1.5 Send it and see\r\n"),
            Command::Help => self.say(self.house.help()),
            Command::Quit => {}
        }
    }

    fn ehlo(&mut self) {
        self.greeted = true;
        self.transaction = Transaction::default();
        let answer = format!(
            "250-{}\r\n250-PIPELINING\r\n250-SIZE {}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250 ENHANCEDSTATUSCODES\r\n",
            self.house.name(),
            self.house.limits().message_bytes
        );
        self.say(answer.as_bytes());
    }

    fn mail(&mut self, from: &str, size_bytes: Option<u64>, utf8: bool) {
        if !self.greeted || self.transaction.from.is_some() {
            self.mistake(b"503 5.5.1 EHLO first, and one MAIL a message\r\n");
        } else if size_bytes.is_some_and(|size| size > self.house.limits().message_bytes) {
            self.say(b"552 5.3.4 The message is too large\r\n");
        } else if !utf8 && !from.is_ascii() {
            self.say(b"553 5.6.7 This address needs SMTPUTF8\r\n");
        } else {
            self.transaction.from = Some(from.to_owned());
            self.transaction.utf8 = utf8;
            self.say(b"250 2.1.0 Ok\r\n");
        }
    }

    fn rcpt(&mut self, to: &str) {
        if self.transaction.from.is_none() {
            return self.mistake(b"503 5.5.1 MAIL first\r\n");
        }
        if self.transaction.chunks != Chunks::None {
            return self.mistake(b"503 5.5.1 The content has begun\r\n");
        }
        if self.transaction.to.len() >= self.house.limits().recipients {
            return self.say(b"452 4.5.3 Too many recipients\r\n");
        }
        if !self.transaction.utf8 && !to.is_ascii() {
            return self.say(b"553 5.6.7 This address needs SMTPUTF8\r\n");
        }
        match self.house.admit(to) {
            Admit::No(reply) => return self.say(reply),
            Admit::DropInData => self.transaction.drop = true,
            Admit::Silent => self.transaction.silent = true,
            Admit::Yes => {}
        }
        self.transaction.to.push(to.to_owned());
        self.say(b"250 2.1.5 Ok\r\n");
    }

    fn data(&mut self) {
        if self.transaction.to.is_empty() {
            return self.mistake(b"503 5.5.1 RCPT first\r\n");
        }
        if self.transaction.chunks != Chunks::None {
            return self.mistake(b"503 5.5.1 DATA and BDAT do not mix\r\n");
        }
        self.content = Content::Wanted { seen: 0 };
        self.say(b"354 End with a dot on a line of its own\r\n");
    }

    async fn content(&mut self, from: usize, seen: usize) -> io::Result<Step> {
        let waiting = &self.inbox[from..];
        if self.transaction.drop && !waiting.is_empty() {
            self.house.misbehaved();
            return Ok(Step::End);
        }
        let Some(end) = find_end(waiting, seen) else {
            self.content = Content::Wanted {
                seen: waiting.len(),
            };
            if waiting.len() as u64 > self.house.limits().message_bytes {
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
        let reply = self.keep(&transaction, content, Dots::Doubled).await;
        self.say(reply);
        Ok(Step::Used(end.with_dot))
    }

    /// The answer to a message.
    async fn keep(&self, transaction: &Transaction, content: &[u8], dots: Dots) -> &'static [u8] {
        if content.len() as u64 > self.house.limits().message_bytes {
            return b"552 5.3.4 The message is too large\r\n";
        }
        match (smtp::check(&[content]), self.house.limits().long_lines) {
            (Err(TextFault::BareLineEnd), _) => {
                return b"554 5.6.0 The message holds a bare CR or LF\r\n";
            }
            (Err(TextFault::LineTooLong), LongLines::Refused) => {
                return b"554 5.6.0 The message holds a line of more than 998 bytes\r\n";
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
        self.house.take(mail).await
    }

    /// Reads on and says nothing, until the client goes or the idle time is over.
    async fn fall_silent(&mut self) -> io::Result<Step> {
        self.out.clear();
        let mut void = [0; 1024];
        while let Ok(read) = timeout(self.house.limits().silence, self.stream.read(&mut void)).await
        {
            if read? == 0 {
                break;
            }
        }
        Ok(Step::End)
    }

    /// Throws the content away up to its end.
    fn flood(&mut self, from: usize) -> Step {
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

    fn say(&mut self, reply: &[u8]) {
        self.out.extend_from_slice(reply);
    }

    fn mistake(&mut self, reply: &[u8]) {
        self.mistakes += 1;
        self.say(reply);
    }
}

/// What one step made of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Used(usize),
    More,
    End,
}
