//! What was collected from people, served or mailed to them, suppressed for them, disclosed about them.

use avow_model::{
    Category, How, Purpose, RecipientClass, Scope, Slug, Suppression, SuppressionClass,
    SuppressionScope, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// Data came: which categories, under which version, how, on what evidence. Never the values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collected {
    pub at: Timestamp,
    /// In the order in which the store gives them to the gate.
    pub categories: Vec<Category>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<Evidence>,
    pub how: How,
    pub recorded_at: Timestamp,
    /// The version whose notice was served; `None` where nobody attests one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<u32>,
}

/// What stands behind a collection: its text lies in the vault, its hash here too, so that the text can
/// be long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// `form`, `attestation`, `wording`: the store's word.
    pub kind: String,
    /// Where it came from: a form's name, a file's attested source.
    pub source: String,
    /// SHA-256 of the wording that was shown or attested.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wording: Option<Digest>,
}

/// A notice was served with a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeServing {
    pub at: Timestamp,
    /// The form's name.
    pub form: Slug,
    /// SHA-256 of the text shown.
    pub text: Digest,
    pub version: u32,
}

/// A notice of a version was mailed to the person. A state that follows is one more entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeMail {
    pub at: Timestamp,
    pub state: MailState,
    pub version: u32,
}

/// How far a notice mail came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Given to the outbox.
    Queued,
    /// The receiving server took it.
    Delivered,
    /// Refused for good.
    Bounced,
    /// Not delivered in its time.
    Expired,
}

/// Whether a suppression begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionChange {
    Added,
    Lifted,
}

/// A suppression that binds the person, written into the person's chain when it is added or when a
/// contact comes that it matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppressionEntry {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<Slug>,
    pub at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub brand: Option<Slug>,
    pub change: SuppressionChange,
    pub class: SuppressionClass,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub list: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub purpose: Option<Purpose>,
    pub reach: SuppressionScope,
}

impl SuppressionEntry {
    /// The entry that tells of a change to a suppression.
    pub fn new(change: SuppressionChange, suppression: &Suppression) -> Self {
        Self {
            change,
            class: suppression.class,
            reach: suppression.reach,
            at: suppression.at,
            purpose: suppression.purpose.clone(),
            account: suppression.scope.account.clone(),
            brand: suppression.scope.brand.clone(),
            list: suppression.scope.list.clone(),
        }
    }

    /// The suppression that it tells of.
    pub fn suppression(&self) -> Suppression {
        Suppression {
            class: self.class,
            reach: self.reach,
            at: self.at,
            scope: Scope {
                account: self.account.clone(),
                brand: self.brand.clone(),
                list: self.list.clone(),
            },
            purpose: self.purpose.clone(),
        }
    }
}

/// Data of a person went to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosed {
    pub at: Timestamp,
    pub categories: Vec<Category>,
    /// Why it was allowed: `permission`, `processor`, `legal_process`...
    pub ground: String,
    /// Who it was, in the words of the recipient register.
    pub name: String,
    pub recipient: RecipientClass,
}
