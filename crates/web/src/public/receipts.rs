//! A person's receipts: `/p/{token}/receipts`, one file for each choice and collection. Whoever keeps one can show what
//! was recorded, also after an erasure, when the account itself can show nothing any more.
//!
//! Never: another person's entry, or one that no signed checkpoint covers.

use std::sync::Arc;

use avow_compose::Token;
use avow_ledger::{Payload, inclusion_tiles, prove_inclusion};
use avow_model::ContactId;
use avow_proof::Receipt;
use avow_store::{ChainEntry, ChainOf};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::governed::Leaf;
use super::letter::{Fault, Room, day};
use crate::client_center::fact_told;
use crate::{App, PageFault};

/// Entries that the page lists, oldest first: more than a person makes in years.
const LISTED_MAX: u32 = 1_000;

#[derive(Debug, Serialize)]
struct ReceiptsPage {
    receipts: Vec<ReceiptView>,
    /// Entries that no checkpoint covers yet.
    coming: usize,
    back: String,
}

#[derive(Debug, Serialize)]
struct ReceiptView {
    on: String,
    what: String,
    url: String,
}

/// Lists them.
pub(super) async fn list(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    let shown = async {
        let (room, contact) = find(&app, &token).await?;
        page(&app, &room, (contact, &token)).await
    };
    app.answer(shown.await)
}

/// One of them, as a file.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path((token, n)): Path<(String, u64)>,
) -> Response {
    let handed = async {
        let (room, contact) = find(&app, &token).await?;
        let text = receipt(&room, contact, n).await?;
        let name = format!("attachment; filename=\"receipt-{n}.txt\"");
        let headers = [
            (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
            (CONTENT_DISPOSITION, name),
            (CACHE_CONTROL, "no-store".to_owned()),
        ];
        Ok::<_, Fault>((headers, text).into_response())
    };
    app.answer(handed.await)
}

async fn find(app: &App, token: &str) -> Result<(Room, ContactId), Fault> {
    let pick = |t| match t {
        Token::Preferences { account, contact } => Some((account, contact)),
        _ => None,
    };
    let (account, contact) = app.open(token, pick)?;
    Ok((app.room(account).await?, contact))
}

async fn page(app: &App, room: &Room, (contact, token): (ContactId, &str)) -> Result<Leaf, Fault> {
    let signed = room.scope.checkpoint_last().await?;
    let size = signed.map_or(0, |checkpoint| checkpoint.size);
    let chain = room
        .scope
        .chain(ChainOf::Person(contact), 0, LISTED_MAX)
        .await?;
    let facts: Vec<&ChainEntry> = chain.iter().filter(|entry| entry.kind.is_fact()).collect();
    let ready = facts.iter().filter(|entry| entry.index < size);
    let receipts: Vec<ReceiptView> = ready.filter_map(|entry| view(entry, token)).collect();
    let context = ReceiptsPage {
        coming: facts.iter().filter(|entry| entry.index >= size).count(),
        receipts,
        back: format!("/p/{token}"),
    };
    let letter = app.letter(room, told!("sheet-receipts"));
    app.sheet("receipts", (&letter, &say!("receipts-title")), &context)
}

fn view(entry: &ChainEntry, token: &str) -> Option<ReceiptView> {
    let (on, what) = match entry.opening.read().ok()? {
        Payload::Collection(given) => {
            let names: Vec<String> = given.categories.iter().map(ToString::to_string).collect();
            (given.at, say!("receipts-data", names = names.join(", ")))
        }
        Payload::Choice(fact) => (fact.at, fact_told(&fact.kind)),
        Payload::Suppression(entry) => (entry.suppression().at, say!("receipts-suppression")),
        Payload::NoticeMailed(notice) => (notice.at, say!("receipts-notice")),
        _ => return None,
    };
    Some(ReceiptView {
        on: day(on),
        what,
        url: format!("/p/{token}/receipts/{}", entry.n),
    })
}

/// The receipt of the person's entry `n`, where a checkpoint covers it.
async fn receipt(room: &Room, contact: ContactId, n: u64) -> Result<String, Fault> {
    let before = n.checked_sub(1).ok_or(Fault::Gone)?;
    let chain = room
        .scope
        .chain(ChainOf::Person(contact), before, 1)
        .await?;
    let entry = chain.into_iter().find(|e| e.n == n && e.kind.is_fact());
    let entry = entry.ok_or(Fault::Gone)?;
    let signed = room.scope.checkpoint_from(entry.index + 1).await?;
    let signed = signed.ok_or(Fault::Gone)?;
    let wanted = inclusion_tiles(signed.size, entry.index).map_err(broken)?;
    let tiles = room.scope.ledger_tiles(&wanted).await?;
    let leaf = room.scope.leaves(entry.index, 1).await?.into_iter().next();
    let receipt = Receipt {
        leaf: leaf.ok_or(Fault::Gone)?,
        opening: entry.opening,
        index: entry.index,
        path: prove_inclusion(signed.size, entry.index, &tiles).map_err(broken)?,
        checkpoint: signed.note,
    };
    receipt.encode().map_err(broken)
}

fn broken(why: impl std::fmt::Display) -> Fault {
    tracing::error!(%why, "a receipt cannot be made");
    Fault::Page(PageFault::Bad(why.to_string()))
}
