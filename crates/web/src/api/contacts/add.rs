//! Taking somebody in, as whoever holds the key attests.
//!
//! Judged as a row of a file would be, by the same code: a field is held only when the policy declares its category, and
//! without an attestation nothing that the person must agree to is permitted. Fields are fields: none of them is read as a
//! word about consent, whatever it is called.

use std::collections::BTreeMap;
use std::sync::Arc;

use avow_collect::import::{
    AddFault, Added, Attestation, ImportError, ImportPlan, MapRule, Role, add,
};
use avow_model::{ContactId, EmailAddress, Purpose, Slug, Timestamp};
use avow_store::{ActKind, ApiScope};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::read::{tell, whole};
use crate::App;
use crate::api::Call;
use crate::api::input::{Input, gone};
use crate::api::key::Caller;
use crate::api::lists;
use crate::api::once::Named;
use crate::api::people;
use crate::api::problem::{Kind, Problem};
use crate::api::spec::{
    Area, Doc, Shape, address, between, flag, form, instant, list, may, must, name, short, slug,
    texts,
};

/// Fields of one person.
const FIELDS_MAX: usize = 100;
/// Longest value of a field.
const VALUE_CHARS_MAX: usize = 2_000;
/// Longest word for a place, and longest wording.
const SOURCE_CHARS_MAX: usize = 200;
const WORDING_CHARS_MAX: usize = 4_000;
/// Purposes that somebody said yes to at once.
const PURPOSES_MAX: usize = 50;
/// The column of the address.
const EMAIL: &str = "email";

/// The call.
pub(super) fn calls() -> Vec<Call> {
    let body = form([
        must("email", address()),
        may(
            "fields",
            texts(json!({ "first_name": "Ada" }))
                .names(FIELDS_MAX)
                .about("By name; the policy must declare a category for each"),
        ),
        may(
            "list",
            slug("readers")
                .or_null()
                .about("To put them on; a place is no permission"),
        ),
        may(
            "attestation",
            attestation()
                .or_null()
                .about("Without one nothing is permitted that they must agree to"),
        ),
    ]);
    let example = json!({
        "email": "ada@example.com",
        "fields": { "first_name": "Ada" },
        "attestation": {
            "at": "2026-05-03T14:02:00Z",
            "source": "The fair in Berlin",
            "wording": "Send me the newsletter.",
            "purposes": ["newsletter"],
        },
    });
    let doc = Doc::new("addContact", Area::Contacts, "Take somebody in")
        .about("Judged like a row of a file. Whoever is here already keeps what they have, and what is missing is added; a no is never lifted; whoever was erased comes back by their own act alone (409).")
        .body(body.named("NewContact").such_as(example))
        .answers(201, "The person, as they stand now", whole())
        .may_fail([Kind::Account, Kind::State, Kind::Policy])
        .once();
    let path = "/api/v1/contacts";
    vec![Call::post(path, ApiScope::ContactsWrite, create, doc)]
}

/// What somebody vouches for.
fn attestation() -> Shape {
    form([
        must("at", instant().about("When they said yes")),
        must(
            "source",
            short("The fair in Berlin", SOURCE_CHARS_MAX).about("Where"),
        ),
        must(
            "wording",
            short("Send me the newsletter.", WORDING_CHARS_MAX).about("What they read or heard"),
        ),
        must(
            "purposes",
            list(name("newsletter"))
                .items(1, PURPOSES_MAX)
                .about("What they said yes to"),
        ),
        may(
            "policy_version",
            between(1, u64::from(u32::MAX), 1)
                .or_null()
                .about("Which they were shown; the one in force then when left out"),
        ),
        may(
            "soft_opt_in",
            flag(false).about("Got in a sale, for similar products, with an opt-out offered then"),
        ),
    ])
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    email: String,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    list: Option<Slug>,
    attestation: Option<Vouched>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vouched {
    at: Timestamp,
    source: String,
    wording: String,
    purposes: Vec<Purpose>,
    policy_version: Option<u32>,
    #[serde(default)]
    soft_opt_in: bool,
}

fn fits(field: &'static str, text: &str, most: usize) -> Result<(), Problem> {
    if text.trim().is_empty() || text.chars().count() > most {
        let sentence = format!("It must have 1 to {most} characters");
        return Err(Problem::field(field, sentence));
    }
    Ok(())
}

impl Vouched {
    fn check(&self, now: Timestamp) -> Result<(), Problem> {
        fits("attestation.source", &self.source, SOURCE_CHARS_MAX)?;
        fits("attestation.wording", &self.wording, WORDING_CHARS_MAX)?;
        if !(1..=PURPOSES_MAX).contains(&self.purposes.len()) {
            let sentence = format!("Name 1 to {PURPOSES_MAX}: without one nothing may be sent");
            return Err(Problem::field("attestation.purposes", sentence));
        }
        if self.at > now {
            let sentence = "It is yet to come: attest what has happened";
            return Err(Problem::field("attestation.at", sentence));
        }
        Ok(())
    }
}

/// The role of a field: always one about the person.
fn rule(field: &str) -> Result<MapRule, Problem> {
    let place = || format!("fields.{field}");
    let no_name = || Problem::field(place(), "It is no name of a field");
    let rule = format!("x=field:{field}")
        .parse::<MapRule>()
        .map_err(|_| no_name())?;
    if field.trim().eq_ignore_ascii_case(EMAIL) || !matches!(rule.role, Role::Field { .. }) {
        return Err(no_name());
    }
    let column = field.to_owned();
    Ok(MapRule { column, ..rule })
}

impl Wish {
    fn check(&self, now: Timestamp) -> Result<(), Problem> {
        let address = self.email.parse::<EmailAddress>();
        address.map_err(|fault| Problem::field(EMAIL, format!("It is no address: {fault}")))?;
        if self.fields.len() > FIELDS_MAX {
            let sentence = format!("A person has at most {FIELDS_MAX} fields");
            return Err(Problem::field("fields", sentence));
        }
        let long = |value: &&String| value.chars().count() > VALUE_CHARS_MAX;
        if self.fields.values().any(|value| long(&value)) {
            let sentence = format!("A value has at most {VALUE_CHARS_MAX} characters");
            return Err(Problem::field("fields", sentence));
        }
        match &self.attestation {
            Some(vouched) => vouched.check(now),
            None => Ok(()),
        }
    }

    fn plan(&self, caller: &Caller, now: Timestamp) -> Result<ImportPlan, Problem> {
        let mut map: Vec<MapRule> = Vec::with_capacity(self.fields.len() + 1);
        for field in self.fields.keys() {
            map.push(rule(field)?);
        }
        map.push(MapRule {
            column: EMAIL.to_owned(),
            role: Role::Address,
        });
        let signer = caller.who();
        let attested = |vouched: &Vouched| Attestation {
            at: vouched.at,
            source: vouched.source.clone(),
            wording: vouched.wording.clone(),
            version: vouched.policy_version,
            signer: signer.clone(),
            soft_opt_in: vouched.soft_opt_in,
        };
        let purposes = self.attestation.as_ref().map(|v| v.purposes.clone());
        Ok(ImportPlan {
            map,
            attestation: self.attestation.as_ref().map(attested),
            purposes: purposes.unwrap_or_default(),
            ..ImportPlan::new(&signer, now)
        })
    }

    fn row(&self) -> Vec<(String, String)> {
        let address = [(EMAIL.to_owned(), self.email.clone())];
        let fields = self.fields.iter();
        let fields = fields.map(|(name, value)| (name.clone(), value.clone()));
        address.into_iter().chain(fields).collect()
    }
}

async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    named: Named,
    input: Input<Wish>,
) -> Result<Response, Problem> {
    people::must_show(&app, &caller).await?;
    let (wish, now) = (input.value, app.now());
    wish.check(now)?;
    let mut plan = wish.plan(&caller, now)?;
    if let Some(slug) = &wish.list {
        let row = lists::find(&caller.scope, slug).await;
        let row = row.map_err(|_| Problem::field("list", "This account has no such list"))?;
        plan.list = Some(row.id);
    }
    let policies = people::policies(&app, &caller).await?;
    let work = async {
        match add(&plan, &caller.scope, &policies, wish.row())
            .await
            .map_err(told)?
        {
            Added::New(id) | Added::Known(id, _) => {
                let act = caller.act(ActKind::ContactAdded, &id.to_string());
                caller.scope.note_act(act).await?;
                Ok(id.to_string())
            }
            Added::Erased => {
                let sentence =
                    "This person was erased at their wish; only they come back, by a form";
                Err(Problem::new(Kind::State, sentence))
            }
        }
    };
    let done = named.once(&caller.scope, &input.bytes, work).await?;
    let id: ContactId = done.name.parse().map_err(|_| gone())?;
    let person = tell(&caller.scope, id).await?;
    Ok(done.answer((StatusCode::CREATED, Json(person))))
}

fn told(fault: AddFault) -> Problem {
    match fault {
        AddFault::Undeclared(_) => Problem::field("fields", fault.to_string()),
        AddFault::Row(_) => Problem::field(EMAIL, fault.to_string()),
        AddFault::Plan(ImportError::Store(fault)) => fault.into(),
        AddFault::Plan(ImportError::NoPolicy) => Problem::new(Kind::Account, fault.to_string()),
        AddFault::Plan(_) => Problem::field("attestation", fault.to_string()),
    }
}
