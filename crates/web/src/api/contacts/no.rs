//! A person's no, as a program heard it: withdrawals, objections, the wish to be erased.
//!
//! Programs can only add a no; what lifts one is the person's own act on a page of ours.

use std::sync::Arc;

use avow_model::{
    ContactId, EmailAddress, Fact, FactKind, Purpose, PurposeSelector, SuppressionClass,
    SuppressionScope,
};
use avow_store::{ApiScope, Evidence, EvidenceKind, NewFact, NewSuppression};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::App;
use crate::api::Call;
use crate::api::input::{At, Input, gone};
use crate::api::key::Caller;
use crate::api::people;
use crate::api::problem::{Kind, Problem};
use crate::api::spec::{
    Area, Doc, Shape, address, flag, form, id, list, may, must, name, object, short, words,
};

/// Longest word for where something is known from: an order's number, a system's name.
const SOURCE_CHARS_MAX: usize = 200;
/// Purposes that one call names.
const PURPOSES_MAX: usize = 50;

fn source() -> Shape {
    short("ticket 4711", SOURCE_CHARS_MAX)
        .about("From where this is known: it stands in the person's history")
}

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let which = list(name("newsletter")).items(1, PURPOSES_MAX);
    let wish = form([
        must("source", source()),
        may(
            "act",
            words(&["withdraw", "object"])
                .unless_said(json!("withdraw"))
                .about("`object`: an objection under GDPR 21"),
        ),
        may(
            "purposes",
            which
                .or_null()
                .about("Of the policy; all marketing when left out"),
        ),
    ]);
    let noted = object([
        must("contact", id("ct_")),
        must(
            "added",
            flag(true).about("False where the same no stood there already"),
        ),
    ]);
    let withdraw = Doc::new("noteNo", Area::Contacts, "Note that somebody said no")
        .about("In effect when the answer comes. Only the person takes it back.")
        .body(wish)
        .answers(200, "Noted, on the disk", noted)
        .may_fail([Kind::Account]);
    let erase = Doc::new("eraseContact", Area::Contacts, "Erase somebody who asked for it")
        .about("The record goes, and the key that opens their entries in the ledger. What is left is a keyed mark, so that no file brings them back.")
        .body(form([must("source", source())]))
        .empty("Erased; the same call again is the same");
    let suppress = Doc::new("suppressAddress", Area::Contacts, "Bar an address, whoever it belongs to")
        .about("For people who are no contacts as well. The address is not kept, only a keyed mark of it, matched wide (case, dots, plus).")
        .body(form([
            must("email", address()),
            must("source", source()),
            may("why", words(&["choice", "protection"]).unless_said(json!("choice")).about("`choice`: the person's no; `protection`: a minor, abuse, a court's order, a trap, which no sign-up lifts")),
        ]))
        .empty("Barred");
    let (write, gone_for_good) = (ApiScope::ContactsWrite, ApiScope::ContactsErase);
    vec![
        Call::post("/api/v1/contacts/{contact}/no", write, note, withdraw),
        Call::post(
            "/api/v1/contacts/{contact}/erase",
            gone_for_good,
            self::erase,
            erase,
        ),
        Call::post("/api/v1/suppressions", write, self::suppress, suppress),
    ]
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    #[default]
    Withdraw,
    Object,
}

impl Act {
    const fn kind(self, purpose: PurposeSelector) -> FactKind {
        match self {
            Self::Withdraw => FactKind::Withdraw { purpose },
            Self::Object => FactKind::Object { purpose },
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    source: String,
    #[serde(default)]
    act: Act,
    purposes: Option<Vec<Purpose>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Erase {
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suppress {
    email: String,
    source: String,
    #[serde(default)]
    why: Why,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    #[default]
    Choice,
    Protection,
}

impl Why {
    const fn class(self) -> SuppressionClass {
        match self {
            Self::Choice => SuppressionClass::Choice,
            Self::Protection => SuppressionClass::Protection,
        }
    }
}

/// Where something is known from, in a few words on one line.
fn checked_source(source: &str) -> Result<String, Problem> {
    let chars = source.chars().count();
    let plain = !source.chars().any(char::is_control);
    if (1..=SOURCE_CHARS_MAX).contains(&chars) && plain && !source.trim().is_empty() {
        return Ok(source.trim().to_owned());
    }
    let sentence = format!("It must be 1 to {SOURCE_CHARS_MAX} characters on one line");
    Err(Problem::field("source", sentence))
}

impl Wish {
    /// What is said no to; each purpose must be one that some version of the policy has.
    async fn selectors(&self, app: &App, caller: &Caller) -> Result<Vec<PurposeSelector>, Problem> {
        let Some(purposes) = &self.purposes else {
            return Ok(vec![PurposeSelector::AllMarketing]);
        };
        if purposes.is_empty() || purposes.len() > PURPOSES_MAX {
            let sentence = format!("Name 1 to {PURPOSES_MAX}, or leave it out for all marketing");
            return Err(Problem::field("purposes", sentence));
        }
        let policies = people::policies(app, caller).await?;
        let known = |p: &Purpose| policies.versions().any(|v| v.purpose(p).is_some());
        if let Some(n) = purposes.iter().position(|p| !known(p)) {
            let sentence = "The policy has no such purpose";
            return Err(Problem::field(format!("purposes[{n}]"), sentence));
        }
        Ok(purposes.iter().cloned().map(PurposeSelector::One).collect())
    }
}

async fn note(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<ContactId>,
    Input { value: wish, .. }: Input<Wish>,
) -> Result<Json<Value>, Problem> {
    let source = checked_source(&wish.source)?;
    caller.scope.contact(id).await?.ok_or_else(gone)?;
    let selectors = wish.selectors(&app, &caller).await?;
    let facts = caller.scope.facts(id).await?;
    let kinds = selectors.into_iter().map(|purpose| wish.act.kind(purpose));
    let new: Vec<FactKind> = kinds
        .filter(|kind| !is_latest(&facts.events, kind))
        .collect();
    let added = !new.is_empty();
    record(&app, &caller, (id, source), new).await?;
    Ok(Json(json!({ "contact": id, "added": added })))
}

/// True where the last word about these purposes is this one: the same no twice is one.
fn is_latest(events: &[Fact], kind: &FactKind) -> bool {
    let purpose = selector(kind);
    let about = events.iter().filter(|fact| selector(&fact.kind) == purpose);
    let last = about.max_by_key(|fact| fact.recorded_at);
    last.is_some_and(|fact| fact.kind == *kind)
}

const fn selector(kind: &FactKind) -> Option<&PurposeSelector> {
    match kind {
        FactKind::Grant { purpose, .. }
        | FactKind::Refuse { purpose }
        | FactKind::Withdraw { purpose }
        | FactKind::Object { purpose } => Some(purpose),
        _ => None,
    }
}

async fn record(
    app: &App,
    caller: &Caller,
    (id, source): (ContactId, String),
    kinds: Vec<FactKind>,
) -> Result<(), Problem> {
    if kinds.is_empty() {
        return Ok(());
    }
    let at = app.now();
    let evidence = caller.scope.evidence_add(Evidence {
        kind: EvidenceKind::Staff,
        source,
        wording: String::new(),
        at,
    });
    let evidence = Some(evidence.await?);
    for kind in kinds {
        let fact = NewFact {
            evidence,
            ..NewFact::new(kind, at)
        };
        caller.scope.record_fact(id, fact).await?;
    }
    Ok(())
}

async fn erase(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<ContactId>,
    Input { value: wish, .. }: Input<Erase>,
) -> Result<StatusCode, Problem> {
    let source = checked_source(&wish.source)?;
    let contact = caller.scope.contact(id).await?.ok_or_else(gone)?;
    if contact.address.is_some() {
        record(&app, &caller, (id, source), vec![FactKind::Erase]).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn suppress(
    State(app): State<Arc<App>>,
    caller: Caller,
    Input { value: wish, .. }: Input<Suppress>,
) -> Result<StatusCode, Problem> {
    let cause = checked_source(&wish.source)?;
    let address = wish.email.parse::<EmailAddress>();
    let address =
        address.map_err(|fault| Problem::field("email", format!("It is no address: {fault}")))?;
    let new = NewSuppression {
        class: wish.why.class(),
        reach: SuppressionScope::Account,
        purpose: None,
        brand: None,
        list: None,
        cause,
        at: app.now(),
    };
    caller.scope.suppress(&address, new).await?;
    Ok(StatusCode::NO_CONTENT)
}
