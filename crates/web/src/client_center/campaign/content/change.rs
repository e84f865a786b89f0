//! One change of a document of blocks, asked for by a form.

use std::sync::Arc;

use avow_compose::blocks::{BlockId, Change, ChangeFault, Document, Ground, OwnText, Place, Way};
use avow_store::StoreError;
use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer::{Asks, Kept, kept, refused, trouble};
use super::draft::Draft;
use super::fields::kind_of;
use super::posted::Posted;
use super::reading;
use super::work::{Open, Shelf, shelf, stand_words};
use super::write;
use crate::client_center::campaign::ready::sentence;
use crate::client_center::campaign::view::FieldFault;
use crate::{App, PageFault};

/// What a form asks for, or why it cannot be.
enum Asked {
    Change(Box<Change>, Open),
    /// A field is wrong.
    Faults(Open, Vec<FieldFault>),
}

/// A form that no page of ours sends.
const ODD_FORM: &str = "the form asks for nothing that this page does; load it again";

fn odd() -> PageFault {
    PageFault::Bad(sentence(ODD_FORM))
}

fn place(word: &str) -> Option<Place> {
    let mut parts = word.split(':');
    let kind = parts.next()?;
    let mut number = || parts.next()?.parse().ok();
    Some(match kind {
        "end" => Place::End,
        "before" => Place::Before(BlockId(number()?)),
        "after" => Place::After(BlockId(number()?)),
        "column" => {
            let columns = BlockId(number()?);
            Place::Column {
                columns,
                n: number()? as usize,
            }
        }
        _ => return None,
    })
}

fn asked(document: &Document, posted: &Posted, shelf: &Shelf) -> Result<Asked, PageFault> {
    let id = posted.number("id").map(BlockId);
    let some_id = || id.ok_or_else(odd);
    let spot = || place(posted.get("place")).ok_or_else(odd);
    let change = match posted.get("do") {
        "set" => return set(document, some_id()?, posted, shelf),
        "theme" => return Ok(theme(document, posted)),
        "text" => return Ok(text(posted)),
        "up" => Change::Step {
            id: some_id()?,
            way: Way::Up,
        },
        "down" => Change::Step {
            id: some_id()?,
            way: Way::Down,
        },
        "put" => Change::Put {
            id: some_id()?,
            place: spot()?,
        },
        "copy" => Change::Copy(some_id()?),
        "remove" => Change::Remove(some_id()?),
        "add" => {
            let kind = reading::fresh(posted.get("kind")).ok_or_else(odd)?;
            let change = Change::Add {
                kind,
                ground: Ground::Plain,
                place: spot()?,
            };
            return Ok(Asked::Change(Box::new(change), Open::Nothing));
        }
        _ => return Err(odd()),
    };
    // The form that stood open stays so.
    Ok(Asked::Change(
        Box::new(change),
        Open::parse(posted.get("open")),
    ))
}

fn set(
    document: &Document,
    id: BlockId,
    posted: &Posted,
    shelf: &Shelf,
) -> Result<Asked, PageFault> {
    let gone = || PageFault::Conflict("the block is not there any more; load the page again");
    let old = document.block(id).ok_or_else(gone)?;
    let open = Open::Block(id);
    Ok(match reading::block(&old.kind, posted, &shelf.pictures) {
        Ok((kind, ground)) => Asked::Change(Box::new(Change::Set { id, kind, ground }), open),
        Err(faults) => Asked::Faults(open, faults),
    })
}

fn theme(document: &Document, posted: &Posted) -> Asked {
    match reading::theme(&document.theme, posted) {
        Ok(theme) => Asked::Change(Box::new(Change::Theme(theme)), Open::Theme),
        Err(faults) => Asked::Faults(Open::Theme, faults),
    }
}

fn text(posted: &Posted) -> Asked {
    if posted.get("made") == "yes" {
        return Asked::Change(Box::new(Change::Text(None)), Open::Text);
    }
    match OwnText::try_from(posted.get("text").to_owned()) {
        Ok(text) => Asked::Change(Box::new(Change::Text(Some(text))), Open::Text),
        Err(fault) => {
            let text = sentence(fault);
            Asked::Faults(
                Open::Text,
                vec![FieldFault {
                    field: "text",
                    text,
                }],
            )
        }
    }
}

fn fault(fault: ChangeFault) -> PageFault {
    match fault {
        ChangeFault::NoBlock | ChangeFault::NoPlace => {
            PageFault::Conflict("the block or its place is not there any more; load the page again")
        }
        other => PageFault::Bad(sentence(&other.to_string())),
    }
}

/// What the live region says.
fn said(document: &Document, posted: &Posted, about: Option<BlockId>) -> String {
    let block = about.and_then(|id| document.block(id));
    let name = block.map_or("Block", |b| kind_of(&b.kind).label);
    let stand = about.and_then(|id| document.stand(id)).map(stand_words);
    let stand = stand.unwrap_or_default();
    match posted.get("do") {
        "up" | "down" | "put" => format!("{name} moved: {stand}."),
        "add" => format!("{name} added: {stand}."),
        "copy" => format!("{name} copied: {stand}."),
        "remove" => "Block removed. Undo brings it back.".to_owned(),
        _ => String::new(),
    }
}

/// Makes one change and keeps it.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    draft: Draft,
    Form(posted): Form<Posted>,
) -> Result<Response, PageFault> {
    let asks = Asks::of(&headers);
    match changed(&app, &draft, asks, &posted).await {
        Err(fault) => trouble(&draft, asks, fault),
        answer => answer,
    }
}

async fn changed(
    app: &App,
    draft: &Draft,
    asks: Asks,
    posted: &Posted,
) -> Result<Response, PageFault> {
    draft.must_be(posted.revision())?;
    let document = draft.blocks()?;
    let shelf = shelf(draft).await?;
    let (change, open) = match asked(&document, posted, &shelf)? {
        Asked::Faults(open, faults) => {
            return refused(app, draft, asks, (open, posted, faults)).await;
        }
        Asked::Change(change, open) => (change, open),
    };
    let is_new = matches!(*change, Change::Add { .. } | Change::Copy(_));
    let (document, about) = document.change(*change).map_err(fault)?;
    let revision = keep(draft, &document).await?;
    let open = match about {
        Some(id) if is_new => Open::Block(id),
        _ => open,
    };
    let said = said(&document, posted, about);
    kept(
        app,
        draft,
        asks,
        Kept {
            document,
            revision,
            open,
            said,
            focus: about,
        },
    )
    .await
}

async fn keep(draft: &Draft, document: &Document) -> Result<u32, StoreError> {
    let scope = &draft.loaded.member.account;
    write::document(scope, (draft.loaded.campaign.id, &draft.source), document).await
}

/// Puts a whole document in the place of the one that is kept: undo and redo, and programs.
pub(super) async fn whole(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    draft: Draft,
    Form(posted): Form<Posted>,
) -> Result<Response, PageFault> {
    let asks = Asks::of(&headers);
    match replaced(&app, &draft, asks, &posted).await {
        Err(fault) => trouble(&draft, asks, fault),
        answer => answer,
    }
}

async fn replaced(
    app: &App,
    draft: &Draft,
    asks: Asks,
    posted: &Posted,
) -> Result<Response, PageFault> {
    draft.must_be(posted.revision())?;
    draft.blocks()?;
    let read = Document::read(posted.get("document"));
    let document = read.map_err(|fault| PageFault::Bad(sentence(&fault.to_string())))?;
    let revision = keep(draft, &document).await?;
    let open = Open::parse(posted.get("open"));
    let said = match posted.get("do") {
        "redo" => "Done again.",
        _ => "Undone.",
    };
    kept(
        app,
        draft,
        asks,
        Kept {
            document,
            revision,
            open,
            said: said.to_owned(),
            focus: None,
        },
    )
    .await
}
