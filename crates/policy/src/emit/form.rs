//! A sign-up form in the policy's own words: its fields, its questions, and who asks.

use avow_model::{Category, Purpose, Slug};
use serde::Serialize;

use crate::version::{ChoiceRule, Said, Version};

/// The category of the address itself: every form needs it.
const EMAIL: &str = "email";

/// Whether a form can be sent without a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldNeed {
    Required,
    /// The form works the same without it.
    Optional,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormField {
    pub category: Category,
    pub title: String,
    pub need: FieldNeed,
    /// The values to choose from; empty: whatever the person types.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Slug>,
}

/// Where a question stands on a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// With what the person came for.
    Form,
    /// By itself: it has nothing to do with what the person came for.
    Apart,
}

/// One separate question: a box of its own, never ticked beforehand, never bundled with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormQuestion {
    pub purpose: Purpose,
    pub title: String,
    /// The wording: keep it as the evidence of what the person saw.
    pub ask: String,
    pub choice: ChoiceRule,
    pub place: Place,
}

/// A form under one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormWords {
    /// The version whose notice is served with the form.
    pub version: u32,
    pub fields: Vec<FormField>,
    pub questions: Vec<FormQuestion>,
    /// Who asks, how to reach them, and that a yes can be taken back (CRTC 2012-549; GDPR 7(3)).
    pub who_asks: String,
}

/// The form that asks for these categories and purposes. What the version does not declare is left out.
pub fn form_words(version: &Version, categories: &[Category], purposes: &[Purpose]) -> FormWords {
    FormWords {
        version: version.n(),
        fields: form_fields(version, categories),
        questions: form_questions(version, purposes),
        who_asks: who_asks(version),
    }
}

/// The fields for these categories, the address first. Only the address, and what the policy says is not
/// optional, is needed; the rest is the person's gift.
pub fn form_fields(version: &Version, categories: &[Category]) -> Vec<FormField> {
    let field = |id: &Category| {
        let rule = version.category(id)?;
        let needed = id.as_str() == EMAIL || rule.optional == Said::No;
        Some(FormField {
            category: id.clone(),
            title: rule.title.clone(),
            need: if needed {
                FieldNeed::Required
            } else {
                FieldNeed::Optional
            },
            topics: rule.topics.clone(),
        })
    };
    let mut fields: Vec<FormField> = categories.iter().filter_map(field).collect();
    fields.sort_by_key(|f| f.category.as_str() != EMAIL);
    fields
}

/// The questions for these purposes, in the order given, those apart last. Purposes without a choice,
/// or that the version does not declare, have no question.
pub fn form_questions(version: &Version, purposes: &[Purpose]) -> Vec<FormQuestion> {
    let question = |id: &Purpose| {
        let rule = version.purpose(id)?;
        (rule.choice != ChoiceRule::None).then(|| FormQuestion {
            purpose: id.clone(),
            title: rule.title.clone(),
            ask: rule.ask.clone().unwrap_or_else(|| rule.title.clone()),
            choice: rule.choice,
            place: if rule.unrelated.is_yes() {
                Place::Apart
            } else {
                Place::Form
            },
        })
    };
    let mut questions: Vec<FormQuestion> = purposes.iter().filter_map(question).collect();
    questions.sort_by_key(|q| q.place == Place::Apart);
    questions
}

fn who_asks(version: &Version) -> String {
    let who = version.controller();
    format!(
        "{}, {}, {}, asks. You can take back any yes at any time, as easily as you gave it.",
        who.name, who.post, who.email
    )
}
