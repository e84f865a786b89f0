//! `POST /api/v1/messages` and `/api/v1/messages/batch`: judged, written, kept, and only then answered.

use std::sync::Arc;

use avow_deliver::inject::{Desk, Judged, Post};
use avow_store::{AccountScope, ApiScope, NewCall, StoreError};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::body::{self, Batch, Message};
use super::input::Input;
use super::key::Caller;
use super::once::{call_key, hash, other_body, replayed};
use super::problem::{Kind, Problem};
use super::spec::{Area, Doc};
use crate::App;

/// One message: a megabyte of HTML, as much text, and the people.
const MESSAGE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A batch; below what the server takes at all.
const BATCH_BYTES_MAX: usize = 3 * 1024 * 1024;

/// The calls.
pub(super) fn calls() -> Vec<super::Call> {
    let kinds = [Kind::Content, Kind::Account, Kind::CallKey];
    let one = Doc::new("sendMessage", Area::Messages, "Hand in a message for some people")
        .about("Judged by the policy for each recipient, written and kept on the disk before the answer. With an `Idempotency-Key` it happens once.")
        .body(body::message())
        .answers(202, "What becomes of each recipient, in their order", answer::message())
        .may_fail(kinds);
    let many = Doc::new(
        "sendMessages",
        Area::Messages,
        "Hand in some messages at once",
    )
    .about("All of them are understood, or none is judged.")
    .body(body::batch())
    .answers(
        202,
        "The same for each message, in their order",
        answer::batch(),
    )
    .may_fail(kinds);
    let (one, many) = (
        Doc {
            is_once: true,
            ..one
        },
        Doc {
            is_once: true,
            ..many
        },
    );
    let send = ApiScope::Send;
    vec![
        super::Call::post("/api/v1/messages", send, message, one).of_bytes(MESSAGE_BYTES_MAX),
        super::Call::post("/api/v1/messages/batch", send, batch, many).of_bytes(BATCH_BYTES_MAX),
    ]
}

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
async fn message(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    input: Input<Message>,
) -> Result<Response, Problem> {
    let row = caller.scope.row().await?;
    let call = Call {
        posts: vec![input.value.post(&row.settings)?],
        key: call_key(&headers)?,
        hash: hash("message", &input.bytes),
    };
    let ended = app.inject(&caller.scope, &call).await?;
    let told = |answer: &Answer| answer.told(&call.posts).pop().unwrap_or_default();
    Ok(ended.response(told))
}

/// Some messages at once: all of them are understood, or none is judged.
async fn batch(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    input: Input<Batch>,
) -> Result<Response, Problem> {
    let row = caller.scope.row().await?;
    let call = Call {
        posts: input.value.posts(&row.settings)?,
        key: call_key(&headers)?,
        hash: hash("batch", &input.bytes),
    };
    let ended = app.inject(&caller.scope, &call).await?;
    Ok(ended.response(|answer| json!({ "messages": answer.told(&call.posts) })))
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
        return Err(other_body());
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
            Self::Before(answer) => replayed((StatusCode::ACCEPTED, Json(told(&answer)))),
        }
    }
}
