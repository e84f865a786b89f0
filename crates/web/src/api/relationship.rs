//! `PUT /api/v1/relationships`: whether an account or contract of a person is running, as their service attests.
//!
//! Service mail is about a running relationship; whether there is one, the program knows that keeps the customers.
//! Never: makes a contact. Whoever is unknown gave this account nothing.

use std::sync::Arc;

use avow_model::{EmailAddress, Fact, FactKind, Facts};
use avow_store::{ApiScope, NewFact};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use super::input::Input;
use super::key::Caller;
use super::problem::{Kind, Problem};
use super::spec::{Area, Doc, address, flag, form, id, must, object};
use crate::App;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Relationship {
    email: String,
    running: bool,
}

/// The call.
pub(super) fn calls() -> Vec<Call> {
    let put_it = Doc::new("attestRelationship", Area::Messages, "Say whether somebody's account or contract is running")
        .about("Service mail is about a running relationship, and your program knows whether there is one. Makes no contact.")
        .body(form([must("email", address()), must("running", flag(true))]))
        .answers(200, "Noted, on the disk", object([must("contact", id("ct_")), must("running", flag(true))]))
        .may_fail([Kind::NotFound]);
    let path = "/api/v1/relationships";
    vec![Call::put(path, ApiScope::Attest, put, put_it)]
}

/// Notes it, durable before the answer.
async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Input { value: wanted, .. }: Input<Relationship>,
) -> Result<Json<Value>, Problem> {
    let address = wanted.email.parse::<EmailAddress>();
    let address =
        address.map_err(|fault| Problem::field("email", format!("It is no address: {fault}")))?;
    let contact = caller.scope.contact_by_address(&address).await?;
    let contact = contact.ok_or_else(unknown)?;
    let facts = caller.scope.facts(contact.id).await?;
    if is_running(&facts) != wanted.running {
        let kind = if wanted.running {
            FactKind::AccountOpened
        } else {
            FactKind::AccountClosed
        };
        let fact = NewFact::new(kind, app.now());
        caller.scope.record_fact(contact.id, fact).await?;
    }
    Ok(Json(
        json!({ "contact": contact.id, "running": wanted.running }),
    ))
}

/// The latest word counts.
fn is_running(facts: &Facts) -> bool {
    let about = |f: &&Fact| matches!(f.kind, FactKind::AccountOpened | FactKind::AccountClosed);
    let told = facts.events.iter().filter(about);
    let latest = told.max_by_key(|f| f.recorded_at);
    latest.is_some_and(|f| f.kind == FactKind::AccountOpened)
}

fn unknown() -> Problem {
    let sentence = "Nobody with this address is a contact of the account. Take them in by a form or an import first";
    Problem::new(Kind::NotFound, sentence).at("email")
}
