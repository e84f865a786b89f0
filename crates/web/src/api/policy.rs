//! `/api/v1/policy`: the policy that the program enforces, its versions, and what changed.

use std::sync::Arc;

use avow_model::Timestamp;
use avow_policy::{ChangeClass, ChangeItem, ChoiceRule, PolicySet, PurposeRule, Version};
use avow_store::ApiScope;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Call;
use super::input::{At, gone};
use super::key::Caller;
use super::people;
use super::problem::{Kind, Problem};
use super::spec::{Area, Doc, Shape, count, instant, list, must, name, object, text, words};
use crate::App;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let all = Doc::new(
        "listPolicyVersions",
        Area::Policy,
        "List the versions of the policy",
    )
    .answers(
        200,
        "All of them, the oldest first",
        object([
            must(
                "in_force",
                count(2)
                    .or_null()
                    .about("The number of the version in force now"),
            ),
            must("versions", list(line())),
        ]),
    )
    .may_fail([Kind::Account]);
    let one = Doc::new(
        "getPolicyVersion",
        Area::Policy,
        "Read a version of the policy",
    )
    .about("The text that people read, and what the program enforces of it.")
    .answers(200, "The version", whole())
    .may_fail([Kind::Account]);
    let change = object([
        must("class", class_words()),
        must("sentence", text("The newsletter now reads job titles.")),
        must("path", text("purpose/newsletter/reads")),
    ]);
    let changes = Doc::new(
        "getPolicyChanges",
        Area::Policy,
        "Read what a version changed",
    )
    .about("From the version before it. The class is computed, not claimed.")
    .answers(
        200,
        "The changes",
        object([
            must("version", count(2)),
            must("before", count(1)),
            must("class", class_words()),
            must("changes", list(change)),
        ]),
    )
    .may_fail([Kind::Account]);
    let read = ApiScope::PolicyRead;
    vec![
        Call::get("/api/v1/policy", read, get_all, all),
        Call::get("/api/v1/policy/versions/{n}", read, get_one, one),
        Call::get(
            "/api/v1/policy/versions/{n}/changes",
            read,
            get_changes,
            changes,
        ),
    ]
}

fn class_words() -> Shape {
    words(&["patch", "minor", "major"])
}

fn line() -> Shape {
    object([
        must("n", count(2)),
        must("state", words(&["in_force", "coming", "past"])),
        must("published_at", instant()),
        must("effective_at", instant()),
    ])
    .named("PolicyVersion")
}

fn whole() -> Shape {
    let purpose = object([
        must("id", name("newsletter")),
        must("title", text("Newsletter")),
        must(
            "choice",
            words(&["none", "opt_out", "opt_in", "confirmed_opt_in"])
                .about("What of the person it needs"),
        ),
        must("verbs", list(name("send"))),
        must("reads", list(name("email"))),
    ]);
    let category = object([
        must("id", name("email")),
        must("title", text("E-mail address")),
    ]);
    object([
        must("n", count(2)),
        must("state", words(&["in_force", "coming", "past"])),
        must("published_at", instant()),
        must("effective_at", instant()),
        must("text", text("# Privacy policy").about("Markdown")),
        must("purposes", list(purpose)),
        must("categories", list(category)),
    ])
    .named("PolicyVersionWhole")
}

const fn choice(rule: ChoiceRule) -> &'static str {
    match rule {
        ChoiceRule::None => "none",
        ChoiceRule::OptOut => "opt_out",
        ChoiceRule::OptIn => "opt_in",
        ChoiceRule::ConfirmedOptIn => "confirmed_opt_in",
    }
}

const fn class(class: ChangeClass) -> &'static str {
    match class {
        ChangeClass::Patch => "patch",
        ChangeClass::Minor => "minor",
        ChangeClass::Major => "major",
    }
}

fn state(set: &PolicySet, version: &Version, now: Timestamp) -> &'static str {
    if version.effective_at() > now {
        return "coming";
    }
    let current = set.in_force(now).map(Version::n);
    if current == Some(version.n()) {
        "in_force"
    } else {
        "past"
    }
}

fn told(set: &PolicySet, version: &Version, now: Timestamp) -> Value {
    json!({
        "n": version.n(),
        "state": state(set, version, now),
        "published_at": version.published_at(),
        "effective_at": version.effective_at(),
    })
}

async fn get_all(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Problem> {
    let (set, now) = (people::policies(&app, &caller).await?, app.now());
    let versions: Vec<Value> = set.versions().map(|v| told(&set, v, now)).collect();
    let in_force = set.in_force(now).map(Version::n);
    Ok(Json(json!({ "in_force": in_force, "versions": versions })))
}

async fn get_one(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(n): At<u32>,
) -> Result<Json<Value>, Problem> {
    let set = people::policies(&app, &caller).await?;
    let version = set.version(n).ok_or_else(gone)?;
    let purpose = |rule: &PurposeRule| {
        json!({
            "id": rule.id,
            "title": rule.title,
            "choice": choice(rule.choice),
            "verbs": rule.verbs,
            "reads": rule.reads,
        })
    };
    let categories = version.categories().iter();
    let mut whole = told(&set, version, app.now());
    whole["text"] = version.text_markdown().into();
    whole["purposes"] = version.purposes().iter().map(purpose).collect();
    whole["categories"] = categories
        .map(|c| json!({ "id": c.id, "title": c.title }))
        .collect();
    Ok(Json(whole))
}

async fn get_changes(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(n): At<u32>,
) -> Result<Json<Value>, Problem> {
    let set = people::policies(&app, &caller).await?;
    let version = set.version(n).ok_or_else(gone)?;
    let before = set.versions().filter(|v| v.n() < n).last();
    let before = before.ok_or_else(|| {
        Problem::new(
            Kind::NotFound,
            "It is the first version: there is none before it",
        )
    })?;
    let change = set.change(before.n(), n).ok_or_else(gone)?;
    let item =
        |i: &ChangeItem| json!({ "class": class(i.class), "sentence": i.sentence, "path": i.path });
    Ok(Json(json!({
        "version": version.n(),
        "before": before.n(),
        "class": class(change.class),
        "changes": change.items.iter().map(item).collect::<Vec<_>>(),
    })))
}
