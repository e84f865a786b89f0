//! `/api/v1/webhooks`: who is told of events as they come.
//!
//! A secret is answered once, when it was made or changed; the store does not hold it.

use std::sync::Arc;

use avow_deliver::events::What;
use avow_deliver::hooks::{self, HookFault, Wish};
use avow_model::WebhookId;
use avow_store::{ApiScope, StoreError, WebhookRow};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::SMALL_BYTES_MAX;
use super::inject::parse;
use super::key::Caller;
use super::problem::{Kind, Problem};
use crate::App;

/// An address that is wished.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    url: String,
    #[serde(default)]
    types: Vec<String>,
}

/// The routes.
pub(super) fn routes() -> Router<Arc<App>> {
    let all = get(list)
        .post(create)
        .layer(DefaultBodyLimit::max(SMALL_BYTES_MAX));
    Router::new()
        .route("/api/v1/webhooks", all)
        .route("/api/v1/webhooks/{id}", get(one).delete(remove))
        .route("/api/v1/webhooks/{id}/test", post(test))
        .route("/api/v1/webhooks/{id}/rotate", post(rotate))
        .route("/api/v1/webhooks/{id}/on", post(on))
}

async fn caller(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    app.caller(headers, ApiScope::Webhooks).await
}

async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let caller = caller(&app, &headers).await?;
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

async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let caller = caller(&app, &headers).await?;
    let rows = caller.scope.webhooks().await?;
    let all: Vec<Value> = rows.iter().map(told).collect();
    Ok(Json(json!({ "webhooks": all })))
}

async fn one(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let caller = caller(&app, &headers).await?;
    Ok(Json(told(&named(&caller, &id).await?)))
}

async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let caller = caller(&app, &headers).await?;
    let row = named(&caller, &id).await?;
    caller.scope.webhook_remove(row.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The test is sent within a second or two; `said` of the webhook tells what became of it.
async fn test(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = caller(&app, &headers).await?;
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

async fn rotate(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let caller = caller(&app, &headers).await?;
    let row = named(&caller, &id).await?;
    caller.scope.webhook_rotate(row.id).await?;
    let row = find(&caller, row.id).await?;
    let mut told = told(&row);
    told["secret"] = hooks::secret(&caller.scope, &row).expose().into();
    Ok(Json(told))
}

async fn on(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let caller = caller(&app, &headers).await?;
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
