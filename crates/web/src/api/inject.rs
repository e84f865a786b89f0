//! `POST /api/v1/messages` and `/api/v1/messages/batch`: judged, written, kept, and only then answered.

use std::sync::Arc;

use avow_deliver::inject::{Desk, Judged, Post};
use avow_store::{AccountScope, NewCall, StoreError};
use aws_lc_rs::digest::{Context, SHA256};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::Answer;
use super::body::{Batch, Message};
use super::key::Caller;
use super::problem::{Kind, Problem};
use crate::App;

/// The header that names a call (draft-ietf-httpapi-idempotency-key-header).
const CALL_KEY: &str = "idempotency-key";
/// Says that the call was made before and nothing was done again.
const REPLAYED: &str = "idempotent-replayed";
/// Longest name of a call: a UUID with much room.
const CALL_KEY_CHARS_MAX: usize = 200;

type Body = Result<Bytes, BytesRejection>;

/// A call that was understood.
struct Call {
    posts: Vec<Post>,
    key: Option<String>,
    /// SHA-256 of what was asked, and where.
    hash: [u8; 32],
}

/// How a call ended.
enum Ended {
    Now(Answer),
    Before(Answer),
}

/// One message for some people.
pub(super) async fn message(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (row, body) = (caller.scope.row().await?, body?);
    let call = Call {
        posts: vec![parse::<Message>(&body)?.post(&row.settings)?],
        key: call_key(&headers)?,
        hash: hash("message", &body),
    };
    let ended = app.inject(&caller.scope, &call).await?;
    let told = |answer: &Answer| answer.told(&call.posts).pop().unwrap_or_default();
    Ok(ended.response(told))
}

/// Some messages at once: all of them are understood, or none is judged.
pub(super) async fn batch(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (row, body) = (caller.scope.row().await?, body?);
    let call = Call {
        posts: parse::<Batch>(&body)?.posts(&row.settings)?,
        key: call_key(&headers)?,
        hash: hash("batch", &body),
    };
    let ended = app.inject(&caller.scope, &call).await?;
    Ok(ended.response(|answer| json!({ "messages": answer.told(&call.posts) })))
}

pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|fault| Problem::form(&fault))
}

fn call_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(CALL_KEY) else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > CALL_KEY_CHARS_MAX {
        let sentence = format!("An idempotency key has 1 to {CALL_KEY_CHARS_MAX} letters of ASCII");
        return Err(Problem::field("Idempotency-Key", sentence));
    }
    Ok(Some(key.to_owned()))
}

fn hash(what: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Context::new(&SHA256);
    hash.update(what.as_bytes());
    hash.update(&[0]);
    hash.update(body);
    let mut out = [0; 32];
    out.copy_from_slice(hash.finish().as_ref());
    out
}

impl App {
    /// Does a call once: a second one of the same name gets the first one's answer.
    async fn inject(&self, scope: &AccountScope, call: &Call) -> Result<Ended, Problem> {
        if let Some(answer) = before(scope, call).await? {
            return Ok(Ended::Before(answer));
        }
        let judged = self.judge(scope, call).await?;
        let answer = Answer::of(&judged);
        let kept = match &call.key {
            Some(key) => Some(NewCall {
                key: key.clone(),
                body_hash: call.hash,
                answer: text(&answer)?,
            }),
            None => None,
        };
        let messages = judged.into_iter().flatten().map(|one| one.message);
        match scope.inject(messages.collect(), kept).await {
            Ok(()) => {}
            // The same call at the same moment was faster; what this one wrote is gone.
            Err(StoreError::Duplicate { .. }) => {
                let answer = before(scope, call).await?;
                return answer.map(Ended::Before).ok_or_else(ours);
            }
            Err(fault) => return Err(fault.into()),
        }
        if answer.has_work() {
            self.wake();
        }
        Ok(Ended::Now(answer))
    }

    async fn judge(&self, scope: &AccountScope, call: &Call) -> Result<Vec<Vec<Judged>>, Problem> {
        let desk = Desk {
            store: &self.store,
            shelf: &self.shelf,
            urls: &self.urls,
            tokens: &self.tokens,
        };
        let mut judged = Vec::with_capacity(call.posts.len());
        for (n, post) in call.posts.iter().enumerate() {
            let one = desk.write(scope.id(), post, self.now()).await;
            judged.push(one.map_err(|fault| match call.posts.len() {
                1 => Problem::from(fault),
                _ => Problem::from(fault).within(n),
            })?);
        }
        Ok(judged)
    }
}

/// The answer that a call of this name got; a conflict where it asked for something else.
async fn before(scope: &AccountScope, call: &Call) -> Result<Option<Answer>, Problem> {
    let Some(key) = &call.key else {
        return Ok(None);
    };
    let Some(known) = scope.api_call(key).await? else {
        return Ok(None);
    };
    if known.body_hash != call.hash {
        let sentence = "A call with another body had this key. Give each call a key of its own, and the same call the same key";
        return Err(Problem::new(Kind::CallKey, sentence).at("Idempotency-Key"));
    }
    serde_json::from_str(&known.answer)
        .map(Some)
        .map_err(|_| ours())
}

fn text(answer: &Answer) -> Result<String, Problem> {
    serde_json::to_string(answer).map_err(|_| ours())
}

fn ours() -> Problem {
    Problem::new(
        Kind::Ours,
        "The answer of a call cannot be read or written; please report it",
    )
}

impl Ended {
    fn response(self, told: impl FnOnce(&Answer) -> Value) -> Response {
        match self {
            Self::Now(answer) => (StatusCode::ACCEPTED, Json(told(&answer))).into_response(),
            Self::Before(answer) => {
                let replayed = [(REPLAYED, HeaderValue::from_static("true"))];
                (StatusCode::ACCEPTED, replayed, Json(told(&answer))).into_response()
            }
        }
    }
}
