//! P02, P28, P30: a form against the policy that stands behind it.

use avow_model::{Category, Purpose};

use crate::version::{ChoiceRule, PurposeRule, Version};

/// What a form collects, and for what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormShape {
    /// One for each field, also of what is asked about a friend.
    pub fields: Vec<Category>,
    /// What its data are meant for.
    pub purposes: Vec<Purpose>,
    /// The purposes with a control of their own on the form.
    pub controls: Vec<Purpose>,
}

/// What is wrong with a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormFault {
    #[error(
        "a field asks for “{0}”, which the policy does not declare: declare it, or take the field out"
    )]
    UndeclaredField(Category),
    #[error(
        "the form is for “{0}”, which the policy does not declare: declare it, or take it off the form"
    )]
    UndeclaredPurpose(Purpose),
    #[error("the form has no way to choose about “{0}”: give it a tick of its own")]
    NoControl(Purpose),
    #[error("a field asks for “{0}”, and no purpose of the form reads it: take the field out")]
    FieldForNothing(Category),
}

/// Everything in which a form goes beyond the policy, in the order of fields and purposes.
pub fn check_form(version: &Version, form: &FormShape) -> Vec<FormFault> {
    let rules: Vec<&PurposeRule> = form
        .purposes
        .iter()
        .filter_map(|p| version.purpose(p))
        .collect();
    let mut out = Vec::new();
    for field in &form.fields {
        if version.category(field).is_none() {
            out.push(FormFault::UndeclaredField(field.clone()));
        } else if !rules.iter().any(|r| r.reads.contains(field)) {
            out.push(FormFault::FieldForNothing(field.clone()));
        }
    }
    for purpose in &form.purposes {
        match version.purpose(purpose) {
            None => out.push(FormFault::UndeclaredPurpose(purpose.clone())),
            Some(rule) if needs_control(rule) && !form.controls.contains(purpose) => {
                out.push(FormFault::NoControl(purpose.clone()));
            }
            Some(_) => {}
        }
    }
    out
}

/// A purpose that people decide about, or that is not what they came for.
fn needs_control(rule: &PurposeRule) -> bool {
    rule.choice != ChoiceRule::None || rule.unrelated.is_yes()
}
