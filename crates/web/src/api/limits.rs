//! How many calls a key may make, and what a program is told of it with each answer.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use avow_collect::forms::Slots;
use avow_model::{ApiKeyId, Timestamp};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::Next;
use axum::response::Response;

/// Calls that one key may make in a minute: ten a second, each of up to a hundred messages.
const CALLS_MAX: u32 = 600;
const CALLS_WINDOW_S: i64 = 60;
/// Keys that are counted at once.
const KEYS_MAX: usize = 4_096;
/// What is left, and until when (draft-ietf-httpapi-ratelimit-headers-10).
const LEFT: &str = "ratelimit";
/// What may be done at all.
const POLICY: &str = "ratelimit-policy";

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
    pub(super) fn take(&self, key: ApiKeyId, now: Timestamp) -> bool {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.take(key, now)
    }

    /// How many calls a key has left, and for how many seconds.
    pub(super) fn left(&self, key: ApiKeyId, now: Timestamp) -> Left {
        let calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (calls, seconds) = calls.left(&key, now);
        Left { calls, seconds }
    }
}

/// What a key has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    calls: u32,
    seconds: i64,
}

/// Where a call notes what its key has left, for the answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter(Arc<OnceLock<Left>>);

impl Meter {
    pub(super) fn note(&self, left: Left) {
        let _first = self.0.set(left);
    }
}

/// Says with each answer to a known key how many calls it has left.
pub(super) async fn tell(mut request: Request, next: Next) -> Response {
    let meter = Meter::default();
    request.extensions_mut().insert(meter.clone());
    let mut answer = next.run(request).await;
    // People's data are in most answers: no cache on the way keeps one.
    answer
        .headers_mut()
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if let Some(left) = meter.0.get() {
        let told = format!("\"calls\";r={};t={}", left.calls, left.seconds);
        let policy = format!("\"calls\";q={CALLS_MAX};w={CALLS_WINDOW_S}");
        for (name, value) in [(LEFT, told), (POLICY, policy)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                answer.headers_mut().insert(name, value);
            }
        }
    }
    answer
}
