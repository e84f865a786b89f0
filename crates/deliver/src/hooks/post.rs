//! One event to one address, by HTTPS (RFC 9110, HTTP/1.1).
//!
//! Promises: the certificate is valid for the host; no redirect is followed; the address that is connected to was looked
//! at after the name was resolved; the whole takes at most [`FETCH`]. Never: reads what is answered beside its status.

use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::address::HookAddress;
use crate::dns::Dns;
use crate::route::Guard;
use crate::security::https::{FETCH, FetchFault, connect};

/// How we name ourselves.
const AGENT: &str = "Avow-Webhooks/1";

/// Tells addresses.
#[derive(Debug, Clone)]
pub struct Poster {
    pub dns: Dns,
    /// Certificates are verified with this.
    pub tls: Arc<ClientConfig>,
}

/// What is told.
pub(super) struct Letter {
    pub(super) id: String,
    pub(super) at_s: i64,
    pub(super) signature: String,
    pub(super) body: String,
}

impl Poster {
    /// The status of a 2xx answer; anything else is a fault.
    pub(super) async fn post(&self, to: &HookAddress, letter: Letter) -> Result<u16, FetchFault> {
        let told = timeout(FETCH, self.tell(to, letter)).await;
        told.unwrap_or(Err(FetchFault::Timeout))
    }

    async fn tell(&self, to: &HookAddress, letter: Letter) -> Result<u16, FetchFault> {
        let request = request(to, letter)?;
        let stream = if to.is_here() {
            let connecting = TcpStream::connect((to.host.as_str(), to.port));
            connecting.await.map_err(FetchFault::Connect)?
        } else {
            connect(&self.dns, Guard::PublicOnly, (&to.host, to.port)).await?
        };
        if !to.tls {
            return exchange(stream, request).await;
        }
        let broken = |fault: &dyn std::fmt::Display| FetchFault::Tls(fault.to_string());
        let name = ServerName::try_from(to.host.clone()).map_err(|fault| broken(&fault))?;
        let tls = TlsConnector::from(self.tls.clone()).connect(name, stream);
        exchange(tls.await.map_err(|fault| broken(&fault))?, request).await
    }
}

fn request(to: &HookAddress, letter: Letter) -> Result<Request<Full<Bytes>>, FetchFault> {
    Request::post(to.path.as_str())
        .header(header::HOST, to.authority.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, AGENT)
        .header(header::CONNECTION, "close")
        .header("webhook-id", letter.id)
        .header("webhook-timestamp", letter.at_s)
        .header("webhook-signature", letter.signature)
        .body(Full::new(letter.body.into()))
        .map_err(|_| FetchFault::NoAddress)
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<u16, FetchFault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |_| FetchFault::Body;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let mut asking = std::pin::pin!(sender.send_request(request));
    let mut connection = std::pin::pin!(connection);
    // The connection only moves while it is polled.
    let response = tokio::select! {
        biased;
        response = &mut asking => response,
        _over = &mut connection => asking.await,
    };
    match response.map_err(broken)?.status() {
        status if status.is_success() => Ok(status.as_u16()),
        status => Err(FetchFault::Status(status.as_u16())),
    }
}

/// An address that says so is gone for good (RFC 9110 15.5.11).
pub(super) fn is_gone(fault: &FetchFault) -> bool {
    matches!(fault, FetchFault::Status(status) if *status == StatusCode::GONE.as_u16())
}
