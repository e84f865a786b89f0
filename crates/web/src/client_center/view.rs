//! What the pages outside a campaign are rendered with.

use serde::Serialize;

use crate::Page;
use crate::client_center::shell::Shell;
use crate::client_center::words::{Badge, Bar, Tone, When};
use crate::language::Told;

/// The log-in.
#[derive(Debug, Serialize)]
pub(crate) struct LoginPage {
    pub rehearsal: bool,
    pub fault: Option<Told>,
    /// What was done before.
    pub said: Option<Told>,
    pub address: String,
    /// The page to come back to.
    pub back: String,
}

impl Page for LoginPage {
    const TEMPLATE: &'static str = "center/login.html";
}

/// The second question of a log-in.
#[derive(Debug, Serialize)]
pub(crate) struct CodePage {
    pub rehearsal: bool,
    pub fault: Option<Told>,
    /// The token of the moment between password and code.
    pub door: String,
    pub back: String,
}

impl Page for CodePage {
    const TEMPLATE: &'static str = "center/code.html";
}

/// A field of a form that came to a locked screen.
#[derive(Debug, Serialize)]
pub(crate) struct Kept {
    pub name: String,
    pub value: String,
}

/// A screen that was left alone.
#[derive(Debug, Serialize)]
pub(crate) struct LockedPage {
    pub rehearsal: bool,
    pub fault: Option<Told>,
    pub address: String,
    pub back: String,
    /// A form was sent, and is kept.
    pub has_form: bool,
    pub kept: Vec<Kept>,
}

impl Page for LockedPage {
    const TEMPLATE: &'static str = "center/locked.html";
}

/// The form that was kept, to be sent on.
#[derive(Debug, Serialize)]
pub(crate) struct WayOnPage {
    pub rehearsal: bool,
    pub to: String,
    pub kept: Vec<Kept>,
}

impl Page for WayOnPage {
    const TEMPLATE: &'static str = "center/way_on.html";
}

/// Asking for a new password.
#[derive(Debug, Serialize)]
pub(crate) struct ForgotPage {
    pub rehearsal: bool,
    pub asked: bool,
}

impl Page for ForgotPage {
    const TEMPLATE: &'static str = "center/forgot.html";
}

/// Setting a new password.
#[derive(Debug, Serialize)]
pub(crate) struct ResetPage {
    pub rehearsal: bool,
    pub fault: Option<String>,
    pub token: String,
}

impl Page for ResetPage {
    const TEMPLATE: &'static str = "center/reset.html";
}

/// Following an invitation.
#[derive(Debug, Serialize)]
pub(crate) struct InvitePage {
    pub rehearsal: bool,
    pub fault: Option<String>,
    pub token: String,
    pub account: String,
    pub address: String,
    pub role: Told,
    /// Somebody logs in with the address already.
    pub known: bool,
    pub name: String,
}

impl Page for InvitePage {
    const TEMPLATE: &'static str = "center/invite.html";
}

/// One account to enter.
#[derive(Debug, Serialize)]
pub(crate) struct AccountLine {
    pub slug: String,
    pub name: String,
    pub role: Told,
}

/// The accounts of a user.
#[derive(Debug, Serialize)]
pub(crate) struct AccountsPage {
    /// Whoever owns every account makes further ones.
    pub may_found: bool,
    pub rehearsal: bool,
    pub user: String,
    pub accounts: Vec<AccountLine>,
}

impl Page for AccountsPage {
    const TEMPLATE: &'static str = "center/accounts.html";
}

/// A label and its value.
#[derive(Debug, Serialize)]
pub(crate) struct Held {
    pub label: String,
    pub value: String,
}

/// One kind of data with its origin.
#[derive(Debug, Serialize)]
pub(crate) struct DatumLine {
    pub category: String,
    pub how: String,
    pub version: String,
    pub when: When,
}

/// A sentence of the gate with the way out.
#[derive(Debug, Serialize)]
pub(crate) struct Sentence {
    pub text: String,
    pub remedy: String,
}

/// What may be done for one purpose.
#[derive(Debug, Serialize)]
pub(crate) struct MayLine {
    pub tone: Tone,
    pub title: String,
    pub sentences: Vec<Sentence>,
}

/// One line of a person's ledger.
#[derive(Debug, Serialize)]
pub(crate) struct LedgerEntry {
    pub tone: Tone,
    pub text: String,
    pub when: When,
    pub evidence: Option<String>,
}

/// One message to the person.
#[derive(Debug, Serialize)]
pub(crate) struct MessageLine {
    pub href: String,
    pub what: String,
    pub badge: Badge,
    pub when: When,
}

/// A place on a list.
#[derive(Debug, Serialize)]
pub(crate) struct OnList {
    pub id: String,
    pub name: String,
    pub tone: Tone,
    pub standing: String,
    pub since: When,
}

/// One contact.
#[derive(Debug, Serialize)]
pub(crate) struct ContactPage {
    pub shell: Shell,
    pub id: String,
    pub address: String,
    pub name: String,
    /// The member may change what is held, and there is something to change.
    pub keeps: bool,
    pub lists: Vec<OnList>,
    pub may: Vec<MayLine>,
    pub may_note: String,
    pub holds: Vec<Held>,
    pub data: Vec<DatumLine>,
    /// Newest first.
    pub messages: Vec<MessageLine>,
    pub ledger: Vec<LedgerEntry>,
    pub ledger_more: Option<String>,
}

impl Page for ContactPage {
    const TEMPLATE: &'static str = "center/contact.html";
}

/// A version in the tabs.
#[derive(Debug, Serialize)]
pub(crate) struct VersionTab {
    /// How much it changed; `None` for the first.
    pub class: Option<Badge>,
    pub n: u32,
    pub note: String,
}

/// The version that is shown.
#[derive(Debug, Serialize)]
pub(crate) struct VersionShown {
    pub n: u32,
    pub standing: String,
}

/// Who was told of a version by mail.
#[derive(Debug, Serialize)]
pub(crate) struct NoticeLine {
    pub n: u32,
    pub badge: Badge,
    /// `/a/<account>/campaigns/<id>`.
    pub base: String,
    pub bar: Bar,
    pub sentence: String,
}

/// What one purpose allows, in words.
#[derive(Debug, Serialize)]
pub(crate) struct PurposeLine {
    pub tone: Tone,
    pub title: String,
    pub choice: String,
    pub detail: String,
}

/// The policy beside what the program enforces from it.
#[derive(Debug, Serialize)]
pub(crate) struct PolicyPage {
    pub shell: Shell,
    pub version: Option<VersionShown>,
    pub versions: Vec<VersionTab>,
    pub faults: Vec<String>,
    /// HTML that `policy` made from the version's own text.
    pub text: String,
    pub purposes: Vec<PurposeLine>,
    pub controller: Vec<Held>,
    pub notice: String,
    pub notices: Vec<NoticeLine>,
    /// The version in force that the member has still to say they read, where the policy claims it of its staff.
    pub to_acknowledge: Option<u32>,
}

impl Page for PolicyPage {
    const TEMPLATE: &'static str = "center/policy.html";
}

/// What an officer hands out: the record of processing, recipients, cookies, retention.
#[derive(Debug, Serialize)]
pub(crate) struct RecordPage {
    pub shell: Shell,
    pub n: u32,
    /// HTML that `policy` made from the declarations.
    pub record: String,
    pub recipients: String,
    pub cookies: String,
    pub retention: Vec<String>,
}

impl Page for RecordPage {
    const TEMPLATE: &'static str = "center/record.html";
}

/// What a version changed.
#[derive(Debug, Serialize)]
pub(crate) struct ChangesPage {
    pub shell: Shell,
    pub n: u32,
    pub before: u32,
    pub class: Badge,
    pub lead: String,
    pub items: Vec<ChangeLine>,
    pub lines: Vec<crate::public::Line>,
}

/// One thing that changed.
#[derive(Debug, Serialize)]
pub(crate) struct ChangeLine {
    pub badge: Badge,
    pub sentence: String,
    pub path: String,
}

impl Page for ChangesPage {
    const TEMPLATE: &'static str = "center/changes.html";
}

/// One mail in the rehearsal mailbox.
#[derive(Debug, Serialize)]
pub(crate) struct MailLine {
    pub id: String,
    pub subject: String,
    pub to: String,
    pub size: String,
    pub when: When,
}

/// One number of the faults form.
#[derive(Debug, Serialize)]
pub(crate) struct FaultField {
    pub name: &'static str,
    pub label: Told,
    pub help: Told,
    pub max: u32,
    pub value: u32,
}

/// The rehearsal mailbox.
#[derive(Debug, Serialize)]
pub(crate) struct RehearsalPage {
    pub shell: Shell,
    pub sentence: String,
    pub q: String,
    pub mails: Vec<MailLine>,
    pub shown: String,
    pub next: Option<String>,
    pub faults: Vec<FaultField>,
    pub faults_on: bool,
}

impl Page for RehearsalPage {
    const TEMPLATE: &'static str = "center/rehearsal.html";
}

/// One way to look at a mail.
#[derive(Debug, Serialize)]
pub(crate) struct ViewTab {
    pub word: &'static str,
    pub label: Told,
}

/// One header field.
#[derive(Debug, Serialize)]
pub(crate) struct HeaderLine {
    pub name: String,
    pub value: String,
}

/// One mail of the rehearsal mailbox.
#[derive(Debug, Serialize)]
pub(crate) struct MailPage {
    pub shell: Shell,
    pub subject: String,
    pub from: String,
    pub to: String,
    pub when: When,
    pub size: String,
    pub views: Vec<ViewTab>,
    pub view: &'static str,
    pub frame: String,
    pub headers: Vec<HeaderLine>,
    /// Where the mail's links lead, each once.
    pub links: Vec<String>,
    pub body: String,
    pub cut: Option<String>,
}

impl Page for MailPage {
    const TEMPLATE: &'static str = "center/mail.html";
}
