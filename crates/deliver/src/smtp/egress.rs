//! The way out: the address that receivers see, and a proxy that lends one.
//!
//! Promises: with source addresses given, no connection leaves from another; a proxy is asked for the address that
//! was chosen here, never for a name, so that the guard against inner networks holds. SOCKS5 (RFC 1928, without
//! log-in) and the PROXY protocol, version 2, to a HAProxy that binds what the header says. Never: falls back to
//! the direct way.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// The addresses to send from, one a family.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sources {
    pub v4: Option<Ipv4Addr>,
    pub v6: Option<Ipv6Addr>,
}

/// A server that connects in our stead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxy {
    Socks5(SocketAddr),
    /// Told by a PROXY header whom to connect to and from where.
    Haproxy(SocketAddr),
}

/// How connections leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Egress {
    pub sources: Sources,
    pub proxy: Option<Proxy>,
}

/// Why the configured way out is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressFault {
    #[error("two sources are of one family: give at most one IPv4 and one IPv6 address")]
    TwoOfAFamily,
    #[error("`{0}` is no proxy: write socks5://ADDRESS:PORT or haproxy://ADDRESS:PORT")]
    NoProxy(String),
    #[error("a HAProxy needs to be told the source address: give delivery.source beside it")]
    NoSource,
    #[error("a SOCKS proxy chooses the source address itself: leave delivery.source out")]
    SourceBesideSocks,
}

impl Sources {
    /// From a list, at most one a family.
    pub fn of(addresses: &[IpAddr]) -> Result<Self, EgressFault> {
        let mut sources = Self::default();
        for address in addresses {
            let before = match *address {
                IpAddr::V4(ip) => sources.v4.replace(ip).map(IpAddr::V4),
                IpAddr::V6(ip) => sources.v6.replace(ip).map(IpAddr::V6),
            };
            if before.is_some() {
                return Err(EgressFault::TwoOfAFamily);
            }
        }
        Ok(sources)
    }

    /// The one that stands for the sender; `None`: whatever the system takes.
    pub fn first(&self) -> Option<IpAddr> {
        self.v4.map(IpAddr::V4).or(self.v6.map(IpAddr::V6))
    }

    fn toward(&self, to: IpAddr) -> Option<IpAddr> {
        match to {
            IpAddr::V4(_) => self.v4.map(IpAddr::V4),
            IpAddr::V6(_) => self.v6.map(IpAddr::V6),
        }
    }
}

impl FromStr for Proxy {
    type Err = EgressFault;

    fn from_str(text: &str) -> Result<Self, EgressFault> {
        let fault = || EgressFault::NoProxy(text.to_owned());
        let (kind, server) = text.split_once("://").ok_or_else(fault)?;
        let server = server.parse().map_err(|_| fault())?;
        match kind {
            "socks5" => Ok(Self::Socks5(server)),
            "haproxy" => Ok(Self::Haproxy(server)),
            _ => Err(fault()),
        }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socks5(server) => write!(f, "socks5://{server}"),
            Self::Haproxy(server) => write!(f, "haproxy://{server}"),
        }
    }
}

impl Egress {
    /// From what fits together.
    pub fn new(sources: Sources, proxy: Option<Proxy>) -> Result<Self, EgressFault> {
        match (proxy, sources.first()) {
            (Some(Proxy::Haproxy(_)), None) => Err(EgressFault::NoSource),
            (Some(Proxy::Socks5(_)), Some(_)) => Err(EgressFault::SourceBesideSocks),
            _ => Ok(Self { sources, proxy }),
        }
    }

    /// False for an address of a family that has no source where the other has one.
    pub(super) fn reaches(&self, to: IpAddr) -> bool {
        self.sources.first().is_none() || self.sources.toward(to).is_some()
    }

    /// A connection to this address.
    pub(super) async fn dial(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let source = self.sources.toward(to.ip());
        match self.proxy {
            None => connect(to, source).await,
            Some(Proxy::Socks5(server)) => {
                let mut stream = connect(server, None).await?;
                socks(&mut stream, to).await?;
                Ok(stream)
            }
            Some(Proxy::Haproxy(server)) => {
                let mut stream = connect(server, None).await?;
                let from = SocketAddr::new(source.ok_or(io::ErrorKind::AddrNotAvailable)?, 0);
                stream.write_all(&header(from, to)).await?;
                Ok(stream)
            }
        }
    }
}

async fn connect(to: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if to.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    if let Some(source) = source {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    let stream = socket.connect(to).await?;
    // A flight is one write: waiting for more would only wait for the answer to it.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// RFC 1928: version, one method, none.
const HELLO: [u8; 3] = [5, 1, 0];
/// RFC 1928: version, CONNECT, reserved.
const CONNECT: [u8; 3] = [5, 1, 0];

/// Asks a SOCKS proxy for a connection; what comes next is the server's.
async fn socks<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    to: SocketAddr,
) -> io::Result<()> {
    stream.write_all(&HELLO).await?;
    let mut answer = [0; 2];
    stream.read_exact(&mut answer).await?;
    if answer != [5, 0] {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut request = CONNECT.to_vec();
    push_address(&mut request, to.ip());
    request.extend_from_slice(&to.port().to_be_bytes());
    stream.write_all(&request).await?;
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    match head {
        [5, 0, ..] => {}
        [5, refused, ..] => return Err(meaning(refused).into()),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    }
    let address_bytes = match head[3] {
        1 => 4,
        4 => 16,
        3 => usize::from(stream.read_u8().await?),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    // Where it connected from, and the port: nothing hangs on it.
    let mut rest = [0; 257];
    stream.read_exact(&mut rest[..address_bytes + 2]).await?;
    Ok(())
}

fn push_address(request: &mut Vec<u8>, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => {
            request.push(1);
            request.extend_from_slice(&ip.octets());
        }
        IpAddr::V6(ip) => {
            request.push(4);
            request.extend_from_slice(&ip.octets());
        }
    }
}

/// RFC 1928 section 6.
const fn meaning(refused: u8) -> io::ErrorKind {
    match refused {
        2 => io::ErrorKind::PermissionDenied,
        3 => io::ErrorKind::NetworkUnreachable,
        4 => io::ErrorKind::HostUnreachable,
        5 => io::ErrorKind::ConnectionRefused,
        6 => io::ErrorKind::TimedOut,
        7 | 8 => io::ErrorKind::Unsupported,
        _ => io::ErrorKind::Other,
    }
}

/// The PROXY protocol's second version: its mark, "PROXY over TCP", the two addresses.
fn header(from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21".to_vec();
    let mut addresses = Vec::new();
    for ip in [from.ip(), to.ip()] {
        match ip {
            IpAddr::V4(ip) => addresses.extend_from_slice(&ip.octets()),
            IpAddr::V6(ip) => addresses.extend_from_slice(&ip.octets()),
        }
    }
    addresses.extend_from_slice(&from.port().to_be_bytes());
    addresses.extend_from_slice(&to.port().to_be_bytes());
    header.push(if to.is_ipv4() { 0x11 } else { 0x21 });
    // 12 or 36 bytes.
    header.extend_from_slice(&[0, addresses.len() as u8]);
    header.extend_from_slice(&addresses);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// What a proxy that answers so is asked, and what comes of it.
    async fn ask(to: &str, answers: [&[u8]; 2]) -> (io::Result<()>, Vec<u8>) {
        let (mut near, mut far) = tokio::io::duplex(1024);
        let proxy = async {
            let mut hello = [0; 3];
            far.read_exact(&mut hello).await.unwrap();
            assert_eq!(hello, [5, 1, 0]);
            far.write_all(answers[0]).await.unwrap();
            let mut request = vec![0; 64];
            let count = far.read(&mut request).await.unwrap();
            // Whoever was refused has hung up.
            let _ = far.write_all(answers[1]).await;
            drop(far);
            request.truncate(count);
            request
        };
        let client = async move {
            socks(&mut near, socket(to)).await?;
            let mut rest = Vec::new();
            near.read_to_end(&mut rest).await?;
            assert_eq!(rest, b"220 mx");
            Ok(())
        };
        tokio::join!(client, proxy)
    }

    #[tokio::test]
    async fn a_socks_proxy_is_asked_for_an_address_and_the_servers_first_words_are_left_alone() {
        let bound_v4 = b"\x05\x00\x00\x01\x0a\x00\x00\x01\x04\xd2220 mx";
        let (asked, request) = ask("192.0.2.25:25", [b"\x05\x00", bound_v4]).await;
        assert!(asked.is_ok());
        assert_eq!(request, b"\x05\x01\x00\x01\xc0\x00\x02\x19\x00\x19");
        let named = b"\x05\x00\x00\x03\x04host\x00\x19220 mx";
        let (asked, request) = ask("[2001:db8::19]:25", [b"\x05\x00", named]).await;
        assert!(asked.is_ok());
        assert_eq!((request[3], request.len()), (4, 22));
    }

    #[tokio::test]
    async fn a_proxy_that_refuses_lies_or_hangs_up_gives_no_connection() {
        for (answers, kind) in [
            (
                [&b"\x05\xff"[..], &b""[..]],
                io::ErrorKind::PermissionDenied,
            ),
            (
                [b"\x05\x00", b"\x05\x05\x00\x01\0\0\0\0\0\0"],
                io::ErrorKind::ConnectionRefused,
            ),
            (
                [b"\x05\x00", b"\x05\x04\x00\x01\0\0\0\0\0\0"],
                io::ErrorKind::HostUnreachable,
            ),
            ([b"\x05\x00", b"HTTP/1.1 400"], io::ErrorKind::InvalidData),
            (
                [b"\x05\x00", b"\x05\x00\x00\x09\0\0"],
                io::ErrorKind::InvalidData,
            ),
            (
                [b"\x05\x00", b"\x05\x00\x00\x01\x0a"],
                io::ErrorKind::UnexpectedEof,
            ),
        ] {
            let (asked, _) = ask("192.0.2.25:25", answers).await;
            assert_eq!(asked.unwrap_err().kind(), kind, "{answers:?}");
        }
    }

    #[test]
    fn the_proxy_header_is_that_of_the_protocols_text() {
        let v4 = header(socket("192.0.2.1:0"), socket("198.51.100.2:25"));
        let expected =
            b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\xc6\x33\x64\x02\x00\x00\x00\x19";
        assert_eq!(v4, expected);
        let v6 = header(socket("[2001:db8::1]:0"), socket("[2001:db8::2]:25"));
        assert_eq!((v6[13], v6[15], v6.len()), (0x21, 36, 52));
    }

    #[test]
    fn only_a_family_with_a_source_is_reached_where_one_is_given() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let any = Egress::default();
        assert!(any.reaches(ip("192.0.2.1")) && any.reaches(ip("2001:db8::1")));
        let sources = Sources::of(&[ip("192.0.2.1")]).unwrap();
        let v4 = Egress::new(sources, None).unwrap();
        assert!(v4.reaches(ip("198.51.100.1")) && !v4.reaches(ip("2001:db8::1")));
        let two = Sources::of(&[ip("192.0.2.1"), ip("192.0.2.2")]);
        assert_eq!(two, Err(EgressFault::TwoOfAFamily));
        assert!(Sources::of(&[ip("192.0.2.1"), ip("2001:db8::1")]).is_ok());
    }

    #[test]
    fn a_proxy_is_written_as_an_address_and_fits_to_the_sources() {
        let socks: Proxy = "socks5://127.0.0.1:1080".parse().unwrap();
        let haproxy: Proxy = "haproxy://[::1]:2525".parse().unwrap();
        for proxy in [socks, haproxy] {
            assert_eq!(proxy.to_string().parse(), Ok(proxy));
        }
        for bad in [
            "127.0.0.1:1080",
            "socks5://proxy:1080",
            "http://127.0.0.1:1080",
        ] {
            assert!(bad.parse::<Proxy>().is_err(), "{bad}");
        }
        let none = Sources::default();
        let some = Sources::of(&["192.0.2.1".parse().unwrap()]).unwrap();
        assert_eq!(Egress::new(none, Some(haproxy)), Err(EgressFault::NoSource));
        assert_eq!(
            Egress::new(some, Some(socks)),
            Err(EgressFault::SourceBesideSocks)
        );
        assert!(Egress::new(some, Some(haproxy)).is_ok());
        assert!(Egress::new(none, Some(socks)).is_ok());
    }
}
