//! An SMTP server that keeps every message byte for byte and answers as a test wants it to.
//!
//! Speaks RFC 5321 with PIPELINING over a real socket on the loopback interface. It keeps a message
//! before it answers the final dot, so that whatever a client was told of is there.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// One message as it came over the wire, dots unstuffed.
#[derive(Clone, PartialEq, Eq)]
pub struct Caught {
    pub mail_from: String,
    /// The whole line, with its parameters.
    pub mail_command: String,
    pub rcpt_to: String,
    pub raw: Vec<u8>,
}

/// What the server does with one recipient's message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Manner {
    /// Takes it.
    #[default]
    Accept,
    /// Answers RCPT TO with this line.
    RefuseRecipient(String),
    /// Reads the message, forgets it and answers the final dot with this line.
    RefuseMessage(String),
    /// Keeps the message and closes the connection without an answer.
    KeepAndDrop,
    /// Closes the connection when DATA is asked for.
    DropAtData,
    /// Keeps the message and never answers; the connection stays open.
    KeepAndFallSilent,
}

type Rule = Arc<dyn Fn(&str) -> Manner + Send + Sync>;

#[derive(Clone)]
struct Shared {
    caught: Arc<Mutex<Vec<Caught>>>,
    heard: Arc<Mutex<HashSet<String>>>,
    total: watch::Sender<usize>,
    rule: Arc<Mutex<Rule>>,
    knows_utf8: Arc<AtomicBool>,
}

/// A running server; it ends when dropped.
pub struct Catcher {
    addr: SocketAddr,
    shared: Shared,
    task: AbortHandle,
    _tasks: JoinSet<()>,
}

impl Catcher {
    /// Listens on a free port of the loopback interface and takes everything.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_on("127.0.0.1:0").await
    }

    /// Listens on `addr`.
    pub async fn start_on(addr: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let accept: Rule = Arc::new(|_| Manner::Accept);
        let shared = Shared {
            caught: Arc::default(),
            heard: Arc::default(),
            total: watch::Sender::new(0),
            rule: Arc::new(Mutex::new(accept)),
            knows_utf8: Arc::new(AtomicBool::new(true)),
        };
        let mut tasks = JoinSet::new();
        let task = tasks.spawn(listen(listener, shared.clone()));
        Ok(Self {
            addr,
            shared,
            task,
            _tasks: tasks,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// From now on, each recipient is treated as `rule` says.
    pub fn treat(&self, rule: impl Fn(&str) -> Manner + Send + Sync + 'static) {
        *self
            .shared
            .rule
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(rule);
    }

    /// From now on, it does not offer SMTPUTF8 (RFC 6531).
    pub fn forget_utf8(&self) {
        self.shared.knows_utf8.store(false, Ordering::SeqCst);
    }

    /// Everything kept so far, in the order of arrival.
    pub fn caught(&self) -> Vec<Caught> {
        let caught = self.shared.caught.lock();
        caught.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// True when a client has named this recipient, whatever came of it.
    pub fn heard(&self, rcpt_to: &str) -> bool {
        let heard = self.shared.heard.lock();
        heard
            .unwrap_or_else(PoisonError::into_inner)
            .contains(rcpt_to)
    }

    /// How many messages were kept so far.
    pub fn total(&self) -> usize {
        *self.shared.total.borrow()
    }

    /// Waits until at least `n` messages were kept.
    pub async fn until(&self, n: usize) {
        let mut total = self.shared.total.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = total.wait_for(|total| *total >= n).await;
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, shared: Shared) {
    let mut conversations = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A client that was gone before it was accepted; the next one is not.
                let Ok((stream, _)) = accepted else { continue };
                let shared = shared.clone();
                conversations.spawn(async move {
                    // A client that goes away ends its conversation; that is no fault of the server.
                    let _ = Conversation::new(stream, shared).run().await;
                });
            }
            Some(_) = conversations.join_next() => {}
        }
    }
}

struct Conversation {
    reader: BufReader<tokio::net::tcp::OwnedReadHalf>,
    writer: BufWriter<tokio::net::tcp::OwnedWriteHalf>,
    shared: Shared,
    mail_command: String,
    rcpt_to: Option<(String, Manner)>,
}

impl Conversation {
    fn new(stream: TcpStream, shared: Shared) -> Self {
        let (read, write) = stream.into_split();
        Self {
            reader: BufReader::with_capacity(64 * 1024, read),
            writer: BufWriter::new(write),
            shared,
            mail_command: String::new(),
            rcpt_to: None,
        }
    }

    async fn run(mut self) -> std::io::Result<()> {
        self.say("220 catcher.example ESMTP").await?;
        let mut line = Vec::new();
        loop {
            if self.reader.buffer().is_empty() {
                self.writer.flush().await?;
            }
            line.clear();
            if self.reader.read_until(b'\n', &mut line).await? == 0 {
                return Ok(());
            }
            let command = String::from_utf8_lossy(&line).trim_end().to_owned();
            if !self.obey(&command).await? {
                return self.writer.flush().await;
            }
        }
    }

    async fn say(&mut self, line: &str) -> std::io::Result<()> {
        self.writer.write_all(line.as_bytes()).await?;
        self.writer.write_all(b"\r\n").await
    }

    /// Carries out one command; false ends the conversation.
    async fn obey(&mut self, command: &str) -> std::io::Result<bool> {
        let verb = command.get(..4).unwrap_or(command).to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                self.say("250-catcher.example\r\n250-PIPELINING\r\n250-8BITMIME")
                    .await?;
                if self.shared.knows_utf8.load(Ordering::SeqCst) {
                    self.say("250-SMTPUTF8").await?;
                }
                self.say("250 ENHANCEDSTATUSCODES").await?;
            }
            "MAIL" => {
                command.clone_into(&mut self.mail_command);
                self.rcpt_to = None;
                self.say("250 2.1.0 Ok").await?;
            }
            "RCPT" => self.recipient(path_of(command)).await?,
            "DATA" => return self.data().await,
            "QUIT" => {
                self.say("221 2.0.0 Bye").await?;
                return Ok(false);
            }
            "RSET" | "NOOP" | "HELO" => {
                self.rcpt_to = None;
                self.say("250 2.0.0 Ok").await?;
            }
            _ => self.say("502 5.5.2 Unknown command").await?,
        }
        Ok(true)
    }

    async fn recipient(&mut self, rcpt_to: String) -> std::io::Result<()> {
        let rule = {
            let rule = self.shared.rule.lock();
            rule.unwrap_or_else(PoisonError::into_inner).clone()
        };
        {
            let heard = self.shared.heard.lock();
            heard
                .unwrap_or_else(PoisonError::into_inner)
                .insert(rcpt_to.clone());
        }
        match rule(&rcpt_to) {
            Manner::RefuseRecipient(line) => self.say(&line).await,
            manner => {
                self.rcpt_to = Some((rcpt_to, manner));
                self.say("250 2.1.5 Ok").await
            }
        }
    }

    async fn data(&mut self) -> std::io::Result<bool> {
        let Some((rcpt_to, manner)) = self.rcpt_to.take() else {
            self.say("503 5.5.1 No recipient").await?;
            return Ok(true);
        };
        if manner == Manner::DropAtData {
            return Ok(false);
        }
        self.say("354 Go on").await?;
        self.writer.flush().await?;
        let raw = self.read_message().await?;
        if let Manner::RefuseMessage(line) = &manner {
            self.say(line).await?;
            return Ok(true);
        }
        self.keep(rcpt_to, raw);
        match manner {
            Manner::KeepAndDrop => Ok(false),
            Manner::KeepAndFallSilent => std::future::pending().await,
            _ => {
                self.say("250 2.0.0 Ok: kept").await?;
                Ok(true)
            }
        }
    }

    fn keep(&self, rcpt_to: String, raw: Vec<u8>) {
        let mail_command = self.mail_command.clone();
        let mut caught = self
            .shared
            .caught
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        caught.push(Caught {
            mail_from: path_of(&mail_command),
            mail_command,
            rcpt_to,
            raw,
        });
        self.shared.total.send_replace(caught.len());
    }

    async fn read_message(&mut self) -> std::io::Result<Vec<u8>> {
        let mut raw = Vec::new();
        loop {
            let start = raw.len();
            if self.reader.read_until(b'\n', &mut raw).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            match &raw[start..] {
                b".\r\n" => {
                    raw.truncate(start);
                    return Ok(raw);
                }
                [b'.', ..] => {
                    raw.remove(start);
                }
                _ => {}
            }
        }
    }
}

/// The address between the angle brackets.
fn path_of(command: &str) -> String {
    let path = command
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    path.map_or_else(String::new, |(path, _)| path.to_owned())
}
