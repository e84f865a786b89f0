//! What a policy declares of data and of those who get them.

use avow_model::{Category, RecipientClass, Slug, Timestamp};
use serde::{Deserialize, Serialize};

use super::is_default;
use super::times::Retention;
use super::values::Said;
use super::words::{Identifies, RecipientRole, Source};

/// A kind of data that the policy declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRule {
    pub id: Category,
    pub title: String,
    /// Where values come from; empty: the file does not say.
    #[serde(default, skip_serializing_if = "is_default")]
    pub source: Vec<Source>,
    /// Forms work the same without it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: Said,
    /// Never leaves the controller, whatever a purpose says.
    #[serde(default, skip_serializing_if = "is_default")]
    pub internal_only: Said,
    /// Health, belief, money, a child: asks for more care.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sensitive: Said,
    /// Kept only in a form too coarse to single anybody out: a cut IP address, a browser's family.
    #[serde(default, skip_serializing_if = "is_default")]
    pub coarse: Said,
    /// Whom a value points at.
    #[serde(default, skip_serializing_if = "is_default")]
    pub identifies: Option<Identifies>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub retention: Option<Retention>,
    /// The values that people choose from, where it narrows a purpose to topics; empty: they type what they like.
    #[serde(default, skip_serializing_if = "is_default")]
    pub topics: Vec<Slug>,
}

/// A class of recipients that the policy declares; `self` needs no declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientRule {
    pub id: RecipientClass,
    pub title: String,
    /// What they are to the controller; `None`: the file does not say.
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: Option<RecipientRole>,
    /// Belongs to the controller's own group.
    #[serde(default, skip_serializing_if = "is_default")]
    pub affiliated: Said,
    /// The contract that binds them, as the controller files it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contract: Option<String>,
    /// The contract ends at this instant, which is not included.
    #[serde(default, skip_serializing_if = "is_default")]
    pub until: Option<Timestamp>,
    /// May use the data for themselves.
    #[serde(default, skip_serializing_if = "is_default")]
    pub own_use: Said,
    /// Are bound to keep them confidential.
    #[serde(default, skip_serializing_if = "is_default")]
    pub confidential: Said,
    /// Use the data for their own promotion.
    #[serde(default, skip_serializing_if = "is_default")]
    pub promotes: Said,
}
