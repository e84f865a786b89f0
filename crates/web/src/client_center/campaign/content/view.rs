//! What the pages of the editor are rendered with.

use serde::Serialize;

use crate::Page;
use crate::client_center::campaign::head::Head;
use crate::client_center::shell::Shell;

/// Something to choose in a field.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OptionView {
    pub value: String,
    pub label: String,
    /// Where a picture of it lies.
    pub picture: Option<String>,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Control {
    /// One line.
    Line,
    /// Lines with marks and merge fields.
    Rich,
    Number,
    Colour,
    Select,
    /// One of some pictures.
    Pictures,
    Tick,
}

/// One field of a form.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FieldView {
    pub control: Control,
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub value: String,
    pub options: Vec<OptionView>,
    pub fault: Option<String>,
}

/// A kind of block that can be added.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct KindView {
    pub word: &'static str,
    pub label: &'static str,
    pub icon: &'static str,
}

/// One block of the list.
#[derive(Debug, Serialize)]
pub(crate) struct BlockView {
    pub id: u32,
    pub kind: KindView,
    pub excerpt: String,
    pub ground: &'static str,
    /// Where it stands, in words.
    pub stand: String,
    pub unfinished: Option<&'static str>,
    pub columns: Vec<ColumnView>,
    /// Its form, where it is open.
    pub form: Option<Vec<FieldView>>,
}

/// A column and what stands in it.
#[derive(Debug, Serialize)]
pub(crate) struct ColumnView {
    pub n: usize,
    pub label: String,
    pub blocks: Vec<BlockView>,
}

/// What is not finished.
#[derive(Debug, Serialize)]
pub(crate) struct UnfinishedView {
    pub id: u32,
    pub sentence: &'static str,
}

/// The part of the page that each change makes anew.
#[derive(Debug, Serialize)]
pub(crate) struct Work {
    /// `/a/<account>/campaigns/<id>/content`.
    pub content: String,
    pub revision: u32,
    /// What stands open, as the address has it.
    pub open: String,
    /// The document, for undo.
    pub document: String,
    pub blocks: Vec<BlockView>,
    pub unfinished: Vec<UnfinishedView>,
    pub kinds: Vec<KindView>,
    pub theme: Vec<FieldView>,
    pub theme_open: bool,
    pub links: Vec<String>,
    pub text: String,
    pub text_made: bool,
    pub text_open: bool,
    pub text_fault: Option<String>,
}

impl Page for Work {
    const TEMPLATE: &'static str = "center/content/work.html";
}

/// A fault of a source, at its line.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LineFault {
    pub line: Option<usize>,
    pub text: String,
    /// What stands in that line.
    pub source: String,
}

/// What the campaign could be written in instead, and what is lost by it.
#[derive(Debug, Serialize)]
pub(crate) struct ModeView {
    pub word: &'static str,
    pub label: &'static str,
    pub lost: &'static str,
}

/// The page of a draft that is written in blocks.
#[derive(Debug, Serialize)]
pub(crate) struct BlocksPage {
    pub shell: Shell,
    #[serde(flatten)]
    pub head: Head,
    #[serde(flatten)]
    pub work: Work,
    pub faults: Vec<String>,
    pub subject: String,
    pub frame: String,
    /// `phone` or `wide`.
    pub width: &'static str,
    pub shown_as: String,
    pub modes: Vec<ModeView>,
}

impl Page for BlocksPage {
    const TEMPLATE: &'static str = "center/content/blocks.html";
}

/// The page of a draft that is written in MJML or HTML.
#[derive(Debug, Serialize)]
pub(crate) struct SourcePage {
    pub shell: Shell,
    #[serde(flatten)]
    pub head: Head,
    pub content: String,
    pub revision: u32,
    /// MJML or HTML.
    pub language: &'static str,
    pub body: String,
    pub text: String,
    pub faults: Vec<LineFault>,
    pub warnings: Vec<String>,
    pub links: Vec<String>,
    pub frame: String,
    pub width: &'static str,
    pub shown_as: String,
    pub modes: Vec<ModeView>,
}

impl Page for SourcePage {
    const TEMPLATE: &'static str = "center/content/source.html";
}
