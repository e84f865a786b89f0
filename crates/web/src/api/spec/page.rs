//! The reference as pages: `/api/docs`, and one for each part of it. Made of the same description as the document.

use std::sync::Arc;

use avow_store::ApiScope;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Html;
use axum::routing::get;
use serde::Serialize;
use serde_json::Value;

use super::document::{call_key, places};
use super::{Area, Field, Shape, place};
use crate::api::call::Call;
use crate::api::calls;
use crate::api::problem::Kind;
use crate::{App, Edition, Page, PageFault};

/// Levels of an object that the table of a body shows.
const DEPTH_MAX: usize = 4;
/// What stands for the server in what is to be copied.
const HOST: &str = "https://mail.example.com";

/// The document and the pages; open to everybody, for they hold nothing of an account.
pub(in crate::api) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/openapi.json", get(super::json))
        .route("/api/docs", get(start))
        .route("/api/docs/{area}", get(part))
}

#[derive(Debug, Serialize)]
pub(crate) struct DocsPage {
    rehearsal: bool,
    title: String,
    areas: Vec<AreaLine>,
    /// One part; the start page without.
    part: Option<Part>,
    scopes: Vec<Word>,
    problems: Vec<ProblemLine>,
}

impl Page for DocsPage {
    const TEMPLATE: &'static str = "api/docs.html";
}

#[derive(Debug, Serialize)]
struct AreaLine {
    word: &'static str,
    title: String,
    about: &'static str,
    is_here: bool,
    calls: Vec<Line>,
}

/// A call in the list of all.
#[derive(Debug, Serialize)]
struct Line {
    method: String,
    path: &'static str,
    title: &'static str,
    href: String,
}

#[derive(Debug, Serialize)]
struct Part {
    about: &'static str,
    calls: Vec<Told>,
}

/// A call, whole.
#[derive(Debug, Serialize)]
struct Told {
    id: &'static str,
    method: String,
    path: &'static str,
    title: &'static str,
    about: &'static str,
    scope: &'static str,
    parameters: Vec<Row>,
    body: Vec<Row>,
    answers: Vec<AnswerTold>,
    problems: Vec<ProblemLine>,
    curl: String,
}

#[derive(Debug, Serialize)]
struct AnswerTold {
    status: u16,
    about: &'static str,
    rows: Vec<Row>,
    example: String,
}

/// One line of a table: a parameter, or a part of an object.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    kind: String,
    need: &'static str,
    about: String,
}

#[derive(Debug, Serialize)]
struct Word {
    word: &'static str,
    about: &'static str,
}

#[derive(Debug, Serialize)]
struct ProblemLine {
    word: &'static str,
    status: u16,
    title: &'static str,
    about: &'static str,
}

async fn start(State(app): State<Arc<App>>) -> Result<Html<String>, PageFault> {
    app.templates.show(&page(&app, None))
}

async fn part(
    State(app): State<Arc<App>>,
    Path(word): Path<String>,
) -> Result<Html<String>, PageFault> {
    let area = Area::ALL.into_iter().find(|area| area.word() == word);
    let area = area.ok_or(PageFault::NotFound)?;
    app.templates.show(&page(&app, Some(area)))
}

fn page(app: &App, area: Option<Area>) -> DocsPage {
    DocsPage {
        rehearsal: app.settings.edition == Edition::Rehearsal,
        ..reference(area)
    }
}

/// A page of the reference.
fn reference(area: Option<Area>) -> DocsPage {
    let all = calls();
    let problem = |kind: Kind| problem_line(kind);
    let scope = |scope: ApiScope| Word {
        word: scope.as_str(),
        about: scope.may(),
    };
    let of_area = |area: Area| all.iter().filter(move |call| call.doc.area == area);
    let line = |one: Area| AreaLine {
        word: one.word(),
        title: capital(one.word()),
        about: one.about(),
        is_here: area == Some(one),
        calls: of_area(one).map(line).collect(),
    };
    DocsPage {
        rehearsal: false,
        title: area.map_or_else(|| "API".to_owned(), |area| capital(area.word())),
        areas: Area::ALL.map(line).into(),
        part: area.map(|area| Part {
            about: area.about(),
            calls: of_area(area).map(told).collect(),
        }),
        scopes: ApiScope::ALL.map(scope).into(),
        problems: Kind::ALL.map(problem).into(),
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

fn problem_line(kind: Kind) -> ProblemLine {
    ProblemLine {
        word: kind.word(),
        status: kind.status().as_u16(),
        title: kind.title(),
        about: kind.about(),
    }
}

fn line(call: &Call) -> Line {
    Line {
        method: call.method.to_string(),
        path: call.path,
        title: call.doc.title,
        href: format!("/api/docs/{}#{}", call.doc.area.word(), call.doc.id),
    }
}

fn told(call: &Call) -> Told {
    let doc = &call.doc;
    let mut problems = call.problems();
    problems.sort_by_key(|kind| (kind.status(), kind.word()));
    problems.dedup();
    Told {
        id: doc.id,
        method: call.method.to_string(),
        path: call.path,
        title: doc.title,
        about: doc.about,
        scope: call.scope.as_str(),
        parameters: parameters(call),
        body: doc.body.as_ref().map(rows).unwrap_or_default(),
        answers: doc.answers.iter().map(answer).collect(),
        problems: problems.into_iter().map(problem_line).collect(),
        curl: curl(call),
    }
}

fn answer(answer: &super::Answered) -> AnswerTold {
    let shape = answer
        .shape
        .as_ref()
        .filter(|_| answer.media == super::JSON);
    AnswerTold {
        status: answer.status,
        about: answer.about,
        rows: shape.map(rows).unwrap_or_default(),
        example: shape.map_or_else(String::new, |shape| pretty(shape.example())),
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn parameters(call: &Call) -> Vec<Row> {
    let in_path = places(call.path).filter_map(|word| {
        let shape = place(word)?;
        Some(row(format!("{{{word}}}"), "always", &shape.schema()))
    });
    let in_query = call.doc.query.iter().map(|field: &Field| {
        let need = if field.is_required { "always" } else { "" };
        row(format!("?{}", field.name), need, &field.shape.schema())
    });
    let mut all: Vec<Row> = in_path.chain(in_query).collect();
    if call.doc.is_once {
        all.push(row("Idempotency-Key:".to_owned(), "", &call_key().schema()));
    }
    all
}

fn row(name: String, need: &'static str, schema: &Value) -> Row {
    let about = schema["description"].as_str().unwrap_or_default();
    Row {
        name,
        kind: kind(schema),
        need,
        about: about.to_owned(),
    }
}

/// A type in words: `text`, `list of numbers`, `one of on, off`.
fn kind(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().filter_map(Value::as_str);
        return format!("one of {}", words.collect::<Vec<_>>().join(", "));
    }
    let kinds = schema["type"].as_array();
    let or_null = kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"));
    let first = kinds.and_then(|kinds| kinds.first());
    let plain = match first.unwrap_or(&schema["type"]).as_str() {
        Some("string") if schema["format"] == "date-time" => "instant".to_owned(),
        Some("string") => bounded(
            "text",
            (&schema["minLength"], &schema["maxLength"]),
            "characters",
        ),
        Some("integer") => match (schema["minimum"].as_u64(), schema["maximum"].as_u64()) {
            (Some(least), Some(most)) if least + 1 < most && u32::try_from(most).is_ok() => {
                format!("number, {least} to {most}")
            }
            _ => "number".to_owned(),
        },
        Some("boolean") => "true or false".to_owned(),
        Some("array") => {
            let of = kind(&schema["items"]);
            bounded(
                &format!("list of {of}"),
                (&schema["minItems"], &schema["maxItems"]),
                "items",
            )
        }
        _ => "object".to_owned(),
    };
    if or_null {
        format!("{plain}, or null")
    } else {
        plain
    }
}

fn bounded(what: &str, (least, most): (&Value, &Value), of: &str) -> String {
    match (least.as_u64(), most.as_u64()) {
        (Some(least), Some(most)) => format!("{what}, {least} to {most} {of}"),
        (None, Some(most)) => format!("{what}, at most {most} {of}"),
        _ => what.to_owned(),
    }
}

fn rows(shape: &Shape) -> Vec<Row> {
    let mut all = Vec::new();
    parts(&shape.schema(), "", DEPTH_MAX, &mut all);
    all
}

fn parts(schema: &Value, under: &str, depth: usize, all: &mut Vec<Row>) {
    if depth == 0 {
        return;
    }
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    for (name, part) in schema["properties"].as_object().into_iter().flatten() {
        let need = if is_required(name) { "always" } else { "" };
        let place = format!("{under}{name}");
        all.push(row(place.clone(), need, part));
        parts(part, &format!("{place}."), depth - 1, all);
        parts(&part["items"], &format!("{place}[]."), depth - 1, all);
    }
}

/// The call as somebody copies it.
fn curl(call: &Call) -> String {
    let mut path = call.path.to_owned();
    for word in places(call.path) {
        let example = place(word).map(|shape| plain(shape.example()));
        path = path.replace(&format!("{{{word}}}"), &example.unwrap_or_default());
    }
    let query = call.doc.query.iter().filter(|field| field.is_required);
    let query: Vec<String> = query
        .map(|field| format!("{}={}", field.name, plain(field.shape.example())))
        .collect();
    let query = match query.as_slice() {
        [] => String::new(),
        all => format!("?{}", all.join("&")),
    };
    let method = match call.method.as_str() {
        "GET" => String::new(),
        method => format!(" -X {method}"),
    };
    let mut line =
        format!("curl -sS{method} \"{HOST}{path}{query}\" -H \"Authorization: Bearer $KEY\"");
    if call.doc.is_once {
        line += " \\\n  -H \"Idempotency-Key: news-4711\"";
    }
    let media = call.doc.media;
    let body = match &call.doc.body {
        Some(body) if media == super::JSON => {
            let body = pretty(body.example()).replace('\'', "'\\''");
            format!(" \\\n  -H \"Content-Type: {media}\" -d '{body}'")
        }
        Some(_) => format!(" \\\n  -H \"Content-Type: {media}\" --data-binary @people.csv"),
        None => String::new(),
    };
    line + &body
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The start page and each part, for the tests of all pages.
#[cfg(test)]
pub(crate) fn reference_pages() -> Vec<DocsPage> {
    let parts = Area::ALL.map(|area| reference(Some(area)));
    std::iter::once(reference(None)).chain(parts).collect()
}
