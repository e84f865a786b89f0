//! The table of contacts: search, filters, keyset pages, all of it in the address; htmx asks for the same page.

use std::sync::Arc;

use avow_model::{Action, Timestamp};
use axum::extract::{Query as Address, State};
use axum::response::Html;

use super::bulk::Moved;
use super::find::{Person, sought};
use super::query::{ORIGINS, Query, STATES};
use super::view::{Filter, Option_, PersonLine, TablePage, Undo};
use crate::client_center::contacts::{flags, name};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::staff::{self, Veil};
use crate::client_center::words::{When, people};
use crate::templates::thousands;
use crate::{App, PageFault};

/// Contacts on one page.
const PAGE: usize = 50;

fn line(person: Person, veil: Veil, now: Timestamp) -> PersonLine {
    let (tone, label) = person.standing.told();
    PersonLine {
        id: person.row.id.to_string(),
        address: veil.address(&person.row.address),
        name: match veil {
            Veil::Off => name(&person.row.fields),
            Veil::On => String::new(),
        },
        flags: flags(person.row.flags),
        since: When::new(person.row.created_at, now),
        tone,
        standing: label,
        purposes: person.standing.purposes.join(", "),
    }
}

/// What lies behind the contacts of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    /// More that match.
    More,
    /// Contacts that were not looked at.
    Unseen,
}

impl Behind {
    const fn label(self) -> &'static str {
        match self {
            Self::Nothing | Self::More => "Next page",
            Self::Unseen => "Look on",
        }
    }
}

fn shown(n: usize, behind: Behind) -> String {
    let noun = if n == 1 { "contact" } else { "contacts" };
    let n = thousands(n as i64);
    match behind {
        Behind::Nothing => format!("{n} {noun} here"),
        Behind::More => format!("{n} {noun} here, and more on the next page"),
        Behind::Unseen => format!("{n} {noun} so far; more may follow further on"),
    }
}

fn option(value: &str, label: &str, chosen: &str) -> Option_ {
    Option_ {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: value == chosen,
    }
}

async fn filter(member: &Member, query: &Query) -> Result<Filter, PageFault> {
    let lists = member.account.lists().await?;
    let lists = lists
        .iter()
        .map(|l| option(&l.id.to_string(), &l.name, &query.list));
    Ok(Filter {
        lists: lists.collect(),
        states: STATES
            .map(|(word, label, _)| option(word, label, &query.state))
            .into(),
        origins: ORIGINS
            .map(|(word, label, _)| option(word, label, &query.how))
            .into(),
        orders: vec![
            option("", "Newest first", &query.order),
            option("oldest", "Oldest first", &query.order),
        ],
        open: !query.how.is_empty() || !query.since.is_empty() || !query.until.is_empty(),
    })
}

async fn total(app: &App, member: &Member, query: &Query) -> Result<String, PageFault> {
    let all = app.center.total(&member.account, None, app.now()).await?;
    let of_list = match query.filter().list {
        None => None,
        list => Some(app.center.total(&member.account, list, app.now()).await?),
    };
    let all = people(all);
    Ok(match of_list {
        None => format!("{all} in this account"),
        Some(n) => format!("{} on this list, {all} in this account", thousands(n)),
    })
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Address(query): Address<Query>,
    Address(moved): Address<Moved>,
) -> Result<Html<String>, PageFault> {
    let at = (query.after(), PAGE + 1);
    let found = sought(&app, &member.account, &query, at).await?;
    let more = found.people.len() > PAGE;
    let behind = match (more, found.looked_to) {
        (true, _) => Behind::More,
        (false, Some(_)) => Behind::Unseen,
        (false, None) => Behind::Nothing,
    };
    let veil = staff::veil(&app, &member).await?;
    let page = found.people.into_iter().take(PAGE);
    let people: Vec<_> = page.map(|p| line(p, veil, app.now())).collect();
    let last = people.last().filter(|_| more).map(|p| p.id.clone());
    let next = last.or(found.looked_to.map(|id| id.to_string()));
    let next = next.map(|after| {
        Query {
            after,
            ..query.clone()
        }
        .text()
    });
    let undo = Undo::of(&moved, app.now());
    app.templates.show(&TablePage {
        shell: member.shell(Noun::Contacts),
        is_empty: people.is_empty() && query.is_everybody(),
        keeps: member.may(Action::KeepContacts),
        exports: member.may(Action::ExportContacts),
        total_text: total(&app, &member, &query).await?,
        filter: filter(&member, &query).await?,
        shown: shown(people.len(), behind),
        next_label: behind.label(),
        whom: query.whom().text(),
        back: query.text(),
        undo,
        query,
        people,
        next,
    })
}
