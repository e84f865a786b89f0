//! The fields and boxes of a form as its page shows them, with what was typed and what is wrong.

use avow_collect::forms::{NoticeFault, Place, Problem, Schema, Wrong};
use avow_store::FormEvent;
use serde::Serialize;

use crate::public::topics::{Topic, topics};
use crate::public::wrong::told;

#[derive(Debug, Serialize)]
pub(super) struct FieldView {
    name: String,
    label: String,
    kind: &'static str,
    autocomplete: &'static str,
    hint: &'static str,
    optional: bool,
    value: String,
    /// To choose from; empty: typed.
    topics: Vec<Topic>,
    error: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct AskView {
    purpose: String,
    ask: String,
    apart: bool,
    confirms: bool,
    pub(super) ticked: bool,
    /// Why the box cannot be ticked.
    pub(super) silenced: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ProblemView {
    anchor: String,
    text: String,
}

pub(super) fn error_at(problems: &[Problem], place: &Place) -> Option<String> {
    problems
        .iter()
        .find(|p| p.place == *place)
        .map(|p| told(&p.wrong))
}

pub(super) fn fields(
    asked: &Schema,
    posted: &[(String, String)],
    problems: &[Problem],
) -> Vec<FieldView> {
    let typed = |name: &str| {
        posted
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    };
    let view = |f: &avow_collect::forms::Field| {
        let name = f.category.as_str();
        let email = f.kind == avow_collect::forms::FieldKind::Email;
        FieldView {
            name: name.to_owned(),
            label: f.label.clone(),
            kind: if email { "email" } else { "text" },
            autocomplete: autocomplete(name),
            hint: "",
            optional: f.optional,
            value: typed(name).chars().filter(|c| !c.is_control()).collect(),
            topics: topics(&f.topics, |t| t.as_str() == typed(name)),
            error: error_at(problems, &Place::Field(f.category.clone())),
        }
    };
    asked.fields.iter().map(view).collect()
}

/// What browsers may fill in (WCAG 2.1, 1.3.5).
fn autocomplete(name: &str) -> &'static str {
    match name {
        "email" => "email",
        "name" => "name",
        "first_name" => "given-name",
        "last_name" => "family-name",
        "company" => "organization",
        "job" => "organization-title",
        "phone" => "tel",
        "country" => "country-name",
        _ => "on",
    }
}

pub(super) fn asks(asked: &Schema, posted: &[(String, String)]) -> Vec<AskView> {
    let ticked = |p: &str| {
        posted
            .iter()
            .any(|(name, value)| name == "purpose" && value == p)
    };
    let view = |a: &avow_collect::forms::Ask| AskView {
        silenced: None,
        purpose: a.purpose.to_string(),
        ask: a.wording.clone(),
        apart: a.place == avow_policy::Place::Apart,
        confirms: false,
        ticked: ticked(a.purpose.as_str()),
    };
    asked.asks.iter().map(view).collect()
}

pub(super) fn listed(problem: &Problem, asked: &Schema) -> ProblemView {
    let first = asked.fields.first().map_or("main", |f| f.category.as_str());
    let anchor = match &problem.place {
        Place::Field(category) => category.as_str(),
        Place::Purposes => "ask-1",
        Place::Form => first,
    };
    ProblemView {
        anchor: anchor.to_owned(),
        text: told(&problem.wrong),
    }
}

/// What became of a form that is given back, as it is counted.
pub(super) fn refusal(problems: &[Problem]) -> FormEvent {
    let of = |problem: &Problem| match problem.wrong {
        Wrong::Decoy => FormEvent::Decoy,
        Wrong::Stale | Wrong::Notice(NoticeFault::Expired) => FormEvent::Stale,
        Wrong::Notice(NoticeFault::TooFast) => FormEvent::TooFast,
        _ => FormEvent::Faults,
    };
    let all = problems.iter().map(of);
    all.min_by_key(|what| *what == FormEvent::Faults)
        .unwrap_or(FormEvent::Faults)
}
