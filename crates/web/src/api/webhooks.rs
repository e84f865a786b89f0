//! `/api/v1/webhooks`: who is told of events as they come.
//!
//! A secret is answered once, when it was made or changed; the store does not hold it.

use std::sync::Arc;

use avow_deliver::events::What;
use avow_deliver::hooks::{self, HookFault, Wish};
use avow_model::WebhookId;
use avow_store::{ApiScope, StoreError, WebhookRow};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use super::input::{At, Input};
use super::key::Caller;
use super::once::Named;
use super::problem::{Kind, Problem};
use super::spec::{
    Area, Doc, Field, Shape, count, form, id, instant, list, may, must, object, short, text, words,
};
use crate::App;

/// Longest address of a webhook: what proxies still take.
const URL_CHARS_MAX: usize = 2_000;

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
    let doc = |id, title| Doc::new(id, Area::Webhooks, title);
    let whole = doc("listWebhooks", "List the webhooks").answers(
        200,
        "All of them",
        object([must("webhooks", list(shape()))]),
    );
    let add = doc("createWebhook", "Make a webhook")
        .about("The answer has the secret, this once. Each event is a POST in the form of Standard Webhooks. Whoever runs the host must be declared in the policy as a processor.")
        .body(form([
            must("url", short("https://hooks.example.com/avow", URL_CHARS_MAX).about("`https`, a public address")),
            may("types", list(words(&What::ALL.map(What::as_str))).such_as(json!(["delivered", "bounced", "complained"])).about("Which events; all when left out")),
        ]))
        .answers(201, "Made", with_secret())
        .may_fail([Kind::Account, Kind::State])
        .once();
    let look = doc("getWebhook", "Look at a webhook").answers(200, "Where it stands", shape());
    let away = doc("deleteWebhook", "Remove a webhook").empty("Removed");
    let probe = doc("testWebhook", "Have a test event sent")
        .about("It is sent within a second or two; `said` tells what became of it.")
        .answers(202, "It will be sent", shape())
        .may_fail([Kind::State]);
    let renew = doc("rotateWebhookSecret", "Change the secret of a webhook")
        .about("Both sign for 24 hours.")
        .answers(200, "The new secret, this once", with_secret());
    let start = doc("switchWebhookOn", "Go on where a webhook was switched off").answers(
        200,
        "Where it stands",
        shape(),
    );
    let (all, one_of) = ("/api/v1/webhooks", "/api/v1/webhooks/{webhook}");
    vec![
        Call::get(all, hooks, list_all, whole),
        Call::post(all, hooks, create, add),
        Call::get(one_of, hooks, one, look),
        Call::delete(one_of, hooks, remove, away),
        Call::post("/api/v1/webhooks/{webhook}/test", hooks, test, probe),
        Call::post("/api/v1/webhooks/{webhook}/rotate", hooks, rotate, renew),
        Call::post("/api/v1/webhooks/{webhook}/on", hooks, on, start),
    ]
}

fn fields() -> Vec<Field> {
    vec![
        must("id", id("wh_")),
        must("url", text("https://hooks.example.com/avow")),
        must("types", list(text("delivered")).about("Empty: all")),
        must("state", text("on").about("Whether it is told of events")),
        must("off_reason", text("gone").or_null().such_as(Value::Null)),
        must(
            "failures",
            count(0).about("How often in a row it was told in vain"),
        ),
        must("failing_since", instant().or_null().such_as(Value::Null)),
        must(
            "next_at",
            instant()
                .or_null()
                .such_as(Value::Null)
                .about("When it is tried again"),
        ),
        must("said", text("204").or_null().about("What it answered last")),
        must("said_at", instant().or_null()),
        must("created_at", instant()),
    ]
}

fn shape() -> Shape {
    object(fields()).named("Webhook")
}

fn with_secret() -> Shape {
    let secret = text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let all = fields().into_iter().chain([must("secret", secret)]);
    object(all).named("WebhookWithSecret")
}

async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    named: Named,
    input: Input<Asked>,
) -> Result<Response, Problem> {
    let wish = Wish {
        types: types(&input.value.types)?,
        url: input.value.url,
        reach: app.reach(),
    };
    let work = async {
        let added = hooks::add(&caller.scope, &app.shelf, &wish, app.now()).await?;
        Ok(added.id.to_string())
    };
    let done = named.once(&caller.scope, &input.bytes, work).await?;
    let row = find(&caller, done.name.parse().map_err(|_| gone())?).await?;
    Ok(done.answer((StatusCode::CREATED, Json(told_with_secret(&caller, &row)))))
}

fn told_with_secret(caller: &Caller, row: &WebhookRow) -> Value {
    let mut told = told(row);
    told["secret"] = hooks::secret(&caller.scope, row).expose().into();
    told
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

async fn list_all(caller: Caller) -> Result<Json<Value>, Problem> {
    let rows = caller.scope.webhooks().await?;
    let all: Vec<Value> = rows.iter().map(told).collect();
    Ok(Json(json!({ "webhooks": all })))
}

async fn one(caller: Caller, At(id): At<WebhookId>) -> Result<Json<Value>, Problem> {
    Ok(Json(told(&find(&caller, id).await?)))
}

async fn remove(caller: Caller, At(id): At<WebhookId>) -> Result<StatusCode, Problem> {
    let row = find(&caller, id).await?;
    caller.scope.webhook_remove(row.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The test is sent within a second or two; `said` of the webhook tells what became of it.
async fn test(caller: Caller, At(id): At<WebhookId>) -> Result<Response, Problem> {
    let row = find(&caller, id).await?;
    match caller.scope.webhook_test(row.id).await {
        Err(StoreError::Conflict(_)) => Err(Problem::new(
            Kind::State,
            "It is switched off: switch it on first (POST …/on)",
        )),
        done => {
            done?;
            let row = find(&caller, row.id).await?;
            Ok((StatusCode::ACCEPTED, Json(told(&row))).into_response())
        }
    }
}

async fn rotate(caller: Caller, At(id): At<WebhookId>) -> Result<Json<Value>, Problem> {
    let row = find(&caller, id).await?;
    caller.scope.webhook_rotate(row.id).await?;
    let row = find(&caller, row.id).await?;
    Ok(Json(told_with_secret(&caller, &row)))
}

async fn on(caller: Caller, At(id): At<WebhookId>) -> Result<Json<Value>, Problem> {
    let row = find(&caller, id).await?;
    caller.scope.webhook_on(row.id).await?;
    Ok(Json(told(&find(&caller, row.id).await?)))
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
            HookFault::Store(StoreError::Conflict(why)) => Self::new(Kind::State, why),
            HookFault::Store(fault) => fault.into(),
            HookFault::NoPolicy => Self::new(Kind::Account, fault.to_string()),
            HookFault::Address(_) | HookFault::Undeclared(_) => {
                Self::field("url", fault.to_string())
            }
        }
    }
}
