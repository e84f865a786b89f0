//! The editor's pages with samples.

use avow_compose::blocks::{BlockId, Document};
use avow_model::{CampaignState, SourceMode};

use super::page;
use super::posted::Posted;
use super::view::{BlocksPage, LineFault, SourcePage, Work};
use super::work::{Open, Shelf, Sight, Typed};
use crate::client_center::campaign::head::{Head, View};
use crate::client_center::campaign::view::FieldFault;
use crate::client_center::shell::{Noun, Shell};

const BASE: &str = "/a/acme/campaigns/cp_0000000000001/content";
const EVERY: &str = include_str!("../../../../../compose/testdata/blocks/every.json");

fn part(document: &Document, open: Open, fault: Option<&'static str>) -> Work {
    let posted = Posted::from([("text", "data:text/html,x <b>"), ("revision", "1")]);
    let text = "The link cannot stand in a mail.".to_owned();
    let faults: Vec<FieldFault> = fault
        .map(|field| FieldFault { field, text })
        .into_iter()
        .collect();
    let typed = fault.map(|_| Typed {
        posted: &posted,
        faults: &faults,
    });
    let shelf = Shelf::default();
    Sight {
        document,
        open,
        typed,
        shelf: &shelf,
    }
    .work(BASE.to_owned(), 7)
}

pub(crate) fn works() -> Vec<Work> {
    let every = Document::read(EVERY).unwrap();
    let ids: Vec<BlockId> = every.all().map(|b| b.id).collect();
    let mut all: Vec<Work> = ids
        .into_iter()
        .map(|id| part(&every, Open::Block(id), None))
        .collect();
    all.push(part(&every, Open::Block(BlockId(3)), Some("text")));
    all.push(part(&every, Open::Text, Some("text")));
    all.push(part(&Document::default(), Open::Theme, None));
    all
}

pub(crate) fn blocks() -> Vec<BlocksPage> {
    let page = |work| BlocksPage {
        shell: Shell::sample(Noun::Campaigns),
        head: Head::sample(CampaignState::Draft, View::Content),
        work,
        faults: vec!["The link cannot stand in a mail.".to_owned()],
        subject: "Spring".to_owned(),
        frame: format!("{BASE}/frame?as=&r=7"),
        width: "phone",
        shown_as: String::new(),
        modes: page::modes(SourceMode::Blocks),
    };
    works().into_iter().map(page).collect()
}

pub(crate) fn sources() -> Vec<SourcePage> {
    let fault = LineFault {
        line: Some(3),
        text: "It is not closed.".to_owned(),
        source: "<mj-texxt>".to_owned(),
    };
    let page = |faults, mode| SourcePage {
        shell: Shell::sample(Noun::Campaigns),
        head: Head::sample(CampaignState::Draft, View::Content),
        content: BASE.to_owned(),
        revision: 3,
        language: "MJML",
        body: "<mjml>".to_owned(),
        text: String::new(),
        faults,
        warnings: vec!["There is no preheader.".to_owned()],
        links: vec!["https://shop.example/".to_owned()],
        frame: format!("{BASE}/frame?as=&r=3"),
        width: "wide",
        shown_as: "ada@example.org".to_owned(),
        modes: page::modes(mode),
    };
    vec![
        page(vec![fault], SourceMode::Mjml),
        page(vec![], SourceMode::Html),
    ]
}
