//! What happened between a person and the account, the newest first.

use std::sync::Arc;

use avow_model::ContactId;
use avow_store::{ApiScope, LedgerEntry, LedgerLine};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::App;
use crate::api::Call;
use crate::api::input::{At, gone};
use crate::api::key::Caller;
use crate::api::people;
use crate::api::problem::{Kind, Problem};
use crate::api::spec::{Area, Doc, flag, instant, list, must, object, text, words};
use crate::client_center::fact_told;

/// Lines that are told.
const LINES_MAX: u32 = 500;

/// The call.
pub(super) fn calls() -> Vec<Call> {
    let line = object([
        must("kind", words(&["fact", "collection"])),
        must("sentence", text("Agreed to newsletter.")),
        must("at", instant().about("When it happened")),
        must("recorded_at", instant().about("From when on it counts")),
        must(
            "source",
            text("/f/imark/newsletter")
                .or_null()
                .about("From where it is known"),
        ),
    ]);
    let all = object([
        must("lines", list(line)),
        must(
            "more",
            flag(false).about("True where older lines are not told"),
        ),
    ]);
    let doc = Doc::new("getContactHistory", Area::Contacts, "Read what happened with somebody")
        .about("Their choices, what was collected, bounces and complaints: the facts that the gate judges by.")
        .answers(200, "The newest lines first", all)
        .may_fail([Kind::Policy]);
    let path = "/api/v1/contacts/{contact}/history";
    vec![Call::get(path, ApiScope::ContactsRead, get, doc)]
}

async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<ContactId>,
) -> Result<Json<Value>, Problem> {
    people::must_show(&app, &caller).await?;
    caller.scope.contact(id).await?.ok_or_else(gone)?;
    let lines = caller.scope.ledger(id, LINES_MAX).await?;
    let told: Vec<Value> = lines.iter().map(told).collect();
    let more = lines.len() == LINES_MAX as usize;
    Ok(Json(json!({ "lines": told, "more": more })))
}

fn told(line: &LedgerLine) -> Value {
    let (kind, sentence) = match &line.entry {
        LedgerEntry::Fact { fact, .. } => ("fact", fact_told(&fact.kind)),
        LedgerEntry::Collection { categories, .. } => {
            let names: Vec<&str> = categories
                .iter()
                .map(avow_model::Category::as_str)
                .collect();
            ("collection", format!("Collected: {}.", names.join(", ")))
        }
    };
    json!({
        "kind": kind,
        "sentence": sentence,
        "at": line.at,
        "recorded_at": line.recorded_at,
        "source": line.evidence.as_ref().map(|e| e.source.as_str()),
    })
}
