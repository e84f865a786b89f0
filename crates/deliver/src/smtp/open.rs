//! Opening a session: connect, greet, secure, authenticate.
//!
//! Promises: a required TLS is never skipped and its certificate always verified; an opportunistic one never
//! costs a message (RFC 7435: no verification, and once more in clear when the handshake fails, which is then
//! remembered of the host for some days); nothing that
//! came before the handshake is believed after it; a password never crosses a network in clear.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::auth;
use super::egress::Egress;
use super::extensions::Extensions;
use super::habits::{Habit, Habits};
use super::phase::{Timeouts, TlsWhy, Trouble, What};
use super::session::Session;
use super::wire::{Io, Layer, Wire};
use crate::security::Tlsa;
use crate::tls::TlsClients;
use avow_bounce::{Phase, positive};

/// How a connection is secured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsMode {
    /// Never: a relay on this machine, the rehearsal sink.
    Clear,
    /// STARTTLS when offered, any certificate, in clear when the handshake fails: direct delivery.
    Opportunistic,
    /// STARTTLS or nothing, any certificate: a server whose DANE records cannot be used (RFC 7672 2.2).
    Encrypted,
    /// STARTTLS or nothing, certificate verified: a relay on port 587, a server that an MTA-STS policy names.
    StartTls,
    /// STARTTLS or nothing, a certificate that one of these records names (RFC 7672).
    Dane(Arc<[Tlsa]>),
    /// TLS from the first byte, certificate verified: a relay on port 465 (RFC 8314).
    Implicit,
}

/// A name and a password for a relay. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Auth {
    pub user: String,
    pub password: String,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth(…)")
    }
}

/// One server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The name its certificate must carry, and where to look when no address is given.
    pub host: String,
    pub port: u16,
    /// Addresses that have passed the guard of direct delivery; empty: ask the system's resolver.
    pub addresses: Vec<IpAddr>,
    pub tls: TlsMode,
    pub auth: Option<Auth>,
}

/// What all sessions of a sender share.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// How we name ourselves: a host name that resolves back to us, for direct delivery.
    pub ehlo: String,
    pub timeouts: Timeouts,
    /// The way out: source addresses, a proxy.
    pub egress: Egress,
    pub tls: TlsClients,
    /// What was learned of servers by all of them.
    pub habits: Arc<Habits>,
}

/// What was seen of a server while a session was opened: what its owner is told (`tls_report`).
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The address that answered.
    pub peer: Option<IpAddr>,
    /// The certificates that it showed, its own first; none in clear.
    pub chain: Vec<CertificateDer<'static>>,
    /// Why a handshake failed that need not succeed.
    pub broken: Option<TlsWhy>,
}

impl Session {
    /// Opens a session that is ready for [`Session::begin`].
    pub async fn open(route: &Route, options: &ClientOptions) -> Result<Self, Trouble> {
        Self::open_seen(route, options, &mut Seen::default()).await
    }

    /// The same, and notes what is seen on the way.
    pub async fn open_seen(
        route: &Route,
        options: &ClientOptions,
        seen: &mut Seen,
    ) -> Result<Self, Trouble> {
        let optional = route.tls == TlsMode::Opportunistic;
        if optional && options.habits.has(&route.host, Habit::BreaksHandshakes) {
            seen.broken = Some(TlsWhy::Other);
            return Self::attempt(route, (options, &TlsMode::Clear), seen).await;
        }
        match Self::attempt(route, (options, &route.tls), seen).await {
            Err(trouble) if optional && trouble.phase == Phase::Tls => {
                tracing::debug!(host = %route.host, "TLS handshake failed, in clear for some days");
                options.habits.note(&route.host, Habit::BreaksHandshakes);
                seen.broken = Some(trouble.tls_why().unwrap_or(TlsWhy::Other));
                Self::attempt(route, (options, &TlsMode::Clear), seen).await
            }
            result => result,
        }
    }

    async fn attempt(
        route: &Route,
        (options, tls): (&ClientOptions, &TlsMode),
        seen: &mut Seen,
    ) -> Result<Self, Trouble> {
        let stream = connect(route, options, seen).await?;
        // A proxy on this machine leads away from it.
        let here = stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
        let near = here && options.egress.proxy.is_none();
        Self::over_seen(Box::new(stream), near, route, (options, tls), seen).await
    }

    /// The same over a stream that is already there; `near`: it does not leave this machine.
    pub async fn over(
        io: Box<dyn Io>,
        near: bool,
        route: &Route,
        how: (&ClientOptions, &TlsMode),
    ) -> Result<Self, Trouble> {
        Self::over_seen(io, near, route, how, &mut Seen::default()).await
    }

    async fn over_seen(
        io: Box<dyn Io>,
        near: bool,
        route: &Route,
        (options, tls): (&ClientOptions, &TlsMode),
        seen: &mut Seen,
    ) -> Result<Self, Trouble> {
        let timeouts = options.timeouts;
        let session = |wire| Self::new(wire, &route.host, options.habits.clone());
        let mut session = if *tls == TlsMode::Implicit {
            let io = handshake(io, route, (options, tls), seen).await?;
            session(Wire::new(io, Layer::Tls, timeouts))
        } else {
            session(Wire::new(io, Layer::Clear, timeouts))
        };
        session.greet(&options.ehlo).await?;
        session = session.secure(route, (options, tls), seen).await?;
        if let Some(auth) = &route.auth {
            if !(session.wire.is_tls() || near) {
                return Err(Trouble::new(Phase::Auth, What::PasswordInClear));
            }
            auth::log_in(&mut session, auth).await?;
        }
        Ok(session)
    }

    async fn greet(&mut self, ehlo: &str) -> Result<(), Trouble> {
        let greeting = self.answer(Phase::Greeting).await?;
        if !positive(greeting.code) {
            let reply = self.wire.reply(greeting);
            return Err(Trouble::new(Phase::Greeting, What::Refused(reply)));
        }
        self.hello(ehlo).await
    }

    /// EHLO, and HELO for a server that has never heard of it (RFC 5321 3.2).
    async fn hello(&mut self, ehlo: &str) -> Result<(), Trouble> {
        let line = format!("EHLO {ehlo}\r\n");
        let answer = self.command(line.as_bytes(), Phase::Hello).await?;
        if positive(answer.code) {
            self.offered(Extensions::parse(self.wire.bytes(answer)));
            return Ok(());
        }
        let line = format!("HELO {ehlo}\r\n");
        let answer = self.command(line.as_bytes(), Phase::Hello).await?;
        if positive(answer.code) {
            self.offered(Extensions::default());
            return Ok(());
        }
        let reply = self.wire.reply(answer);
        Err(Trouble::new(Phase::Hello, What::Refused(reply)))
    }

    async fn secure(
        mut self,
        route: &Route,
        (options, tls): (&ClientOptions, &TlsMode),
        seen: &mut Seen,
    ) -> Result<Self, Trouble> {
        let required = match tls {
            TlsMode::Clear | TlsMode::Implicit => return Ok(self),
            TlsMode::Opportunistic if !self.server.starttls => return Ok(self),
            TlsMode::Opportunistic => false,
            TlsMode::Encrypted | TlsMode::StartTls | TlsMode::Dane(_) => true,
        };
        if !self.server.starttls {
            return Err(Trouble::new(Phase::StartTls, What::NoStartTls));
        }
        let answer = self.command(b"STARTTLS\r\n", Phase::StartTls).await?;
        if !positive(answer.code) {
            let reply = self.wire.reply(answer);
            let refused = Trouble::new(Phase::StartTls, What::Refused(reply));
            return if required { Err(refused) } else { Ok(self) };
        }
        // The old session ends here with all it believed and had read (RFC 3207 4.2).
        let io = handshake(self.wire.into_io()?, route, (options, tls), seen).await?;
        let wire = Wire::new(io, Layer::Tls, options.timeouts);
        let mut session = Self::new(wire, &route.host, options.habits.clone());
        session.hello(&options.ehlo).await?;
        Ok(session)
    }
}

async fn handshake(
    io: Box<dyn Io>,
    route: &Route,
    (options, tls): (&ClientOptions, &TlsMode),
    seen: &mut Seen,
) -> Result<Box<dyn Io>, Trouble> {
    let failed = |what: &dyn fmt::Display| failed(TlsWhy::Other, what);
    let name = ServerName::try_from(route.host.clone()).map_err(|e| failed(&e))?;
    let config = match tls {
        TlsMode::Opportunistic | TlsMode::Encrypted | TlsMode::Clear => options.tls.any.clone(),
        TlsMode::StartTls | TlsMode::Implicit => options.tls.verified.clone(),
        TlsMode::Dane(records) => options.tls.dane(records).map_err(|e| failed(&e))?,
    };
    let connecting = TlsConnector::from(config).connect(name, io);
    match timeout(options.timeouts.tls, connecting).await {
        Ok(Ok(stream)) => {
            let shown = stream.get_ref().1.peer_certificates();
            seen.chain = shown.map(<[_]>::to_vec).unwrap_or_default();
            Ok(Box::new(stream))
        }
        Ok(Err(error)) => Err(self::failed(why(&error), &error)),
        Err(_) => Err(Trouble::new(Phase::Tls, What::Timeout)),
    }
}

fn failed(why: TlsWhy, what: &dyn fmt::Display) -> Trouble {
    let text = what.to_string();
    Trouble::new(Phase::Tls, What::Tls { why, text })
}

/// What the TLS library said, which travels inside an I/O error.
fn why(error: &std::io::Error) -> TlsWhy {
    let inner = error.get_ref().and_then(|e| e.downcast_ref());
    inner.map_or(TlsWhy::Other, TlsWhy::of)
}

/// The first address that answers, in the order given: the other family's after the one's (RFC 5321 5.1).
async fn connect(
    route: &Route,
    options: &ClientOptions,
    seen: &mut Seen,
) -> Result<TcpStream, Trouble> {
    let mut last = Trouble::new(Phase::Connect, What::NoAddress);
    let limit = options.timeouts.connect;
    for address in addresses(route, limit).await? {
        if !options.egress.reaches(address.ip()) {
            continue;
        }
        match timeout(limit, options.egress.dial(address)).await {
            Ok(Ok(stream)) => {
                seen.peer = Some(address.ip());
                return Ok(stream);
            }
            Ok(Err(error)) => last = Trouble::io(Phase::Connect, &error),
            Err(_) => last = Trouble::new(Phase::Connect, What::Timeout),
        }
    }
    Err(last)
}

async fn addresses(route: &Route, limit: Duration) -> Result<Vec<SocketAddr>, Trouble> {
    if !route.addresses.is_empty() {
        let with_port = |ip: &IpAddr| SocketAddr::new(*ip, route.port);
        return Ok(route.addresses.iter().map(with_port).collect());
    }
    // The system's resolver has no patience of its own that could be relied on.
    match timeout(limit, lookup_host((route.host.as_str(), route.port))).await {
        Ok(Ok(found)) => Ok(found.collect()),
        Ok(Err(error)) => Err(Trouble::io(Phase::Connect, &error)),
        Err(_) => Err(Trouble::new(Phase::Connect, What::Timeout)),
    }
}
