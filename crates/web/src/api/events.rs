//! `GET /api/v1/events`: what became of messages and what people did with them, from a cursor on.

use std::sync::Arc;

use avow_deliver::events::{self, Cursor, What};
use avow_store::ApiScope;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use super::input::Asked;
use super::key::Caller;
use super::problem::Problem;
use super::spec::{
    Area, Doc, Shape, between, count, flag, id, instant, list, may, must, object, text, words,
};
use crate::App;

/// Entries looked at where the caller does not say.
const LIMIT_DEFAULT: u32 = 100;
/// Entries looked at at most: each is opened, and a page of them takes some milliseconds.
const LIMIT_MAX: u32 = 1_000;

/// Longest list of types: all of them, with room.
const TYPES_CHARS_MAX: usize = 200;
/// Longest cursor.
const CURSOR_CHARS_MAX: usize = 64;

/// The call.
pub(super) fn calls() -> Vec<Call> {
    let types = What::ALL.map(What::as_str).join(",");
    let limit =
        between(1, LIMIT_MAX.into(), LIMIT_DEFAULT.into()).unless_said(LIMIT_DEFAULT.into());
    let doc = Doc::new("readEvents", Area::Events, "Read on in the log of events")
        .about("A page may hold fewer events than `limit`, or none; `more` says whether there is more to read at once. An event holds ids and no address.")
        .query([
            may("after", text("42-0").at_most(CURSOR_CHARS_MAX).about("`next` of the answer before, or the `cursor` of an event; the beginning when left out")),
            may("limit", limit.about("How much of the log is looked at")),
            may("types", text("delivered,bounced").at_most(TYPES_CHARS_MAX).about(&format!("Only these, with commas between: {types}"))),
        ])
        .answers(200, "A page, in the order of the log", object([
            must("events", list(event())),
            must("next", text("57-0")),
            must("more", flag(false)),
        ]));
    vec![Call::get("/api/v1/events", ApiScope::Events, get, doc)]
}

/// One event; which parts it has hangs on its type.
pub(super) fn event() -> Shape {
    object([
        must("id", text("ac_0cn55dbxg2c00-l41")),
        must("type", words(&What::ALL.map(What::as_str))),
        must("at", instant()),
        must("contact", id("ct_").or_null()),
        may("message", text("og_0cn55dbxg2c00")),
        may("campaign", id("cp_")),
        may("attempts", count(1)),
        may("reply_code", count(250).or_null()),
        may(
            "reply",
            text("250 2.0.0 Ok")
                .or_null()
                .about("What the server said, without addresses"),
        ),
        may("class", text("mailbox_full").about("Which sort of bounce")),
        may("codes", list(text("D_OPT_OUT"))),
        may("purpose", text("newsletter")),
        may("link", count(0).about("Which link of the message, from 0")),
        may(
            "by",
            text("human").about("Who opened or clicked: a person, or a sort of machine"),
        ),
        may("cursor", text("42-0")),
    ])
    .named("Event")
}

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    after: Option<String>,
    limit: Option<u32>,
    types: Option<String>,
}

/// Tells a page; changes nothing.
async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Wish>,
) -> Result<Json<Value>, Problem> {
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

impl Wish {
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
