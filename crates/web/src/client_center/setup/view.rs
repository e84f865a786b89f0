//! What the pages of the set-up are rendered with.

use avow_store::PolicyWords;
use serde::{Deserialize, Serialize};

use super::rail::Rail;
use super::records::Records;
use crate::Page;
use crate::client_center::campaign::view::FieldFault;
use crate::client_center::shell::Shell;
use crate::client_center::view::PurposeLine;
use crate::client_center::words::{Badge, Tone};

/// The first log-in.
#[derive(Debug, Serialize)]
pub(crate) struct ClaimPage {
    pub rehearsal: bool,
    pub rail: Rail,
    pub fault: Option<String>,
    pub token: String,
    pub address: String,
    pub password_chars_min: usize,
}

impl Page for ClaimPage {
    const TEMPLATE: &'static str = "center/setup/claim.html";
}

/// What was typed of a new account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct FoundForm {
    pub name: String,
    pub slug: String,
    pub domain: String,
    pub post: String,
}

/// A new account.
#[derive(Debug, Serialize)]
pub(crate) struct FoundPage {
    pub rehearsal: bool,
    pub rail: Rail,
    pub user: String,
    /// There is none before it.
    pub is_first: bool,
    pub form: FoundForm,
    pub faults: Vec<FieldFault>,
}

impl Page for FoundPage {
    const TEMPLATE: &'static str = "center/setup/found.html";
}

/// One answer to choose.
#[derive(Debug, Serialize)]
pub(crate) struct ChoiceLine {
    pub word: &'static str,
    pub label: &'static str,
}

/// The five questions.
#[derive(Debug, Serialize)]
pub(crate) struct QuestionsPage {
    pub shell: Shell,
    pub rail: Rail,
    /// A version is in force: the questions are answered.
    pub published: bool,
    pub form: PolicyWords,
    pub faults: Vec<FieldFault>,
    pub kinds: Vec<ChoiceLine>,
    pub places: Vec<ChoiceLine>,
    pub measures: Vec<ChoiceLine>,
    pub sharings: Vec<ChoiceLine>,
}

impl Page for QuestionsPage {
    const TEMPLATE: &'static str = "center/setup/policy.html";
}

/// The finished policy before it is published.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewPage {
    pub shell: Shell,
    pub rail: Rail,
    /// Clean HTML, made by the room of policies.
    pub text: String,
    pub purposes: Vec<PurposeLine>,
    pub packs: Vec<String>,
    pub file: String,
}

impl Page for ReviewPage {
    const TEMPLATE: &'static str = "center/setup/review.html";
}

/// The sending domain.
#[derive(Debug, Serialize)]
pub(crate) struct DomainPage {
    pub shell: Shell,
    pub rail: Rail,
    pub records: Records,
    pub can_put_off: bool,
}

impl Page for DomainPage {
    const TEMPLATE: &'static str = "center/setup/domain.html";
}

/// Whether the one who sets up is a contact.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub(crate) enum You {
    No,
    /// Asked by mail; where the mailbox of the rehearsal shows it.
    Waiting {
        mail: Option<String>,
    },
    In,
}

/// One box of the sign-up form, in the policy's words.
#[derive(Debug, Serialize)]
pub(crate) struct AskLine {
    pub purpose: String,
    pub wording: String,
}

/// The first people.
#[derive(Debug, Serialize)]
pub(crate) struct PeoplePage {
    pub shell: Shell,
    pub rail: Rail,
    pub address: String,
    pub you: You,
    pub asks: Vec<AskLine>,
    /// A policy is in force and the form is there.
    pub ready: bool,
    pub total: i64,
    pub total_text: String,
    /// The whole address of the sign-up form.
    pub form: String,
    pub fault: Option<String>,
}

impl Page for PeoplePage {
    const TEMPLATE: &'static str = "center/setup/people.html";
}

/// The first letter as it is typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct LetterForm {
    pub subject: String,
    pub words: String,
}

/// The campaign that was begun here.
#[derive(Debug, Serialize)]
pub(crate) struct BegunCampaign {
    pub subject: String,
    pub badge: Badge,
    pub sentence: &'static str,
    pub href: String,
    pub button: &'static str,
    pub is_finished: bool,
}

/// The first campaign.
#[derive(Debug, Serialize)]
pub(crate) struct CampaignStepPage {
    pub shell: Shell,
    pub rail: Rail,
    pub begun: Option<BegunCampaign>,
    pub form: LetterForm,
    pub faults: Vec<FieldFault>,
    /// A policy is in force.
    pub ready: bool,
    pub total: i64,
    pub total_text: String,
}

impl Page for CampaignStepPage {
    const TEMPLATE: &'static str = "center/setup/campaign.html";
}

/// One thing that must be so before mail leaves.
#[derive(Debug, Serialize)]
pub(crate) struct LiveLine {
    pub tone: Tone,
    pub title: &'static str,
    pub text: String,
    pub href: Option<String>,
    pub button: &'static str,
}

/// Going live.
#[derive(Debug, Serialize)]
pub(crate) struct LivePage {
    pub shell: Shell,
    pub rail: Rail,
    pub lines: Vec<LiveLine>,
    pub ready: bool,
    /// This process can change over by itself.
    pub can_switch: bool,
    pub rehearsal: bool,
}

impl Page for LivePage {
    const TEMPLATE: &'static str = "center/setup/live.html";
}
