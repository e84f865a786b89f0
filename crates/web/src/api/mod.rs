//! The API for programs, `/api/v1`: messages handed in, what became of them, and relationships attested.
//!
//! Promises: nobody without a key of the account gets in, and a key sees its own account only; an error is a problem
//! (RFC 9457) with a type, a sentence and the field; what was answered with 202 is on the disk.
//! Never: a cookie, a redirect, a page.

mod answer;
mod body;
mod events;
mod inject;
mod key;
#[cfg(test)]
mod permission_test;
mod problem;
mod relationship;
mod status;
mod webhooks;

use std::sync::{Arc, Mutex, PoisonError};

use avow_collect::forms::Slots;
use avow_model::{ApiKeyId, Timestamp};
use avow_store::ApiScope;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodFilter, MethodRouter};
use axum::{Extension, Router};

use self::key::Wanted;
use crate::App;

use self::problem::Problem;

pub use key::{ApiKey, KeyNameFault};

/// One message: a megabyte of HTML, as much text, and the people.
const MESSAGE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A batch; below what the server takes at all.
const BATCH_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Anything else.
const SMALL_BYTES_MAX: usize = 16 * 1024;
/// Calls that one key may make in a minute: ten a second, each of up to a hundred messages.
const CALLS_MAX: u32 = 600;
const CALLS_WINDOW_S: i64 = 60;
/// Keys that are counted at once.
const KEYS_MAX: usize = 4_096;

/// How often keys were used of late. In memory: a restart forgives.
#[derive(Debug)]
pub(crate) struct Limits(Mutex<Slots<ApiKeyId>>);

impl Default for Limits {
    fn default() -> Self {
        Self(Mutex::new(Slots::new(CALLS_WINDOW_S, CALLS_MAX, KEYS_MAX)))
    }
}

impl Limits {
    /// False when the key has made its calls of this minute.
    fn take(&self, key: ApiKeyId, now: Timestamp) -> bool {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.take(key, now)
    }
}

/// A body that is larger than the server takes at all never reaches a handler: a program is told of it as of any other
/// problem.
pub(crate) async fn large_body(request: Request, next: Next) -> Response {
    let is_call = request.uri().path().starts_with("/api/");
    let answer = next.run(request).await;
    let is_large = answer.status() == StatusCode::PAYLOAD_TOO_LARGE;
    if is_call && is_large {
        return Problem::too_large().into_response();
    }
    answer
}

/// One call: what the key must have, and how large it may be.
struct Call {
    path: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "the test that asks each call"))]
    method: Method,
    #[cfg_attr(not(test), expect(dead_code, reason = "the test that asks each call"))]
    scope: ApiScope,
    page: MethodRouter<Arc<App>>,
}

impl Call {
    /// The only way to make one: without a scope there is no call.
    fn new<H, T>((method, path): (Method, &'static str), scope: ApiScope, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let on = MethodFilter::try_from(method.clone());
        let on = on.expect("invariant: the methods of this file are common ones");
        Self {
            path,
            method,
            scope,
            page: routing::on(on, handler.layer(Extension(Wanted(scope)))),
        }
    }

    fn of_bytes(self, max: usize) -> Self {
        let page = self.page.layer(DefaultBodyLimit::max(max));
        Self { page, ..self }
    }
}

/// Every call; a test asks each without a key, with a key that lacks the scope, and with another account's.
fn calls() -> Vec<Call> {
    let post = |path| (Method::POST, path);
    let relationship = (Method::PUT, "/api/v1/relationships");
    let message = (Method::GET, "/api/v1/messages/{id}");
    let mut calls = vec![
        Call::new(post("/api/v1/messages"), ApiScope::Send, inject::message)
            .of_bytes(MESSAGE_BYTES_MAX),
        Call::new(
            post("/api/v1/messages/batch"),
            ApiScope::Send,
            inject::batch,
        )
        .of_bytes(BATCH_BYTES_MAX),
        Call::new(message, ApiScope::Read, status::get),
        Call::new(
            (Method::GET, "/api/v1/events"),
            ApiScope::Events,
            events::get,
        ),
        Call::new(relationship, ApiScope::Attest, relationship::put).of_bytes(SMALL_BYTES_MAX),
    ];
    calls.extend(webhooks::calls());
    calls
}

/// The routes under `/api/v1`.
pub(crate) fn routes() -> Router<Arc<App>> {
    let add = |router: Router<Arc<App>>, c: Call| router.route(c.path, c.page);
    let all = calls().into_iter().fold(Router::new(), add);
    all.route("/api/{*rest}", routing::any(problem::no_such_thing))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header::CONTENT_TYPE;
    use tower::ServiceExt as _;
    use tower_http::limit::RequestBodyLimitLayer;

    use super::*;

    #[tokio::test]
    async fn a_body_beyond_what_the_server_takes_is_a_problem_for_programs_alone() {
        let ask = async |path: &str, bytes: usize| {
            let router: Router = Router::new()
                .fallback(routing::post(|| async {}))
                .layer(RequestBodyLimitLayer::new(10))
                .layer(axum::middleware::from_fn(large_body));
            let request = Request::post(path)
                .header("content-length", bytes)
                .body(Body::from(vec![b'x'; bytes]))
                .unwrap();
            let answer = router.oneshot(request).await.unwrap();
            let kind = answer.headers().get(CONTENT_TYPE);
            let kind = kind.map_or("", |kind| kind.to_str().unwrap()).to_owned();
            (answer.status(), kind)
        };
        let (status, kind) = ask("/api/v1/messages", 11).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(kind, "application/problem+json");
        assert_eq!(ask("/api/v1/messages", 10).await.0, StatusCode::OK);
        let (status, kind) = ask("/f/acme/signup", 11).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_ne!(kind, "application/problem+json");
    }
}
