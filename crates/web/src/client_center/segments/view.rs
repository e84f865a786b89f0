//! What the pages of segments are rendered with.

use serde::Serialize;

use crate::Page;
use crate::client_center::shell::Shell;
use crate::client_center::words::{Badge, When};

/// One of several to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
}

/// Choices under a heading.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choices {
    pub label: &'static str,
    pub choices: Vec<Choice>,
}

/// One segment of the list.
#[derive(Debug, Serialize)]
pub(super) struct SegmentLine {
    pub id: String,
    pub name: String,
    pub words: String,
    /// The people who are known to be in it, where they were counted.
    pub meant: Option<i64>,
    pub counted: Option<When>,
    pub made: When,
}

/// All segments.
#[derive(Debug, Serialize)]
pub(super) struct ListPage {
    pub shell: Shell,
    pub segments: Vec<SegmentLine>,
    pub writes: bool,
    /// For what the counts read people's data.
    pub purpose: Option<String>,
}

impl Page for ListPage {
    const TEMPLATE: &'static str = "center/segments/list.html";
}

/// Of whom it cannot be told, and why.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Untold {
    pub title: String,
    pub remedy: String,
    pub n: i64,
}

/// How many people are in it.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Counts {
    pub meant: i64,
    pub outside: i64,
    pub untold: i64,
    pub looked_at: i64,
    pub all: i64,
    /// Not everybody was looked at.
    pub is_part: bool,
    pub why: Vec<Untold>,
    /// When they were counted, where that was before this request.
    pub counted: Option<When>,
}

/// The counts, or why there are none.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Told {
    pub words: Option<String>,
    pub counts: Option<Counts>,
    /// Lines that say what stands in the way.
    pub faults: Vec<String>,
    /// Categories that the purpose may not read: unknown of everybody.
    pub unread: Vec<String>,
}

/// What a value is typed into.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ValueField {
    /// `none`, `text` or `choice`.
    pub sort: &'static str,
    pub choices: Vec<Choice>,
    /// What may be meant, for a text.
    pub hints: Vec<String>,
    pub help: &'static str,
}

/// One condition.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RowStep {
    pub n: usize,
    pub what: String,
    pub label: String,
    pub op: String,
    pub ops: Vec<Choice>,
    pub value: String,
    pub field: ValueField,
    pub days: Option<String>,
    pub fault: Option<String>,
    pub fresh: bool,
}

/// A step of the builder, in the order in which they stand.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(super) enum Step {
    Open {
        n: usize,
        joint: &'static str,
        level: usize,
        fault: Option<String>,
    },
    Row(Box<RowStep>),
    Close {
        n: usize,
        level: usize,
        nests: bool,
    },
}

/// Making or changing a segment.
#[derive(Debug, Serialize)]
pub(super) struct BuildPage {
    pub shell: Shell,
    pub heading: String,
    pub action: String,
    pub back: String,
    /// A new one is given its name here.
    pub is_new: bool,
    pub name: String,
    pub name_fault: Option<String>,
    /// `rows` or `text`.
    pub mode: &'static str,
    pub note: Option<&'static str>,
    pub steps: Vec<Step>,
    pub adds: Vec<Choices>,
    pub joints: Vec<Choice>,
    pub words: String,
    pub purpose: String,
    pub purposes: Vec<Choice>,
    pub told: Told,
    pub faults: Vec<Fault>,
}

impl Page for BuildPage {
    const TEMPLATE: &'static str = "center/segments/build.html";
}

/// A fault and the field it stands at.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Fault {
    pub field: String,
    /// Its first line.
    pub title: String,
    pub text: String,
}

/// A campaign that is sent to it.
#[derive(Debug, Serialize)]
pub(super) struct UseLine {
    pub href: String,
    pub name: String,
    pub badge: Badge,
}

/// One segment.
#[derive(Debug, Serialize)]
pub(super) struct ShowPage {
    pub shell: Shell,
    pub base: String,
    pub name: String,
    pub words: String,
    pub reads: Vec<String>,
    pub purpose: String,
    pub purpose_title: String,
    pub purposes: Vec<Choice>,
    pub told: Told,
    pub uses: Vec<UseLine>,
    /// A draft is to be sent to it.
    pub is_held: bool,
    pub writes: bool,
    pub made: When,
}

impl Page for ShowPage {
    const TEMPLATE: &'static str = "center/segments/show.html";
}

/// Somebody whom a segment was asked of.
#[derive(Debug, Serialize)]
pub(super) struct PersonLine {
    pub id: String,
    pub address: String,
    pub name: String,
    pub why: String,
}

/// People that a segment means, or does not, or of whom it cannot be told.
#[derive(Debug, Serialize)]
pub(super) struct PeoplePage {
    pub shell: Shell,
    pub base: String,
    pub name: String,
    pub words: String,
    pub purpose: String,
    pub purpose_title: String,
    /// `meant`, `outside` or `untold`.
    pub which: &'static str,
    pub tabs: Vec<Choice>,
    pub people: Vec<PersonLine>,
    pub shown: String,
    pub next: Option<String>,
    pub faults: Vec<String>,
}

impl Page for PeoplePage {
    const TEMPLATE: &'static str = "center/segments/people.html";
}
