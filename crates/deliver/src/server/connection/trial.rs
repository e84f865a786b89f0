//! A session without a network and without a store: bytes in, replies out. For who throws bytes at our servers.
//!
//! Promises: the session itself is the one of all our listeners. Never: waits, or keeps anything.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Connection, Layer};
use crate::server::house::{
    Admit, Door, House, LongLines, Mail, Reply, SessionLimits, SignIn, said,
};
use crate::server::login::Login;

/// Small, so that what is too large is met often.
const LIMITS: SessionLimits = SessionLimits {
    message_bytes: 256,
    recipients: 3,
    idle: Duration::from_mins(1),
    silence: Duration::ZERO,
    long_lines: LongLines::Taken,
};

/// Who may hand mail in at the house of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialDoor {
    /// Anybody, as with the receiver of what comes back.
    Open,
    /// Who signs in, and TLS has not begun.
    LockedInClear,
    /// Who signs in: as `u` with `p`, under TLS.
    Locked,
}

/// A mail that the session gave to its house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub content: Vec<u8>,
}

/// What came of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Everything that was said to the client.
    pub said: Vec<u8>,
    pub taken: Vec<Taken>,
}

/// Speaks to a session that reads these pieces and then the end. It takes mail to `b@` anywhere.
pub fn converse(door: TrialDoor, reads: &[&[u8]]) -> io::Result<Heard> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let wire = Wire {
        reads: reads.iter().map(|read| read.to_vec()).collect(),
        said: said.clone(),
    };
    let house = Arc::new(Trial {
        door,
        taken: Mutex::default(),
    });
    let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut session = Connection::new(Box::new(wire), peer, house.clone());
    if door == TrialDoor::Locked {
        session.layer = Layer::Tls;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    runtime.block_on(session.run());
    Ok(Heard {
        said: std::mem::take(&mut *said.lock().unwrap_or_else(PoisonError::into_inner)),
        taken: std::mem::take(&mut *house.taken.lock().unwrap_or_else(PoisonError::into_inner)),
    })
}

struct Trial {
    door: TrialDoor,
    taken: Mutex<Vec<Taken>>,
}

impl House for Trial {
    type Guest = ();

    fn name(&self) -> &'static str {
        "trial.test"
    }

    fn title(&self) -> &'static str {
        "Avow"
    }

    fn help(&self) -> &'static [u8] {
        b"214 2.0.0 A trial\r\n"
    }

    fn limits(&self) -> SessionLimits {
        LIMITS
    }

    fn door(&self) -> Door {
        match self.door {
            TrialDoor::Open => Door::Open,
            TrialDoor::LockedInClear | TrialDoor::Locked => Door::Locked,
        }
    }

    async fn sign_in(&self, _peer: IpAddr, login: Login) -> SignIn<()> {
        if login.user == "u" && login.password == "p" {
            return SignIn::Yes(());
        }
        SignIn::No(said(b"535 5.7.8 No\r\n"))
    }

    async fn admit(&self, _guest: Option<&()>, to: &str) -> Admit {
        if to.starts_with("b@") {
            return Admit::Yes;
        }
        Admit::No(said(b"550 5.7.1 No\r\n"))
    }

    async fn take(&self, _guest: Option<&()>, mail: Mail<'_>) -> Reply {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.push(Taken {
            from: mail.from.to_owned(),
            to: mail.to.to_vec(),
            content: mail.content.to_vec(),
        });
        said(b"250 2.0.0 Taken\r\n")
    }
}

/// One piece a read, and a place for what is written.
struct Wire {
    reads: VecDeque<Vec<u8>>,
    said: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // An empty read would be the end.
        while let Some(mut piece) = self.reads.pop_front() {
            if piece.is_empty() {
                continue;
            }
            let rest = piece.split_off(piece.len().min(buffer.remaining()));
            buffer.put_slice(&piece);
            self.reads.push_front(rest);
            break;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
