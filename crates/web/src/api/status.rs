//! `GET /api/v1/messages/{id}`: what became of one message.

use avow_deliver::classify::classify;
use avow_deliver::explain_code;
use avow_deliver::smtp::{Phase, Reply};
use avow_model::{Outcome, OutgoingId, RecipientState};
use avow_store::{ApiScope, MessageRow, ReturnedKind};
use axum::Json;
use serde_json::{Value, json};

use super::Call;
use super::input::At;
use super::key::Caller;
use super::problem::{Kind, Problem};
use super::spec::{
    Area, Doc, count, flag, id, instant, list, may, must, name, object, text, words,
};

/// The call.
pub(super) fn calls() -> Vec<Call> {
    let came_back = object([
        must("kind", text("bounce")),
        must("class", text("mailbox_full")),
        must("hard", flag(true)),
    ]);
    let statuses = [
        "queued",
        "delivered",
        "deferred",
        "bounced",
        "expired",
        "refused",
        "unknown",
    ];
    let told = object([
        must("id", id("og_")),
        must("purpose", name("newsletter")),
        must("status", words(&statuses)),
        must("attempts", count(1)),
        must("created_at", instant()),
        must("updated_at", instant()),
        may("next_attempt_at", instant().about("Of a deferred one")),
        may("reply_code", count(250).or_null()),
        may(
            "reply",
            text("250 2.0.0 Ok").about("What the receiving server said"),
        ),
        may(
            "class",
            text("mailbox_full").about("Of a bounced one: which sort"),
        ),
        may(
            "codes",
            list(text("D_OPT_OUT")).about("Of a refused one: why"),
        ),
        may("sentence", text("The person withdrew.")),
        may("remedy", text("Only they can change that.")),
        may(
            "returned",
            list(came_back).about("What came back by mail later"),
        ),
    ]);
    let doc = Doc::new("getMessage", Area::Messages, "Ask what became of a message")
        .about("A message goes with its person when they are erased.")
        .answers(200, "Where it stands", told.named("MessageStatus"));
    vec![Call::get(
        "/api/v1/messages/{message}",
        ApiScope::Read,
        get,
        doc,
    )]
}

/// Tells it; changes nothing. Another account's message is not there.
async fn get(caller: Caller, At(id): At<OutgoingId>) -> Result<Json<Value>, Problem> {
    let gone = || {
        let sentence =
            "This account has no such message; it goes with its person when they are erased";
        Problem::new(Kind::NotFound, sentence).at("id")
    };
    let row = caller.scope.message(id).await?.ok_or_else(gone)?;
    let returned = caller.scope.message_returned(id).await?;
    Ok(Json(told(&row, &returned)))
}

fn told(row: &MessageRow, returned: &[(ReturnedKind, String, bool)]) -> Value {
    let mut told = json!({
        "id": row.id,
        "purpose": row.purpose.as_str(),
        "status": status(row.state),
        "attempts": row.attempts,
        "created_at": row.created_at.to_string(),
        "updated_at": row.updated_at.to_string(),
    });
    if let Some(next) = row.next_at.filter(|_| row.state != RecipientState::Waiting) {
        told["next_attempt_at"] = next.to_string().into();
    }
    let Some(said) = row.reply.as_deref() else {
        return with_returned(told, returned);
    };
    if row.state == RecipientState::At(Outcome::Refused) {
        refused(&mut told, said);
    } else {
        told["reply"] = said.into();
        told["reply_code"] = row.reply_code.into();
    }
    if row.state == RecipientState::At(Outcome::Bounced) {
        told["class"] = class(said).into();
    }
    with_returned(told, returned)
}

fn status(state: RecipientState) -> &'static str {
    match state {
        RecipientState::Waiting => "queued",
        RecipientState::At(_) => state.as_str(),
    }
}

/// Which sort of bounce; the words alone do not say in which phase they came, so only what is sure is told.
fn class(said: &str) -> &'static str {
    let reply = Reply::from_line(said);
    reply.map_or("unsorted", |reply| {
        classify(&reply, Phase::Rcpt).class.as_str()
    })
}

fn refused(told: &mut Value, codes: &str) {
    let known = codes.split(' ').find_map(explain_code);
    match known {
        Some((title, remedy)) => {
            told["codes"] = codes.split(' ').collect::<Vec<_>>().into();
            told["sentence"] = format!("{title}.").into();
            told["remedy"] = remedy.into();
        }
        // A message that could not be written says so in words.
        None => told["sentence"] = codes.into(),
    }
}

fn with_returned(mut told: Value, returned: &[(ReturnedKind, String, bool)]) -> Value {
    if !returned.is_empty() {
        let line = |(kind, class, hard): &(ReturnedKind, String, bool)| json!({ "kind": kind.as_str(), "class": class, "hard": hard });
        told["returned"] = returned.iter().map(line).collect();
    }
    told
}
