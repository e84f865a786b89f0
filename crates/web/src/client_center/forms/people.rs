//! Who sent a form, and who of them confirmed.

use std::sync::Arc;

use avow_store::FormPerson;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;

use super::Loaded;
use super::view::{PeoplePage, PersonLine};
use crate::client_center::shell::Noun;
use crate::client_center::staff::{self, Veil};
use crate::client_center::words::When;
use crate::{App, PageFault};

/// People on one page.
const PAGE: u32 = 50;

/// `?who=&before=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    who: String,
    before: Option<i64>,
}

fn line(person: &FormPerson, veil: Veil, now: avow_model::Timestamp) -> PersonLine {
    let erased = || "erased person".to_owned();
    PersonLine {
        id: person.contact.to_string(),
        address: person
            .address
            .as_ref()
            .map_or_else(erased, |a| veil.address(a)),
        at: When::new(person.at, now),
        confirmed: person.confirmed_at.map(|at| When::new(at, now)),
    }
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageFault> {
    let confirmed = asked.who == "confirmed";
    let place = (confirmed, asked.before.unwrap_or(i64::MAX));
    let account = &loaded.member.account;
    let mut rows = account.form_people(loaded.form.id, place, PAGE + 1).await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let veil = staff::veil(&app, &loaded.member).await?;
    let base = loaded.base();
    let last = rows.last().filter(|_| more);
    let who = if confirmed { "confirmed" } else { "all" };
    app.templates.show(&PeoplePage {
        shell: loaded.member.shell(Noun::Forms),
        name: loaded.form.slug.to_string(),
        next: last.map(|p| format!("{base}/people?who={who}&before={}", p.id)),
        people: rows.iter().map(|p| line(p, veil, app.now())).collect(),
        confirmed,
        base,
    })
}
