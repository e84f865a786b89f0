//! What the pages of one campaign are rendered with.

use serde::Serialize;

use super::archive::ArchiveSwitch;
use super::head::Head;
use crate::Page;
use crate::client_center::delivery::SiteLine;
use crate::client_center::shell::Shell;
use crate::client_center::words::{Badge, Bar, Tone, When};
use crate::language::Told;

/// One line of the list of campaigns.
#[derive(Debug, Serialize)]
pub(crate) struct CampaignLine {
    pub id: String,
    pub name: String,
    pub subject: String,
    /// The program wrote it: it announces a version of the policy.
    pub notice: Option<u32>,
    pub badge: Badge,
    /// It leaves by itself.
    pub scheduled: bool,
    pub bar: Bar,
    pub sentence: String,
    pub when: When,
}

/// A group of campaigns to choose above their list.
#[derive(Debug, Serialize)]
pub(crate) struct StateTab {
    pub label: Told,
    pub href: String,
    pub here: bool,
}

/// The list of campaigns.
#[derive(Debug, Serialize)]
pub(crate) struct CampaignsPage {
    pub shell: Shell,
    pub campaigns: Vec<CampaignLine>,
    pub tabs: Vec<StateTab>,
    pub state: &'static str,
    pub q: String,
    /// Not all are asked for.
    pub narrowed: bool,
    pub next: Option<String>,
}

impl Page for CampaignsPage {
    const TEMPLATE: &'static str = "center/campaigns.html";
}

/// A button that moves the campaign's state.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Action {
    pub to: &'static str,
    pub label: &'static str,
    pub icon: &'static str,
    pub class: &'static str,
}

/// A word and its value in the line under a live bar.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LiveFact {
    pub label: &'static str,
    pub value: String,
}

/// How many had one reply or one reason.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReplyLine {
    pub text: String,
    pub note: String,
    pub badge: Badge,
    pub n: i64,
    pub href: String,
}

/// The part of a campaign's page that renews itself.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LivePart {
    pub base: String,
    pub state: &'static str,
    pub sentence: String,
    /// What keeps it from going on, and what to do.
    pub trouble: Option<String>,
    pub bar: Bar,
    pub live_facts: Vec<LiveFact>,
    pub replies: Vec<ReplyLine>,
    /// The receiving sites that it waits for.
    pub sites: Vec<SiteLine>,
}

impl Page for LivePart {
    const TEMPLATE: &'static str = "center/campaign_live.html";
}

/// One campaign: draft, under way, or ended.
#[derive(Debug, Serialize)]
pub(crate) struct CampaignPage {
    pub shell: Shell,
    #[serde(flatten)]
    pub head: Head,
    /// It moves: the page renews itself.
    pub live: bool,
    pub sentence: String,
    pub trouble: Option<String>,
    pub bar: Bar,
    pub live_facts: Vec<LiveFact>,
    pub replies: Vec<ReplyLine>,
    pub sites: Vec<SiteLine>,
    pub actions: Vec<Action>,
    pub action_note: &'static str,
    pub from_name: String,
    pub from_address: String,
    pub subject: String,
    pub preheader: String,
    pub purpose: String,
    pub list: String,
    /// The segment: its name and words; then how many were passed over.
    pub segment: Option<(String, String)>,
    pub passed_over: Option<String>,
    pub started: Option<When>,
    /// Whether everybody may read it; `None` before it is sent.
    pub archive: Option<ArchiveSwitch>,
}

impl Page for CampaignPage {
    const TEMPLATE: &'static str = "center/campaign.html";
}

/// A group of people who will not get it.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    pub title: String,
    pub remedy: String,
    pub n: i64,
}

/// What the gate says to the audience.
#[derive(Debug, Serialize)]
pub(crate) struct AudiencePart {
    pub counting: bool,
    pub judged: i64,
    pub total: i64,
    pub will: i64,
    pub sentence: String,
    pub bar: Bar,
    pub groups: Vec<Group>,
    /// Where it goes to a segment: whom that means.
    pub segment: Option<SegmentPart>,
}

/// What a segment says of the people judged so far.
#[derive(Debug, Serialize)]
pub(crate) struct SegmentPart {
    pub slug: String,
    pub text: String,
    pub sentence: String,
    /// Why it cannot be told of some.
    pub untold: Vec<Group>,
}

/// Where a fault is mended.
#[derive(Debug, Serialize)]
pub(crate) struct Fix {
    pub href: String,
    pub text: &'static str,
}

/// One line of the check.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    pub tone: Tone,
    pub title: &'static str,
    pub text: String,
    pub fix: Option<Fix>,
}

/// The sheet before sending.
#[derive(Debug, Serialize)]
pub(crate) struct CheckPage {
    pub shell: Shell,
    #[serde(flatten)]
    pub head: Head,
    pub audience: AudiencePart,
    pub checks: Vec<Check>,
    pub from_name: String,
    pub subject: String,
    pub preheader: String,
    pub test_to: String,
    /// The gate could be asked.
    pub judgeable: bool,
    pub can_send: bool,
    pub send_note: String,
}

impl Page for CheckPage {
    const TEMPLATE: &'static str = "center/check.html";
}

/// The message as one contact gets it.
#[derive(Debug, Serialize)]
pub(crate) struct PreviewPage {
    pub shell: Shell,
    #[serde(flatten)]
    pub head: Head,
    /// The address that was asked for.
    pub contact: String,
    pub note: &'static str,
    pub fault: Option<String>,
    pub frame: Option<String>,
    pub shown_to: String,
    pub from_name: String,
    pub subject: String,
    pub preheader: String,
    pub text: String,
}

impl Page for PreviewPage {
    const TEMPLATE: &'static str = "center/preview.html";
}

/// A reason in the report, with how many had it.
#[derive(Debug, Serialize)]
pub(crate) struct ReasonLine {
    pub title: String,
    pub note: String,
    pub n: i64,
    pub href: String,
}

/// A link of the message with its clicks.
#[derive(Debug, Serialize)]
pub(crate) struct LinkLine {
    pub url: String,
    pub people: i64,
    pub clicks: i64,
}

/// The account of a campaign.
#[derive(Debug, Serialize)]
pub(crate) struct ReportPage {
    pub shell: Shell,
    #[serde(flatten)]
    pub head: Head,
    pub sentence: String,
    pub bar: Bar,
    /// The addition, written out.
    pub sum: String,
    pub openers: i64,
    pub machine_opens: i64,
    pub clickers: i64,
    pub machine_clicks: i64,
    pub open_share: String,
    pub click_share: String,
    pub measure_note: &'static str,
    pub reasons: Vec<ReasonLine>,
    pub links: Vec<LinkLine>,
}

impl Page for ReportPage {
    const TEMPLATE: &'static str = "center/report.html";
}

/// One recipient in a list.
#[derive(Debug, Serialize)]
pub(crate) struct PersonLine {
    pub seq: i64,
    pub address: String,
    pub badge: Badge,
    pub why: String,
    pub attempts: i64,
    pub when: When,
}

/// The people behind a number.
#[derive(Debug, Serialize)]
pub(crate) struct PeoplePage {
    pub shell: Shell,
    #[serde(flatten)]
    pub head: Head,
    pub bar: Bar,
    pub state_word: Option<&'static str>,
    pub reason: Option<String>,
    pub all_href: String,
    pub note: String,
    pub people: Vec<PersonLine>,
    pub shown: String,
    pub next: Option<String>,
}

impl Page for PeoplePage {
    const TEMPLATE: &'static str = "center/people.html";
}

/// One thing that happened to a message or a person.
#[derive(Debug, Serialize)]
pub(crate) struct Event {
    pub tone: Tone,
    pub text: String,
    pub when: Option<When>,
    pub reply: Option<String>,
}

/// A sentence of the gate.
#[derive(Debug, Serialize)]
pub(crate) struct Said {
    pub tone: Tone,
    pub text: String,
    pub remedy: Option<String>,
}

/// A page above this one.
#[derive(Debug, Serialize)]
pub(crate) struct Crumb {
    pub href: String,
    pub text: String,
}

impl Crumb {
    pub(crate) fn new(href: String, text: &str) -> Self {
        let text = text.to_owned();
        Self { href, text }
    }
}

/// One message to one recipient.
#[derive(Debug, Serialize)]
pub(crate) struct MessagePage {
    pub shell: Shell,
    pub crumbs: Vec<Crumb>,
    pub address: String,
    pub badge: Badge,
    pub contact_href: Option<String>,
    pub sentence: String,
    pub events: Vec<Event>,
    pub why_title: crate::language::Told,
    pub reasons: Vec<Said>,
}

impl Page for MessagePage {
    const TEMPLATE: &'static str = "center/message.html";
}

/// What the form of a campaign holds, as text, so that an error keeps what was typed.
#[derive(Debug, Clone, Default, Serialize, serde::Deserialize)]
#[serde(default)]
pub(crate) struct CampaignForm {
    pub name: String,
    pub purpose: String,
    pub list: String,
    pub segment: String,
    pub from_name: String,
    pub from_address: String,
    pub subject: String,
    pub preheader: String,
    pub body_kind: String,
    pub body: String,
    pub text: String,
    pub about: String,
    /// Of a new campaign: the template that it begins with, or `mjml` or `html`.
    pub start: String,
}

/// A fault beside its field.
#[derive(Debug, Serialize)]
pub(crate) struct FieldFault {
    pub field: &'static str,
    pub text: String,
}

/// Something to choose.
#[derive(Debug, Serialize)]
pub(crate) struct Choice {
    pub id: String,
    pub title: String,
}

/// Something to choose, with its name.
#[derive(Debug, Serialize)]
pub(crate) struct ListChoice {
    pub id: String,
    pub name: String,
}

/// A segment to choose.
#[derive(Debug, Serialize)]
pub(crate) struct SegmentChoice {
    pub id: String,
    pub slug: String,
    pub text: String,
}

/// Writing a campaign.
#[derive(Debug, Serialize)]
pub(crate) struct EditPage {
    pub shell: Shell,
    pub heading: &'static str,
    /// `None` while it is new.
    pub base: Option<String>,
    pub action: String,
    pub form: CampaignForm,
    pub faults: Vec<FieldFault>,
    pub purposes: Vec<Choice>,
    pub lists: Vec<ListChoice>,
    pub segments: Vec<SegmentChoice>,
    pub sending_domain: String,
    /// What a new one can begin with.
    pub starts: Vec<Choice>,
}

impl Page for EditPage {
    const TEMPLATE: &'static str = "center/edit.html";
}
