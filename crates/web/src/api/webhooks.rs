//! `/api/v1/webhooks`: who is told of events as they come.
//!
//! A secret is answered once, when it was made or changed; the store does not hold it.

use std::sync::Arc;

use avow_deliver::events::What;
use avow_deliver::hooks::{self, HookFault, Wish};
use avow_model::WebhookId;
use avow_store::{ApiScope, StoreError, WebhookRow};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::inject::parse;
use super::key::Caller;
use super::problem::{Kind, Problem};
use super::{Call, SMALL_BYTES_MAX};
use crate::App;

/// An address that is wished.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    url: String,
    #[serde(default)]
    types: Vec<String>,
}

/// The calls: all ask for the one scope.
pub(super) fn calls() -> Vec<Call> {
    let hooks = ApiScope::Webhooks;
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let all = "/api/v1/webhooks";
    let id = "/api/v1/webhooks/{id}";
    vec![
        Call::new((get.clone(), all), hooks, list),
        Call::new((post.clone(), all), hooks, create).of_bytes(SMALL_BYTES_MAX),
        Call::new((get, id), hooks, one),
        Call::new((delete, id), hooks, remove),
        Call::new((post.clone(), "/api/v1/webhooks/{id}/test"), hooks, test),
        Call::new(
            (post.clone(), "/api/v1/webhooks/{id}/rotate"),
            hooks,
            rotate,
        ),
        Call::new((post, "/api/v1/webhooks/{id}/on"), hooks, on),
    ]
}

async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let asked: Asked = parse(&body?)?;
    let wish = Wish {
        types: types(&asked.types)?,
        url: asked.url,
        reach: app.reach(),
    };
    let added = hooks::add(&caller.scope, &app.shelf, &wish, app.now()).await?;
    let row = find(&caller, added.id).await?;
    let mut told = told(&row);
    told["secret"] = added.secret.expose().into();
    Ok((StatusCode::CREATED, Json(told)).into_response())
}

fn types(words: &[String]) -> Result<Vec<What>, Problem> {
    let one = |(n, word): (usize, &String)| {
        What::parse(word).ok_or_else(|| {
            let known = What::ALL.map(What::as_str).join(", ");
            let sentence = format!("`{word}` is no type of event. Known are {known}");
            Problem::field(format!("types[{n}]"), sentence)
        })
    };
    let mut types: Vec<What> = words
        .iter()
        .enumerate()
        .map(one)
        .collect::<Result<_, _>>()?;
    types.sort_unstable();
    types.dedup();
    Ok(types)
}

async fn list(caller: Caller) -> Result<Json<Value>, Problem> {
    let rows = caller.scope.webhooks().await?;
    let all: Vec<Value> = rows.iter().map(told).collect();
    Ok(Json(json!({ "webhooks": all })))
}

async fn one(Path(id): Path<String>, caller: Caller) -> Result<Json<Value>, Problem> {
    Ok(Json(told(&named(&caller, &id).await?)))
}

async fn remove(Path(id): Path<String>, caller: Caller) -> Result<StatusCode, Problem> {
    let row = named(&caller, &id).await?;
    caller.scope.webhook_remove(row.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The test is sent within a second or two; `said` of the webhook tells what became of it.
async fn test(Path(id): Path<String>, caller: Caller) -> Result<Response, Problem> {
    let row = named(&caller, &id).await?;
    match caller.scope.webhook_test(row.id).await {
        Err(StoreError::Conflict(_)) => Err(Problem::new(
            Kind::Account,
            "It is switched off: switch it on first (POST …/on)",
        )),
        done => {
            done?;
            let row = find(&caller, row.id).await?;
            Ok((StatusCode::ACCEPTED, Json(told(&row))).into_response())
        }
    }
}

async fn rotate(Path(id): Path<String>, caller: Caller) -> Result<Json<Value>, Problem> {
    let row = named(&caller, &id).await?;
    caller.scope.webhook_rotate(row.id).await?;
    let row = find(&caller, row.id).await?;
    let mut told = told(&row);
    told["secret"] = hooks::secret(&caller.scope, &row).expose().into();
    Ok(Json(told))
}

async fn on(Path(id): Path<String>, caller: Caller) -> Result<Json<Value>, Problem> {
    let row = named(&caller, &id).await?;
    caller.scope.webhook_on(row.id).await?;
    Ok(Json(told(&find(&caller, row.id).await?)))
}

async fn named(caller: &Caller, id: &str) -> Result<WebhookRow, Problem> {
    match id.parse::<WebhookId>() {
        Ok(id) => find(caller, id).await,
        Err(_) => Err(gone()),
    }
}

async fn find(caller: &Caller, id: WebhookId) -> Result<WebhookRow, Problem> {
    caller.scope.webhook(id).await?.ok_or_else(gone)
}

fn gone() -> Problem {
    Problem::new(Kind::NotFound, "This account has no such webhook").at("id")
}

/// As programs read it; never the secret.
fn told(row: &WebhookRow) -> Value {
    let at = |at: Option<avow_model::Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": row.id,
        "url": row.url,
        "types": row.types,
        "state": row.state.as_str(),
        "off_reason": row.off_reason,
        "failures": row.failures,
        "failing_since": at(row.failing_since),
        "next_at": at((row.failures > 0).then_some(row.next_at)),
        "said": row.said,
        "said_at": at(row.said_at),
        "created_at": row.created_at.to_string(),
    })
}

impl From<HookFault> for Problem {
    fn from(fault: HookFault) -> Self {
        match fault {
            HookFault::Store(StoreError::Conflict(why)) => Self::new(Kind::Account, why),
            HookFault::Store(fault) => fault.into(),
            HookFault::NoPolicy => Self::new(Kind::Account, fault.to_string()),
            HookFault::Address(_) | HookFault::Undeclared(_) => {
                Self::field("url", fault.to_string())
            }
        }
    }
}
