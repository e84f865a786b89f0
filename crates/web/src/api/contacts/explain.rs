//! What may be done with somebody, and why: the gate's own answer, in sentences.

use std::sync::Arc;

use avow_model::{ContactId, Facts};
use avow_policy::{PolicySet, PurposeRule, decide, explain};
use avow_store::{AccountRow, ApiScope};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::App;
use crate::api::Call;
use crate::api::input::{At, gone};
use crate::api::key::Caller;
use crate::api::people;
use crate::api::problem::{Kind, Problem};
use crate::api::spec::{Area, Doc, flag, id, list, must, name, object, text, words};
use crate::client_center::gate;

/// The call.
pub(super) fn calls() -> Vec<Call> {
    let reason = object([
        must("code", text("A_OPT_IN")),
        must("sentence", text("Ada agreed on 3 May 2026 at 14:02 UTC.")),
        must(
            "remedy",
            text("Nothing to do.").about("What would change it"),
        ),
    ]);
    let purpose = object([
        must("purpose", name("newsletter")),
        must("title", text("Newsletter")),
        must("verb", text("send").about("What would be done")),
        must("allowed", flag(true)),
        must("effect", words(&["ALLOW", "HOLD", "DENY"])),
        must("reasons", list(reason)),
    ]);
    let doc = Doc::new("explainContact", Area::Contacts, "Ask what may be done with somebody, and why")
        .about("For each purpose of the policy in force. It is asked anew right before anything is done, so this is a look, no permit.")
        .answers(200, "What the gate answers now", object([must("contact", id("ct_")), must("purposes", list(purpose))]))
        .may_fail([Kind::Account, Kind::Policy]);
    let path = "/api/v1/contacts/{contact}/explain";
    vec![Call::get(path, ApiScope::ContactsRead, get, doc)]
}

async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<ContactId>,
) -> Result<Json<Value>, Problem> {
    people::must_show(&app, &caller).await?;
    caller.scope.contact(id).await?.ok_or_else(gone)?;
    let policies = people::policies(&app, &caller).await?;
    let facts = caller.scope.facts_or_down(id).await;
    let account = caller.scope.row().await?;
    let version = policies.in_force(app.now()).ok_or_else(people::no_policy)?;
    let bench = Bench {
        app: &app,
        account: &account,
        policies: &policies,
        facts: &facts,
    };
    let told = version
        .purposes()
        .iter()
        .filter_map(|rule| bench.told(rule));
    let purposes: Vec<Value> = told.collect();
    Ok(Json(json!({ "contact": id, "purposes": purposes })))
}

/// What the gate is asked with.
struct Bench<'a> {
    app: &'a App,
    account: &'a AccountRow,
    policies: &'a PolicySet,
    facts: &'a Facts,
}

impl Bench<'_> {
    fn told(&self, rule: &PurposeRule) -> Option<Value> {
        let verb = rule.verbs.first()?.clone();
        let request = gate::question_about(self.account, rule, verb.clone(), self.facts);
        let decision = decide(&request, self.facts, self.app.now(), self.policies);
        let mut reasons: Vec<Value> = Vec::new();
        for sentence in explain(&decision, self.facts, self.policies) {
            let one = json!({ "code": sentence.code.to_string(), "sentence": sentence.text, "remedy": sentence.remedy });
            // Two data of a kind give the same sentence twice.
            if !reasons.contains(&one) {
                reasons.push(one);
            }
        }
        Some(json!({
            "purpose": rule.id,
            "title": rule.title,
            "verb": verb,
            "allowed": decision.is_allowed(),
            "effect": decision.effect(),
            "reasons": reasons,
        }))
    }
}
