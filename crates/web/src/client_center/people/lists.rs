//! Lists: how many are on each, a new one, another name.

use std::sync::Arc;

use avow_model::{Action, ListId, Slug};
use avow_store::{ActKind, ListRow, NewAct, StoreError};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::view::{Fault, ListLine, ListPage, ListTyped, ListsPage};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::When;
use crate::{App, PageFault};

const NAME_CHARS_MAX: usize = 80;
const ABOUT_CHARS_MAX: usize = 400;

/// What a list's form holds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    name: String,
    slug: String,
    about: String,
}

impl Typed {
    fn told(&self) -> ListTyped {
        ListTyped {
            name: self.name.trim().to_owned(),
            slug: self.slug.trim().to_owned(),
            about: self.about.trim().to_owned(),
        }
    }
}

fn faults(typed: &ListTyped) -> Vec<Fault> {
    let mut faults = Vec::new();
    if typed.name.is_empty() || typed.name.chars().count() > NAME_CHARS_MAX {
        let text = format!("Give the list a name of at most {NAME_CHARS_MAX} signs.");
        faults.push(Fault::new("name", text));
    }
    if typed.about.chars().count() > ABOUT_CHARS_MAX {
        let text = format!("Say it in at most {ABOUT_CHARS_MAX} signs.");
        faults.push(Fault::new("about", text));
    }
    faults
}

/// A short name out of a name: letters, digits and dashes.
fn slug_of(name: &str) -> String {
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let text: String = name.chars().map(kept).collect();
    let words = text.split('-').filter(|word| !word.is_empty());
    words
        .collect::<Vec<_>>()
        .join("-")
        .chars()
        .take(40)
        .collect()
}

async fn line(app: &App, member: &Member, row: ListRow) -> Result<ListLine, PageFault> {
    let now = app.now();
    Ok(ListLine {
        size: app.center.total(&member.account, Some(row.id), now).await?,
        id: row.id.to_string(),
        slug: row.slug.to_string(),
        name: row.name,
        about: row.about,
        made: When::new(row.created_at, now),
    })
}

async fn page(
    app: &App,
    member: &Member,
    (typed, faults): (ListTyped, Vec<Fault>),
) -> Result<Html<String>, PageFault> {
    let rows = member.account.lists().await?;
    let mut lists = Vec::with_capacity(rows.len());
    for row in rows {
        lists.push(line(app, member, row).await?);
    }
    app.templates.show(&ListsPage {
        shell: member.shell(Noun::Contacts),
        keeps: member.may(Action::KeepContacts),
        lists,
        typed,
        faults,
    })
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    page(&app, &member, (ListTyped::default(), vec![])).await
}

/// Makes a list.
pub(super) async fn make(
    State(app): State<Arc<App>>,
    member: Member,
    Form(typed): Form<Typed>,
) -> Result<Response, PageFault> {
    let typed = typed.told();
    let mut faults = faults(&typed);
    let word = if typed.slug.is_empty() {
        slug_of(&typed.name)
    } else {
        typed.slug.clone()
    };
    match (word.parse::<Slug>(), faults.is_empty()) {
        (Ok(slug), true) => match create(&member, &slug, &typed).await {
            Ok(()) => {
                let to = format!("{}/lists?said=list-made", member.base());
                return Ok(Redirect::to(&to).into_response());
            }
            Err(StoreError::Duplicate { .. }) => {
                let text = format!("There is a list with the short name {slug}; choose another.");
                faults.push(Fault::new("slug", text));
            }
            Err(fault) => return Err(fault.into()),
        },
        (Err(_), _) => faults.push(Fault::new(
            "slug",
            "Give it a short name of small letters, digits and dashes, such as spring-news.",
        )),
        (Ok(_), false) => {}
    }
    let page = page(&app, &member, (typed, faults)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn create(member: &Member, slug: &Slug, typed: &ListTyped) -> Result<(), StoreError> {
    let account = &member.account;
    let id = account.list_create(slug, &typed.name).await?;
    if !typed.about.is_empty() {
        account.list_change(id, &typed.name, &typed.about).await?;
    }
    note(member, ActKind::ListMade, &typed.name).await
}

async fn note(member: &Member, kind: ActKind, about: &str) -> Result<(), StoreError> {
    let act = NewAct {
        who: member.visitor.address.clone(),
        kind,
        about: about.to_owned(),
    };
    member.account.note_act(act).await
}

async fn row(member: &Member, id: &str) -> Result<ListRow, PageFault> {
    let id: ListId = id.parse().map_err(|_| PageFault::NotFound)?;
    member.account.list(id).await?.ok_or(PageFault::NotFound)
}

/// The form of one list.
pub(super) async fn form(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Html<String>, PageFault> {
    let row = row(&member, &id).await?;
    app.templates.show(&ListPage {
        shell: member.shell(Noun::Contacts),
        id,
        typed: ListTyped {
            name: row.name,
            slug: row.slug.to_string(),
            about: row.about,
        },
        faults: vec![],
    })
}

/// Keeps another name.
pub(super) async fn save(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageFault> {
    let row = row(&member, &id).await?;
    let typed = ListTyped {
        slug: row.slug.to_string(),
        ..typed.told()
    };
    let faults = faults(&typed);
    if faults.is_empty() {
        let account = &member.account;
        account
            .list_change(row.id, &typed.name, &typed.about)
            .await?;
        note(&member, ActKind::ListChanged, &typed.name).await?;
        let to = format!("{}/lists?said=list-changed", member.base());
        return Ok(Redirect::to(&to).into_response());
    }
    let page = app.templates.show(&ListPage {
        shell: member.shell(Noun::Contacts),
        id,
        typed,
        faults,
    })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_made_of_the_name() {
        for (name, slug) in [
            ("Spring news, 2026", "spring-news-2026"),
            ("Ähm", "hm"),
            ("!", ""),
        ] {
            assert_eq!(slug_of(name), slug);
        }
    }
}
