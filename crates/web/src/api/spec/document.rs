//! The OpenAPI 3.1 document of the calls.

use std::sync::OnceLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::shape::{count, may, must, object, text};
use super::{Area, Doc, Field, Shape, place};
use crate::api::call::Call;
use crate::api::problem::Kind;

/// Nothing of it is an account's; an hour's old reference misleads nobody.
const KEEP: &str = "public, max-age=3600";

const ABOUT: &str = "The API of an Avow installation. Each call names the scope that its key must have. A key is no \
    permission: whether somebody may be written to, the policy decides, here as on the pages. Parts may be added to \
    answers; a program passes over what it does not know.";

/// The places of a path: `/api/v1/lists/{list}` has `list`.
pub(in crate::api) fn places(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| part.split('}').next())
}

/// `GET /api/v1/openapi.json`; made once, for the calls are the same for everybody.
pub(in crate::api) async fn json() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document(&crate::api::calls()).to_string());
    let headers = [(CONTENT_TYPE, super::JSON), (CACHE_CONTROL, KEEP)];
    (headers, text.as_str()).into_response()
}

/// The document of these calls.
pub(in crate::api) fn document(calls: &[Call]) -> Value {
    let mut named = Map::new();
    let mut paths = Map::new();
    for call in calls {
        let operation = hoisted(operation(call), &mut named);
        let path = paths
            .entry(call.path)
            .or_insert_with(|| Value::Object(Map::new()));
        path[call.method.as_str().to_ascii_lowercase()] = operation;
    }
    named.insert("Problem".to_owned(), problem().schema());
    let tag = |area: Area| json!({ "name": area.word(), "description": area.about() });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Avow", "version": "1", "description": ABOUT },
        "servers": [{ "url": "/", "description": "This installation" }],
        "tags": Area::ALL.map(tag),
        "paths": paths,
        "components": {
            "schemas": named,
            "headers": headers(),
            "securitySchemes": { "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key of an account, with scopes; made in the settings or by `avow account api-key add`.",
            }},
        },
    })
}

fn headers() -> Value {
    let header = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    json!({
        "RateLimit": header("How many calls the key has left, and after how many seconds it has all of them again: \"calls\";r=599;t=42"),
        "RateLimit-Policy": header("How many calls a key may make in how many seconds: \"calls\";q=600;w=60"),
        "Idempotent-Replayed": header("true where the call was made before, and nothing was done again"),
        "Retry-After": header("After how many seconds to try again"),
    })
}

/// What every answer that is a no looks like (RFC 9457).
pub(in crate::api) fn problem() -> Shape {
    object([
        must(
            "type",
            text("urn:avow:problem:field").about("The sort of problem, for programs"),
        ),
        must(
            "title",
            text("A field cannot be used").about("The same for people"),
        ),
        must("status", count(422).about("The status of the answer")),
        must("detail", text("It is no address").about("What to mend")),
        may(
            "field",
            text("to[0].email").about("Which part of the call it is about"),
        ),
    ])
}

fn operation(call: &Call) -> Value {
    let doc = &call.doc;
    let mut told = json!({
        "operationId": doc.id,
        "tags": [doc.area.word()],
        "summary": doc.title,
        "description": about(call),
        "parameters": parameters(call),
        "responses": responses(call),
        "security": [{ "key": [call.scope.as_str()] }],
    });
    if let Some(body) = &doc.body {
        let content = json!({ "schema": body.schema(), "example": body.example() });
        told["requestBody"] = json!({ "required": true, "content": { doc.media: content } });
    }
    told
}

fn about(call: &Call) -> String {
    let scope = format!("Scope: `{}`.", call.scope.as_str());
    match call.doc.about {
        "" => scope,
        about => format!("{about}\n\n{scope}"),
    }
}

fn parameters(call: &Call) -> Vec<Value> {
    let in_path = places(call.path).filter_map(|word| {
        let shape = place(word)?;
        Some(parameter(word, "path", (true, &shape)))
    });
    let query = call.doc.query.iter();
    let in_query = query.map(|f: &Field| parameter(f.name, "query", (f.is_required, &f.shape)));
    let mut all: Vec<Value> = in_path.chain(in_query).collect();
    if call.doc.is_once {
        let shape = call_key();
        all.push(parameter("Idempotency-Key", "header", (false, &shape)));
    }
    all
}

/// The header that names a call.
pub(super) fn call_key() -> Shape {
    super::short("news-4711", crate::api::once::CALL_KEY_CHARS_MAX)
        .matching("^[!-~]+$")
        .about("A name of this call, one for each call of the account: a second call of the same name and body does nothing again, for eight days")
}

fn parameter(name: &str, place: &str, (is_required, shape): (bool, &Shape)) -> Value {
    let mut schema = shape.schema();
    let about = schema
        .as_object_mut()
        .and_then(|schema| schema.remove("description"));
    json!({
        "name": name,
        "in": place,
        "required": is_required,
        "description": about,
        "schema": schema,
        "example": shape.example(),
    })
}

fn responses(call: &Call) -> Map<String, Value> {
    let mut all = Map::new();
    for answer in &call.doc.answers {
        let mut told = json!({ "description": answer.about, "headers": kept(&call.doc) });
        if let Some(shape) = &answer.shape {
            let content = json!({ "schema": shape.schema(), "example": shape.example() });
            let media = answer.media;
            told["content"] = json!({ media: content });
        }
        all.insert(answer.status.to_string(), told);
    }
    let mut kinds = call.problems();
    kinds.sort_by_key(|kind| kind.status());
    for kind in kinds {
        let status = kind.status().as_str().to_owned();
        let told = all.entry(status).or_insert_with(|| refusal(kind));
        let titles = told["description"].as_str().unwrap_or_default();
        if !titles.contains(kind.title()) {
            told["description"] = format!("{titles}; {}", kind.title()).into();
        }
    }
    all
}

fn kept(doc: &Doc) -> Value {
    let at = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let mut headers = json!({
        "RateLimit": at("RateLimit"),
        "RateLimit-Policy": at("RateLimit-Policy"),
    });
    if doc.is_once {
        headers["Idempotent-Replayed"] = at("Idempotent-Replayed");
    }
    headers
}

fn refusal(kind: Kind) -> Value {
    let (status, word, title) = kind.words();
    let content = json!({
        "schema": { "$ref": "#/components/schemas/Problem" },
        "example": {
            "type": format!("urn:avow:problem:{word}"),
            "title": title,
            "status": status.as_u16(),
            "detail": kind.about(),
        },
    });
    let mut told =
        json!({ "description": title, "content": { "application/problem+json": content } });
    if kind.is_for_later() {
        told["headers"] = json!({ "Retry-After": { "$ref": "#/components/headers/Retry-After" } });
    }
    told
}

/// Examples and defaults are values, whatever they look like.
const VALUES: [&str; 4] = ["example", "examples", "default", "enum"];

/// Each schema that has a name stands once, under it, and is called by it elsewhere.
fn hoisted(value: Value, named: &mut Map<String, Value>) -> Value {
    match value {
        Value::Object(map) => {
            let title = map.get("title").and_then(Value::as_str).map(str::to_owned);
            let part = |(key, value): (String, Value)| {
                let value = if VALUES.contains(&key.as_str()) {
                    value
                } else {
                    hoisted(value, named)
                };
                (key, value)
            };
            let map: Map<String, Value> = map.into_iter().map(part).collect();
            match title {
                None => Value::Object(map),
                Some(title) => {
                    let at = json!({ "$ref": format!("#/components/schemas/{title}") });
                    named.insert(title, Value::Object(map));
                    at
                }
            }
        }
        Value::Array(all) => all.into_iter().map(|one| hoisted(one, named)).collect(),
        other => other,
    }
}
