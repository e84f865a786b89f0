//! What the pages of forms are rendered with.

use serde::Serialize;

use crate::Page;
use crate::client_center::shell::Shell;
use crate::client_center::words::{Badge, When};

/// One form of the list.
#[derive(Debug, Serialize)]
pub(super) struct FormLine {
    pub id: String,
    pub name: String,
    pub title: String,
    pub badge: Badge,
    pub sign_ups: i64,
    pub confirmed: i64,
    pub made: When,
}

/// All forms.
#[derive(Debug, Serialize)]
pub(super) struct ListPage {
    pub shell: Shell,
    pub forms: Vec<FormLine>,
    pub writes: bool,
}

impl Page for ListPage {
    const TEMPLATE: &'static str = "center/forms/list.html";
}

/// Something that a form may ask, as the policy declares it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Offer {
    pub id: String,
    pub title: String,
    /// How the policy words it, or what it says of it.
    pub note: String,
    pub chosen: bool,
    /// Its place among those that are chosen, from 1.
    pub place: usize,
    /// Every form asks for it.
    pub fixed: bool,
}

/// A list that whoever confirms joins.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ListChoice {
    pub id: String,
    pub name: String,
}

/// What was typed.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Typed {
    pub name: String,
    pub title: String,
    pub intro: String,
    pub button: String,
    pub thanks: String,
    pub list: String,
    pub themed: bool,
    pub accent: String,
    pub ground: String,
    pub font: String,
    pub sites: String,
}

/// A fault and the field it stands at.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Fault {
    pub field: &'static str,
    pub text: String,
}

/// Designing a form.
#[derive(Debug, Serialize)]
pub(super) struct EditPage {
    pub shell: Shell,
    pub heading: String,
    pub action: String,
    pub back: String,
    pub is_new: bool,
    pub typed: Typed,
    pub categories: Vec<Offer>,
    pub purposes: Vec<Offer>,
    pub lists: Vec<ListChoice>,
    pub faults: Vec<Fault>,
    /// No version is in force: there is nothing to ask.
    pub bare: bool,
}

impl Page for EditPage {
    const TEMPLATE: &'static str = "center/forms/edit.html";
}

/// So many of one sort, and of which people.
#[derive(Debug, Serialize)]
pub(super) struct Number {
    pub label: &'static str,
    pub note: &'static str,
    pub n: i64,
    pub href: Option<String>,
}

/// One day of a form.
#[derive(Debug, Serialize)]
pub(super) struct DayLine {
    pub day: String,
    pub views: i64,
    pub sign_ups: i64,
    pub refused: i64,
    /// In its bar, of a hundred.
    pub width: i64,
}

/// One form.
#[derive(Debug, Serialize)]
pub(super) struct ShowPage {
    pub shell: Shell,
    pub base: String,
    pub name: String,
    pub title: String,
    pub badge: Badge,
    pub standing: &'static str,
    pub public: String,
    pub frame: String,
    pub html: String,
    pub sites: Vec<String>,
    /// What to add to the policy's `scope.points`, where it does not name the form.
    pub point: Option<String>,
    /// What the policy in force leaves out of the form.
    pub dropped: Vec<String>,
    pub sentence: String,
    pub numbers: Vec<Number>,
    pub days: Vec<DayLine>,
    pub writes: bool,
}

impl Page for ShowPage {
    const TEMPLATE: &'static str = "center/forms/show.html";
}

/// Somebody who sent the form.
#[derive(Debug, Serialize)]
pub(super) struct PersonLine {
    pub id: String,
    pub address: String,
    pub at: When,
    pub confirmed: Option<When>,
}

/// Who sent a form.
#[derive(Debug, Serialize)]
pub(super) struct PeoplePage {
    pub shell: Shell,
    pub base: String,
    pub name: String,
    pub confirmed: bool,
    pub people: Vec<PersonLine>,
    pub next: Option<String>,
}

impl Page for PeoplePage {
    const TEMPLATE: &'static str = "center/forms/people.html";
}
