//! The preference centre: one control for each choice that the version gives, and no more.

use avow_model::{Category, Purpose, Slug};

use super::told;
use crate::version::{ChoiceRule, Kind, PurposeRule, Version};

/// How a control stands while the person has said nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsaid {
    Off,
    /// The purpose is served until the person says no.
    On,
}

/// One switch of the preference centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreferenceControl {
    pub purpose: Purpose,
    pub title: String,
    /// The question, as on a form: turning it on answers this wording.
    pub ask: String,
    pub kind: Kind,
    pub choice: ChoiceRule,
    pub unsaid: Unsaid,
    /// What has to happen before it may be served, in words.
    pub strength: &'static str,
    /// The titles of what it reads.
    pub reads: Vec<String>,
    /// The titles of those who get it; only us where nobody does.
    pub recipients: Vec<String>,
    /// The brand under which it is sent, where that is another.
    pub brand: Option<Slug>,
    /// It is served only while these are, too.
    pub requires: Vec<Purpose>,
    /// The person may narrow it to values of this category.
    pub topics: Option<Topics>,
}

/// What a purpose can be narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    pub category: Category,
    pub title: String,
    /// To choose from; empty: whatever the person types.
    pub values: Vec<Slug>,
}

/// One control for each purpose with a choice, in the order of the file.
pub fn preference_controls(version: &Version) -> Vec<PreferenceControl> {
    let rules = version.purposes().iter();
    rules
        .filter(|rule| rule.choice != ChoiceRule::None)
        .map(|rule| control(version, rule))
        .collect()
}

fn control(version: &Version, rule: &PurposeRule) -> PreferenceControl {
    PreferenceControl {
        purpose: rule.id.clone(),
        title: rule.title.clone(),
        ask: rule.ask.clone().unwrap_or_else(|| rule.title.clone()),
        kind: rule.kind,
        choice: rule.choice,
        unsaid: match rule.choice {
            ChoiceRule::OptOut => Unsaid::On,
            _ => Unsaid::Off,
        },
        strength: told::choice(rule),
        reads: told::reads(version, rule),
        recipients: told::recipients(version, rule),
        brand: rule.send_as.clone(),
        requires: rule.requires.clone(),
        topics: rule.interest.as_ref().map(|id| topics(version, id)),
    }
}

fn topics(version: &Version, category: &Category) -> Topics {
    let rule = version.category(category);
    Topics {
        category: category.clone(),
        title: told::category(version, category),
        values: rule.map_or_else(Vec::new, |rule| rule.topics.clone()),
    }
}
