//! One file by HTTPS: a recipient domain's MTA-STS policy (RFC 8461 3.3).
//!
//! Promises: the certificate is valid for the host; no redirect is followed; nothing but 200 and text/plain counts; at
//! most [`FILE_BYTES_MAX`] are read, and the whole takes at most [`FETCH`]. Never connects to an address that is not
//! public, unless the operator allows it: whoever writes a DNS record must not aim us at an inner network.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::handshake;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::dns::{Answer, Dns};
use crate::route::{Guard, is_public};

/// For the whole. RFC 8461 3.3 calls a minute reasonable; but questions about other domains wait behind this one, and
/// policy hosts that hang on purpose must not hold them up for long.
const FETCH: Duration = Duration::from_secs(15);
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
        let fetched = timeout(FETCH, self.fetch(host, path)).await;
        fetched.unwrap_or(Err(FetchFault::Timeout))
    }

    async fn fetch(&self, host: &str, path: &str) -> Result<String, FetchFault> {
        let name = ServerName::try_from(host.to_owned());
        let name = name.map_err(|fault| FetchFault::Tls(fault.to_string()))?;
        let stream = self.connect(host).await?;
        let connecting = TlsConnector::from(self.tls.clone()).connect(name, stream);
        let tls = connecting
            .await
            .map_err(|fault| FetchFault::Tls(fault.to_string()))?;
        let broken = |_| FetchFault::Body;
        let (mut sender, connection) = handshake(TokioIo::new(tls)).await.map_err(broken)?;
        let request = request(host, path)?;
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

    async fn connect(&self, host: &str) -> Result<TcpStream, FetchFault> {
        let Answer::Records(addresses) = self.dns.addresses(host).await else {
            return Err(FetchFault::NoAddress);
        };
        let may = |ip: &std::net::IpAddr| self.guard == Guard::Any || is_public(*ip);
        let mut last = FetchFault::NoAddress;
        for ip in addresses.into_iter().filter(may).take(ADDRESSES_MAX) {
            let connecting = TcpStream::connect(SocketAddr::new(ip, self.port));
            match timeout(CONNECT, connecting).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(fault)) => last = FetchFault::Connect(fault),
                Err(late) => last = FetchFault::Connect(late.into()),
            }
        }
        Err(last)
    }
}

fn request(host: &str, path: &str) -> Result<Request<Empty<Bytes>>, FetchFault> {
    let request = Request::get(path)
        .header(header::HOST, host)
        .header(header::ACCEPT, "text/plain")
        .header(header::CONNECTION, "close");
    request
        .body(Empty::new())
        .map_err(|_| FetchFault::NoAddress)
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
