//! The register of those who get data, with what binds them (GDPR 28, 30(1)(d)).

use avow_model::{RecipientClass, Timestamp};
use serde::Serialize;

use super::html::{section, table};
use super::told;
use crate::explain::{date, list};
use crate::version::{PurposeRule, RecipientRole, RecipientRule, Said, Version};

/// Whether the contract with a recipient holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Contract {
    /// The file names none.
    Unnamed,
    Holds,
    /// It ended: nothing may go to them any more.
    Ended,
}

/// One line of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientEntry {
    pub id: RecipientClass,
    pub title: String,
    pub role: Option<RecipientRole>,
    pub affiliated: Said,
    pub own_use: Said,
    pub confidential: Said,
    /// As the controller files it.
    pub contract: Option<String>,
    /// The contract ends at this instant, which is not included.
    pub until: Option<Timestamp>,
    pub standing: Contract,
    /// Titles of the purposes under which they get data.
    pub purposes: Vec<String>,
    /// Titles of the data they get.
    pub data: Vec<String>,
}

/// Everybody that the version declares, in the order of the file.
pub fn recipient_register(version: &Version, now: Timestamp) -> Vec<RecipientEntry> {
    let entry = |rule| entry(version, rule, now);
    version.recipients().iter().map(entry).collect()
}

fn entry(version: &Version, rule: &RecipientRule, now: Timestamp) -> RecipientEntry {
    let gets = |p: &&PurposeRule| p.recipients.contains(&rule.id);
    let purposes: Vec<&PurposeRule> = version.purposes().iter().filter(gets).collect();
    let mut data: Vec<String> = Vec::new();
    for title in purposes.iter().flat_map(|p| told::reads(version, p)) {
        if !data.contains(&title) {
            data.push(title);
        }
    }
    RecipientEntry {
        id: rule.id.clone(),
        title: rule.title.clone(),
        role: rule.role,
        affiliated: rule.affiliated,
        own_use: rule.own_use,
        confidential: rule.confidential,
        contract: rule.contract.clone(),
        until: rule.until,
        standing: standing(rule, now),
        purposes: purposes.iter().map(|p| p.title.clone()).collect(),
        data,
    }
}

fn standing(rule: &RecipientRule, now: Timestamp) -> Contract {
    match (&rule.contract, rule.until) {
        (_, Some(until)) if until <= now => Contract::Ended,
        (None, None) => Contract::Unnamed,
        _ => Contract::Holds,
    }
}

/// The register as an HTML fragment.
pub fn recipient_register_html(version: &Version, now: Timestamp) -> String {
    let register = recipient_register(version, now);
    if register.is_empty() {
        let nobody = "<p>Nobody outside gets data.</p>";
        return section("recipients", "Who else gets data", nobody);
    }
    let row = |r: &RecipientEntry| {
        vec![
            r.title.clone(),
            r.role.map_or("", role).to_owned(),
            list(&r.purposes, "and"),
            list(&r.data, "and"),
            contract(r),
        ]
    };
    let rows: Vec<Vec<String>> = register.iter().map(row).collect();
    let head = ["Recipient", "Role", "For", "Data", "Contract"];
    section("recipients", "Who else gets data", &table(&head, &rows))
}

pub(super) const fn role(role: RecipientRole) -> &'static str {
    match role {
        RecipientRole::Processor => "works for us under contract",
        RecipientRole::Partner => "uses the data for its own or a common aim",
        RecipientRole::Controller => "responsible itself",
        RecipientRole::Authority => "court or office",
    }
}

fn contract(entry: &RecipientEntry) -> String {
    let name = entry.contract.as_deref().unwrap_or("not named");
    match (entry.standing, entry.until) {
        (Contract::Ended, Some(until)) => format!("{name}, ended {}", date(until)),
        (_, Some(until)) => format!("{name}, until {}", date(until)),
        _ => name.to_owned(),
    }
}
