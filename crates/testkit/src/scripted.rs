//! An SMTP server that follows a script: what it expects, what it says, when it falls silent or hangs up.
//!
//! It runs over any stream, so that a test can use a pipe in memory and a paused clock: its delays then take
//! no time. A client that strays from the script ends it, and the transcript says where.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{sleep, timeout};

/// One thing the server does.
#[derive(Debug, Clone)]
enum Step {
    Say(Vec<u8>),
    Expect(String),
    Quiet,
    Body,
    Chunk,
    Wait(Duration),
    Drip(Vec<u8>, Duration),
    Silence,
}

/// What a server does from the first byte to the last; then it hangs up.
#[derive(Debug, Clone, Default)]
pub struct Script(Vec<Step>);

/// What came.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// Command lines without their ends.
    pub lines: Vec<String>,
    /// Contents: with doubled dots up to the final dot, or the bytes of a chunk.
    pub bodies: Vec<Vec<u8>>,
    /// Where the client strayed from the script.
    pub strayed: Option<String>,
    /// What came and was not read by any step.
    pub unread: Vec<u8>,
}

/// A client that sends nothing for so long is quiet.
const QUIET: Duration = Duration::from_secs(1);

impl Script {
    /// Does nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Greets and answers EHLO with these keywords.
    pub fn greeting(keywords: &[&str]) -> Self {
        let mut answer = "250-mx.example.org".to_owned();
        for keyword in keywords {
            answer.push_str("\r\n250-");
            answer.push_str(keyword);
        }
        let (head, tail) = answer.rsplit_once("250-").unwrap_or(("", "mx.example.org"));
        let answer = format!("{head}250 {tail}");
        Self::new()
            .say("220 mx.example.org ESMTP")
            .expect("EHLO ")
            .say(&answer)
    }

    fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    /// Sends a line.
    pub fn say(self, line: &str) -> Self {
        self.raw(format!("{line}\r\n").as_bytes())
    }

    /// Sends bytes as they are.
    pub fn raw(self, bytes: &[u8]) -> Self {
        self.then(Step::Say(bytes.to_vec()))
    }

    /// Reads a line that must begin so.
    pub fn expect(self, start: &str) -> Self {
        self.then(Step::Expect(start.to_owned()))
    }

    /// Reads the three commands that begin a message, without a word in between.
    pub fn expect_flight(self) -> Self {
        self.expect("MAIL FROM:<")
            .expect("RCPT TO:<")
            .expect("DATA")
    }

    /// Reads the two commands that begin a message for a server with CHUNKING.
    pub fn expect_envelope(self) -> Self {
        self.expect("MAIL FROM:<").expect("RCPT TO:<")
    }

    /// The client must send nothing for now.
    pub fn quiet(self) -> Self {
        self.then(Step::Quiet)
    }

    /// Reads content up to the final dot.
    pub fn body(self) -> Self {
        self.then(Step::Body)
    }

    /// Reads `BDAT n LAST` and its n bytes.
    pub fn chunk(self) -> Self {
        self.then(Step::Chunk)
    }

    /// Lets time pass.
    pub fn wait(self, delay: Duration) -> Self {
        self.then(Step::Wait(delay))
    }

    /// Sends a line one byte at a time, with a pause before each.
    pub fn drip(self, line: &str, pause: Duration) -> Self {
        self.then(Step::Drip(format!("{line}\r\n").into_bytes(), pause))
    }

    /// Neither speaks nor hangs up, until the client does.
    pub fn silence(self) -> Self {
        self.then(Step::Silence)
    }

    /// Plays the script; the stream stays open for the caller.
    pub async fn play<S: AsyncRead + AsyncWrite + Unpin>(self, stream: &mut S) -> Transcript {
        let mut player = Player {
            stream,
            inbox: Vec::new(),
            transcript: Transcript::default(),
        };
        for step in self.0 {
            if let Err(strayed) = player.step(step).await {
                player.transcript.strayed = Some(strayed);
                break;
            }
        }
        player.transcript.unread = player.inbox;
        player.transcript
    }
}

struct Player<'s, S> {
    stream: &'s mut S,
    inbox: Vec<u8>,
    transcript: Transcript,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Player<'_, S> {
    async fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Say(bytes) => self.send(&bytes).await,
            Step::Expect(start) => self.expect(&start).await,
            Step::Quiet => self.quiet().await,
            Step::Body => self.body().await,
            Step::Chunk => self.chunk().await,
            Step::Wait(delay) => {
                sleep(delay).await;
                Ok(())
            }
            Step::Drip(bytes, pause) => {
                for byte in bytes {
                    sleep(pause).await;
                    self.send(&[byte]).await?;
                }
                Ok(())
            }
            Step::Silence => {
                while self.more().await.is_ok() {}
                Ok(())
            }
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        let sent = self.stream.write_all(bytes).await;
        let sent = match sent {
            Ok(()) => self.stream.flush().await,
            Err(error) => Err(error),
        };
        sent.map_err(|e| format!("the client hung up before it was told {bytes:?}: {e}"))
    }

    async fn more(&mut self) -> Result<(), String> {
        match self.stream.read_buf(&mut self.inbox).await {
            Ok(0) => Err("the client hung up".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Takes what lies before `end` out of the inbox.
    async fn until(&mut self, end: &[u8]) -> Result<Vec<u8>, String> {
        loop {
            let found = self.inbox.windows(end.len()).position(|w| w == end);
            if let Some(at) = found {
                let rest = self.inbox.split_off(at + end.len());
                let mut taken = std::mem::replace(&mut self.inbox, rest);
                taken.truncate(at);
                return Ok(taken);
            }
            self.more().await?;
        }
    }

    async fn expect(&mut self, start: &str) -> Result<(), String> {
        let line = self
            .until(b"\r\n")
            .await
            .map_err(|e| format!("{e} instead of {start}"))?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let well = line.starts_with(start);
        self.transcript.lines.push(line.clone());
        well.then_some(())
            .ok_or(format!("{line} instead of {start}"))
    }

    async fn quiet(&mut self) -> Result<(), String> {
        if self.inbox.is_empty() && timeout(QUIET, self.more()).await.is_err() {
            return Ok(());
        }
        Err(format!(
            "{:?} instead of waiting",
            String::from_utf8_lossy(&self.inbox)
        ))
    }

    async fn chunk(&mut self) -> Result<(), String> {
        self.expect("BDAT ").await?;
        let line = self.transcript.lines.last().map_or("", String::as_str);
        let length = line
            .strip_suffix(" LAST")
            .and_then(|l| l[5..].parse().ok())
            .ok_or(format!("{line} instead of BDAT n LAST"))?;
        while self.inbox.len() < length {
            self.more().await?;
        }
        let rest = self.inbox.split_off(length);
        let body = std::mem::replace(&mut self.inbox, rest);
        self.transcript.bodies.push(body);
        Ok(())
    }

    async fn body(&mut self) -> Result<(), String> {
        // The line end before the dot is content too; an empty message has none.
        self.inbox.splice(..0, *b"\r\n");
        let mut body = self.until(b"\r\n.\r\n").await?;
        body.extend_from_slice(b"\r\n");
        self.transcript.bodies.push(body.split_off(2));
        Ok(())
    }
}
