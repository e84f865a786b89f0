//! What each command does.

use super::{Connection, Content, Layer, Transaction};
use crate::server::command::Command;
use crate::server::connection::chunks::Chunks;
use crate::server::house::{Admit, Door, House, SignIn};
use crate::server::login::{Asked, Step as LoginStep, answer, begin};

const TLS_FIRST: &[u8] = b"530 5.7.0 STARTTLS first\r\n";
const SIGN_IN_FIRST: &[u8] = b"530 5.7.0 Sign in first\r\n";

impl<H: House> Connection<H> {
    pub(super) async fn obey(&mut self, command: Command<'_>) {
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
            Command::Rcpt { to } => self.rcpt(to).await,
            Command::Data => self.data(),
            Command::Bdat { bytes, last } => self.bdat(bytes, last),
            Command::Auth { mechanism, initial } => self.auth(mechanism, initial).await,
            // Where it can be done it was done before this.
            Command::StartTls => self.mistake(b"503 5.5.1 There is no TLS to begin here\r\n"),
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

    /// Whether TLS can begin.
    pub(super) fn may_secure(&self) -> bool {
        self.layer == Layer::Clear && self.house.tls().is_some()
    }

    fn may_sign_in(&self) -> bool {
        self.house.door() == Door::Locked && self.layer == Layer::Tls && self.guest.is_none()
    }

    fn ehlo(&mut self) {
        self.greeted = true;
        self.transaction = Transaction::default();
        let bytes = self.house.limits().message_bytes;
        let tls = if self.may_secure() {
            "250-STARTTLS\r\n"
        } else {
            ""
        };
        let auth = if self.may_sign_in() {
            "250-AUTH PLAIN LOGIN\r\n"
        } else {
            ""
        };
        let answer = format!(
            "250-{}\r\n250-PIPELINING\r\n250-SIZE {bytes}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n{tls}{auth}250-CHUNKING\r\n250 ENHANCEDSTATUSCODES\r\n",
            self.house.name(),
        );
        self.say(answer.as_bytes());
    }

    /// The reply to who may not hand mail in.
    fn barred(&self) -> Option<&'static [u8]> {
        match (self.house.door(), self.layer) {
            (Door::Open, _) => None,
            (Door::Locked, Layer::Clear) => Some(TLS_FIRST),
            (Door::Locked, Layer::Tls) => self.guest.is_none().then_some(SIGN_IN_FIRST),
        }
    }

    fn mail(&mut self, from: &str, size_bytes: Option<u64>, utf8: bool) {
        if !self.greeted || self.transaction.from.is_some() {
            return self.mistake(b"503 5.5.1 EHLO first, and one MAIL a message\r\n");
        }
        if let Some(reply) = self.barred() {
            return self.mistake(reply);
        }
        if size_bytes.is_some_and(|size| size > self.house.limits().message_bytes) {
            return self.say(b"552 5.3.4 The message is too large\r\n");
        }
        if !utf8 && !from.is_ascii() {
            return self.say(b"553 5.6.7 This address needs SMTPUTF8\r\n");
        }
        if let Err(reply) = self.house.begin(self.guest.as_ref(), from) {
            return self.say(&reply);
        }
        self.transaction.from = Some(from.to_owned());
        self.transaction.utf8 = utf8;
        self.say(b"250 2.1.0 Ok\r\n");
    }

    async fn rcpt(&mut self, to: &str) {
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
        match self.house.admit(self.guest.as_ref(), to).await {
            Admit::No(reply) => return self.say(&reply),
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

    async fn auth(&mut self, mechanism: &str, initial: Option<&str>) {
        if self.house.door() == Door::Open {
            return self.mistake(b"502 5.5.1 Nobody signs in here\r\n");
        }
        if self.layer == Layer::Clear {
            return self
                .mistake(b"538 5.7.11 STARTTLS first: a password is never sent in clear\r\n");
        }
        if !self.greeted || self.guest.is_some() || self.transaction.from.is_some() {
            return self.mistake(b"503 5.5.1 Once, after EHLO and before MAIL\r\n");
        }
        self.sign_in(begin(mechanism, initial)).await;
    }

    /// A line that is no command: what AUTH asked for.
    pub(super) async fn answered(&mut self, asked: Asked, line: &[u8]) {
        // What is no text is no base64 either.
        let line = std::str::from_utf8(line).unwrap_or("%");
        self.sign_in(answer(asked, line)).await;
    }

    async fn sign_in(&mut self, step: LoginStep) {
        match step {
            LoginStep::Ask(question, asked) => {
                self.asked = Some(asked);
                self.say(question);
            }
            LoginStep::No(reply) => self.mistake(reply),
            LoginStep::Try(login) => match self.house.sign_in(self.peer, login).await {
                SignIn::Yes(guest) => {
                    self.guest = Some(guest);
                    self.say(b"235 2.7.0 Welcome\r\n");
                }
                SignIn::No(reply) => {
                    self.faults.logins += 1;
                    self.say(&reply);
                }
            },
        }
    }
}
