//! What the pages of the settings are rendered with.

use serde::Serialize;

use crate::Page;
use crate::client_center::setup::records::Records;
use crate::client_center::shell::Shell;
use crate::client_center::words::{Badge, When};
use crate::language::Told;

/// One page of the settings, in the line above them.
#[derive(Debug, Serialize)]
pub(crate) struct Tab {
    pub word: &'static str,
    pub label: Told,
}

/// What all pages of the settings have.
#[derive(Debug, Serialize)]
pub(crate) struct Frame {
    pub tabs: Vec<Tab>,
    /// The tab that is open.
    pub tab: &'static str,
}

/// One device with a running session.
#[derive(Debug, Serialize)]
pub(crate) struct DeviceLine {
    /// What the form names it by.
    pub word: String,
    pub what: String,
    pub since: When,
    pub seen: When,
    /// It is the one that asks.
    pub here: bool,
}

/// One's own log-in.
#[derive(Debug, Serialize)]
pub(crate) struct YouPage {
    pub shell: Shell,
    pub frame: Frame,
    pub role: Told,
    pub password_fault: Option<String>,
    pub codes_fault: Option<Told>,
    pub languages: Vec<LanguageChoice>,
    /// Since when codes are asked for.
    pub codes: Option<When>,
    pub recovery_left: u32,
    pub devices: Vec<DeviceLine>,
    pub password_chars_min: usize,
}

impl Page for YouPage {
    const TEMPLATE: &'static str = "center/settings_you.html";
}

/// A language to read in.
#[derive(Debug, Serialize)]
pub(crate) struct LanguageChoice {
    pub tag: &'static str,
    /// What its speakers call it.
    pub name: &'static str,
    pub is_chosen: bool,
}

/// Setting codes up.
#[derive(Debug, Serialize)]
pub(crate) struct CodesPage {
    pub shell: Shell,
    pub frame: Frame,
    pub fault: Option<Told>,
    /// The picture of the key: the path of an SVG, and its width in modules.
    pub path: String,
    pub width: i32,
    /// The key as text.
    pub key: String,
}

impl Page for CodesPage {
    const TEMPLATE: &'static str = "center/settings_codes.html";
}

/// Recovery codes, shown once.
#[derive(Debug, Serialize)]
pub(crate) struct RecoveryPage {
    pub shell: Shell,
    pub frame: Frame,
    pub codes: Vec<String>,
}

impl Page for RecoveryPage {
    const TEMPLATE: &'static str = "center/settings_recovery.html";
}

/// A role to choose.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RoleChoice {
    pub word: &'static str,
    pub label: Told,
    pub may: Told,
}

/// One who is let in.
#[derive(Debug, Serialize)]
pub(crate) struct MemberLine {
    pub id: String,
    pub address: String,
    pub name: String,
    /// The role's word.
    pub role: &'static str,
    pub role_label: Told,
    pub seen: Option<When>,
    pub codes: bool,
    pub is_you: bool,
    /// The last owner stays.
    pub fixed: bool,
}

/// One invitation that is open.
#[derive(Debug, Serialize)]
pub(crate) struct InvitationLine {
    pub address: String,
    pub role_label: Told,
    pub sent: When,
    pub ends: When,
}

/// Who is let in.
#[derive(Debug, Serialize)]
pub(crate) struct PeoplePage {
    pub shell: Shell,
    pub frame: Frame,
    pub manages: bool,
    pub fault: Option<String>,
    pub typed: String,
    pub typed_role: String,
    pub roles: Vec<RoleChoice>,
    pub members: Vec<MemberLine>,
    pub invitations: Vec<InvitationLine>,
}

impl Page for PeoplePage {
    const TEMPLATE: &'static str = "center/settings_people.html";
}

/// What a key may do.
#[derive(Debug, Serialize)]
pub(crate) struct ScopeChoice {
    pub word: &'static str,
    pub may: Told,
    pub chosen: bool,
}

/// One key.
#[derive(Debug, Serialize)]
pub(crate) struct KeyLine {
    pub name: String,
    pub scopes: String,
    pub made: When,
    pub badge: Badge,
    pub in_use: bool,
}

/// Programs' keys.
#[derive(Debug, Serialize)]
pub(crate) struct KeysPage {
    pub shell: Shell,
    pub frame: Frame,
    pub manages: bool,
    pub fault: Option<String>,
    pub typed: String,
    pub scopes: Vec<ScopeChoice>,
    /// The key that was just made: its name and itself, shown once.
    pub made: Option<(String, String)>,
    pub keys: Vec<KeyLine>,
}

impl Page for KeysPage {
    const TEMPLATE: &'static str = "center/settings_keys.html";
}

/// One thing about sending, with where it is changed.
#[derive(Debug, Serialize)]
pub(crate) struct SendingLine {
    pub label: Told,
    pub value: String,
    /// What it means, and where it is changed.
    pub note: String,
}

/// How mail leaves.
#[derive(Debug, Serialize)]
pub(crate) struct SendingPage {
    pub shell: Shell,
    pub frame: Frame,
    pub lines: Vec<SendingLine>,
}

impl Page for SendingPage {
    const TEMPLATE: &'static str = "center/settings_sending.html";
}

/// One act of a member.
#[derive(Debug, Serialize)]
pub(crate) struct ActLine {
    pub who: String,
    pub what: String,
    pub when: When,
}

/// What the staff did.
#[derive(Debug, Serialize)]
pub(crate) struct AuditPage {
    pub shell: Shell,
    pub frame: Frame,
    pub acts: Vec<ActLine>,
    /// The first page of the log.
    pub first: bool,
    pub next: Option<String>,
}

impl Page for AuditPage {
    const TEMPLATE: &'static str = "center/settings_audit.html";
}

/// One pair of signing keys.
#[derive(Debug, Serialize)]
pub(crate) struct KeyPair {
    /// `now`, `next` or `earlier`.
    pub state: &'static str,
    /// Name and value of each record.
    pub records: Vec<(String, String)>,
}

/// The sending domain.
#[derive(Debug, Serialize)]
pub(crate) struct DomainSettingsPage {
    pub shell: Shell,
    pub frame: Frame,
    pub records: Records,
    /// Since when the present pair signs; nothing where there was none before it.
    pub since: Option<When>,
    pub has_next: bool,
    pub pairs: Vec<KeyPair>,
    /// The member may change it.
    pub manages: bool,
    pub typed: String,
    pub fault: Option<String>,
    pub slug: String,
}

impl Page for DomainSettingsPage {
    const TEMPLATE: &'static str = "center/settings_domain.html";
}
