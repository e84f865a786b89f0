//! A call that makes something, made once: a second one of the same name and body does nothing again.
//!
//! Promises: of two such calls, at the same moment or a day apart, before and after a kill, one does the work. What is
//! kept of it for eight days is the name of what was made, and no data of a person.
//! Where a call began and its end is not known, another of its name is told so: nothing is made twice on a guess.

use std::sync::Arc;

use avow_store::{AccountScope, StoreError};
use aws_lc_rs::digest::{Context, SHA256};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::problem::{Kind, Problem};
use crate::App;

/// The header that names a call (draft-ietf-httpapi-idempotency-key-header).
pub(super) const CALL_KEY: &str = "idempotency-key";
/// Says that the call was made before and nothing was done again.
const REPLAYED: &str = "idempotent-replayed";
/// Longest name of a call: a UUID with much room.
pub(super) const CALL_KEY_CHARS_MAX: usize = 200;

/// How a call is named, and where it went.
pub(super) struct Named {
    key: Option<String>,
    place: String,
}

impl FromRequestParts<Arc<App>> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Problem> {
        Ok(Self {
            key: call_key(&parts.headers)?,
            place: format!("{} {}", parts.method, parts.uri.path()),
        })
    }
}

/// The name of a call, where it has one.
pub(super) fn call_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all(CALL_KEY).iter();
    let Some(value) = all.next() else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default().trim();
    let is_plain = key.bytes().all(|b| b.is_ascii_graphic());
    if key.is_empty() || key.len() > CALL_KEY_CHARS_MAX || !is_plain || all.next().is_some() {
        let sentence = format!(
            "An idempotency key has 1 to {CALL_KEY_CHARS_MAX} letters of ASCII, no blanks, and stands once"
        );
        return Err(Problem::field("Idempotency-Key", sentence));
    }
    Ok(Some(key.to_owned()))
}

/// What a call asks for, and where: SHA-256.
pub(super) fn hash(place: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Context::new(&SHA256);
    hash.update(place.as_bytes());
    hash.update(&[0]);
    hash.update(body);
    let mut out = [0; 32];
    out.copy_from_slice(hash.finish().as_ref());
    out
}

pub(super) fn other_body() -> Problem {
    let sentence = "A call with another body had this key. Give each call a key of its own, and the same call the same key";
    Problem::new(Kind::CallKey, sentence).at("Idempotency-Key")
}

/// The same answer as before, and that it is.
pub(super) fn replayed(answer: impl IntoResponse) -> Response {
    ([(REPLAYED, HeaderValue::from_static("true"))], answer).into_response()
}

/// What was made, and whether by this call.
pub(super) struct Done {
    pub(super) name: String,
    pub(super) is_replay: bool,
}

impl Done {
    /// The answer, marked where it is a second one.
    pub(super) fn answer(&self, answer: impl IntoResponse) -> Response {
        if self.is_replay {
            replayed(answer)
        } else {
            answer.into_response()
        }
    }
}

impl Named {
    /// Does the work, unless a call of this name did. The work gives the name of what it made.
    pub(super) async fn once(
        &self,
        scope: &AccountScope,
        body: &[u8],
        work: impl Future<Output = Result<String, Problem>>,
    ) -> Result<Done, Problem> {
        let Some(key) = &self.key else {
            return done(work.await);
        };
        let hash = hash(&self.place, body);
        match scope.api_call_begin(key, hash).await {
            Ok(()) => {}
            Err(StoreError::Duplicate { .. }) => return before(scope, key, hash).await,
            Err(fault) => return Err(fault.into()),
        }
        let made = work.await;
        match &made {
            Ok(name) => scope.api_call_end(key, name).await?,
            // Whether something was made nobody knows: a second call is told so.
            Err(problem) if problem.kind == Kind::Ours => {}
            // Nothing was: the same call may come again once it is mended.
            Err(_) => scope.api_call_forget(key).await?,
        }
        done(made)
    }
}

fn done(made: Result<String, Problem>) -> Result<Done, Problem> {
    Ok(Done {
        name: made?,
        is_replay: false,
    })
}

async fn before(scope: &AccountScope, key: &str, hash: [u8; 32]) -> Result<Done, Problem> {
    let known = scope.api_call(key).await?;
    let known = known.ok_or_else(|| Problem::of(Kind::Passing))?;
    if known.body_hash != hash {
        return Err(other_body());
    }
    if known.answer.is_empty() {
        return Err(Problem::of(Kind::InDoubt).at("Idempotency-Key"));
    }
    Ok(Done {
        name: known.answer,
        is_replay: true,
    })
}
