//! One file by HTTPS: a recipient domain's MTA-STS policy fetched (RFC 8461 3.3), a report handed over (RFC 8460 3).
//!
//! Promises: the certificate is valid for the host; no redirect is followed; of a policy nothing but 200 and text/plain
//! counts; at most [`FILE_BYTES_MAX`] are read, and the whole takes at most [`FETCH`]. Never connects to an address that is not
//! public, unless the operator allows it: whoever writes a DNS record must not aim us at an inner network.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::handshake;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::library::Miss;
use crate::dns::{Answer, Dns};
use crate::route::{Guard, is_public};

/// For the whole. RFC 8461 3.3 calls a minute reasonable; but questions about other domains wait behind this one, and
/// policy hosts that hang on purpose must not hold them up for long.
pub(crate) const FETCH: Duration = Duration::from_secs(15);
/// For one address: another may answer.
const CONNECT: Duration = Duration::from_secs(5);
/// RFC 8461 3.3 suggests this much.
const FILE_BYTES_MAX: usize = 64 * 1024;
const ADDRESSES_MAX: usize = 4;
/// The port of HTTPS.
pub(crate) const HTTPS_PORT: u16 = 443;

/// Why a file could not be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchFault {
    #[error("the host has no address that may be used")]
    NoAddress,
    #[error("no connection: {0}")]
    Connect(std::io::Error),
    #[error("TLS failed: {0}")]
    Tls(String),
    #[error("the server answered {0}")]
    Status(u16),
    #[error("the file is not text/plain")]
    NotText,
    #[error("the file is longer than {FILE_BYTES_MAX} bytes, no UTF-8, or was cut off")]
    Body,
    #[error("it took longer than 15 seconds")]
    Timeout,
}

impl FetchFault {
    /// What a domain's owner is told of it.
    pub(super) const fn miss(&self) -> Miss {
        match self {
            Self::Tls(_) => Miss::Certificate,
            _ => Miss::Fetch,
        }
    }
}

/// A place that takes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub host: String,
    /// `None`: the usual one.
    pub port: Option<u16>,
    /// With its query.
    pub path: String,
}

/// Fetches files.
#[derive(Debug, Clone)]
pub struct Fetcher {
    pub dns: Dns,
    pub guard: Guard,
    pub port: u16,
    /// Certificates are verified with this.
    pub tls: Arc<ClientConfig>,
}

impl Fetcher {
    /// From the usual port.
    pub fn new(dns: Dns, guard: Guard, tls: Arc<ClientConfig>) -> Self {
        Self {
            dns,
            guard,
            port: HTTPS_PORT,
            tls,
        }
    }

    /// The text of a file.
    pub async fn text(&self, host: &str, path: &str) -> Result<String, FetchFault> {
        let request = Request::get(path).header(header::ACCEPT, "text/plain");
        let request = request.header(header::HOST, host);
        let place = (host, self.port);
        let fetched = self.exchange(place, finish(request, Bytes::new())?, read);
        let fetched = timeout(FETCH, fetched).await;
        fetched.unwrap_or(Err(FetchFault::Timeout))
    }

    /// Hands bytes over; well only when the answer is 2xx.
    pub async fn post(&self, to: &Place, kind: &str, body: Bytes) -> Result<(), FetchFault> {
        let host = match to.port {
            Some(port) => format!("{}:{port}", to.host),
            None => to.host.clone(),
        };
        let request = Request::post(&to.path).header(header::CONTENT_TYPE, kind);
        let request = request.header(header::HOST, host);
        let place = (to.host.as_str(), to.port.unwrap_or(self.port));
        let posted = self.exchange(place, finish(request, body)?, taken);
        let posted = timeout(FETCH, posted).await;
        posted.unwrap_or(Err(FetchFault::Timeout))
    }

    async fn exchange<T>(
        &self,
        (host, port): (&str, u16),
        request: Request<Full<Bytes>>,
        read: impl AsyncFnOnce(Response<Incoming>) -> Result<T, FetchFault>,
    ) -> Result<T, FetchFault> {
        let name = ServerName::try_from(host.to_owned());
        let name = name.map_err(|fault| FetchFault::Tls(fault.to_string()))?;
        let stream = self.connect(host, port).await?;
        let connecting = TlsConnector::from(self.tls.clone()).connect(name, stream);
        let tls = connecting
            .await
            .map_err(|fault| FetchFault::Tls(fault.to_string()))?;
        let broken = |_| FetchFault::Body;
        let (mut sender, connection) = handshake(TokioIo::new(tls)).await.map_err(broken)?;
        let asking = async {
            let response = sender.send_request(request).await.map_err(broken)?;
            read(response).await
        };
        // The connection only moves while it is polled; what it says at its end changes nothing.
        let mut asking = std::pin::pin!(asking);
        let mut connection = std::pin::pin!(connection);
        tokio::select! {
            biased;
            text = &mut asking => text,
            _over = &mut connection => asking.await,
        }
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, FetchFault> {
        connect(&self.dns, self.guard, (host, port)).await
    }
}

/// A connection to the first address of a host that may be used and answers. The address that was looked at is the one
/// that is connected to.
pub(crate) async fn connect(
    dns: &Dns,
    guard: Guard,
    (host, port): (&str, u16),
) -> Result<TcpStream, FetchFault> {
    let Answer::Records(addresses) = dns.addresses(host).await else {
        return Err(FetchFault::NoAddress);
    };
    let may = |ip: &std::net::IpAddr| guard == Guard::Any || is_public(*ip);
    let mut last = FetchFault::NoAddress;
    for ip in addresses.into_iter().filter(may).take(ADDRESSES_MAX) {
        let connecting = TcpStream::connect(SocketAddr::new(ip, port));
        match timeout(CONNECT, connecting).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(fault)) => last = FetchFault::Connect(fault),
            Err(late) => last = FetchFault::Connect(late.into()),
        }
    }
    Err(last)
}

fn finish(
    request: hyper::http::request::Builder,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, FetchFault> {
    let request = request.header(header::CONNECTION, "close");
    request
        .body(Full::new(body))
        .map_err(|_| FetchFault::NoAddress)
}

/// The body of the answer says nothing that is needed.
async fn taken(response: Response<Incoming>) -> Result<(), FetchFault> {
    if response.status().is_success() {
        return Ok(());
    }
    Err(FetchFault::Status(response.status().as_u16()))
}

async fn read(response: Response<Incoming>) -> Result<String, FetchFault> {
    if response.status() != StatusCode::OK {
        return Err(FetchFault::Status(response.status().as_u16()));
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("text/plain") {
        return Err(FetchFault::NotText);
    }
    let body = Limited::new(response.into_body(), FILE_BYTES_MAX);
    let body = body.collect().await.map_err(|_| FetchFault::Body)?;
    String::from_utf8(body.to_bytes().into()).map_err(|_| FetchFault::Body)
}
