//! The questions of a sign-up form, in the policy's own words.

use avow_model::Purpose;

use crate::version::{ChoiceRule, Version};

/// One separate question, never ticked beforehand, never bundled with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormQuestion {
    pub purpose: Purpose,
    pub title: String,
    /// The wording: keep it as the evidence of what the person saw.
    pub ask: String,
    pub choice: ChoiceRule,
}

/// The questions for these purposes, in the order given. Purposes without a choice, or that the
/// version does not declare, have no question.
pub fn form_questions(version: &Version, purposes: &[Purpose]) -> Vec<FormQuestion> {
    let question = |id: &Purpose| {
        let rule = version.purpose(id)?;
        Some(FormQuestion {
            purpose: id.clone(),
            title: rule.title.clone(),
            ask: rule.ask.clone()?,
            choice: rule.choice,
        })
    };
    purposes.iter().filter_map(question).collect()
}
