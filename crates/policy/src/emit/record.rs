//! The record of processing activities (GDPR 30): of a controller, or of a processor where the policy says so.
//!
//! Promises: everything in it comes from declarations; a claim of security is in it only while somebody
//! stands for it. Never: what the file does not say; `null` means that it is not declared.

use avow_model::Timestamp;
use serde::Serialize;

use super::told;
use crate::version::{
    Contact, ContactRole, Controller, ControllerRole, Kind, PurposeRule, RecipientRole, Version,
};

/// The record of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// `30(1)` for a controller, `30(2)` for a processor.
    pub article: &'static str,
    pub policy: String,
    pub version: u32,
    pub in_force_from: Timestamp,
    pub made_at: Timestamp,
    pub controller: RecordController,
    /// The contact for privacy: the data protection officer where there is one.
    pub privacy_contact: Option<Contact>,
    pub activities: Vec<Activity>,
    pub recipients: Vec<RecordRecipient>,
    /// General description of the measures of GDPR 32(1).
    pub security: Vec<Measure>,
}

/// Who is responsible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordController {
    #[serde(flatten)]
    pub who: Controller,
}

/// One processing activity: a purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    pub purpose: String,
    pub title: String,
    pub kind: Kind,
    /// Why it is lawful, by place.
    pub basis: std::collections::BTreeMap<String, String>,
    /// The choice that people have.
    pub choice: String,
    pub people: &'static str,
    pub data: Vec<String>,
    pub recipients: Vec<String>,
    /// When data are erased or no longer used.
    pub kept: String,
}

/// Somebody who gets data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordRecipient {
    pub recipient: String,
    pub title: String,
    pub role: Option<RecipientRole>,
    pub contract: Option<String>,
    pub until: Option<Timestamp>,
}

/// A measure of security that somebody stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measure {
    pub claim: String,
    pub owner: String,
    pub reviewed: Timestamp,
    pub evidence: Option<String>,
}

/// The record under this version as of `now`.
pub fn record(version: &Version, now: Timestamp) -> Record {
    let who = version.controller().clone();
    let activity = |rule| activity(version, rule);
    Record {
        article: match who.role {
            Some(ControllerRole::Processor) => "30(2)",
            _ => "30(1)",
        },
        policy: version.family().to_owned(),
        version: version.n(),
        in_force_from: version.effective_at(),
        made_at: now,
        controller: RecordController { who },
        privacy_contact: version.contact(ContactRole::Privacy).cloned(),
        activities: version.purposes().iter().map(activity).collect(),
        recipients: recipients(version),
        security: measures(version, now),
    }
}

fn activity(version: &Version, rule: &PurposeRule) -> Activity {
    let basis = rule.basis.iter();
    Activity {
        purpose: rule.id.to_string(),
        title: rule.title.clone(),
        kind: rule.kind,
        basis: basis
            .map(|(place, basis)| (place.to_string(), basis.as_str().to_owned()))
            .collect(),
        choice: told::choice(rule).to_owned(),
        people: people(rule.kind),
        data: told::reads(version, rule),
        recipients: told::recipients(version, rule),
        kept: told::kept(rule),
    }
}

/// Whose data a purpose of this kind is about.
const fn people(kind: Kind) -> &'static str {
    match kind {
        Kind::Service => "people with an account or a request",
        Kind::Marketing | Kind::Sharing => "people who gave their address",
        Kind::Tracking => "readers of mail and visitors",
        Kind::Profiling => "readers, visitors and people who gave their address",
        Kind::Referral => "people whose address a friend gave",
        Kind::Demo => "people who tried a demonstration",
    }
}

fn recipients(version: &Version) -> Vec<RecordRecipient> {
    let entry = |r: &crate::version::RecipientRule| RecordRecipient {
        recipient: r.id.to_string(),
        title: r.title.clone(),
        role: r.role,
        contract: r.contract.clone(),
        until: r.until,
    };
    version.recipients().iter().map(entry).collect()
}

fn measures(version: &Version, now: Timestamp) -> Vec<Measure> {
    let backed = version.safeguards().iter().filter(|s| now < s.expires_at());
    backed
        .map(|s| Measure {
            claim: s.claim.clone(),
            owner: s.owner.clone(),
            reviewed: s.reviewed,
            evidence: s.evidence.clone(),
        })
        .collect()
}
