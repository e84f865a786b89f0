//! Many people at once: put on a list, taken off, and both taken back for a moment.

use std::sync::Arc;

use avow_model::{ContactId, ListId, Timestamp};
use avow_store::{ActKind, NewAct, StoreError};
use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use crate::client_center::guard::Member;
use crate::client_center::words::people;
use crate::error::encode;
use crate::{App, PageFault};

/// People of one order: a page of the table, with room.
const PEOPLE_MAX: usize = 200;
/// An order is taken back within this: the ten seconds of the button, and slow lines.
const UNDO_S: i64 = 60;

type Fields = Vec<(String, String)>;

/// What was done, as the address after it says: `?act=&on=&name=&n=&at=&who=`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Moved {
    pub act: String,
    pub on: String,
    pub name: String,
    pub n: i64,
    pub at: i64,
    pub who: String,
}

impl Moved {
    /// What was done, in a sentence; `None` where nothing was.
    pub(crate) fn sentence(&self) -> Option<String> {
        let name = &self.name;
        match (self.act.as_str(), self.n) {
            ("put", 0) => Some(format!(
                "Nobody was put on {name}: who left a list can only come back by their own act, and the others were on it."
            )),
            ("put", n) => Some(format!(
                "{} put on {name}. Being on a list is no permission: the gate decides as before.",
                people(n)
            )),
            ("take", n) => Some(format!("{} taken off {name}.", people(n))),
            _ => None,
        }
    }
}

fn field<'a>(fields: &'a Fields, wanted: &str) -> &'a str {
    let found = fields.iter().find(|(name, _)| name == wanted);
    found.map_or("", |(_, value)| value.as_str())
}

/// The people that are ticked.
pub(super) fn ticked(fields: &Fields) -> Vec<ContactId> {
    let who = fields.iter().filter(|(name, _)| name == "who");
    let ids = who.flat_map(|(_, value)| value.split(','));
    ids.filter_map(|id| id.parse().ok())
        .take(PEOPLE_MAX)
        .collect()
}

/// The table's address to come back to: its query alone, whatever the form says.
pub(super) fn back(member: &Member, fields: &Fields) -> String {
    let query = field(fields, "back");
    let safe = query.starts_with('?') && !query.contains(['\r', '\n', '#']);
    format!(
        "{}/contacts{}",
        member.base(),
        if safe { query } else { "" }
    )
}

fn after(back: &str, rest: &str) -> String {
    let sign = if back.contains('?') { '&' } else { '?' };
    format!("{back}{sign}{rest}")
}

/// Does what the button said to the people who are ticked.
pub(super) async fn go(
    State(app): State<Arc<App>>,
    member: Member,
    Form(fields): Form<Fields>,
) -> Result<Redirect, PageFault> {
    let (people, back) = (ticked(&fields), back(&member, &fields));
    if people.is_empty() {
        return Err(PageFault::Bad(
            "Tick the people that you mean first.".to_owned(),
        ));
    }
    let list: ListId = field(&fields, "to").parse().map_err(|_| {
        PageFault::Bad(
            "Choose the list that you mean. Lists are made on the page of lists.".to_owned(),
        )
    })?;
    let row = member.account.list(list).await?;
    let row = row.ok_or(StoreError::Missing("there is no such list"))?;
    let act = field(&fields, "do");
    let (kind, (n, at)) = match act {
        "put" => (
            ActKind::ListPut,
            member.account.list_put(list, &people).await?,
        ),
        "take" => (
            ActKind::ListTaken,
            member.account.list_take(list, &people).await?,
        ),
        _ => return Err(PageFault::Forbidden),
    };
    note(&member, kind, format!("{}, {n}", row.name)).await?;
    app.center.forget_totals();
    let who: Vec<String> = people.iter().map(ContactId::to_string).collect();
    let rest = format!(
        "act={act}&on={list}&name={}&n={n}&at={}&who={}",
        encode(&row.name),
        at.as_microsecond(),
        who.join(",")
    );
    Ok(Redirect::to(&after(&back, &rest)))
}

async fn note(member: &Member, kind: ActKind, about: String) -> Result<(), StoreError> {
    let who = member.visitor.address.clone();
    member.account.note_act(NewAct { who, kind, about }).await
}

/// Takes back what was done a moment ago.
pub(super) async fn undo(
    State(app): State<Arc<App>>,
    member: Member,
    Form(fields): Form<Fields>,
) -> Result<Redirect, PageFault> {
    let at: i64 = field(&fields, "at").parse().unwrap_or_default();
    let at = Timestamp::from_microsecond(at).map_err(|_| PageFault::Forbidden)?;
    if !(0..=UNDO_S).contains(&(app.now().as_second() - at.as_second())) {
        return Err(PageFault::Conflict(
            "It was too long ago to be taken back; tick the people and do the opposite",
        ));
    }
    let list: ListId = field(&fields, "list")
        .parse()
        .map_err(|_| PageFault::NotFound)?;
    let people = ticked(&fields);
    let account = &member.account;
    match field(&fields, "act") {
        "put" => account.list_put_undo(list, &people, at).await?,
        "take" => account.list_take_undo(list, &people, at).await?,
        _ => return Err(PageFault::Forbidden),
    };
    app.center.forget_totals();
    let back = back(&member, &fields);
    Ok(Redirect::to(&after(&back, "said=undone")))
}
