//! What a policy declares of one purpose.

use std::collections::BTreeMap;

use avow_model::{Category, Purpose, RecipientClass, Slug, Verb};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::times::{Purge, seconds_if_any};
use super::values::{Anchor, Frequency, Said};
use super::words::{Basis, Channel, ChoiceRule, Competitors, IdentifiedBy, Kind, Near};
use super::{email_only, is_default, is_email_only};

/// What the policy declares of one purpose. What the file leaves out has the value that permits least.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeRule {
    pub id: Purpose,
    pub kind: Kind,
    pub choice: ChoiceRule,
    pub verbs: Vec<Verb>,
    pub reads: Vec<Category>,
    pub recipients: Vec<RecipientClass>,
    /// How pages call it.
    pub title: String,
    /// The question on a form, where the purpose has a choice.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ask: Option<String>,
    /// The sentence "why you get this" of a footer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub why: Option<String>,
    /// The purpose under which opens and clicks of its mail are measured.
    #[serde(default, skip_serializing_if = "is_default")]
    pub measure: Option<Purpose>,
    /// The purpose of an earlier version that this one goes on with.
    #[serde(default, skip_serializing_if = "is_default")]
    pub continues: Option<Purpose>,
    /// How often it may be used for one person; `None` is any number.
    #[serde(default, rename = "uses", skip_serializing_if = "is_default")]
    pub uses_max: Option<u32>,
    /// How long after the person's last activity data may be used for it.
    #[serde(default, with = "seconds_if_any", skip_serializing_if = "is_default")]
    pub retention: Option<SignedDuration>,
    /// Why it is lawful, by place: `eu`, `us`, the name of a pack.
    #[serde(default, skip_serializing_if = "is_default")]
    pub basis: BTreeMap<Slug, Basis>,
    /// By which ways it reaches people; e-mail alone where the file says nothing.
    #[serde(default = "email_only", skip_serializing_if = "is_email_only")]
    pub channels: Vec<Channel>,
    /// How often it may write to one person.
    #[serde(default, skip_serializing_if = "is_default")]
    pub frequency: Option<Frequency>,
    /// Whether its mail has a way out; unsaid: as its class of mail has it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unsubscribable: Said,
    /// Where the text speaks of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub clause: Option<Anchor>,
    /// When its data are destroyed once it is served.
    #[serde(default, skip_serializing_if = "is_default")]
    pub purge: Option<Purge>,
    /// How long a keyed marker remembers that it was used for an address.
    #[serde(default, with = "seconds_if_any", skip_serializing_if = "is_default")]
    pub marker_ttl: Option<SignedDuration>,
    /// Purposes that must be permitted, too.
    #[serde(default, skip_serializing_if = "is_default")]
    pub requires: Vec<Purpose>,
    /// The category whose values narrow the permission to topics.
    #[serde(default, skip_serializing_if = "is_default")]
    pub interest: Option<Category>,
    /// Not what the person came for: always a tick of its own, off at first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unrelated: Said,
    /// The sorts of service message it covers: `receipt`, `password_reset`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub messages: Vec<Slug>,
    /// The brand that its mail is from, where it is not the account's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub send_as: Option<Slug>,
    /// The rules of a joint edition with offers of others.
    #[serde(default, skip_serializing_if = "is_default")]
    pub coop: Option<Coop>,
    /// All that a profiling purpose may work out about a person.
    #[serde(default, skip_serializing_if = "is_default")]
    pub traits: Vec<Slug>,
    /// How it knows again whom it sees.
    #[serde(default, skip_serializing_if = "is_default")]
    pub identified_by: Option<IdentifiedBy>,
}

impl PurposeRule {
    /// True when its mail needs a way out: what it says, or what its kind says.
    pub fn has_way_out(&self) -> bool {
        match self.unsubscribable {
            Said::Yes => true,
            Said::No => false,
            Said::Nothing => self.kind != Kind::Service,
        }
    }

    /// True when data leave the controller under it.
    pub fn discloses(&self) -> bool {
        self.recipients.iter().any(|r| r.as_str() != "self")
    }
}

/// The rules of a joint edition: whose offers may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coop {
    /// Advertisers from outside this circle around the list's owner are left out; unknown is outside.
    pub near: Near,
    /// Advertisers of the owner's business category, one above or below it.
    pub competitors: Competitors,
}
