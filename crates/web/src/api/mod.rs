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
mod problem;
mod relationship;
mod status;
mod webhooks;

use std::sync::{Arc, Mutex, PoisonError};

use avow_collect::forms::Slots;
use avow_model::{ApiKeyId, Timestamp};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};

use crate::App;

use self::problem::Problem;

pub use key::ApiKey;

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

/// The routes under `/api/v1`.
pub(crate) fn routes() -> Router<Arc<App>> {
    let message = post(inject::message).layer(DefaultBodyLimit::max(MESSAGE_BYTES_MAX));
    let batch = post(inject::batch).layer(DefaultBodyLimit::max(BATCH_BYTES_MAX));
    let relationship = put(relationship::put).layer(DefaultBodyLimit::max(SMALL_BYTES_MAX));
    Router::new()
        .route("/api/v1/messages", message)
        .route("/api/v1/messages/batch", batch)
        .route("/api/v1/messages/{id}", get(status::get))
        .route("/api/v1/events", get(events::get))
        .merge(webhooks::routes())
        .route("/api/v1/relationships", relationship)
        .route("/api/{*rest}", axum::routing::any(problem::no_such_thing))
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
                .fallback(post(|| async {}))
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
