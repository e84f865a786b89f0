//! The people of a campaign as a table to take along, with what became of each.
//!
//! Never: an address that the member may not see; what a list masks is masked here.

use std::sync::Arc;

use avow_model::RecipientState;
use avow_store::{RecipientFilter, RecipientLine, StoreError};
use axum::extract::{Query, State};
use axum::response::Response;
use futures_util::stream;
use serde::Deserialize;

use super::load::Loaded;
use super::people::address;
use crate::client_center::staff::{self, Veil};
use crate::export::{Cell, Format, Row, Sheet, download};
use crate::{App, PageFault};

/// Rows read at a time: a megabyte at most.
const PAGE: u32 = 1_000;

/// `?format=csv&state=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    format: String,
    state: Option<String>,
}

fn row(line: &RecipientLine, veil: Veil) -> Row {
    let reply = line.reply.as_deref().map(|reply| veil.reply(reply));
    vec![
        Cell::text(address(line, veil)),
        Cell::text(line.state.as_str()),
        Cell::Count(line.attempts.into()),
        line.reply_code
            .map_or(Cell::Empty, |code| Cell::Count(code.into())),
        Cell::text(reply.unwrap_or_default()),
        Cell::text(line.reasons.as_str()),
        Cell::At(line.updated_at),
    ]
}

fn sheet(name: &str, format: Format) -> Sheet {
    Sheet {
        format,
        name: name.to_owned(),
        columns: vec![
            say!("reports-column-address"),
            say!("reports-column-outcome"),
            say!("reports-column-attempts"),
            say!("reports-column-reply-code"),
            say!("reports-column-reply"),
            say!("reports-column-reasons"),
            say!("reports-column-at"),
        ],
    }
}

/// The table, in the order of the rows.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Query(wish): Query<Wish>,
) -> Result<Response, PageFault> {
    let format = Format::parse(&wish.format).ok_or(PageFault::NotFound)?;
    let veil = staff::veil(&app, &loaded.member).await?;
    let filter = RecipientFilter {
        state: wish
            .state
            .as_deref()
            .and_then(|word| word.parse::<RecipientState>().ok()),
        ..RecipientFilter::default()
    };
    let sheet = sheet(&loaded.campaign.name, format);
    let (account, id) = (loaded.member.account, loaded.campaign.id);
    let pages = stream::try_unfold(Some(0), move |after: Option<u32>| {
        let (account, filter) = (account.clone(), filter.clone());
        async move {
            let Some(after) = after else {
                return Ok::<_, StoreError>(None);
            };
            let lines = account.recipients_page(id, &filter, after, PAGE).await?;
            let is_full = lines.len() == PAGE as usize;
            let next = lines.last().filter(|_| is_full).map(|line| line.seq);
            let rows: Vec<Row> = lines.iter().map(|line| row(line, veil)).collect();
            Ok(Some((rows, next)))
        }
    });
    Ok(download(sheet, pages))
}
