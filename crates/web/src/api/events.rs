//! `GET /api/v1/events`: what became of messages and what people did with them, from a cursor on.

use std::sync::Arc;

use avow_deliver::events::{self, Cursor, What};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::key::Caller;
use super::problem::{Kind, Problem};
use crate::App;

/// Entries looked at where the caller does not say.
const LIMIT_DEFAULT: u32 = 100;
/// Entries looked at at most: each is opened, and a page of them takes some milliseconds.
const LIMIT_MAX: u32 = 1_000;

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    after: Option<String>,
    limit: Option<u32>,
    types: Option<String>,
}

/// Tells a page; changes nothing.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = asked.map_err(|fault| {
        let sentence = format!("{}. Known are after, limit and types", fault.body_text());
        Problem::new(Kind::Form, sentence)
    })?;
    let after = asked.cursor()?;
    let limit = asked.limit()?;
    let types = asked.types()?;
    let page = events::page(&caller.scope, after, limit, app.now()).await?;
    let wanted = |event: &&events::Event| types.is_empty() || types.contains(&event.what);
    let told: Vec<_> = page.events.iter().filter(wanted).collect();
    Ok(Json(json!({
        "events": told,
        "next": page.next.to_string(),
        "more": page.more,
    })))
}

impl Asked {
    fn cursor(&self) -> Result<Cursor, Problem> {
        let after = self.after.as_deref().filter(|text| !text.is_empty());
        let cursor = after.map(str::parse).transpose();
        let fault = |fault: events::CursorFault| Problem::field("after", fault.to_string());
        Ok(cursor.map_err(fault)?.unwrap_or(Cursor::START))
    }

    fn limit(&self) -> Result<u32, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if (1..=LIMIT_MAX).contains(&limit) {
            return Ok(limit);
        }
        let sentence = format!("It must be from 1 to {LIMIT_MAX}");
        Err(Problem::field("limit", sentence))
    }

    fn types(&self) -> Result<Vec<What>, Problem> {
        let words = self.types.as_deref().unwrap_or_default().split(',');
        let one = |word: &str| {
            What::parse(word).ok_or_else(|| {
                let known = What::ALL.map(What::as_str).join(", ");
                Problem::field(
                    "types",
                    format!("`{word}` is no type of event. Known are {known}"),
                )
            })
        };
        words.filter(|word| !word.is_empty()).map(one).collect()
    }
}
