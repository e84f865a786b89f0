//! The way in for all requests: hits go straight to their handler, everything else to the router.
//!
//! A beacon needs none of the router's layers (compression, body limits, page headers), and there may be a
//! hundred thousand a second; so the path is looked at before the router sees the request.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::hits;
use super::patience::Patience;
use crate::App;

/// A client that takes longer than this to send a request's head, or to come back with one, is let go.
const HEAD_WAIT: Duration = Duration::from_mins(1);
/// Requests in flight have this long to end when the server stops.
const DRAIN_WAIT: Duration = Duration::from_secs(10);
/// Connections open at once: each costs some 10 KB.
const CONNECTIONS_MAX: usize = 10_000;
/// After a failed accept (no file handles left), wait before the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// One connection's service.
#[derive(Clone)]
pub struct Entry {
    app: Arc<App>,
    router: Router,
    peer: Option<SocketAddr>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry(..)")
    }
}

impl Entry {
    /// `router` is the one that `crate::router` made of the same app.
    pub fn new(app: Arc<App>, router: Router) -> Self {
        Self {
            app,
            router,
            peer: None,
        }
    }

    fn of(&self, peer: SocketAddr) -> Self {
        Self {
            peer: Some(peer),
            ..self.clone()
        }
    }

    async fn answer(self, mut request: Request<Incoming>) -> Response {
        let path = request.uri().path();
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            let asked = (request.method(), request.headers());
            if let Some(file) = path.strip_prefix("/o/") {
                return hits::beacon(&self.app, file, asked).await;
            }
            if let Some(token) = path.strip_prefix("/c/") {
                return hits::click(&self.app, token, asked).await;
            }
        }
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let answered = self.router.oneshot(request.map(Body::new)).await;
        answered.unwrap_or_else(|never: Infallible| match never {})
    }
}

impl Service<Request<Incoming>> for Entry {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let entry = self.clone();
        Box::pin(async move { Ok(entry.answer(request).await) })
    }
}

/// Serves HTTP/1.1 until `stop` resolves, then lets requests in flight end.
pub async fn serve(listener: TcpListener, entry: Entry, stop: impl Future<Output = ()>) {
    let app = Arc::clone(&entry.app);
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, peer)) => {
                    let watched = graceful.watch(connection(stream, entry.of(peer)));
                    connections.spawn(async move {
                        // A client that breaks off is its own affair.
                        let _ = watched.await;
                    });
                }
                Err(fault) => {
                    tracing::warn!(%fault, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    // A page that renews itself would stay open for as long as somebody looks at it.
    app.streams.close();
    let drained = tokio::time::timeout(DRAIN_WAIT, graceful.shutdown()).await;
    if drained.is_err() {
        tracing::warn!("requests were still open when the server stopped");
    }
}

type Connection = http1::Connection<TokioIo<TcpStream>, Entry>;

fn connection(stream: TcpStream, entry: Entry) -> Connection {
    // Answers are small and one at a time: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(Patience)
        .header_read_timeout(HEAD_WAIT)
        .pipeline_flush(true)
        .serve_connection(TokioIo::new(stream), entry)
}
