//! What the pages about people are rendered with.

use avow_model::Timestamp;
use serde::Serialize;

use super::bulk::Moved;
use super::query::Query;
use crate::Page;
use crate::client_center::shell::Shell;
use crate::client_center::words::{Badge, Tone, When};

/// One choice of a select.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Option_ {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A fault beside its field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    pub field: String,
    pub text: String,
}

impl Fault {
    pub(crate) fn new(field: &str, text: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            text: text.into(),
        }
    }
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct PersonLine {
    pub id: String,
    pub address: String,
    pub name: String,
    pub flags: String,
    pub since: When,
    pub tone: Tone,
    pub standing: String,
    /// What mail may be sent for; empty: for nothing.
    pub purposes: String,
}

/// The choices of the filter.
#[derive(Debug, Serialize)]
pub(crate) struct Filter {
    pub lists: Vec<Option_>,
    pub states: Vec<Option_>,
    pub origins: Vec<Option_>,
    pub orders: Vec<Option_>,
    /// Something is set in the part that is folded away.
    pub open: bool,
}

/// What was just done to people, and can be taken back for a moment.
#[derive(Debug, Serialize)]
pub(crate) struct Undo {
    pub text: String,
    pub act: String,
    pub list: String,
    pub at: i64,
    pub who: String,
}

/// How long the button is offered; the server gives a little more, for slow lines.
const OFFERED_S: i64 = 10;

impl Undo {
    /// `None` where nothing was moved, or too long ago.
    pub(crate) fn of(moved: &Moved, now: Timestamp) -> Option<Self> {
        let at = Timestamp::from_microsecond(moved.at).ok()?;
        let fresh = (0..=OFFERED_S).contains(&(now.as_second() - at.as_second()));
        let text = moved.sentence()?;
        fresh.then(|| Self {
            text,
            act: moved.act.clone(),
            list: moved.on.clone(),
            at: moved.at,
            who: moved.who.clone(),
        })
    }
}

/// The table of contacts.
#[derive(Debug, Serialize)]
pub(crate) struct TablePage {
    pub shell: Shell,
    pub query: Query,
    pub filter: Filter,
    /// The account has no contact at all.
    pub is_empty: bool,
    /// The member may change contacts.
    pub keeps: bool,
    /// The member may have them written to a file.
    pub exports: bool,
    pub total_text: String,
    pub people: Vec<PersonLine>,
    pub shown: String,
    pub next: Option<String>,
    pub next_label: &'static str,
    /// The query without page and order.
    pub whom: String,
    /// The query as it is.
    pub back: String,
    pub undo: Option<Undo>,
}

impl Page for TablePage {
    const TEMPLATE: &'static str = "center/contacts/table.html";
}

/// One field of a form about a person.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Typed {
    pub name: String,
    pub label: String,
    pub value: String,
    /// The category, as the policy titles it.
    pub category: String,
}

/// One purpose that a person may have agreed to.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PurposeChoice {
    pub id: String,
    pub title: String,
    pub chosen: bool,
}

/// On what evidence data come.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct EvidenceForm {
    pub attested: bool,
    pub source: String,
    pub wording: String,
    pub date: String,
    pub soft_opt_in: bool,
    pub purposes: Vec<PurposeChoice>,
}

/// Writing somebody down, or changing what is held.
#[derive(Debug, Serialize)]
pub(crate) struct PersonPage {
    pub shell: Shell,
    pub heading: String,
    pub action: String,
    pub back: String,
    /// `None`: somebody new.
    pub contact: Option<String>,
    pub address: String,
    pub fields: Vec<Typed>,
    pub country: String,
    pub lists: Vec<Option_>,
    pub evidence: EvidenceForm,
    /// The policy version that data are bound to.
    pub version: Option<u32>,
    /// Where changed data come from.
    pub origin: String,
    pub faults: Vec<Fault>,
    /// Somebody of this address is here already.
    pub known: Option<String>,
}

impl Page for PersonPage {
    const TEMPLATE: &'static str = "center/contacts/person.html";
}

/// One list.
#[derive(Debug, Serialize)]
pub(crate) struct ListLine {
    pub id: String,
    pub slug: String,
    pub name: String,
    pub about: String,
    pub size: i64,
    pub made: When,
}

/// All lists.
#[derive(Debug, Serialize)]
pub(crate) struct ListsPage {
    pub shell: Shell,
    pub keeps: bool,
    pub lists: Vec<ListLine>,
    pub typed: ListTyped,
    pub faults: Vec<Fault>,
}

/// What was typed about a list.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct ListTyped {
    pub name: String,
    pub slug: String,
    pub about: String,
}

impl Page for ListsPage {
    const TEMPLATE: &'static str = "center/contacts/lists.html";
}

/// Renaming a list.
#[derive(Debug, Serialize)]
pub(crate) struct ListPage {
    pub shell: Shell,
    pub id: String,
    pub typed: ListTyped,
    pub faults: Vec<Fault>,
}

impl Page for ListPage {
    const TEMPLATE: &'static str = "center/contacts/list.html";
}

/// A job as lists show it.
#[derive(Debug, Serialize)]
pub(crate) struct JobLine {
    pub id: String,
    pub title: String,
    pub badge: Badge,
    pub people: i64,
    pub who: String,
    pub when: When,
    /// A sentence about what came of it.
    pub told: String,
    /// A file can be had.
    pub has_file: bool,
}

/// Files that were taken in.
#[derive(Debug, Serialize)]
pub(crate) struct ImportsPage {
    pub shell: Shell,
    pub keeps: bool,
    pub jobs: Vec<JobLine>,
    /// Runs of the command line.
    pub runs: Vec<RunLine>,
    pub fault: Option<String>,
    pub max_text: String,
    pub max_bytes: u64,
}

/// One run that the command line began.
#[derive(Debug, Serialize)]
pub(crate) struct RunLine {
    pub file: String,
    pub badge: Badge,
    pub told: String,
    pub when: When,
}

impl Page for ImportsPage {
    const TEMPLATE: &'static str = "center/contacts/imports.html";
}

/// How far a job is: the part that renews itself.
#[derive(Debug, Serialize)]
pub(crate) struct WorkPart {
    /// `/a/<account>/imports/<job>`.
    pub base: String,
    /// The word of its state; where it changes the page is asked for again.
    pub state: &'static str,
    /// What was done so far.
    pub told: String,
    /// Of a thousand.
    pub share: i64,
    pub percent: String,
    pub rate: Option<String>,
    pub left: Option<String>,
    pub stopping: bool,
}

impl Page for WorkPart {
    const TEMPLATE: &'static str = "center/contacts/work.html";
}

/// One column of a file that is about to be taken in.
#[derive(Debug, Serialize)]
pub(crate) struct ColumnLine {
    pub index: usize,
    pub header: String,
    pub roles: Vec<Option_>,
    pub values: Vec<String>,
    /// It would not be kept: the policy declares no such category.
    pub undeclared: bool,
}

/// A number of a report with its meaning.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    pub n: i64,
    pub label: String,
    pub help: String,
    /// Where its people are.
    pub href: Option<String>,
}

/// A file between its arrival and its end.
#[derive(Debug, Serialize)]
pub(crate) struct ImportPage {
    pub shell: Shell,
    pub id: String,
    pub title: String,
    pub badge: Badge,
    /// While it is under way.
    pub part: Option<WorkPart>,
    /// While somebody says how.
    pub form: Option<ImportForm>,
    pub sentence: String,
    pub figures: Vec<Figure>,
    pub reasons: Vec<(String, i64)>,
    pub undeclared: String,
    /// How many rejected rows can be had.
    pub rejects: Option<i64>,
    pub can_go_on: bool,
    pub fault: Option<String>,
}

impl Page for ImportPage {
    const TEMPLATE: &'static str = "center/contacts/import.html";
}

/// How a file is to be read.
#[derive(Debug, Serialize)]
pub(crate) struct ImportForm {
    pub columns: Vec<ColumnLine>,
    pub encoding: String,
    pub lists: Vec<Option_>,
    pub everyone: Vec<Option_>,
    pub evidence: EvidenceForm,
    pub version: Option<u32>,
    pub faults: Vec<Fault>,
    /// The button's words once the counts are there: "Take in 9,688 people".
    pub go: Option<String>,
}

/// Files that were written.
#[derive(Debug, Serialize)]
pub(crate) struct ExportsPage {
    pub shell: Shell,
    pub jobs: Vec<JobLine>,
    /// A new file would mean all contacts.
    pub is_everybody: bool,
    pub query: Query,
    /// Addresses are masked for this member.
    pub veiled: bool,
}

impl Page for ExportsPage {
    const TEMPLATE: &'static str = "center/contacts/exports.html";
}

/// One file that is written.
#[derive(Debug, Serialize)]
pub(crate) struct ExportPage {
    pub shell: Shell,
    pub id: String,
    pub title: String,
    pub badge: Badge,
    pub part: Option<WorkPart>,
    pub sentence: String,
    pub has_file: bool,
    pub fault: Option<String>,
}

impl Page for ExportPage {
    const TEMPLATE: &'static str = "center/contacts/export.html";
}
